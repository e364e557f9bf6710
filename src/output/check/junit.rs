//! JUnit XML: a suite for each application, a case for each gate and rule.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::View;
use super::finding::{EVERYTHING, Finding};
use super::verdict::{Hit, Judged, Status, Verdict};
use crate::output::page::number;
use crate::text::time::{self, Micros};
use crate::text::{sanitize, secret};

/// Most cases in a file: a page with more takes a server minutes to show.
const MAX_CASES: usize = 5_000;
/// The suite of what is about no application.
const WHOLE_RUN: &str = "provlens";

/// The document.
pub fn render(view: &View<'_>) -> String {
    let mut suites = Suites::default();
    whole_run(&mut suites, view);
    for judged in &view.checked.gates {
        crossed(&mut suites, view, judged);
    }
    for judged in view.checked.gates.iter().filter(|judged| judged.status != Status::NotEvaluated) {
        passed(&mut suites, view, judged);
    }
    suites.document(view)
}

/// What one case came to.
enum End {
    Passed,
    Failed { kind: &'static str, message: String, details: String },
    Skipped(String),
    Error(String),
}

struct Case {
    name: String,
    end: End,
}

/// Suites by application; the whole run comes first.
#[derive(Default)]
struct Suites {
    order: Vec<String>,
    cases: BTreeMap<String, Vec<Case>>,
    count: usize,
    left_out: u64,
}

impl Suites {
    fn add(&mut self, suite: &str, name: String, end: End) {
        if self.count >= MAX_CASES {
            self.left_out += 1;
            return;
        }
        self.count += 1;
        if !self.cases.contains_key(suite) {
            self.order.push(suite.to_owned());
        }
        self.cases.entry(suite.to_owned()).or_default().push(Case { name, end });
    }

    fn document(&self, view: &View<'_>) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for (id, name) in self.order.iter().enumerate() {
            let cases = self.cases.get(name).map(Vec::as_slice).unwrap_or_default();
            suite(&mut out, id, name, cases, view.analysis.last);
            if id == 0 {
                self.remarks(&mut out, view);
            }
            out.push_str("</system-out>\n    <system-err></system-err>\n  </testsuite>\n");
        }
        out.push_str("</testsuites>\n");
        out
    }

    /// What is about the whole run and no case of its own.
    fn remarks(&self, out: &mut String, view: &View<'_>) {
        let left_out = (self.left_out > 0)
            .then(|| format!("{} more cases are left out; the worst are here", number(self.left_out)));
        let remarks: Vec<String> = left_out.into_iter().chain(view.checked.remarks.iter().cloned()).collect();
        out.push_str(&escape_lines(&remarks.join("\n")));
    }
}

/// A suite up to the text of its output.
fn suite(out: &mut String, id: usize, name: &str, cases: &[Case], last: Option<Micros>) {
    let count = |wanted: fn(&End) -> bool| cases.iter().filter(|case| wanted(&case.end)).count();
    // Seconds and no zone is what readers of this format take; the newest event stands for the run, so
    // that the same logs give the same file.
    let stamp = time::rfc3339(last.unwrap_or(0).div_euclid(time::SECOND) * time::SECOND);
    let name = &escape(name);
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "  <testsuite name=\"{name}\" package=\"{WHOLE_RUN}\" id=\"{id}\" timestamp=\"{}\" hostname=\"localhost\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\">\n    <properties></properties>",
        stamp.trim_end_matches('Z'),
        cases.len(),
        count(|end| matches!(end, End::Failed { .. })),
        count(|end| matches!(end, End::Error(_))),
        count(|end| matches!(end, End::Skipped(_))),
    );
    for case in cases {
        let _ = write!(out, "    <testcase name=\"{}\" classname=\"{name}\" time=\"0\">", escape(&case.name));
        let _ = match &case.end {
            End::Passed => Ok(()),
            End::Failed { kind, message, details } => write!(
                out,
                "<failure type=\"{kind}\" message=\"{}\">{}</failure>",
                escape(message),
                escape_lines(details)
            ),
            End::Skipped(why) => write!(out, "<skipped message=\"{}\"></skipped>", escape(why)),
            End::Error(why) => write!(out, "<error type=\"not-evaluated\" message=\"{}\"></error>", escape(why)),
        };
        out.push_str("</testcase>\n");
    }
    out.push_str("    <system-out>");
}

/// What is about no application: the verdict, and gates that were not evaluated.
fn whole_run(suites: &mut Suites, view: &View<'_>) {
    let end = match &view.checked.verdict {
        Verdict::Withheld(_, why) => End::Error(format!("not evaluated: {why}")),
        Verdict::Unjudged => End::Skipped("no gate could be evaluated".to_owned()),
        Verdict::Passed | Verdict::Failed => End::Passed,
    };
    suites.add(WHOLE_RUN, "logs could be judged".to_owned(), end);
    for judged in view.checked.ended(Status::NotEvaluated) {
        suites.add(WHOLE_RUN, judged.gate.name.clone(), End::Skipped(format!("not evaluated: {}", judged.why)));
    }
    let judged = |judged: &&Judged| judged.status == Status::Passed && judged.hits.is_empty();
    for judged in view.checked.gates.iter().filter(judged) {
        suites.add(WHOLE_RUN, judged.gate.name.clone(), End::Passed);
    }
}

fn name_of(judged: &Judged, finding: &Finding) -> String {
    format!("{}: {}", judged.gate.name, finding.key.rule)
}

fn suite_of(finding: &Finding) -> &str {
    if finding.app.is_empty() { "no application named" } else { &finding.app }
}

fn crossed(suites: &mut Suites, view: &View<'_>, judged: &Judged) {
    let adds_up = judged.gate.adds_up();
    if adds_up && judged.status == Status::Failed {
        let details = view.parts(judged).join("\n");
        let end = End::Failed { kind: judged.gate.kind(), message: judged.why.clone(), details };
        suites.add(WHOLE_RUN, judged.gate.name.clone(), end);
    }
    // What is a part of a sum fails nothing by itself.
    for hit in judged.hits.iter().filter(|hit| !adds_up || hit.waived.is_some()) {
        let Some(finding) = view.checked.findings.get(hit.finding) else { continue };
        let waiver = hit.waived.and_then(|at| view.checked.waivers.entries().get(at));
        let end = match waiver {
            Some(waiver) => {
                End::Skipped(format!("waived until {} ({}): {}", waiver.until, waiver.reason, message(finding, hit)))
            }
            None => {
                let step = finding.step.as_ref().map(|step| format!("do: {step}\n")).unwrap_or_default();
                let details = format!("{step}why: {}\nfinding: {}", hit.why(), finding.key);
                End::Failed { kind: judged.gate.kind(), message: message(finding, hit), details }
            }
        };
        suites.add(suite_of(finding), name_of(judged, finding), end);
    }
}

fn message(finding: &Finding, hit: &Hit) -> String {
    format!("{}: {}", finding.title, hit.what)
}

/// What a gate looked at and let pass, application by application.
fn passed(suites: &mut Suites, view: &View<'_>, judged: &Judged) {
    let hit: BTreeSet<usize> = judged.hits.iter().map(|hit| hit.finding).collect();
    let findings = view.checked.findings.list();
    for app in &view.analysis.apps {
        let here = || findings.iter().enumerate().filter(|(_, finding)| *finding.app == *app.name);
        let id = here().next().map_or("", |(_, finding)| finding.key.app.as_str());
        if !judged.gate.covers_app(&app.name, id) {
            continue;
        }
        let issues = here().filter(|(at, finding)| finding.is_issue() && !hit.contains(at));
        let seen: Vec<&Finding> = issues
            .map(|(_, finding)| finding)
            .filter(|finding| judged.gate.covers(&finding.app, &finding.key.app, &finding.key.rule))
            .collect();
        for finding in &seen {
            suites.add(&app.name, name_of(judged, finding), End::Passed);
        }
        if seen.is_empty() && !here().any(|(at, _)| hit.contains(&at)) {
            suites.add(&app.name, format!("{}: {EVERYTHING}", judged.gate.name), End::Passed);
        }
    }
}

/// Text for XML, in an attribute or between tags, on one line. XML has no way to write most control
/// characters, so they become text that names them.
fn escape(text: &str) -> String {
    escape_part(&secret::mask(text))
}

/// The same for several lines.
fn escape_lines(text: &str) -> String {
    secret::mask(text).split('\n').map(escape_part).collect::<Vec<_>>().join("\n")
}

fn escape_part(text: &str) -> String {
    let mut named = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => named.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => named.extend(c.escape_unicode()),
            c => named.push(c),
        }
    }
    let mut out = String::with_capacity(named.len());
    for c in sanitize::line(&named).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i4_what_xml_forbids_is_named() {
        assert_eq!(escape("a\u{1b}[31m\u{0}\u{fffe}"), r"a\u{1b}[31m\u{0}\u{fffe}");
        assert_eq!(escape("<a href=\"x\">'&amp;]]>"), "&lt;a href=&quot;x&quot;&gt;&apos;&amp;amp;]]&gt;");
        assert_eq!(escape("a\nb\u{202e}"), "a b⟨U+202E⟩");
        assert_eq!(escape_lines("a\nb"), "a\nb");
        assert_eq!(escape("Bearer abcdefghijkl"), "Bearer ‹secret›");
        assert_eq!(escape("José 日本 😀"), "José 日本 😀");
    }

    #[test]
    fn i4_a_reader_gets_exactly_the_text_back() {
        let mut config = proptest::prelude::ProptestConfig::with_cases(256);
        config.failure_persistence = None;
        proptest::proptest!(config, |(text in "[ -~éß日]{0,40}")| {
            let back = escape(&text)
                .replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&");
            proptest::prop_assert_eq!(back, secret::mask(&text).into_owned());
        });
    }
}
