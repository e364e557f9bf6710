//! The report for people: a verdict first, where to start, apps by health, then each issue.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{before, inputs, removals, unusual, verdict};
use crate::analysis::{Analysis, Covered, Evidence, Health, Issue, OtherSide, PersonState};
use crate::output::health;
use crate::output::page::{Page, Tone, bytes, counted, number, shown};
use crate::rules::{Certainty, Library, Rule, Severity};
use crate::text::time::{self, Micros};
use crate::text::width::{pad, pad_left, truncate};
use crate::unknown::cluster_id;

/// People listed before "and so many more".
const LISTED: usize = 10;

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
    let totals = &analysis.totals;
    let span = match analysis.first.zip(analysis.last) {
        Some((first, last)) => format!(
            "{} to {} {}",
            time::minute(first, &style.zone),
            time::minute(last, &style.zone),
            time::zone_label(&style.zone)
        ),
        None => "no times".to_owned(),
    };
    page.line(&format!(
        "{} read, {} about provisioning, {span}",
        counted(totals.records, "record", "records"),
        number(totals.events)
    ));
    if totals.filtered > 0 {
        let left_out = counted(totals.filtered, "event is", "events are");
        page.line(&format!("{left_out} left out by your filter and not in this report."));
    }
    interruption(&mut page, analysis);
    page.gap();
    verdict::section(&mut page, analysis, library);
    left_behind(&mut page, analysis, style);
    apps(&mut page, analysis, library, style);
    unusual::section(&mut page, analysis, library, style);
    let (trouble, info): (Vec<&Issue>, Vec<&Issue>) = analysis.issues.iter().partition(|issue| {
        issue.failures > 0
            || issue.pattern.is_some()
            || rule(library, issue).is_some_and(|rule| rule.severity > Severity::Info)
    });
    let (told, trouble): (Vec<&Issue>, Vec<&Issue>) =
        trouble.into_iter().partition(|issue| issue.is_told_by_the_other_side());
    for issue in &trouble {
        issue_page(&mut page, issue, analysis, library, style);
    }
    same_calls(&mut page, &told);
    unknown(&mut page, analysis, style);
    if !info.is_empty() {
        page.heading("Normal, nothing to do unless somebody misses access");
        for issue in &info {
            let title = rule(library, issue).map_or("", |rule| rule.title.as_str());
            page.labelled(
                1,
                "◦ ",
                &format!("{title}: {} at {}", counted(issue.events, "time", "times"), app_name(issue)),
            );
        }
        page.gap();
    }
    inputs::footer(&mut page, analysis);
    page.finish()
}

/// One issue as it stands in the report.
pub fn issue(issue: &Issue, analysis: &Analysis, library: &Library, style: &Style) -> String {
    let mut page = Page::new(style.color);
    issue_page(&mut page, issue, analysis, library, style);
    page.finish()
}

/// Says of a run that was stopped that a part is missing, lest nothing found be taken for nothing there.
pub fn interruption(page: &mut Page, analysis: &Analysis) {
    if let Some(part) = &analysis.covered {
        let line = format!("Interrupted after {}; the rest is not in this report.", covered(part));
        let line = page.tone(Tone::Warn, &line);
        page.line(&line);
    }
}

/// How far a run came that was stopped: `312 MiB of 1.0 GiB (31%)`.
pub fn covered(part: &Covered) -> String {
    let read = bytes(part.bytes);
    part.of.map_or_else(
        || read.clone(),
        |of| {
            let percent = u128::from(part.bytes.min(of)) * 100 / u128::from(of.max(1));
            format!("{read} of {} ({percent}%)", bytes(of))
        },
    )
}

pub(super) fn rule<'l>(library: &'l Library, issue: &Issue) -> Option<&'l Rule> {
    issue.rule.and_then(|rule| library.rule(rule))
}

pub(super) fn app_name(issue: &Issue) -> String {
    issue.app.as_deref().map_or_else(|| "no application named".to_owned(), shown)
}

fn left_behind(page: &mut Page, analysis: &Analysis, style: &Style) {
    let lists = [
        ("Should have lost access, and has not", Tone::Bad, &analysis.people.access_not_removed),
        ("Waiting for access", Tone::Warn, &analysis.people.waiting_for_access),
        ("Has access, but old data", Tone::Dim, &analysis.people.out_of_date),
    ];
    for (title, tone, list) in lists {
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
        removals::never_tried(page, list);
        page.gap();
    }
    removals::section(page, analysis);
}

fn person_line(person: &PersonState, style: &Style) -> String {
    let since =
        person.since.map_or_else(|| "time unknown".to_owned(), |at| format!("since {}", time::minute(at, &style.zone)));
    format!("   {} {} {since}", pad(&shown(&person.user), 34), pad(&shown(&person.app), 20))
}

fn apps(page: &mut Page, analysis: &Analysis, library: &Library, style: &Style) {
    if analysis.apps.is_empty() {
        return;
    }
    page.heading("Apps, worst first");
    page.line("   Health     App                      Failed      of  People  Last event");
    for app in &analysis.apps {
        let (glyph, tone) = match app.state() {
            Health::Failing => ("×", Tone::Bad),
            Health::Quiet => ("◦", Tone::Warn),
            Health::Degraded => ("▲", Tone::Warn),
            Health::Little => ("·", Tone::Dim),
            Health::Healthy => ("●", Tone::Good),
        };
        let health = page.tone(tone, &format!("{glyph} {}", pad(&app.health().to_uppercase(), 9)));
        let last = app.last.map_or_else(|| "time unknown".to_owned(), |at| time::minute(at, &style.zone));
        page.line(&format!(
            " {health} {} {} {} {}  {last}",
            pad(&shown(&app.name), 24),
            pad_left(&number(app.failures), 6),
            pad_left(&number(app.attempts), 7),
            pad_left(&number(app.people_failed), 7)
        ));
        if app.state() != Health::Healthy {
            page.labelled(13, "", &health::sentence(&app.reason, library, &style.zone));
        }
    }
    page.gap();
}

fn when(issue: &Issue, style: &Style) -> String {
    let at = |time: Option<Micros>| time.map_or_else(|| "time unknown".to_owned(), |at| time::minute(at, &style.zone));
    if issue.first == issue.last { at(issue.first) } else { format!("{} to {}", at(issue.first), at(issue.last)) }
}

fn issue_page(page: &mut Page, issue: &Issue, analysis: &Analysis, library: &Library, style: &Style) {
    let Some(rule) = rule(library, issue) else { return };
    page.heading(&format!("{} · {}", rule.title, truncate(&app_name(issue), 30)));
    let (tone, glyph) = if issue.failures == 0 { (Tone::Warn, "▲") } else { (Tone::Bad, "×") };
    let mut level = rule.severity.word().to_owned();
    if let Some(first) = level.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let count = if issue.failures > 0 {
        counted(issue.failures, "failure", "failures")
    } else {
        counted(issue.events, "event", "events")
    };
    let head = format!(
        "{glyph} {level}, {}: {count}, {}, {} still affected",
        issue.state.word(),
        counted(issue.users, "person", "people"),
        number(issue.still_broken)
    );
    let head = page.tone(tone, &head);
    page.line(&format!(" {head}"));
    page.line(&format!("   {}   {}", when(issue, style), rule.id));
    let sure = match issue.certainty {
        Certainty::Certain => "certain - by the app's own code or words",
        Certainty::Likely => "likely - the wording fits and no code contradicts",
        Certainty::Guess => "a guess - neither a code nor clear words say so",
    };
    // What was counted stands for itself.
    let sure = if issue.pattern.is_some() && issue.failures == 0 { pattern_certainty(issue) } else { sure };
    page.labelled(1, "Sure           ", &decided(sure, issue, style));
    if let Some(pattern) = &issue.pattern {
        page.labelled(1, "Seen           ", &format!("{}.", shown(pattern)));
    }
    before::lines(page, 1, "Shortly before ", &issue.triggers);
    page.labelled(1, "What happened  ", rule.cause.trim());
    for (at, step) in rule.fix.iter().enumerate() {
        let label = if at == 0 { "What to do     " } else { "               " };
        page.labelled(1, &format!("{label}{}. ", at + 1), step);
    }
    page.labelled(1, "Check          ", &rule.verify);
    let mut owner = rule.owner.words().to_owned();
    if let Some(first) = owner.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    page.labelled(1, "Who can fix it ", &format!("{owner}."));
    page.labelled(
        1,
        "Hand it on     ",
        &format!("{} To: {}.", rule.escalate.when, rule.escalate.to.trim_end_matches('.')),
    );
    if let Some(limits) = &rule.cannot_tell {
        page.labelled(1, "Log can't tell ", limits);
    }
    if issue.both_sides > 0 {
        let count = counted(issue.both_sides, "failure", "failures");
        page.labelled(
            1,
            "Both sides     ",
            &format!("{count} in both logs, the app's own and the identity provider's."),
        );
    }
    evidence(page, issue, analysis, style);
    page.gap();
}

/// How sure, with what other events decided.
fn decided(sure: &str, issue: &Issue, style: &Style) -> String {
    let words = issue.decided_by.iter().map(|decided| {
        let at = decided.at.map_or_else(|| "an unknown time".to_owned(), |at| time::second(at, &style.zone));
        let zone = time::zone_label(&style.zone);
        format!("{} {at} {zone} ({} of {})", decided.by.words(), number(decided.events), number(issue.events))
    });
    let words: Vec<String> = words.collect();
    let sum: u64 = issue.decided_by.iter().map(|decided| decided.events).sum();
    match sum {
        0 => sure.to_owned(),
        sum if sum == issue.events => format!("{} - decided by {}", issue.certainty.word(), words.join("; by ")),
        _ => format!("{sure}; some decided by {}", words.join("; by ")),
    }
}

/// How sure a pattern over several events is.
fn pattern_certainty(issue: &Issue) -> &'static str {
    match issue.certainty {
        Certainty::Certain => "certain - the events together leave no other reading",
        Certainty::Likely => "likely - several events together point to it",
        Certainty::Guess => "a guess - the order of events suggests it; check before you act",
    }
}

fn evidence(page: &mut Page, issue: &Issue, analysis: &Analysis, style: &Style) {
    for (at, example) in issue.examples.iter().enumerate() {
        let label = if at == 0 { "Evidence       " } else { "               " };
        page.labelled(1, label, &evidence_line(example, style));
        if at == 0 {
            if let Some(words) = example.message.as_deref() {
                page.labelled(16, "“", &format!("{}”", truncate(&shown(words), 400)));
            }
            let file = analysis.inputs.get(example.input).map_or("", |input| input.name.as_str());
            page.labelled(16, "", &format!("{}:{} (byte {})", shown(file), example.line, number(example.offset)));
        }
        if let Some(side) = example.other_side.as_deref() {
            other_side(page, side, analysis, style);
        }
    }
}

/// One failed call is one incident, though two logs tell of it.
fn same_calls(page: &mut Page, told: &[&Issue]) {
    if told.is_empty() {
        return;
    }
    page.heading("The same calls in the apps' own logs");
    let mut by_app: BTreeMap<String, u64> = BTreeMap::new();
    for issue in told {
        *by_app.entry(app_name(issue)).or_default() += issue.failures;
    }
    for (app, failures) in by_app {
        let count = counted(failures, "failure", "failures");
        page.labelled(1, "◦ ", &format!("{app}: {count}, shown above with both sides"));
    }
    page.gap();
}

/// What the log of the other side says of the same call.
fn other_side(page: &mut Page, side: &OtherSide, analysis: &Analysis, style: &Style) {
    let file = analysis.inputs.get(side.evidence.input).map_or("", |input| input.name.as_str());
    let words = side.evidence.message.as_deref().or(side.evidence.remote.as_deref()).unwrap_or("no reason given");
    let at = side.evidence.time.map_or_else(|| "time unknown".to_owned(), |at| time::second(at, &style.zone));
    let line = format!(
        "The other side ({}) at {at}: “{}” {}:{}. Joined by {}.",
        side.provider,
        truncate(&shown(words), 200),
        shown(file),
        side.evidence.line,
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

fn unknown(page: &mut Page, analysis: &Analysis, style: &Style) {
    if analysis.unknown.is_empty() {
        return;
    }
    page.heading(&format!(
        "No rule describes these yet ({})",
        counted(analysis.totals.unknown_failures, "failure", "failures")
    ));
    for issue in &analysis.unknown {
        let shape = issue.shape.as_deref().unwrap_or_default();
        let cluster = cluster_id(shape);
        let shape = shown(shape);
        let count = format!(
            "{cluster}: {}, {}, at {}",
            counted(issue.failures, "failure", "failures"),
            counted(issue.users, "person", "people"),
            app_name(issue)
        );
        page.labelled(1, "? ", &truncate(&shape, 300));
        page.labelled(3, "", &format!("{count}, {}", when(issue, style)));
        before::lines(page, 1, "Shortly before ", &issue.triggers);
        evidence(page, issue, analysis, style);
    }
    page.labelled(1, "", "`provlens rules new --from CLUSTER PATH` (such as u-1a2b3c4d) starts a rule for one.");
    page.gap();
}
