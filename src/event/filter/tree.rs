//! A filter as a tree: terms, and how they are joined.

use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::field::{Field, State};
use super::pattern::{Form, Pattern};
use super::when::When;
use crate::event::{Operation, Outcome};
use crate::text::time::Micros;

/// Which events somebody wants. The default lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub(super) root: Node,
    pub(super) terms: Vec<Term>,
}

/// How terms are joined.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// All of them hold; with none, everything passes.
    All(Vec<Node>),
    /// One of them holds.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// A term by its position.
    Term(usize),
}

impl Default for Node {
    fn default() -> Node {
        Node::All(Vec::new())
    }
}

/// One condition: the field has one of the values.
#[derive(Clone, Debug)]
pub struct Term {
    pub(super) field: Field,
    pub(super) values: Vec<Value>,
    pub(super) span: Range<usize>,
}

/// A value of a term.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(Pattern),
    /// More than this number.
    Above(i64),
    /// Less than this number.
    Below(i64),
    Outcome(Outcome),
    Operation(Operation),
    /// A failure that no rule explains.
    Unknown,
    /// Nothing that anybody would have to explain.
    NoIssue,
    State(State),
    Time(When, Interval),
}

/// From `from` on, and before `before`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    pub(super) from: Micros,
    pub(super) before: Micros,
}

impl Interval {
    /// Holds for no time at all.
    pub(super) const NEVER: Interval = Interval { from: Micros::MAX, before: Micros::MIN };

    pub(super) fn holds(self, at: Micros) -> bool {
        self.from <= at && at < self.before
    }
}

impl Term {
    /// The field it asks about.
    pub fn field(&self) -> Field {
        self.field
    }

    /// Where it stands in the text, in bytes; empty if it came from no text.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The state it asks about, of `is:`.
    pub fn states(&self) -> impl Iterator<Item = State> {
        self.values.iter().filter_map(|value| if let Value::State(state) = value { Some(*state) } else { None })
    }

    /// The ids and words of `issue:` as they were written, without stars and expressions.
    pub fn plain_texts(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(|value| match value {
            Value::Text(pattern) if matches!(pattern.form, Form::Plain | Form::Exact) => Some(pattern.text.as_str()),
            _ => None,
        })
    }
}

impl Filter {
    /// Only what is exactly this.
    pub fn exactly(field: Field, text: &str) -> Filter {
        Filter::of(field, Pattern::new(Form::Exact, text, field.wildcard_reading()).map(Value::Text))
    }

    /// Only failures that no rule explains.
    pub fn unknown() -> Filter {
        Filter::of(Field::Issue, Ok(Value::Unknown))
    }

    /// Only what has this text, which is taken as it is.
    pub fn with(field: Field, text: &str) -> Filter {
        Filter::of(field, Pattern::new(Form::Plain, text, field.wildcard_reading()).map(Value::Text))
    }

    /// Only what is not before this time.
    pub fn from(at: Micros) -> Filter {
        Filter::of(Field::After, Ok(Value::Time(When::At(at, 0), Interval { from: at, before: Micros::MAX })))
    }

    /// Only what is before this time.
    pub fn before(at: Micros) -> Filter {
        Filter::of(Field::Before, Ok(Value::Time(When::At(at, 0), Interval { from: Micros::MIN, before: at })))
    }

    /// Only what is from one time on and before another, both written by the clocks of a zone.
    pub fn between(from: Micros, before: Micros, zone: &TimeZone) -> Filter {
        let written = |at: Micros| {
            let stamp = Timestamp::from_microsecond(at).ok();
            let offset = stamp.map_or(0, |stamp| zone.to_offset(stamp).seconds());
            // Offsets of former centuries have seconds, which no log writes.
            When::At(at, if offset % 60 == 0 { offset } else { 0 })
        };
        let from = Value::Time(written(from), Interval { from, before: Micros::MAX });
        let before = Value::Time(written(before), Interval { from: Micros::MIN, before });
        Filter::of(Field::After, Ok(from)).and(Filter::of(Field::Before, Ok(before)))
    }

    fn of(field: Field, value: Result<Value, String>) -> Filter {
        // Only a text of letters beyond ASCII can be too large to compile; nothing contains such a one.
        let values = value.into_iter().collect();
        Filter { root: Node::Term(0), terms: vec![Term { field, values, span: 0..0 }] }
    }

    /// What both let through.
    pub fn and(mut self, other: Filter) -> Filter {
        let before = self.terms.len();
        self.terms.extend(other.terms);
        let root = all(vec![self.root, other.root.moved(before)]);
        Filter { root, terms: self.terms }
    }

    /// Whether everything passes.
    pub fn is_open(&self) -> bool {
        matches!(&self.root, Node::All(nodes) if nodes.is_empty())
    }

    /// Its terms; [`Filter::holds_if`] asks about them by their position here.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether a time in it counts from the newest event.
    pub fn needs_newest(&self) -> bool {
        let needs = |value: &Value| matches!(value, Value::Time(when, _) if when.needs_newest());
        self.terms.iter().flat_map(|term| &term.values).any(needs)
    }

    /// The same without what it says outright of how events ended and why: whatever else happened to the
    /// same people at the same applications passes too. Nothing if it says nothing of that kind.
    pub fn whatever_the_outcome(&self) -> Option<Filter> {
        let nodes = match &self.root {
            Node::All(nodes) => nodes.as_slice(),
            node => std::slice::from_ref(node),
        };
        let (dropped, kept): (Vec<&Node>, Vec<&Node>) = nodes.iter().partition(|node| self.is_about_the_outcome(node));
        let root = all(kept.into_iter().cloned().collect());
        (!dropped.is_empty()).then(|| Filter { root, terms: self.terms.clone() })
    }

    fn is_about_the_outcome(&self, node: &Node) -> bool {
        match node {
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().all(|node| self.is_about_the_outcome(node)),
            Node::Not(node) => self.is_about_the_outcome(node),
            Node::Term(at) => self
                .terms
                .get(*at)
                .is_some_and(|term| matches!(term.field, Field::Issue | Field::Status | Field::Code | Field::Said)),
        }
    }

    /// The time, from and before, in which everything lies that it lets through, as far as its terms say
    /// so outright.
    pub fn within(&self) -> (Option<Micros>, Option<Micros>) {
        let outright = match &self.root {
            Node::All(nodes) => nodes.as_slice(),
            node => std::slice::from_ref(node),
        };
        let terms =
            outright.iter().filter_map(|node| if let Node::Term(at) = node { self.terms.get(*at) } else { None });
        let mut within = Interval { from: Micros::MIN, before: Micros::MAX };
        for term in terms.filter(|term| term.field.is_time()) {
            let times =
                || term.values.iter().filter_map(|value| if let Value::Time(_, at) = value { Some(*at) } else { None });
            within.from = within.from.max(times().map(|time| time.from).min().unwrap_or(Micros::MIN));
            within.before = within.before.min(times().map(|time| time.before).max().unwrap_or(Micros::MAX));
        }
        let known = |at: Micros, open: Micros| (at != open).then_some(at);
        (known(within.from, Micros::MIN), known(within.before, Micros::MAX))
    }

    /// The same with its times fixed: days are those of `zone`, and what counts back does so from
    /// `newest`. If there is no newest event, no event is in such a time. Until then, only times that
    /// name their zone hold for any event.
    pub fn at(mut self, newest: Option<Micros>, zone: &TimeZone) -> Filter {
        for term in &mut self.terms {
            for value in &mut term.values {
                if let Value::Time(when, interval) = value {
                    *interval = interval_of(term.field, *when, newest, zone);
                }
            }
        }
        self
    }
}

pub(super) fn interval_of(field: Field, when: When, newest: Option<Micros>, zone: &TimeZone) -> Interval {
    let Some(bounds) = when.bounds(newest, zone) else { return Interval::NEVER };
    match (field, bounds.end) {
        (Field::After, _) => Interval { from: bounds.from, before: Micros::MAX },
        (Field::Before, _) => Interval { from: Micros::MIN, before: bounds.before },
        (_, Some(end)) => Interval { from: bounds.from, before: end },
        (_, None) => Interval::NEVER,
    }
}

impl Node {
    /// The same for terms that were moved on by `by` places.
    fn moved(self, by: usize) -> Node {
        let all = |nodes: Vec<Node>| nodes.into_iter().map(|node| node.moved(by)).collect();
        match self {
            Node::All(nodes) => Node::All(all(nodes)),
            Node::Any(nodes) => Node::Any(all(nodes)),
            Node::Not(node) => Node::Not(Box::new(node.moved(by))),
            Node::Term(at) => Node::Term(at + by),
        }
    }
}

/// Joins with *and*, in as few nodes as say the same, so that one filter has one tree.
pub(super) fn all(nodes: Vec<Node>) -> Node {
    let inner = |node| if let Node::All(inner) = node { inner } else { vec![node] };
    let mut nodes: Vec<Node> = nodes.into_iter().flat_map(inner).collect();
    if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) }
}

/// Joins with *or*.
pub(super) fn any(nodes: Vec<Node>) -> Node {
    let inner = |node| if let Node::Any(inner) = node { inner } else { vec![node] };
    let mut nodes: Vec<Node> = nodes.into_iter().flat_map(inner).collect();
    if nodes.len() == 1 { nodes.remove(0) } else { Node::Any(nodes) }
}
