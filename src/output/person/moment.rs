//! What happened, with retries folded.

use std::collections::HashMap;

use crate::analysis::{Detail, Row};
use crate::event::{Operation, Outcome, Provider};
use crate::text::time::Micros;

/// One thing that happened, perhaps several times in a row.
pub struct Moment<'a> {
    /// The first time.
    pub row: &'a Row<'static>,
    /// How many times in a row.
    pub count: u64,
    /// The last time, if the log says.
    pub last: Option<Micros>,
}

/// What makes a row one more try of the same.
type Try<'a> = (Operation, Outcome, Option<usize>, Option<&'a str>, Option<&'a str>);

impl<'a> Moment<'a> {
    /// What is known of it beyond the bare fact.
    pub fn detail(&self) -> Option<&'a Detail> {
        self.row.detail.as_deref()
    }

    fn what(row: &'a Row<'static>) -> Try<'a> {
        let detail = row.detail.as_deref();
        let rule = detail.and_then(|detail| detail.rule).map(|(rule, _)| rule);
        // A reason that no rule describes is the same if it has the same shape.
        let shape = detail.and_then(|detail| detail.shape.as_deref());
        let event = detail.filter(|_| row.outcome == Outcome::Success).and_then(|detail| detail.event_type.as_deref());
        (row.operation, row.outcome, rule, shape, event)
    }
}

/// Folds tries of the same that follow each other at one place, whatever happens elsewhere meanwhile.
pub(super) fn fold<'a>(rows: &'a [Row<'static>]) -> Vec<Moment<'a>> {
    let mut moments: Vec<Moment<'a>> = Vec::new();
    let mut newest: HashMap<(Provider, Option<&str>), usize> = HashMap::new();
    for row in rows {
        let place = (row.provider, row.app.as_deref());
        let known = newest.get(&place).and_then(|at| moments.get_mut(*at));
        match known.filter(|moment| Moment::what(moment.row) == Moment::what(row)) {
            Some(moment) => {
                moment.count += 1;
                moment.last = moment.last.max(row.time);
            }
            None => {
                newest.insert(place, moments.len());
                moments.push(Moment { row, count: 1, last: row.time });
            }
        }
    }
    moments
}
