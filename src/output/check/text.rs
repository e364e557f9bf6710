//! The check for people: one line on a good day; on a bad one what failed, why, and what to do.
//!
//! Lines are not wrapped: people search in them, and the console of a pipeline wraps for itself.

use super::finding::Finding;
use super::verdict::{Hit, Judged, Status, Trouble, Verdict, Waived};
use super::{View, inert};
use crate::output::page::{Page, Tone, counted, number};
use crate::text::width::truncate;

/// Findings told of one gate before "and so many more".
const LISTED: usize = 10;
/// Columns of a title.
const TITLE: usize = 100;

/// The text.
pub fn render(view: &View<'_>, color: bool) -> String {
    let mut page = Page::new(color);
    headline(&mut page, view);
    for judged in view.checked.ended(Status::Failed) {
        failed(&mut page, view, judged);
    }
    for line in not_evaluated(view) {
        page.line(&line);
    }
    waived(&mut page, view);
    others(&mut page, view);
    for remark in &view.checked.remarks {
        page.line(&format!("note: {}", inert(remark)));
    }
    if view.checked.verdict == Verdict::Failed {
        next(&mut page, view);
    }
    page.finish()
}

/// The verdict alone.
pub fn headline_of(view: &View<'_>) -> String {
    let mut page = Page::new(false);
    headline(&mut page, view);
    page.finish()
}

/// A line for each gate that could not be judged, unless nothing was.
pub(super) fn not_evaluated(view: &View<'_>) -> impl Iterator<Item = String> {
    let judged = view.checked.ended(Status::NotEvaluated).filter(|_| !is_withheld(view));
    judged.map(|judged| format!("not evaluated: {}: {}", inert(&judged.gate.name), inert(&judged.why)))
}

fn is_withheld(view: &View<'_>) -> bool {
    matches!(&view.checked.verdict, Verdict::Withheld(trouble, _) if *trouble != Trouble::Gates)
}

fn headline(page: &mut Page, view: &View<'_>) {
    let checked = view.checked;
    let names = |status| {
        let names: Vec<String> = checked.ended(status).map(|judged| inert(&judged.gate.name)).collect();
        names.join(", ")
    };
    let (word, tone, rest) = match &checked.verdict {
        Verdict::Passed if view.analysis.totals.events == 0 => {
            ("PASSED", Tone::Good, "there was nothing to judge, and --allow-empty accepts that".to_owned())
        }
        Verdict::Passed => ("PASSED", Tone::Good, format!("{}; {}", names(Status::Passed), view.judged())),
        Verdict::Failed => {
            let failed = checked.ended(Status::Failed).count() as u64;
            let of = counted(checked.gates.len() as u64, "gate", "gates");
            ("FAILED", Tone::Bad, format!("{} of {of}; {}", number(failed), view.judged()))
        }
        Verdict::Unjudged => ("NOT EVALUATED", Tone::Warn, unjudged(&names(Status::NotEvaluated), view)),
        Verdict::Withheld(_, why) => ("NOT EVALUATED", Tone::Warn, inert(why)),
    };
    let more = match checked.verdict {
        Verdict::Passed | Verdict::Unjudged => found_otherwise(view),
        Verdict::Failed | Verdict::Withheld(..) => String::new(),
    };
    let word = page.tone(tone, word);
    page.line(&format!("provlens check {word}: {rest}{more}"));
}

/// That no gate was judged, and whether that matters: whoever sees the exit code alone takes it for a pass.
fn unjudged(gates: &str, view: &View<'_>) -> String {
    format!(
        "neither passed nor failed, since no gate could be judged: {gates}. By itself that is no error (exit code 0); \
         --require-all-gates makes it one; {}",
        view.judged()
    )
}

/// What was found that no gate counts, so that a pass is not taken for nothing found.
fn found_otherwise(view: &View<'_>) -> String {
    let all = View { min_severity: None, ..*view };
    let others = all.others();
    let Some(worst) = others.first() else { return String::new() };
    let issues = counted(others.len() as u64, "issue", "issues");
    format!("; {issues} that no gate counts, the worst {}: see `provlens report`", worst.severity.word())
}

fn failed(page: &mut Page, view: &View<'_>, judged: &Judged) {
    let name = page.tone(Tone::Bad, &inert(&judged.gate.name));
    page.line(&format!("failed: {name}: {}", judged.why));
    let count = judged.failing().count();
    for hit in judged.failing().take(LISTED) {
        if let Some(finding) = view.checked.findings.get(hit.finding) {
            tell(page, finding, hit, judged.gate.adds_up());
        }
    }
    if count > LISTED {
        page.line(&format!("  and {} more (--format json lists all)", number((count - LISTED) as u64)));
    }
}

/// A part of a sum crosses no line by itself, so that nothing is to be said of why it does.
fn tell(page: &mut Page, finding: &Finding, hit: &Hit, is_part: bool) {
    page.line(&format!("  × {}: {}. {}", View::app(finding), title(finding), inert(&hit.what)));
    if let Some(step) = &finding.step {
        page.line(&format!("    do:  {}", inert(step)));
    }
    if !is_part {
        page.line(&format!("    why: {}", inert(&hit.why())));
    }
}

/// Title and rule of a finding.
pub(super) fn title(finding: &Finding) -> String {
    format!("{} ({})", truncate(&inert(&finding.title), TITLE), inert(&finding.key.rule))
}

fn waived(page: &mut Page, view: &View<'_>) {
    for Waived { judged, hit, waiver } in view.checked.waived() {
        let Some(finding) = view.checked.findings.get(hit.finding) else { continue };
        let Some(waiver) = view.checked.waivers.entries().get(waiver) else { continue };
        let (gate, what) = (inert(&judged.gate.name), inert(&hit.what));
        let line = format!(
            "waived: {gate}: {}: {}. {what}; until {} ({})",
            View::app(finding),
            title(finding),
            inert(&waiver.until),
            inert(&waiver.reason)
        );
        page.line(&line);
    }
}

/// Only somebody who asks for a severity wants to read what fails nothing.
fn others(page: &mut Page, view: &View<'_>) {
    if view.min_severity.is_none() {
        return;
    }
    for finding in view.others() {
        let count = counted(finding.failures, "failure", "failures");
        let line =
            format!("not gated: {} {}: {}; {count}", finding.severity.word(), View::app(finding), title(finding));
        page.line(&line);
    }
}

/// The last lines of a red run.
fn next(page: &mut Page, view: &View<'_>) {
    if !view.checked.has_baseline {
        page.line(
            "hint: is this old news, and the first run? --save-baseline FILE keeps what is usual now, and --baseline FILE then fails only on what is new or more",
        );
    }
    let first =
        view.checked.ended(Status::Failed).find_map(worst).and_then(|hit| view.checked.findings.get(hit.finding));
    let Some(finding) = first else { return };
    let rule = inert(&finding.key.rule);
    let look = match (finding.rule, &finding.shape) {
        (Some(_), _) => format!("`provlens explain {rule} PATH` shows all steps and the evidence"),
        (None, Some(_)) => format!("`provlens report PATH` shows what is known of {rule}"),
        (None, None) => "`provlens report PATH` shows the issues behind it".to_owned(),
    };
    let start = format!("start with {} at {}", rule_or_title(finding), View::app(finding));
    page.line(&format!("next: {start}: {look}; --allow FILE accepts a finding until a day"));
}

/// The one to start with. Parts of a sum come by their size, and findings by how bad they are.
fn worst(judged: &Judged) -> Option<&Hit> {
    let mut failing = judged.failing();
    if judged.gate.adds_up() { failing.min_by_key(|hit| hit.finding) } else { failing.next() }
}

fn rule_or_title(finding: &Finding) -> String {
    match finding.rule {
        Some(_) => inert(&finding.key.rule),
        None => truncate(&inert(&finding.title), TITLE),
    }
}
