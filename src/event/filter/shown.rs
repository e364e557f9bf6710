//! An event as everybody sees it who looks at every event, asked by a filter.

use super::evaluate::Fields;
use super::field::{Column, State};
use crate::event::{Entry, Operation, Outcome};
use crate::text::time::Micros;

/// What rules and clusters are called: an entry knows them by a number and a shape.
#[derive(Clone, Copy, Debug)]
pub struct IssueNames<'l> {
    /// Id and title of each rule, by its position in the library.
    pub rules: &'l [(&'l str, &'l str)],
    /// The name of a shape's cluster.
    pub cluster: fn(&str) -> String,
}

/// An entry with the names of its rule and cluster.
#[derive(Clone, Debug)]
pub struct Shown<'s> {
    entry: &'s Entry<'s>,
    rule: Option<(&'s str, &'s str)>,
    cluster: Option<String>,
}

impl<'s> Shown<'s> {
    /// An entry, of which `names` says what its rule and cluster are called.
    pub fn new(entry: &'s Entry<'s>, names: &IssueNames<'s>) -> Shown<'s> {
        Shown {
            entry,
            rule: entry.rule.and_then(|(rule, _)| names.rules.get(rule).copied()),
            cluster: entry.shape.map(names.cluster),
        }
    }
}

impl Fields for Shown<'_> {
    fn text(&self, column: Column) -> Option<&str> {
        let Entry { subject, said, ids, .. } = self.entry;
        match column {
            Column::App => self.entry.app,
            Column::AppKind => self.entry.app_kind,
            Column::AppId => self.entry.app_id,
            Column::Login => subject.login,
            Column::SubjectId => subject.id,
            Column::SubjectName => subject.name,
            Column::Actor => self.entry.actor,
            Column::Provider => Some(self.entry.provider.word()),
            Column::Input => Some(self.entry.place.path),
            Column::EventType => self.entry.event_type,
            Column::Phase => said.phase,
            Column::Code => said.code,
            Column::ScimType => said.scim_type,
            Column::Message => said.message,
            Column::Said => said.remote.or(said.message),
            Column::RuleId => self.rule.map(|(id, _)| id),
            Column::RuleTitle => self.rule.map(|(_, title)| title),
            Column::Cluster => self.cluster.as_deref(),
            Column::EventId
            | Column::TransactionId
            | Column::RequestId
            | Column::CycleId
            | Column::JobId
            | Column::ChangeId => column.id(ids),
        }
    }

    fn time(&self) -> Option<Micros> {
        self.entry.time
    }

    fn outcome(&self) -> Outcome {
        self.entry.outcome
    }

    fn operation(&self) -> Operation {
        self.entry.operation
    }

    fn http_status(&self) -> Option<u16> {
        self.entry.said.http_status
    }

    fn duration_ms(&self) -> Option<i64> {
        self.entry.duration_ms
    }

    fn has_rule(&self) -> bool {
        self.entry.rule.is_some()
    }

    fn is(&self, _: State) -> bool {
        false
    }
}
