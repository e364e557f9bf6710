//! Each example of each rule against all rules.

use std::collections::BTreeMap;

use provlens::rules::Certainty;

use super::{LIBRARY, matched};

#[test]
fn every_example_is_won_by_its_own_rule() {
    let mut wrong = Vec::new();
    for rule in LIBRARY.rules() {
        for (at, example) in rule.examples.iter().enumerate() {
            let found = matched(example);
            if found.first().map(|(id, _)| id) != Some(&rule.id) {
                wrong.push(format!("{} example {}: {found:?}", rule.id, at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A second rule that is likely or certain about somebody else's example is one narrowing away from
/// winning the next wording of it. Each line was looked at; rules that only say that something
/// failed are left out, since they match by design.
#[test]
fn few_rules_match_what_is_not_their_own() {
    let mut pairs: BTreeMap<(String, String), usize> = BTreeMap::new();
    for rule in LIBRARY.rules() {
        for example in &rule.examples {
            for (other, certainty) in matched(example) {
                let general = LIBRARY.rule(LIBRARY.find(&other).unwrap()).unwrap().fallback;
                if other != rule.id && certainty > Certainty::Guess && !general {
                    *pairs.entry((rule.id.clone(), other)).or_default() += 1;
                }
            }
        }
    }
    let lines: Vec<String> = pairs.iter().map(|((own, other), times)| format!("{own} × {other}: {times}")).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
