//! What the analysis is given: one row an event.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{Operation, Outcome, Provider};
use crate::rules::Certainty;
use crate::text::time::Micros;

/// One event as the analysis needs it. Its texts are borrowed from whoever read it; the analysis
/// copies those of which it has not seen the like.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Row<'a> {
    pub input: usize,
    pub line: u64,
    pub offset: u64,
    pub length: u64,
    pub time: Option<Micros>,
    pub provider: Provider,
    pub dialect: &'static str,
    pub operation: Operation,
    pub outcome: Outcome,
    pub needs_action: bool,
    pub app: Option<Cow<'a, str>>,
    pub app_id: Option<Cow<'a, str>>,
    pub subject_kind: Option<Cow<'a, str>>,
    pub subject_id: Option<Cow<'a, str>>,
    pub login: Option<Cow<'a, str>>,
    pub subject_name: Option<Cow<'a, str>>,
    /// Id of the account at the target, where people of the source may be joined to a wrong one.
    pub account: Option<Cow<'a, str>>,
    /// Of a group membership, who else it is about: the group of a member, or the member of a group.
    pub counterpart: Option<Cow<'a, str>>,
    /// Shared with what the analysis shows as evidence.
    pub detail: Option<Arc<Detail>>,
    /// What makes two records the same event.
    pub key: u64,
    /// Whether a filter lets it through.
    pub passes: Passes,
}

/// What a filter says of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passes {
    /// It is wanted.
    #[default]
    Yes,
    /// It is left out only because of how it ended: it is not shown, and decides what became of people.
    Beside,
    /// It is left out: counted as read, not analysed.
    No,
}

impl Row<'_> {
    pub(super) fn into_owned(self) -> Row<'static> {
        let owned = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Row {
            app: owned(self.app),
            app_id: owned(self.app_id),
            subject_kind: owned(self.subject_kind),
            subject_id: owned(self.subject_id),
            login: owned(self.login),
            subject_name: owned(self.subject_name),
            account: owned(self.account),
            counterpart: owned(self.counterpart),
            ..self
        }
    }

    /// The rule that explains it.
    pub(super) fn rule(&self) -> Option<usize> {
        self.detail.as_ref()?.rule.map(|(rule, _)| rule)
    }

    /// How the person is called.
    pub(super) fn person(&self) -> Option<String> {
        self.login.as_ref().or(self.subject_name.as_ref()).or(self.subject_id.as_ref()).map(|text| text.to_string())
    }
}

/// What is kept of an event that did not simply succeed, or that changed the configuration.
#[derive(Clone, Debug, Default)]
pub struct Detail {
    /// The provider's name for this kind of event.
    pub event_type: Option<String>,
    /// Who or what did it.
    pub actor: Option<String>,
    /// The provider's own code.
    pub code: Option<String>,
    /// Everything that the log says, the application's words included.
    pub message: Option<String>,
    /// The step that failed, or that it is about.
    pub phase: Option<String>,
    /// HTTP status of the application's answer.
    pub http_status: Option<u16>,
    /// SCIM `scimType` of the application's answer.
    pub scim_type: Option<String>,
    /// The application's own words.
    pub remote: Option<String>,
    /// Ids by their kinds, as [`Ids::named`](crate::event::Ids::named) gives them.
    pub ids: BTreeMap<&'static str, String>,
    /// Position in the library of the rule that explains it, and how sure that is.
    pub rule: Option<(usize, Certainty)>,
    /// Rules of the issues that it ends, of a change of configuration.
    pub ends: Vec<usize>,
    /// The shape of its wording, if it failed and no rule explains it.
    pub shape: Option<String>,
    /// Names of what was changed, of a change of configuration.
    pub changed: Vec<String>,
}

impl Detail {
    /// Bytes of its texts.
    pub(super) fn size(&self) -> usize {
        let texts =
            [&self.event_type, &self.actor, &self.code, &self.message, &self.phase, &self.scim_type, &self.remote];
        texts.into_iter().flatten().chain(self.ids.values()).map(String::len).sum()
    }
}
