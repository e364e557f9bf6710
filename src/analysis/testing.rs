//! Invented rows, for tests.

use std::borrow::Cow;

use super::{Issue, Row};
use crate::event::{Operation, Outcome, Provider};
use crate::rules::Certainty;
use crate::text::time::Micros;

/// What was done for a person at an application of Okta's, with success.
pub(super) fn did(app: &str, operation: Operation, person: &str, at: Micros) -> Row<'static> {
    Row {
        input: 0,
        line: 1,
        offset: 0,
        length: 1,
        time: Some(at),
        provider: Provider::Okta,
        dialect: "okta-system-log",
        operation,
        outcome: Outcome::Success,
        needs_action: false,
        app: Some(Cow::Owned(app.to_owned())),
        app_id: None,
        subject_kind: Some(Cow::Borrowed("user")),
        subject_id: None,
        login: Some(Cow::Owned(format!("{person}@example.com"))),
        subject_name: None,
        account: None,
        counterpart: None,
        detail: None,
        key: 0,
        passes: crate::analysis::Passes::Yes,
    }
}

/// An issue of which nothing is known, to begin another one with.
pub(crate) fn issue() -> Issue {
    Issue { certainty: Certainty::Likely, ..Issue::empty(Provider::Okta) }
}
