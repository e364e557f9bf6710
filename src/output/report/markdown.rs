//! The report as Markdown, for tickets and wikis.
//!
//! What stands in a log is a span of code or escaped words, never markup: no link, no mention, no list.

use jiff::tz::TimeZone;

use super::verdict::Verdict;
use super::words::{self, Issues, Told};
use super::{Handout, before, inputs, removals, unusual};
use crate::analysis::{Analysis, Evidence, Health, Issue};
use crate::output::health;
use crate::output::markdown::{code, code_cell, source, words as text};
use crate::output::page::{counted, number};
use crate::rules::Library;
use crate::text::time;
use crate::text::width::truncate;
use crate::unknown::cluster_id;

/// Issues that are told in full: a ticket has room for so many.
const IN_FULL: usize = 20;
/// Lines of each list before "and so many more".
const LISTED: usize = 20;
/// Applications in the table.
const APPS: usize = 50;
/// Letters of what a group of failures has in common.
const SHAPE: usize = 300;

/// The whole page.
pub fn render(analysis: &Analysis, library: &Library, handout: &Handout) -> String {
    let zone = &handout.zone;
    let verdict = Verdict::of(analysis, library);
    let mut page = Page::default();
    page.paragraph("# Provisioning report");
    page.paragraph(&format!("**{}**", text(&verdict.words)));
    if !verdict.start.is_empty() {
        page.paragraph(&text(&verdict.start.join(" ")));
    }
    page.paragraph(&format!("{}.", text(&words::covers(analysis, zone))));
    words::interruption(analysis).iter().chain(&words::left_out(analysis)).for_each(|line| page.paragraph(&text(line)));
    apps(&mut page, analysis, library, zone);
    let issues = Issues::of(analysis, library);
    let told = issues.trouble.iter().filter_map(|issue| Some((*issue, Told::of(issue, library, zone)?)));
    for (at, (issue, told)) in told.enumerate().take(IN_FULL) {
        one(&mut page, at + 1, issue, &told, analysis, zone);
    }
    let more = issues.trouble.len().saturating_sub(IN_FULL);
    if more > 0 {
        page.heading("More issues");
        page.more(more, "--format csv");
    }
    page.list("The same calls in the apps' own logs", &issues.same_calls(), "--format json");
    people(&mut page, analysis, zone);
    for unusual::Group { title, sentences, .. } in unusual::groups(analysis, library, zone) {
        page.list(title, &sentences, "--format json");
    }
    unknown(&mut page, analysis, zone);
    let normal = issues.normal(library);
    page.list("Normal, nothing to do unless somebody misses access", &normal, "--format csv");
    what_was_read(&mut page, analysis, handout);
    page.finish()
}

/// Collects blocks with an empty line between them.
#[derive(Default)]
struct Page(Vec<String>);

impl Page {
    fn paragraph(&mut self, markdown: &str) {
        self.0.push(markdown.to_owned());
    }

    fn heading(&mut self, words: &str) {
        self.0.push(format!("## {}", text(words)));
    }

    /// Lines below each other, as they are; nothing if there are none.
    fn lines(&mut self, lines: impl IntoIterator<Item = String>) {
        let lines: Vec<String> = lines.into_iter().collect();
        if !lines.is_empty() {
            self.0.push(lines.join("\n"));
        }
    }

    /// A list of sentences under a heading; nothing if there are none.
    fn list(&mut self, heading: &str, sentences: &[String], all: &str) {
        if sentences.is_empty() {
            return;
        }
        self.heading(heading);
        self.lines(sentences.iter().take(LISTED).map(|sentence| format!("- {}", text(sentence))));
        self.more(sentences.len().saturating_sub(LISTED), all);
    }

    /// How much was left out, and what lists it.
    fn more(&mut self, count: usize, all: &str) {
        if count > 0 {
            self.0.push(format!("And {} more (`provlens report {all}` lists all).", number(count as u64)));
        }
    }

    fn finish(self) -> String {
        format!("{}\n", self.0.join("\n\n"))
    }
}

fn apps(page: &mut Page, analysis: &Analysis, library: &Library, zone: &TimeZone) {
    if analysis.apps.is_empty() {
        return;
    }
    page.heading("Apps, worst first");
    let head =
        format!("| Health | App | Failed | Tried | People | Last event ({}) | Why |", text(&time::zone_label(zone)));
    let rows = analysis.apps.iter().take(APPS).map(|app| {
        let (sign, _) = words::sign(app.state());
        let reason = match app.state() {
            Health::Healthy => String::new(),
            _ => text(&health::sentence(&app.reason, library, zone)),
        };
        format!(
            "| {sign} {} | {} | {} | {} | {} | {} | {reason} |",
            app.health(),
            code_cell(&app.name),
            number(app.failures),
            number(app.attempts),
            number(app.people_failed),
            words::minute(app.last, zone)
        )
    });
    page.lines([head, "| --- | --- | ---: | ---: | ---: | --- | --- |".to_owned()].into_iter().chain(rows));
    page.more(analysis.apps.len().saturating_sub(APPS), "--format csv --table apps");
}

fn one(page: &mut Page, number: usize, issue: &Issue, told: &Told<'_>, analysis: &Analysis, zone: &TimeZone) {
    let rule = told.rule;
    page.paragraph(&format!("## {number}. {} · {}", text(&rule.title), code(&told.app)));
    page.paragraph(&format!(
        "**{}, {}**: {}, {}, {} still affected. {}. Rule {}.",
        told.level,
        issue.state.word(),
        told.count,
        told.people,
        crate::output::page::number(issue.still_broken),
        text(&words::capital(&words::when_in_zone(issue, zone))),
        code(&rule.id)
    ));
    page.paragraph(&text(rule.advice().cause.trim()));
    let before = told.before.iter().map(|sentence| format!("* **Shortly before:** {}", text(sentence)));
    let beside = told.seen.iter().chain(&told.both_sides).map(|sentence| format!("* {}", text(sentence)));
    page.lines(before.chain(beside));
    page.paragraph("### What to do");
    page.lines(rule.advice().fix.iter().map(|step| format!("- [ ] {}", text(step))));
    // Another sign, so that no list of tasks goes on.
    let mut facts = vec![
        format!("* **Check that it worked:** {}", text(&rule.advice().verify)),
        format!("* **Who can fix it:** {}", text(&told.owner)),
        format!("* **When to hand it on:** {}", text(&told.hand_on)),
    ];
    facts.extend(
        rule.advice().cannot_tell.iter().map(|limits| format!("* **What the log cannot tell:** {}", text(limits))),
    );
    facts.push(format!("* **How sure this is:** {}", text(&words::capital(&told.sure))));
    page.lines(facts);
    evidence(page, &issue.examples, analysis, zone);
    if !rule.advice().sources.is_empty() {
        page.paragraph("### Public pages about it");
        page.lines(rule.advice().sources.iter().map(|address| format!("- {}", source(address))));
    }
}

fn evidence(page: &mut Page, examples: &[Evidence], analysis: &Analysis, zone: &TimeZone) {
    if examples.is_empty() {
        return;
    }
    page.paragraph("### Evidence");
    let label = text(&time::zone_label(zone));
    let second = |example: &Evidence| {
        example.time.map_or_else(|| "time unknown".to_owned(), |at| format!("{} {label}", time::second(at, zone)))
    };
    let mut lines = Vec::new();
    for (at, example) in examples.iter().enumerate() {
        let user = example.user.as_deref().map_or_else(|| "nobody named".to_owned(), code);
        let place = code(&words::place(example, analysis));
        lines.push(format!("- {}, {}, {user}, {place}", second(example), example.operation.word()));
        // The first one says what the others say.
        lines.extend(words::message(example).filter(|_| at == 0).map(|message| format!("  - {}", code(&message))));
        if let Some(side) = example.other_side.as_deref() {
            lines.push(format!(
                "  - The other side ({}) at {}: {} ({}). Joined by {}.",
                side.provider,
                second(&side.evidence),
                code(&words::other_message(side)),
                code(&words::place(&side.evidence, analysis)),
                text(side.by)
            ));
        }
    }
    page.lines(lines);
}

fn people(page: &mut Page, analysis: &Analysis, zone: &TimeZone) {
    for (title, _, list) in words::people(analysis) {
        if list.is_empty() {
            continue;
        }
        page.paragraph(&format!("## {title} ({})", number(list.len() as u64)));
        words::kept(list).iter().for_each(|line| page.paragraph(line));
        let head = format!("| Person | App | Since ({}) |", text(&time::zone_label(zone)));
        let rows = list.iter().take(LISTED).map(|person| {
            let since = words::minute(person.since, zone);
            format!("| {} | {} | {since} |", code_cell(&person.user), code_cell(&person.app))
        });
        page.lines([head, "| --- | --- | --- |".to_owned()].into_iter().chain(rows));
        page.more(list.len().saturating_sub(LISTED), "--format csv --table people");
    }
    page.list(removals::TITLE, &removals::sentences(analysis), "--format json");
    removals::beyond(analysis).iter().for_each(|line| page.paragraph(line));
}

fn unknown(page: &mut Page, analysis: &Analysis, zone: &TimeZone) {
    if analysis.unknown.is_empty() {
        return;
    }
    let failures = counted(analysis.totals.unknown_failures, "failure", "failures");
    page.heading(&format!("No rule describes these yet ({failures})"));
    for issue in analysis.unknown.iter().take(LISTED) {
        let shape = issue.shape.as_deref().unwrap_or_default();
        page.paragraph(&format!(
            "**{}**: {}, {}, at {}. {}. {}",
            code(&cluster_id(shape)),
            words::count(issue),
            counted(issue.users, "person", "people"),
            code(&words::app_name(issue)),
            text(&words::capital(&words::when_in_zone(issue, zone))),
            code(&truncate(shape, SHAPE))
        ));
        page.lines(issue.triggers.iter().map(|trigger| format!("* {}", text(&before::sentence(trigger)))));
        evidence(page, &issue.examples, analysis, zone);
    }
    page.more(analysis.unknown.len().saturating_sub(LISTED), "--format csv");
    page.paragraph("`provlens rules new --from CLUSTER PATH` (such as `u-1a2b3c4d5e6f7a8b`) starts a rule for one.");
}

fn what_was_read(page: &mut Page, analysis: &Analysis, handout: &Handout) {
    page.heading(inputs::TITLE);
    page.paragraph(&text(&inputs::account(analysis)));
    let (remarks, more) = inputs::remarks(analysis);
    page.lines(remarks.iter().chain(&more).map(|line| format!("- {}", text(line))));
    let made = handout.made.map(|at| {
        let zone = text(&time::zone_label(&handout.zone));
        format!(" on {} {zone}", time::minute(at, &handout.zone))
    });
    page.paragraph(&format!(
        "Made by Provlens {}{}. Passwords and tokens in the logs are hidden. {}",
        env!("CARGO_PKG_VERSION"),
        made.unwrap_or_default(),
        words::whom_it_names(analysis)
    ));
}
