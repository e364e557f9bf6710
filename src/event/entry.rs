//! One event as those look at it who look at every event: normalised, classified, with the place of
//! its record.

use std::ops::ControlFlow;

use serde::Serialize;

use super::{Ids, Operation, Outcome, Subject};
use crate::event::Provider;
use crate::text::time::Micros;

/// How sure a match is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Only the pattern (an event type, a status) fits, or a code speaks against the words that fit.
    Guess,
    /// The wording fits, and no code contradicts.
    Likely,
    /// The application's own code or words.
    Certain,
}

impl Certainty {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Certainty::Guess => "guess",
            Certainty::Likely => "likely",
            Certainty::Certain => "certain",
        }
    }
}

/// One event. Texts are as the log has them: whoever shows them masks secrets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry<'a> {
    /// Where its record is.
    pub place: Place<'a>,
    /// UTC.
    pub time: Option<Micros>,
    /// Whose log it is.
    pub provider: Provider,
    /// The exact log format.
    pub dialect: &'static str,
    /// The vendor's name of the event.
    pub event_type: Option<&'a str>,
    /// What was to be done.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// A skip that leaves somebody without access.
    pub needs_action: bool,
    /// The application's name as shown.
    pub app: Option<&'a str>,
    /// The application's technical name.
    pub app_kind: Option<&'a str>,
    /// The application's instance id.
    pub app_id: Option<&'a str>,
    /// Whom it is about.
    pub subject: Subject<'a>,
    /// Who or what did it.
    pub actor: Option<&'a str>,
    /// Why it failed, or what the log says of how it went.
    pub said: Said<'a>,
    /// Ids.
    pub ids: Ids<'a>,
    /// Milliseconds it took.
    pub duration_ms: Option<i64>,
    /// Names of the attributes touched.
    pub changed: Names<'a>,
    /// The position of the rule that explains it in the library.
    pub rule: Option<(usize, Certainty)>,
    /// The shape of its wording, if it failed and no rule explains it.
    pub shape: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// An event of which nothing is known but where its record is and what format it has.
    pub fn new(place: Place<'a>, provider: Provider, dialect: &'static str) -> Entry<'a> {
        Entry {
            place,
            time: None,
            provider,
            dialect,
            event_type: None,
            operation: Operation::Other,
            outcome: Outcome::Success,
            needs_action: false,
            app: None,
            app_kind: None,
            app_id: None,
            subject: Subject::default(),
            actor: None,
            said: Said::default(),
            ids: Ids::default(),
            duration_ms: None,
            changed: Names::default(),
            rule: None,
            shape: None,
        }
    }

    /// Whether nothing is to be said of it but that it was done.
    pub fn is_done(&self) -> bool {
        self.outcome == Outcome::Success && !self.needs_action
    }

    /// How the person is called: login, else display name, else id.
    pub fn user(&self) -> Option<&'a str> {
        self.subject.login.or(self.subject.name).or(self.subject.id)
    }
}

/// Where a record is, so that it can be read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// The position of its input among all inputs.
    pub input: usize,
    /// The input's name.
    pub path: &'a str,
    /// The line, from 1.
    pub line: u64,
    /// The byte, from 0.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
}

/// The layers of a reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Said<'a> {
    /// The provider's own code.
    pub code: Option<&'a str>,
    /// Everything the log says, the application's words included.
    pub message: Option<&'a str>,
    /// The step that failed, or that it is about.
    pub phase: Option<&'a str>,
    /// HTTP status of the application's answer.
    pub http_status: Option<u16>,
    /// SCIM `scimType` of the application's answer.
    pub scim_type: Option<&'a str>,
    /// The application's own words.
    pub remote: Option<&'a str>,
}

/// Names in one text, a line each, so that they need no list of their own for each event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Names<'a>(&'a str);

impl<'a> Names<'a> {
    /// Names of which each stands in a line.
    pub fn of_lines(lines: &'a str) -> Names<'a> {
        Names(lines)
    }

    /// All of them, a line each.
    pub fn lines(self) -> &'a str {
        self.0
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        self.0.split('\n').filter(|name| !name.is_empty())
    }
}

/// How much of every event somebody looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// What the analysis has anyway: time, place, application, subject, outcome, rule. What a log says
    /// besides is there only by chance.
    Sums,
    /// Everything of what did not simply succeed. What did comes to [`Sink::success`] with no more than sums have,
    /// where its record can be read again at once.
    Failures,
    /// Everything.
    All,
}

/// Somebody who is shown every event in the order of the inputs, without duplicates and without those
/// that a filter leaves out.
pub trait Sink: Send {
    /// How much of every event it looks at.
    fn needs(&self) -> Needs {
        Needs::All
    }

    /// Takes an event. No more come after a [`ControlFlow::Break`].
    fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()>;

    /// Takes an event that succeeded, of which it has no more than sums have. Who does not ask for [`Needs::Failures`]
    /// makes no difference.
    fn success(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        self.event(entry)
    }

    /// Hears of texts that the next events have, so that who keeps texts can look them up together.
    fn expect(&mut self, _texts: &mut dyn Iterator<Item = &str>) {}

    /// Hears that further events may be some time in coming.
    fn pause(&mut self) {}

    /// Hears that there are no more; what they say together is worked out next.
    fn end(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_one_by_one() {
        assert_eq!(Names::of_lines("mail\nmanager").iter().collect::<Vec<_>>(), ["mail", "manager"]);
        assert_eq!(Names::default().iter().count(), 0);
    }
}
