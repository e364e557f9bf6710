//! What a rule looks for, in words for somebody who writes none.

use super::word_of;
use crate::output::page::shown;
use crate::rules::{Match, Place, Rule};

/// Values of a list that are named.
const NAMED: usize = 3;

/// One sentence for each way in which the rule is found; one of them is enough.
pub fn conditions(rule: &Rule) -> Vec<String> {
    let mut ways: Vec<String> = rule.matches.iter().map(|wanted| shown(&one(wanted))).collect();
    ways.extend(rule.detector.map(|detector| format!("several events together: the pattern {}", word_of(&detector))));
    ways.extend(
        rule.instead_of
            .iter()
            .map(|other| shown(&format!("other events, instead of {} where {}", other.rule, other.when.words()))),
    );
    ways.extend(rule.unseen.iter().map(|why| shown(&format!("no log shows it: {why}"))));
    ways
}

fn one(wanted: &Match) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut list = |name: &str, values: &[String]| {
        if !values.is_empty() {
            parts.push(format!("{name} {}", joined(values, "or")));
        }
    };
    list("app", &wanted.app);
    list("app not", &wanted.app_lacks);
    list("event", &wanted.event_type);
    list("event", &wanted.legacy_type);
    let words = |values: &mut dyn Iterator<Item = &'static str>| values.map(str::to_owned).collect::<Vec<_>>();
    list("action", &words(&mut wanted.operation.iter().map(|operation| operation.word())));
    list("result", &words(&mut wanted.outcome.iter().map(|outcome| outcome.word())));
    list("code", &wanted.code);
    list("HTTP status", &wanted.http_status.iter().map(ToString::to_string).collect::<Vec<_>>());
    list("scimType", &wanted.scim_type);
    list("step", &wanted.phase);
    for (texts, verb, by) in [
        (&wanted.contains, "has", "or"),
        (&wanted.contains_all, "has", "and"),
        (&wanted.lacks, "lacks", "and"),
        (&wanted.regex, "fits the pattern", "or"),
    ] {
        for (place, texts) in texts.iter() {
            let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
            parts.push(format!("{} {verb} {}", subject(place), joined(&quoted, by)));
        }
    }
    match &*parts {
        [] => "every failure of its provider".to_owned(),
        parts => parts.join("; "),
    }
}

fn subject(place: &Place) -> String {
    match place {
        Place::Message => "the message".to_owned(),
        Place::Remote => "the app's answer".to_owned(),
        Place::Field(path) => format!("the field {path}"),
    }
}

/// `a, b or c`, `a, b, c or 4 more`
fn joined(values: &[String], by: &str) -> String {
    let mut named: Vec<String> = values.iter().take(NAMED).cloned().collect();
    let more = values.len().saturating_sub(NAMED);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    match named.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} {by} {last}", before.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_short() {
        let values = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
        let words = [1, 2, 3, 7].map(|count| joined(&values(count), "or"));
        assert_eq!(words, ["0", "0 or 1", "0, 1 or 2", "0, 1, 2 or 4 more"]);
    }

    #[test]
    fn every_built_in_rule_says_what_it_looks_for() {
        let (library, _) = crate::rules::Library::load(&[]);
        for rule in library.rules() {
            let ways = conditions(rule);
            assert!(!ways.is_empty() && ways.iter().all(|way| !way.is_empty()), "{}", rule.id);
        }
    }
}
