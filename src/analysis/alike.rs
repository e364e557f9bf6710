//! One trouble that two rules describe, told once.
//!
//! An app words one and the same trouble in several ways, and each wording may fit another rule. Where
//! rules name each other as easily taken for one another, and failures of both crowd at one application in
//! the same hours, that is one spike.

use std::collections::BTreeSet;

use super::trends::{Of, Spike, SpikeKind, Told};
use crate::rules::Library;
use crate::text::time::Micros;

/// Pairs of rules that are easily taken for one another, the smaller number first.
#[derive(Clone, Debug, Default)]
pub struct Alike(BTreeSet<(usize, usize)>);

impl Alike {
    /// Those that a library names.
    pub fn of(library: &Library) -> Alike {
        let pairs = (0..).zip(library.rules()).flat_map(|(at, rule)| {
            let others = rule.alike.iter().filter_map(|other| library.find(&other.rule));
            others.map(move |other: usize| (other.min(at), other.max(at)))
        });
        Alike(pairs.collect())
    }

    fn are(&self, a: &Of, b: &Of) -> bool {
        let (Of::Rule(a), Of::Rule(b)) = (a, b) else { return false };
        self.0.contains(&(*a.min(b), *a.max(b)))
    }

    /// Puts spikes of rules that are alike together, into the first one of those that belong together.
    pub(super) fn join(&self, spikes: &mut Vec<Spike>) {
        let mut joined: Vec<Spike> = Vec::with_capacity(spikes.len());
        for spike in std::mem::take(spikes) {
            let same = |known: &&mut Spike| {
                known.app == spike.app && self.are(&known.of, &spike.of) && share_most_hours(known, &spike)
            };
            match joined.iter_mut().find(same) {
                Some(known) => {
                    let Of::Rule(rule) = spike.of else { continue };
                    known.also.push(Told {
                        rule,
                        observed: spike.observed,
                        failures: spike.failures,
                        people: spike.people,
                    });
                    if spike.kind == SpikeKind::Ongoing {
                        known.kind = SpikeKind::Ongoing;
                    }
                }
                None => joined.push(spike),
            }
        }
        *spikes = joined;
    }
}

/// Whether two spikes have half of the shorter one's time in common.
fn share_most_hours(a: &Spike, b: &Spike) -> bool {
    let length = |from: Micros, to: Micros| to - from;
    let common = length(a.start.max(b.start), a.end.min(b.end));
    common * 2 >= length(a.start, a.end).min(length(b.start, b.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Comparison, Mode};
    use crate::event::Provider;
    use crate::text::time::HOUR;

    fn spike(app: &str, rule: usize, hours: std::ops::Range<i64>, observed: u64) -> Spike {
        Spike {
            app: app.into(),
            app_id: None,
            provider: Provider::Okta,
            of: Of::Rule(rule),
            kind: SpikeKind::Spike,
            start: hours.start * HOUR,
            end: hours.end * HOUR,
            observed,
            expected: 0.5,
            usual: (0, 1),
            ratio: 20.0,
            p: 1e-9,
            score: 9.0,
            failures: observed * 2,
            people: observed,
            attempts: 100,
            mode: Mode::Rate,
            baseline: Comparison::default(),
            also: Vec::new(),
        }
    }

    #[test]
    fn rules_that_are_alike_are_told_once_in_the_same_hours() {
        let alike = Alike([(1, 2), (2, 5)].into());
        let told = |spikes: Vec<Spike>| {
            let mut spikes = spikes;
            alike.join(&mut spikes);
            let also = |spike: &Spike| spike.also.iter().map(|told| (told.rule, told.observed)).collect::<Vec<_>>();
            spikes.iter().map(|spike| (spike.of.clone(), also(spike))).collect::<Vec<_>>()
        };
        let first = || spike("Harbor", 2, 10..14, 30);
        let apart = |other: Spike| told(vec![first(), other]).len() == 2;
        assert_eq!(told(vec![first(), spike("Harbor", 1, 12..20, 9)]), [(Of::Rule(2), vec![(1, 9)])]);
        let three = vec![first(), spike("Harbor", 5, 10..12, 8), spike("Harbor", 1, 9..15, 7)];
        assert_eq!(told(three), [(Of::Rule(2), vec![(5, 8), (1, 7)])]);
        assert!(apart(spike("Pier", 1, 10..14, 9)), "another application");
        assert!(apart(spike("Harbor", 3, 10..14, 9)), "another trouble");
        assert!(apart(spike("Harbor", 1, 13..20, 9)), "other hours");
        assert!(apart(Spike { of: Of::Everything, ..first() }), "all failures");
    }

    #[test]
    fn the_library_names_pairs_of_rules() {
        let library = Library::load(&[]).0;
        let alike = Alike::of(&library);
        for (at, rule) in library.rules().iter().enumerate() {
            for other in &rule.alike {
                let other = library.find(&other.rule).unwrap();
                assert!(alike.are(&Of::Rule(at), &Of::Rule(other)) && alike.are(&Of::Rule(other), &Of::Rule(at)));
            }
        }
    }
}
