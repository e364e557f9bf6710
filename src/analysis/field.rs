//! What an event says, by name: the columns of tables, and what events are counted by.

use std::borrow::Cow;

use serde::Serialize;

use crate::event::{Entry, Needs};
use crate::rules::Library;
use crate::text::time::Micros;
use crate::text::{secret, suggest};
use crate::unknown;

/// One thing that events say.
#[derive(Debug)]
pub struct Field {
    /// Its name in tables and on the command line.
    pub name: &'static str,
    /// What kind of values it has.
    pub kind: Kind,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Whether events may be counted by it: it has few values, or each is somebody or something.
    pub counted: bool,
    /// How much of an event it takes to know it.
    pub needs: Needs,
    get: for<'a> fn(&Entry<'a>, &'a Labels) -> Value<'a>,
}

/// Kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A point in time, in UTC.
    Time,
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Several texts.
    List,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Absent,
    /// A point in time.
    Time(Micros),
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(i64),
    /// Texts, a line each.
    List(Cow<'a, str>),
}

impl<'a> Value<'a> {
    fn text(text: Option<&'a str>) -> Value<'a> {
        text.map_or(Value::Absent, |text| Value::Text(Cow::Borrowed(text)))
    }

    fn number(number: Option<impl TryInto<i64>>) -> Value<'a> {
        number.and_then(|number| number.try_into().ok()).map_or(Value::Absent, Value::Number)
    }

    fn masked(self) -> Value<'a> {
        let mask = |text: Cow<'a, str>| match text {
            Cow::Borrowed(text) => secret::mask(text),
            Cow::Owned(text) => Cow::Owned(secret::mask(&text).into_owned()),
        };
        match self {
            Value::Text(text) => Value::Text(mask(text)),
            Value::List(text) => Value::List(mask(text)),
            other => other,
        }
    }
}

/// What rules say of the events they explain, by their position in the library.
#[derive(Clone, Debug, Default)]
pub struct Labels(Vec<Label>);

#[derive(Clone, Debug)]
struct Label {
    id: String,
    title: String,
    severity: String,
    category: String,
    owner: String,
}

impl Labels {
    /// Those of a library.
    pub fn of(library: &Library) -> Labels {
        let word = |value: serde_json::Result<serde_json::Value>| match value {
            Ok(serde_json::Value::String(word)) => word,
            _ => String::new(),
        };
        let label = |rule: &crate::rules::Rule| Label {
            id: rule.id.clone(),
            title: rule.title.clone(),
            severity: word(serde_json::to_value(rule.severity)),
            category: word(serde_json::to_value(rule.category)),
            owner: word(serde_json::to_value(rule.owner)),
        };
        Labels(library.rules().iter().map(label).collect())
    }

    /// The id of the rule that explains an event.
    pub fn rule<'a>(&'a self, entry: &Entry<'_>) -> Option<&'a str> {
        self.of_rule(entry, |label| &label.id)
    }

    fn of_rule<'a>(&'a self, entry: &Entry<'_>, part: fn(&Label) -> &String) -> Option<&'a str> {
        entry.rule.and_then(|(rule, _)| self.0.get(rule)).map(|label| part(label).as_str())
    }
}

/// The name of the cluster of failures that an event belongs to, if no rule explains it.
pub fn cluster(entry: &Entry<'_>) -> Option<String> {
    entry.shape.map(unknown::cluster_id)
}

macro_rules! fields {
    ($($name:literal $kind:ident $counted:literal $needs:ident $about:literal $get:expr;)+) => {
        [$(Field {
            name: $name,
            kind: Kind::$kind,
            about: $about,
            counted: $counted,
            needs: Needs::$needs,
            get: $get,
        }),+]
    };
}

/// All of them, in the order of a table's columns. Fields are added, never renamed.
pub static FIELDS: [Field; 39] = fields! {
    "time" Time false Sums "when it happened" |e, _| e.time.map_or(Value::Absent, Value::Time);
    "provider" Text true Sums "whose log it is" |e, _| Value::text(Some(e.provider.word()));
    "dialect" Text true Sums "the exact log format" |e, _| Value::text(Some(e.dialect));
    "event_type" Text true All "the vendor's name of the event" |e, _| Value::text(e.event_type);
    "operation" Text true Sums "what was to be done" |e, _| Value::text(Some(e.operation.word()));
    "outcome" Text true Sums "how it ended" |e, _| Value::text(Some(e.outcome.word()));
    "app" Text true Sums "the application" |e, _| Value::text(e.app);
    "app_id" Text true Sums "its instance id" |e, _| Value::text(e.app_id);
    "user" Text true Sums "whom it is about: login, else name, else id" |e, _| Value::text(e.user());
    "subject_kind" Text true Sums "user, group or another kind" |e, _| Value::text(e.subject.kind);
    "subject_id" Text false Sums "id in the identity provider" |e, _| Value::text(e.subject.id);
    "login" Text false Sums "login or user principal name" |e, _| Value::text(e.subject.login);
    "name" Text false Sums "display name" |e, _| Value::text(e.subject.name);
    "actor" Text true All "who or what did it" |e, _| Value::text(e.actor);
    "rule" Text true Sums "id of the known issue that explains it" |e, l| Value::text(l.rule(e));
    "title" Text true Sums "the known issue in words" |e, l| Value::text(l.of_rule(e, |label| &label.title));
    "severity" Text true Sums "of the known issue" |e, l| Value::text(l.of_rule(e, |label| &label.severity));
    "category" Text true Sums "of the known issue" |e, l| Value::text(l.of_rule(e, |label| &label.category));
    "owner" Text true Sums "who can fix it" |e, l| Value::text(l.of_rule(e, |label| &label.owner));
    "certainty" Text true Sums "how sure the known issue is" |e, _| Value::text(e.rule.map(|(_, how)| how.word()));
    "cluster" Text true Sums "failures of the same wording that no known issue explains" |e, _| {
        cluster(e).map_or(Value::Absent, |cluster| Value::Text(Cow::Owned(cluster)))
    };
    "code" Text true All "the provider's own code" |e, _| Value::text(e.said.code);
    "message" Text false All "everything the log says" |e, _| Value::text(e.said.message);
    "phase" Text true All "the step that failed, or that it is about" |e, _| Value::text(e.said.phase);
    "http_status" Number true All "of the application's answer" |e, _| Value::number(e.said.http_status);
    "scim_type" Text true All "of the application's answer" |e, _| Value::text(e.said.scim_type);
    "remote" Text false All "the application's own words" |e, _| Value::text(e.said.remote);
    "event_id" Text false All "the record itself" |e, _| Value::text(e.ids.event);
    "transaction_id" Text false All "Okta's transaction" |e, _| Value::text(e.ids.transaction);
    "request_id" Text false All "request or correlation" |e, _| Value::text(e.ids.request);
    "cycle_id" Text false All "Entra's synchronisation cycle" |e, _| Value::text(e.ids.cycle);
    "job_id" Text false All "Entra's job" |e, _| Value::text(e.ids.job);
    "change_id" Text false All "Entra's change" |e, _| Value::text(e.ids.change);
    "duration_ms" Number false All "milliseconds it took" |e, _| Value::number(e.duration_ms);
    "changed" List false All "names of the attributes touched" |e, _| match e.changed.lines() {
        "" => Value::Absent,
        lines => Value::List(Cow::Borrowed(lines)),
    };
    "input" Text true Sums "the file, or - for standard input" |e, _| Value::text(Some(e.place.path));
    "line" Number false Sums "the line its record starts in, from 1" |e, _| Value::number(Some(e.place.line));
    "byte_offset" Number false Sums "the byte its record starts at, from 0" |e, _| Value::number(Some(e.place.offset));
    "byte_length" Number false Sums "the length of its record in bytes" |e, _| Value::number(Some(e.place.length));
};

impl Field {
    /// What an event says, secrets masked.
    pub fn of<'a>(&self, entry: &Entry<'a>, labels: &'a Labels) -> Value<'a> {
        (self.get)(entry, labels).masked()
    }

    /// The same with secrets as they are, for whoever masks later.
    pub(super) fn unmasked<'a>(&self, entry: &Entry<'a>, labels: &'a Labels) -> Value<'a> {
        (self.get)(entry, labels)
    }

    /// The field of a name that events may be counted by.
    ///
    /// # Errors
    /// A sentence with a suggestion.
    pub fn to_count_by(name: &str) -> Result<&'static Field, String> {
        let counted = || FIELDS.iter().filter(|field| field.counted);
        counted().find(|field| field.name == name).ok_or_else(|| {
            let near = suggest::nearest(name, counted().map(|field| field.name));
            let near = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
            let all: Vec<&str> = counted().map(|field| field.name).collect();
            format!("events cannot be counted by `{name}`.{near} The fields are {}", all.join(", "))
        })
    }
}

impl Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Place, Provider, Said};

    #[test]
    fn names_are_unique_and_need_no_quotes() {
        let mut names: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FIELDS.len());
    }

    #[test]
    fn a_slip_of_the_finger_is_answered_with_the_name_that_was_meant() {
        assert_eq!(Field::to_count_by("outcome").unwrap().name, "outcome");
        let sentence = Field::to_count_by("outcom").unwrap_err();
        assert!(
            sentence
                .starts_with("events cannot be counted by `outcom`. Did you mean `outcome`? The fields are provider,")
        );
        assert!(!sentence.contains("message"), "{sentence}");
    }

    #[test]
    fn secrets_are_masked() {
        let said = Said { message: Some("Bearer abcdef123456"), ..Said::default() };
        let entry = Entry { said, ..Entry::new(Place::default(), Provider::Okta, "okta-system-log") };
        let message = FIELDS.iter().find(|field| field.name == "message").unwrap();
        assert_eq!(message.of(&entry, &Labels::default()), Value::Text("Bearer ‹secret›".into()));
    }
}
