//! Whether an event passes a filter.
//!
//! A term looks at texts, column by column, and at what is no text. Who keeps each different text
//! once asks [`Term::matches_text`] once for each of them and joins the answers with
//! [`Filter::holds_if`]; everybody else asks [`Filter::holds`].

use super::field::{Column, Field, State};
use super::tree::{Filter, Node, Term, Value};
use crate::event::{Event, Operation, Outcome};
use crate::text::time::Micros;

/// What a filter asks of an event. All of it is borrowed.
pub trait Fields {
    /// The text of a column; `None` if there is none, or if it is not known here.
    fn text(&self, column: Column) -> Option<&str>;
    /// When it was.
    fn time(&self) -> Option<Micros>;
    /// How it ended.
    fn outcome(&self) -> Outcome;
    /// What was to be done.
    fn operation(&self) -> Operation;
    /// HTTP status of the app's answer.
    fn http_status(&self) -> Option<u16>;
    /// Milliseconds it took.
    fn duration_ms(&self) -> Option<i64>;
    /// Whether a rule explains it.
    fn has_rule(&self) -> bool {
        self.text(Column::RuleId).is_some()
    }
    /// Whether it is in a state that only the analysis or the screen knows. Whoever does not know says
    /// false, and refuses filters that ask, with [`Filter::asked_states`], before it comes to that.
    fn is(&self, state: State) -> bool;
}

impl Filter {
    /// Whether an event passes.
    pub fn holds(&self, event: &impl Fields) -> bool {
        self.holds_if(|_, term| term.holds(event))
    }

    /// Whether an event passes of which `holds` knows which terms hold.
    pub fn holds_if(&self, mut holds: impl FnMut(usize, &Term) -> bool) -> bool {
        self.root.holds(&mut |at| self.terms.get(at).is_some_and(|term| holds(at, term)))
    }

    /// The states it asks about, each with the term that does.
    pub fn asked_states(&self) -> impl Iterator<Item = (State, &Term)> {
        self.terms.iter().flat_map(|term| term.states().map(move |state| (state, term)))
    }
}

impl Node {
    fn holds(&self, term: &mut impl FnMut(usize) -> bool) -> bool {
        match self {
            Node::All(nodes) => nodes.iter().all(|node| node.holds(term)),
            Node::Any(nodes) => nodes.iter().any(|node| node.holds(term)),
            Node::Not(node) => !node.holds(term),
            Node::Term(at) => term(*at),
        }
    }
}

impl Term {
    /// Whether it holds for an event.
    pub fn holds(&self, event: &impl Fields) -> bool {
        self.matches_rest(event)
            || self
                .columns()
                .iter()
                .any(|column| event.text(*column).is_some_and(|text| self.matches_text(*column, text)))
    }

    /// The columns of text it looks at.
    pub fn columns(&self) -> &'static [Column] {
        self.field.columns()
    }

    /// Whether a text makes it hold that stands in one of its columns. An empty one is as good as none.
    #[inline]
    pub fn matches_text(&self, column: Column, text: &str) -> bool {
        let reading = self.field.reading(column);
        !text.is_empty()
            && self.values.iter().any(|value| matches!(value, Value::Text(pattern) if pattern.matches(text, reading)))
    }

    /// Tells where in many texts at once, one after the other, one of its texts begins: what [`Term::matches_text`]
    /// says yes to has such a place. False if it cannot be told, as of what is not ASCII.
    pub fn find_in(&self, texts: &str, mut found: impl FnMut(usize)) -> bool {
        texts.is_ascii()
            && self.values.iter().all(|value| match value {
                Value::Text(pattern) => pattern.places(texts).map(|places| places.for_each(&mut found)).is_some(),
                _ => true,
            })
    }

    /// Whether it holds whatever the texts of its columns are.
    pub fn matches_rest(&self, event: &impl Fields) -> bool {
        self.values.iter().any(|value| match value {
            Value::Text(_) => self.matches_word(value, event),
            Value::Above(number) => self.number(event).is_some_and(|is| is > *number),
            Value::Below(number) => self.number(event).is_some_and(|is| is < *number),
            Value::Outcome(outcome) => event.outcome() == *outcome,
            Value::Operation(operation) => event.operation() == *operation,
            Value::Unknown => event.outcome() == Outcome::Failure && !event.has_rule(),
            Value::NoIssue => event.outcome() != Outcome::Failure && !event.has_rule(),
            Value::State(state) => event.is(*state),
            Value::Time(_, interval) => event.time().is_some_and(|at| interval.holds(at)),
        })
    }

    /// Whether a pattern matches what is kept as something else than text.
    fn matches_word(&self, value: &Value, event: &impl Fields) -> bool {
        let Value::Text(pattern) = value else { return false };
        let reading = self.field.reading(Column::Code);
        match self.field {
            Field::Action => pattern.matches(event.operation().word(), self.field.wildcard_reading()),
            Field::Any | Field::Code => event.http_status().is_some_and(|status| {
                let digits = [100, 10, 1].map(|place| b'0' + u8::try_from(status / place % 10).unwrap_or_default());
                status < 1000 && str::from_utf8(&digits).is_ok_and(|text| pattern.matches(text, reading))
            }),
            _ => false,
        }
    }

    fn number(&self, event: &impl Fields) -> Option<i64> {
        match self.field {
            Field::Code => event.http_status().map(i64::from),
            Field::Took => event.duration_ms(),
            _ => None,
        }
    }
}

/// An event, and what is known of it besides.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k, 'e> {
    /// The event.
    pub event: &'k Event<'e>,
    /// The name of its input.
    pub input: &'k str,
    /// Id and title of the rule that explains it.
    pub rule: Option<(&'k str, &'k str)>,
    /// The cluster it is in, if no rule explains it.
    pub cluster: Option<&'k str>,
}

impl Fields for Known<'_, '_> {
    fn text(&self, column: Column) -> Option<&str> {
        let event = self.event;
        match column {
            Column::App => event.app_name(),
            Column::AppKind => event.app.kind,
            Column::AppId => event.app.id,
            Column::Login => event.subject.login,
            Column::SubjectId => event.subject.id,
            Column::SubjectName => event.subject.name,
            Column::Actor => event.actor,
            Column::Provider => Some(event.provider.word()),
            Column::Input => Some(self.input),
            Column::EventType => event.event_type,
            Column::Phase => event.reason.phase,
            Column::Code => event.reason.code,
            Column::ScimType => event.reason.scim_type,
            Column::Message => event.reason.message,
            Column::Said => event.reason.remote.or(event.reason.message),
            Column::RuleId => self.rule.map(|(id, _)| id),
            Column::RuleTitle => self.rule.map(|(_, title)| title),
            Column::Cluster => self.cluster,
            Column::EventId => event.ids.event,
            Column::TransactionId => event.ids.transaction,
            Column::RequestId => event.ids.request,
            Column::CycleId => event.ids.cycle,
            Column::JobId => event.ids.job,
            Column::ChangeId => event.ids.change,
        }
    }

    fn time(&self) -> Option<Micros> {
        self.event.time
    }

    fn outcome(&self) -> Outcome {
        self.event.outcome
    }

    fn operation(&self) -> Operation {
        self.event.operation
    }

    fn http_status(&self) -> Option<u16> {
        self.event.reason.http_status
    }

    fn duration_ms(&self) -> Option<i64> {
        self.event.duration_ms
    }

    fn is(&self, _: State) -> bool {
        false
    }
}
