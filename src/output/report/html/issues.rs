//! Each issue with what to do, and what no rule describes yet.

use jiff::tz::TimeZone;

use super::parts::{Column, list, more, table};
use super::writer::{Html, Source, With};
use crate::analysis::{Analysis, Evidence, Issue, OtherSide};
use crate::output::page::{counted, number};
use crate::output::report::words::{self, Issues, Told};
use crate::rules::{Library, Severity};
use crate::text::width::truncate;
use crate::unknown::cluster_id;

/// Issues that are told in full.
const IN_FULL: usize = 100;
/// Issues that are listed after that.
const LISTED: usize = 1_000;
/// Groups of failures that no rule describes.
const UNKNOWN: usize = 100;
/// Lines of what is normal.
const NORMAL: usize = 200;
/// Letters of what a group of failures has in common.
const SHAPE: usize = 300;

/// What is wrong, and what to do.
pub(super) fn section(html: &mut Html, analysis: &Analysis, library: &Library, zone: &TimeZone) {
    let issues = Issues::of(analysis, library);
    if issues.trouble.is_empty() && issues.told.is_empty() {
        return;
    }
    html.element("section", &[With::At("issues", 0)], |html| {
        html.leaf("h2", &[], "What is wrong, and what to do");
        let full = issues.trouble.get(..IN_FULL).unwrap_or(&issues.trouble);
        for (number, issue) in (1..).zip(full) {
            if let Some(told) = Told::of(issue, library, zone) {
                one(html, number, issue, &told, analysis, zone);
            }
        }
        shorter(html, issues.trouble.get(IN_FULL..).unwrap_or_default(), library, zone);
        let same_calls = issues.same_calls();
        if !same_calls.is_empty() {
            html.leaf("h3", &[], "The same calls in the apps' own logs");
            list(html, &same_calls);
        }
    });
}

fn one(html: &mut Html, number: usize, issue: &Issue, told: &Told<'_>, analysis: &Analysis, zone: &TimeZone) {
    let rule = told.rule;
    html.element("article", &[With::At("issue", number), With::Is("class", "issue")], |html| {
        html.element("p", &[With::Is("class", "state")], |html| {
            html.leaf("strong", &[With::Is("class", severity_class(rule.severity))], &told.level);
            html.text(" ");
            html.leaf("span", &[With::Is("class", "tag")], issue.state.word());
        });
        html.leaf("h3", &[], &rule.title);
        html.element("p", &[With::Is("class", "where")], |html| html.name(&told.app));
        html.element("p", &[With::Is("class", "facts")], |html| facts(html, issue, told, zone));
        html.leaf("h4", &[], "What happened");
        html.leaf("p", &[], rule.advice().cause.trim());
        list(html, &told.seen.iter().chain(&told.both_sides).cloned().collect::<Vec<_>>());
        if !told.before.is_empty() {
            html.leaf("h4", &[], "Shortly before");
            list(html, &told.before);
        }
        html.leaf("h4", &[], "What to do");
        html.element("ol", &[With::Is("class", "steps")], |html| {
            rule.advice().fix.iter().for_each(|step| html.leaf("li", &[], step));
        });
        html.element("dl", &[], |html| {
            let limits = rule.advice().cannot_tell.as_deref();
            for (label, words) in [
                ("Check that it worked", Some(rule.advice().verify.as_str())),
                ("Who can fix it", Some(told.owner.as_str())),
                ("When to hand it on", Some(told.hand_on.as_str())),
                ("What the log cannot tell", limits),
                ("How sure this is", Some(told.sure.as_str())),
            ] {
                let Some(words) = words else { continue };
                html.element("div", &[], |html| {
                    html.leaf("dt", &[], label);
                    html.leaf("dd", &[], &words::capital(words));
                });
            }
        });
        evidence(html, &issue.examples, analysis, zone);
        sources(html, &rule.advice().sources);
        html.element("p", &[With::Is("class", "id")], |html| {
            html.text("Rule ");
            html.leaf("code", &[], &rule.id);
        });
    });
}

fn facts(html: &mut Html, issue: &Issue, told: &Told<'_>, zone: &TimeZone) {
    html.leaf("strong", &[], &told.count);
    html.text(&format!(", {}, {} still affected. ", told.people, number(issue.still_broken)));
    if issue.first == issue.last {
        html.minute(issue.first, zone);
    } else {
        html.text("From ");
        html.minute(issue.first, zone);
        html.text(" to ");
        html.minute(issue.last, zone);
    }
    html.zone(issue.first.or(issue.last), zone);
    html.text(".");
}

fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "level critical",
        Severity::High => "level high",
        Severity::Medium => "level medium",
        Severity::Low | Severity::Info => "level low",
    }
}

fn evidence(html: &mut Html, examples: &[Evidence], analysis: &Analysis, zone: &TimeZone) {
    if examples.is_empty() {
        return;
    }
    html.element("details", &[], |html| {
        html.leaf("summary", &[], &format!("Evidence: {}", counted(examples.len() as u64, "event", "events")));
        html.element("ul", &[With::Is("class", "evidence")], |html| {
            for example in examples {
                html.element("li", &[], |html| event(html, example, analysis, zone));
            }
        });
    });
}

fn event(html: &mut Html, example: &Evidence, analysis: &Analysis, zone: &TimeZone) {
    html.element("p", &[], |html| {
        html.second(example.time, zone);
        html.text(&format!(", {}, ", example.operation.word()));
        match example.user.as_deref() {
            Some(user) => html.name(user),
            None => html.text("nobody named"),
        }
        html.text(". ");
        html.element("code", &[With::Is("class", "place")], |html| html.name(&words::place(example, analysis)));
    });
    if let Some(message) = words::message(example) {
        html.element("blockquote", &[], |html| html.log(&message));
    }
    if let Some(side) = example.other_side.as_deref() {
        other_side(html, side, analysis, zone);
    }
}

fn other_side(html: &mut Html, side: &OtherSide, analysis: &Analysis, zone: &TimeZone) {
    html.element("p", &[], |html| {
        html.text(&format!("The other side ({}) at ", side.provider));
        html.second(side.evidence.time, zone);
        html.text(&format!(". Joined by {}. ", side.by));
        html.element("code", &[With::Is("class", "place")], |html| html.name(&words::place(&side.evidence, analysis)));
    });
    html.element("blockquote", &[], |html| html.log(&words::other_message(side)));
}

/// Public pages that say so. A rule may come from a stranger too, so only plain addresses are links.
fn sources(html: &mut Html, sources: &[String]) {
    if sources.is_empty() {
        return;
    }
    html.element("details", &[], |html| {
        html.leaf("summary", &[], "Public pages about it");
        html.element("ul", &[With::Is("class", "sources")], |html| {
            for source in sources {
                html.element("li", &[], |html| match Source::of(source) {
                    Some(address) => html.leaf("a", &[With::Source(&address)], address.words()),
                    None => html.text(source),
                });
            }
        });
    });
}

/// What is too much to be told in full, a line each.
fn shorter(html: &mut Html, issues: &[&Issue], library: &Library, zone: &TimeZone) {
    if issues.is_empty() {
        return;
    }
    html.leaf("h3", &[], "More of them, without their steps");
    let columns = [
        Column::Words("Issue"),
        Column::Words("App"),
        Column::Wide("How it stands"),
        Column::Number("Events"),
        Column::Number("People"),
    ];
    let listed = issues.get(..LISTED).unwrap_or(issues);
    let rows = listed.iter().filter_map(|issue| Some((issue, Told::of(issue, library, zone)?)));
    table(html, "Issues after the first ones", &columns, rows, |html, (issue, told)| {
        html.leaf("th", &[With::Is("scope", "row")], &told.rule.title);
        html.element("td", &[], |html| html.name(&told.app));
        html.leaf("td", &[With::Is("class", "roomy")], &format!("{}, {}", told.level, issue.state.word()));
        html.leaf("td", &[With::Is("class", "number")], &number(issue.events));
        html.leaf("td", &[With::Is("class", "number")], &number(issue.users));
    });
    more(html, issues.len() - listed.len(), "", "provlens report --format csv");
}

/// What no rule describes yet.
pub(super) fn unknown(html: &mut Html, analysis: &Analysis, zone: &TimeZone) {
    if analysis.unknown.is_empty() {
        return;
    }
    html.element("section", &[With::At("unknown", 0)], |html| {
        html.leaf("h2", &[], "No rule describes these yet");
        let failures = counted(analysis.totals.unknown_failures, "failure", "failures");
        html.leaf("p", &[], &format!("New to Provlens, grouped by what was said: {failures}."));
        let listed = analysis.unknown.get(..UNKNOWN).unwrap_or(&analysis.unknown);
        for issue in listed {
            html.element("article", &[With::Is("class", "unknown")], |html| {
                let shape = issue.shape.as_deref().unwrap_or_default();
                html.element("h3", &[With::Is("class", "shape")], |html| html.log(&truncate(shape, SHAPE)));
                html.element("p", &[With::Is("class", "facts")], |html| {
                    html.leaf("strong", &[], &words::count(issue));
                    html.text(&format!(", {}, at ", counted(issue.users, "person", "people")));
                    html.name(&words::app_name(issue));
                    html.text(&format!(". {}. ", words::capital(&words::when_in_zone(issue, zone))));
                    html.leaf("code", &[], &cluster_id(shape));
                });
                list(html, &issue.triggers.iter().map(crate::output::report::before::sentence).collect::<Vec<_>>());
                evidence(html, &issue.examples, analysis, zone);
            });
        }
        more(html, analysis.unknown.len() - listed.len(), " groups", "provlens report --format csv");
        html.element("p", &[], |html| {
            html.leaf("code", &[], "provlens rules new --from CLUSTER PATH");
            html.text(" starts a rule for one; CLUSTER is its number, such as ");
            html.leaf("code", &[], "u-1a2b3c4d");
            html.text(".");
        });
    });
}

/// What needs nothing done.
pub(super) fn normal(html: &mut Html, analysis: &Analysis, library: &Library) {
    let lines = Issues::of(analysis, library).normal(library);
    if lines.is_empty() {
        return;
    }
    html.element("section", &[], |html| {
        html.leaf("h2", &[], "Normal, nothing to do unless somebody misses access");
        list(html, lines.get(..NORMAL).unwrap_or(&lines));
        more(html, lines.len().saturating_sub(NORMAL), "", "provlens report --format csv");
    });
}
