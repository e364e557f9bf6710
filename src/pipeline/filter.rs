//! Which events are analysed.

use crate::event::Event;
use crate::text::time::Micros;

/// Which events are analysed; empty fields let everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Not before.
    pub since: Option<Micros>,
    /// Before.
    pub until: Option<Micros>,
    /// The application's name contains this, ignoring case.
    pub app: Option<String>,
    /// The login, id or name contains this, ignoring case.
    pub user: Option<String>,
    /// The provider.
    pub provider: Option<String>,
    /// The id of the rule.
    pub issue: Option<String>,
}

impl Filter {
    /// Whether all events pass.
    pub(super) fn is_open(&self) -> bool {
        let Filter { since, until, app, user, provider, issue } = self;
        since.or(*until).is_none() && [app, user, provider, issue].into_iter().all(Option::is_none)
    }

    /// Whether an event passes that the rule of this id explains.
    pub(super) fn lets(&self, event: &Event<'_>, rule: Option<&str>) -> bool {
        let holds = |wanted: &Option<String>, texts: &[Option<&str>]| {
            wanted.as_ref().is_none_or(|wanted| {
                texts.iter().flatten().any(|text| text.to_lowercase().contains(&wanted.to_lowercase()))
            })
        };
        let from = self.since.is_none_or(|since| event.time.is_some_and(|at| at >= since));
        let to = self.until.is_none_or(|until| event.time.is_some_and(|at| at < until));
        from && to
            && holds(&self.app, &[event.app.name, event.app.kind, event.app.id])
            && holds(&self.user, &[event.subject.login, event.subject.id, event.subject.name])
            && self.provider.as_ref().is_none_or(|provider| provider.eq_ignore_ascii_case(event.provider))
            && self.issue.as_ref().is_none_or(|issue| rule == Some(issue.as_str()))
    }
}
