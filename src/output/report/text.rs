//! The report for people: a verdict first, where to start, apps by health, then each issue.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::tz::TimeZone;

use super::words::{self, Issues, Told};
use super::{before, inputs, removals, unusual, verdict};
use crate::analysis::{Analysis, Evidence, Health, Issue, OtherSide, PersonState};
use crate::output::health;
use crate::output::page::{Page, Tone, counted, number, shown};
use crate::rules::Library;
use crate::text::time;
use crate::text::width::{pad, pad_left, truncate};
use crate::unknown::cluster_id;

pub use words::{count, covered};

/// People listed before "and so many more".
const LISTED: usize = 10;
/// Applications, issues, and lines of other lists before "and so many more".
const MOST: usize = 100;

/// How to print.
#[derive(Clone, Debug)]
pub struct Style {
    /// With colour codes.
    pub color: bool,
    /// Zone of all times.
    pub zone: TimeZone,
}

/// The whole report.
pub fn render(analysis: &Analysis, library: &Library, style: &Style) -> String {
    let mut page = Page::new(style.color);
    page.line(&words::covers(analysis, &style.zone));
    words::left_out(analysis).iter().for_each(|line| page.line(line));
    if analysis.names_hidden {
        page.labelled(0, "", words::whom_it_names(analysis));
    }
    interruption(&mut page, analysis);
    page.gap();
    verdict::section(&mut page, analysis, library);
    left_behind(&mut page, analysis, style);
    apps(&mut page, analysis, library, style);
    unusual::section(&mut page, analysis, library, style);
    let issues = Issues::of(analysis, library);
    trouble(&mut page, &issues.trouble, analysis, library, style);
    list(&mut page, "The same calls in the apps' own logs", &issues.same_calls());
    unknown(&mut page, analysis, style);
    list(&mut page, "Normal, nothing to do unless somebody misses access", &issues.normal(library));
    inputs::footer(&mut page, analysis);
    page.finish()
}

/// One issue as it stands in the report.
pub fn issue(issue: &Issue, analysis: &Analysis, library: &Library, style: &Style) -> String {
    let mut page = Page::new(style.color);
    issue_page(&mut page, issue, None, analysis, library, style);
    page.finish()
}

/// Each issue. What to do at one application is to be done at the next one as well, so it stands there once.
fn trouble(page: &mut Page, issues: &[&Issue], analysis: &Analysis, library: &Library, style: &Style) {
    let mut first_of_rule: BTreeMap<usize, &Issue> = BTreeMap::new();
    for issue in issues.iter().take(MOST) {
        let first = issue.rule.and_then(|rule| match first_of_rule.entry(rule) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(place) => {
                place.insert(issue);
                None
            }
        });
        issue_page(page, issue, first, analysis, library, style);
    }
    let all = "--issue RULE or --app NAME shows some of them, --format json lists all";
    more(page, issues.len().saturating_sub(MOST), "more issues", all);
}

/// How much was left out, and what shows it.
fn more(page: &mut Page, count: usize, what: &str, all: &str) {
    if count > 0 {
        page.labelled(1, "", &format!("And {} {what}: {all}.", number(count as u64)));
        page.gap();
    }
}

/// Says of a run that was stopped that a part is missing, lest nothing found be taken for nothing there.
pub fn interruption(page: &mut Page, analysis: &Analysis) {
    if let Some(line) = words::interruption(analysis) {
        let line = page.tone(Tone::Warn, &line);
        page.line(&line);
    }
}

fn left_behind(page: &mut Page, analysis: &Analysis, style: &Style) {
    for (title, tone, list) in words::people(analysis) {
        if list.is_empty() {
            continue;
        }
        page.heading(&format!("{title} ({})", number(list.len() as u64)));
        for person in list.iter().take(LISTED) {
            let line = person_line(person, style);
            let line = page.tone(tone, &line);
            page.line(&line);
        }
        if list.len() > LISTED {
            page.line(&format!("   and {} more (--format json lists all)", number((list.len() - LISTED) as u64)));
        }
        words::kept(list).iter().for_each(|line| page.labelled(3, "", line));
        page.gap();
    }
    removals::section(page, analysis);
}

fn person_line(person: &PersonState, style: &Style) -> String {
    let since =
        person.since.map_or_else(|| "time unknown".to_owned(), |at| format!("since {}", time::minute(at, &style.zone)));
    format!("   {} {} {since}", pad(&shown(&person.user), 33), pad(&shown(&person.app), 20))
}

fn apps(page: &mut Page, analysis: &Analysis, library: &Library, style: &Style) {
    if analysis.apps.is_empty() {
        return;
    }
    page.heading("Apps, worst first");
    page.line("   Health     App                      Failed      of  People  Last event");
    for app in analysis.apps.iter().take(MOST) {
        let (glyph, tone) = words::sign(app.state());
        let health = page.tone(tone, &format!("{glyph} {}", pad(&app.health().to_uppercase(), 9)));
        page.line(&format!(
            " {health} {} {} {} {}  {}",
            pad(&shown(&app.name), 24),
            pad_left(&number(app.failures), 6),
            pad_left(&number(app.attempts), 7),
            pad_left(&number(app.people_failed), 7),
            words::minute(app.last, &style.zone)
        ));
        if app.state() != Health::Healthy {
            page.labelled(13, "", &health::sentence(&app.reason, library, &style.zone));
        }
    }
    page.gap();
    more(page, analysis.apps.len().saturating_sub(MOST), "more apps", "--format csv --table apps lists all");
}

/// One issue; of a rule that `first` was about already, only what is different.
fn issue_page(
    page: &mut Page,
    issue: &Issue,
    first: Option<&Issue>,
    analysis: &Analysis,
    library: &Library,
    style: &Style,
) {
    let Some(told) = Told::of(issue, library, &style.zone) else { return };
    let rule = told.rule;
    page.heading(&format!("{} · {}", rule.title, truncate(&told.app, 30)));
    let (tone, glyph) = if told.failed { (Tone::Bad, "×") } else { (Tone::Warn, "▲") };
    let head = format!(
        "{glyph} {}, {}: {}, {}, {} still affected",
        told.level,
        issue.state.word(),
        told.count,
        told.people,
        number(issue.still_broken)
    );
    let head = page.tone(tone, &head);
    page.line(&format!(" {head}"));
    page.line(&format!("   {}   {}", told.when, rule.id));
    page.labelled(1, "Sure           ", &told.sure);
    told.seen.iter().for_each(|seen| page.labelled(1, "Seen           ", seen));
    before::lines(page, 1, "Shortly before ", &issue.triggers);
    match first {
        Some(first) => {
            let words = format!("The same steps as above, for {}.", words::app_name(first));
            page.labelled(1, "What to do     ", &words);
        }
        None => advice(page, &told),
    }
    told.both_sides.iter().for_each(|both| page.labelled(1, "Both sides     ", both));
    evidence(page, issue, analysis, style);
    page.gap();
}

/// What a rule says, wherever it applies.
fn advice(page: &mut Page, told: &Told<'_>) {
    let rule = told.rule;
    page.labelled(1, "What happened  ", rule.advice().cause.trim());
    for (at, step) in rule.advice().fix.iter().enumerate() {
        let label = if at == 0 { "What to do     " } else { "               " };
        page.labelled(1, &format!("{label}{}. ", at + 1), step);
    }
    page.labelled(1, "Check          ", &rule.advice().verify);
    page.labelled(1, "Who can fix it ", &told.owner);
    page.labelled(1, "Hand it on if  ", &told.hand_on);
    if let Some(limits) = &rule.advice().cannot_tell {
        page.labelled(1, "Log can't tell ", limits);
    }
}

fn evidence(page: &mut Page, issue: &Issue, analysis: &Analysis, style: &Style) {
    for (at, example) in issue.examples.iter().enumerate() {
        let label = if at == 0 { "Evidence       " } else { "               " };
        page.labelled(1, label, &evidence_line(example, style));
        if at == 0 {
            if let Some(words) = words::message(example) {
                page.labelled(16, "“", &format!("{words}”"));
            }
            let place = words::place(example, analysis);
            page.labelled(16, "", &format!("{place} (byte {})", number(example.offset)));
        }
        if let Some(side) = example.other_side.as_deref() {
            other_side(page, side, analysis, style);
        }
    }
}

/// What the log of the other side says of the same call.
fn other_side(page: &mut Page, side: &OtherSide, analysis: &Analysis, style: &Style) {
    let at = side.evidence.time.map_or_else(|| "time unknown".to_owned(), |at| time::second(at, &style.zone));
    let line = format!(
        "The other side ({}) at {at}: “{}” {}. Joined by {}.",
        side.provider,
        words::other_message(side),
        words::place(&side.evidence, analysis),
        side.by
    );
    page.labelled(16, "", &line);
}

fn evidence_line(example: &Evidence, style: &Style) -> String {
    let at = example.time.map_or_else(|| "time unknown".to_owned(), |at| time::second(at, &style.zone));
    format!(
        "{at}  {}  {}",
        example.operation.word(),
        example.user.as_deref().map_or_else(|| "nobody named".to_owned(), shown)
    )
}

/// Lines under a heading; nothing if there are none.
fn list(page: &mut Page, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.heading(heading);
    lines.iter().take(MOST).for_each(|line| page.labelled(1, "◦ ", line));
    page.gap();
    more(page, lines.len().saturating_sub(MOST), "more of these", "--format json lists all");
}

fn unknown(page: &mut Page, analysis: &Analysis, style: &Style) {
    if analysis.unknown.is_empty() {
        return;
    }
    page.heading(&format!(
        "No rule describes these yet ({})",
        counted(analysis.totals.unknown_failures, "failure", "failures")
    ));
    for issue in analysis.unknown.iter().take(MOST) {
        let shape = issue.shape.as_deref().unwrap_or_default();
        let cluster = cluster_id(shape);
        let shape = shown(shape);
        let count = format!(
            "{cluster}: {}, {}, at {}",
            words::count(issue),
            counted(issue.users, "person", "people"),
            words::app_name(issue)
        );
        page.labelled(1, "? ", &truncate(&shape, 300));
        page.labelled(3, "", &format!("{count}, {}", words::when(issue, &style.zone)));
        before::lines(page, 1, "Shortly before ", &issue.triggers);
        evidence(page, issue, analysis, style);
    }
    page.labelled(
        1,
        "",
        "`provlens rules new --from CLUSTER PATH` (such as u-1a2b3c4d5e6f7a8b) starts a rule for one.",
    );
    page.gap();
    more(page, analysis.unknown.len().saturating_sub(MOST), "more groups", "--format json lists all");
}
