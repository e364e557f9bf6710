//! A rule as a page of text.

use super::word_of;
use crate::output::page::{Page, shown};
use crate::rules::{Rule, Status};
use crate::text::width::pad;

/// Columns of the labels.
const LABEL: usize = 15;

/// Something that is said of a rule.
pub struct Fact {
    /// What it is about; empty if that is the same as before.
    pub label: &'static str,
    /// Of a step, its number.
    pub step: Option<usize>,
    /// What is said.
    pub text: String,
}

/// A rule in full, for people. A shared rule library is foreign text too.
pub fn page(rule: &Rule, color: bool) -> String {
    let mut page = Page::new(color);
    page.heading(&shown(&rule.title));
    for Fact { label, step, text } in facts(rule) {
        let step = step.map(|step| format!("{step}. ")).unwrap_or_default();
        page.labelled(1, &format!("{}{step}", pad(label, LABEL)), &text);
    }
    page.finish()
}

/// What there is to say about a rule, in order.
pub fn facts(rule: &Rule) -> Vec<Fact> {
    let plain = |label: &'static str, text: &str| Fact { label, step: None, text: shown(text) };
    let mut facts = vec![plain("Id", &rule.id), plain("Level", rule.severity.word())];
    if rule.status == Status::Preview {
        facts.push(plain("Preview", "The wording of this issue is not confirmed by a public source."));
    }
    facts.push(plain("What happened", rule.advice().cause.trim()));
    for (at, step) in rule.advice().fix.iter().enumerate() {
        let label = if at == 0 { "What to do" } else { "" };
        facts.push(Fact { step: Some(at + 1), ..plain(label, step) });
    }
    facts.push(plain("Check", &rule.advice().verify));
    facts.push(plain("Who can fix it", &format!("{}. {}", rule.owner.words(), rule.retry.words())));
    let hand_on = format!(
        "{} To: {}. Send along: {}.",
        rule.advice().escalate.when,
        rule.advice().escalate.to.trim_end_matches('.'),
        rule.advice().escalate.evidence.join("; ")
    );
    facts.push(plain("Hand it on if", &hand_on));
    facts.extend(rule.advice().cannot_tell.iter().map(|limits| plain("Log can't tell", limits)));
    facts.extend(rule.unseen.iter().map(|why| plain("Not in a log", why)));
    if let Some(detector) = rule.detector {
        facts.push(plain("Found by", &format!("{}, a pattern over several events", word_of(&detector))));
    }
    for other in &rule.instead_of {
        let what = format!("other events, instead of {} where {}", other.rule, other.when.words());
        facts.push(plain("Found by", &what));
    }
    let look_alikes = rule.advice().look_alikes.iter();
    facts.extend(look_alikes.map(|other| plain("Looks alike", &format!("{}: {}", other.rule, other.tell))));
    facts.extend(rule.advice().sources.iter().map(|source| plain("Source", source)));
    facts
}
