//! An import that stopped at its safeguard, and after which nothing was read any more.

use std::collections::BTreeMap;

use super::{EXAMPLES, Found, Pattern, Sight, Sums, counted, earlier};
use crate::analysis::Evidence;
use crate::analysis::people::Roots;
use crate::event::{Operation, Outcome};
use crate::rules::Certainty;
use crate::text::time::Micros;

/// Which event is the safeguard's is what the `[[match]]` of the same rule says.
#[derive(Clone)]
pub(super) struct ImportStopped {
    rule: usize,
    apps: BTreeMap<Option<u32>, Imports>,
}

#[derive(Clone, Default)]
struct Imports {
    stops: u64,
    first: Option<Micros>,
    stopped: Option<Micros>,
    /// The newest import that did something.
    done: Option<Micros>,
    examples: Vec<Evidence>,
}

impl ImportStopped {
    pub(super) fn new(rule: usize) -> Self {
        ImportStopped { rule, apps: BTreeMap::new() }
    }
}

impl Pattern for ImportStopped {
    fn wants(&self, operation: Operation, _: Outcome) -> bool {
        operation == Operation::Import
    }

    fn see(&mut self, sight: &Sight<'_>) {
        let at = sight.row.time;
        let is_stop = sight.detail.and_then(|detail| detail.rule).is_some_and(|(rule, _)| rule == self.rule);
        if is_stop {
            let imports = self.apps.entry(sight.app).or_default();
            imports.stops += 1;
            imports.first = earlier(imports.first, at);
            imports.stopped = imports.stopped.max(at);
            if imports.examples.len() < EXAMPLES {
                imports.examples.push(sight.evidence());
            }
        } else if sight.succeeded() {
            let imports = self.apps.entry(sight.app).or_default();
            imports.done = imports.done.max(at);
        }
    }

    fn join(&mut self, _: &Roots) {}

    fn find(&self, _: &Sums<'_>) -> Vec<Found> {
        let stopped = self.apps.iter().filter(|(_, imports)| imports.stops > 0 && imports.done <= imports.stopped);
        stopped
            .map(|(app, imports)| Found {
                app: *app,
                people: Vec::new(),
                events: imports.stops,
                first: imports.first,
                last: imports.stopped,
                ended: false,
                certainty: Certainty::Certain,
                what: format!(
                    "the import stopped at its safeguard {}, and nothing was imported since",
                    counted(imports.stops, "time", "times")
                ),
                mention: None,
                examples: imports.examples.clone(),
            })
            .collect()
    }

    fn copied(&self) -> Box<dyn Pattern> {
        Box::new(self.clone())
    }
}
