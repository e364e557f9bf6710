//! What a filter can ask about: the fields, their words, and the columns of text behind them.

use crate::event::{Ids, Operation, Outcome};

/// A field of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Field {
    /// No field: any shown text.
    Any,
    App,
    User,
    Issue,
    Status,
    Action,
    Code,
    Said,
    Provider,
    In,
    After,
    Before,
    On,
    Took,
    Id,
    Is,
}

/// What is written about a field, in the help and under the bar.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The field.
    pub field: Field,
    /// Its name, which a colon follows.
    pub name: &'static str,
    /// What it looks at.
    pub meaning: &'static str,
    /// A filter that uses it.
    pub example: &'static str,
}

/// All fields that have a name, in the order in which they are explained.
pub const FIELDS: [About; 15] = [
    about(Field::App, "app", "app name contains", "app:sales,slack"),
    about(Field::User, "user", "person by e-mail, login, name or id", "user:tom.berg"),
    about(Field::Issue, "issue", "known issue by its id or words of its title", "issue:unknown"),
    about(Field::Status, "status", "failed, warning, skipped, pending or ok", "-status:ok"),
    about(Field::Action, "action", "what was to be done", "action:deactivate"),
    about(Field::Code, "code", "HTTP or SCIM code said by the app, or the provider's code", "code:409"),
    about(Field::Said, "said", "the app's own words", "said:\"already exists\""),
    about(Field::Provider, "provider", "whose log it is", "provider:entra"),
    about(Field::In, "in", "input file", "in:*sept*"),
    about(Field::After, "after", "from this time on", "after:6h"),
    about(Field::Before, "before", "earlier than this time", "before:2026-09-05"),
    about(Field::On, "on", "that day", "on:\"3 Sep\""),
    about(Field::Took, "took", "how long it took", "took:>5s"),
    about(Field::Id, "id", "event, request, transaction, cycle, job or change id", "id:9f2c"),
    about(Field::Is, "is", "what the screen knows of it", "is:not-removed app:sales"),
];

const fn about(field: Field, name: &'static str, meaning: &'static str, example: &'static str) -> About {
    About { field, name, meaning, example }
}

/// Words that people bring along from other tools and from our own flags, and the field they mean.
/// They are suggested, not accepted: one word for one thing.
const OTHER_WORDS: [(&str, &str); 19] = [
    ("application", "app"),
    ("actor", "user"),
    ("date", "on"),
    ("day", "on"),
    ("duration", "took"),
    ("error", "code"),
    ("file", "in"),
    ("input", "in"),
    ("login", "user"),
    ("message", "said"),
    ("operation", "action"),
    ("outcome", "status"),
    ("person", "user"),
    ("result", "status"),
    ("rule", "issue"),
    ("severity", "issue"),
    ("since", "after"),
    ("source", "in"),
    ("until", "before"),
];

impl Field {
    /// The field of a name; case does not matter.
    pub fn from_name(name: &str) -> Option<Field> {
        FIELDS.iter().find(|about| about.name.eq_ignore_ascii_case(name)).map(|about| about.field)
    }

    /// Its name; empty for [`Field::Any`].
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|about| about.field == self).map_or("", |about| about.name)
    }

    /// The field that somebody may have meant by another word.
    pub(super) fn meant_by(word: &str) -> Option<&'static str> {
        OTHER_WORDS.iter().find(|(other, _)| other.eq_ignore_ascii_case(word)).map(|(_, name)| *name)
    }

    /// The columns of text that it looks at.
    pub fn columns(self) -> &'static [Column] {
        use Column as C;
        const IDS: [Column; 6] = [C::EventId, C::TransactionId, C::RequestId, C::CycleId, C::JobId, C::ChangeId];
        match self {
            Field::Any => &C::SHOWN,
            Field::App => &[C::App, C::AppKind, C::AppId],
            Field::User => &[C::Login, C::SubjectId, C::SubjectName],
            Field::Issue => &[C::RuleId, C::RuleTitle, C::Cluster],
            Field::Code => &[C::Code, C::ScimType],
            Field::Said => &[C::Said],
            Field::Provider => &[C::Provider],
            Field::In => &[C::Input],
            Field::Id => &IDS,
            Field::Status | Field::Action | Field::After | Field::Before | Field::On | Field::Took | Field::Is => &[],
        }
    }

    /// Whether it is about time.
    pub(super) fn is_time(self) -> bool {
        matches!(self, Field::After | Field::Before | Field::On)
    }

    /// How a plain word is compared with a text of a column.
    pub(super) fn reading(self, column: Column) -> Reading {
        match (self, column) {
            (Field::Code | Field::Provider, _) | (Field::Issue, Column::RuleId | Column::Cluster) => Reading::Whole,
            _ => Reading::Part,
        }
    }

    /// How a word with stars is compared. Messages are long, so nobody knows how they begin.
    pub(super) fn wildcard_reading(self) -> Reading {
        if matches!(self, Field::Any | Field::Said) { Reading::Part } else { Reading::Whole }
    }
}

/// How a pattern is compared with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// It stands somewhere in it.
    Part,
    /// It is all of it.
    Whole,
}

/// A text that an event may have. A store that keeps each different text once asks a term once for
/// each of them, not once for each event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Column {
    App,
    AppKind,
    AppId,
    Login,
    SubjectId,
    SubjectName,
    Actor,
    Provider,
    Input,
    EventType,
    Phase,
    Code,
    ScimType,
    Message,
    /// The app's own words: what it answered, or the message if the log is its own.
    Said,
    RuleId,
    RuleTitle,
    Cluster,
    EventId,
    TransactionId,
    RequestId,
    CycleId,
    JobId,
    ChangeId,
}

impl Column {
    /// Those that are ids.
    pub const IDS: [Column; 6] =
        [Column::EventId, Column::TransactionId, Column::RequestId, Column::CycleId, Column::JobId, Column::ChangeId];

    /// Its id among those of an event, if it is one.
    pub fn id<'e>(self, ids: &Ids<'e>) -> Option<&'e str> {
        match self {
            Column::EventId => ids.event,
            Column::TransactionId => ids.transaction,
            Column::RequestId => ids.request,
            Column::CycleId => ids.cycle,
            Column::JobId => ids.job,
            Column::ChangeId => ids.change,
            _ => None,
        }
    }

    /// What a word without a field looks at: the texts that screens and reports show of an event.
    const SHOWN: [Column; 21] = [
        Column::App,
        Column::AppId,
        Column::Login,
        Column::SubjectId,
        Column::SubjectName,
        Column::Actor,
        Column::EventType,
        Column::Phase,
        Column::Code,
        Column::ScimType,
        Column::Message,
        Column::Said,
        Column::RuleId,
        Column::RuleTitle,
        Column::Cluster,
        Column::EventId,
        Column::TransactionId,
        Column::RequestId,
        Column::CycleId,
        Column::JobId,
        Column::ChangeId,
    ];
}

/// The words of `status:`, as screens say them; the words of rules and JSON are read too.
pub const STATUSES: [(&str, Outcome); 5] = [
    ("failed", Outcome::Failure),
    ("warning", Outcome::Warning),
    ("skipped", Outcome::Skipped),
    ("pending", Outcome::Pending),
    ("ok", Outcome::Success),
];

/// What screens call an outcome.
pub fn status_word(outcome: Outcome) -> &'static str {
    STATUSES.iter().find(|(_, known)| *known == outcome).map_or(outcome.word(), |(word, _)| word)
}

pub(super) fn outcome_of(word: &str) -> Option<Outcome> {
    let word = word.to_ascii_lowercase();
    STATUSES.iter().find(|(known, _)| *known == word).map(|(_, outcome)| *outcome).or(Outcome::from_word(&word))
}

pub(super) fn operation_of(word: &str) -> Option<Operation> {
    Operation::from_word(&word.to_ascii_lowercase())
}

/// What only somebody knows who has more than the event: the analysis or the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The person should have lost access to the app, and has not.
    NotRemoved,
    /// The person waits for access to the app.
    Waiting,
    /// The person has old data in the app.
    OutOfDate,
    /// Its issue was not there before.
    New,
    /// Marked by the reader.
    Marked,
    /// Carries a note of the reader.
    Noted,
    /// Its issue was dismissed by the reader.
    Dismissed,
}

/// The words of `is:`.
pub const STATES: [(&str, State); 7] = [
    ("not-removed", State::NotRemoved),
    ("waiting", State::Waiting),
    ("out-of-date", State::OutOfDate),
    ("new", State::New),
    ("marked", State::Marked),
    ("noted", State::Noted),
    ("dismissed", State::Dismissed),
];

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        STATES.iter().find(|(_, state)| *state == self).map_or("", |(word, _)| word)
    }

    /// The state of a word; case does not matter.
    pub fn from_word(word: &str) -> Option<State> {
        STATES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, state)| *state)
    }

    /// Whether the analysis knows it once everything was read; the others are the reader's own.
    pub fn is_found_by_analysis(self) -> bool {
        matches!(self, State::NotRemoved | State::Waiting | State::OutOfDate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_line_and_its_example_names_it() {
        for about in FIELDS {
            assert_eq!(Field::from_name(&about.name.to_uppercase()), Some(about.field));
            assert_eq!(about.field.name(), about.name);
            assert!(about.example.contains(&format!("{}:", about.name)), "{}", about.example);
        }
        for (_, name) in OTHER_WORDS {
            assert!(Field::from_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn words_of_screens_and_of_the_contract_mean_the_same() {
        for (word, outcome) in STATUSES {
            assert_eq!(outcome_of(word), Some(outcome));
            assert_eq!(outcome_of(outcome.word()), Some(outcome));
            assert_eq!(status_word(outcome), word);
        }
        assert_eq!(outcome_of("Failure"), Some(Outcome::Failure));
        assert_eq!(outcome_of("faild"), None);
    }
}
