//! How an application is doing, in one word, with its sign and its reason: the one place that knows
//! where the words come from.

use std::collections::HashMap;

use super::look::{Glyphs, Role};
use super::screen::Context;
use super::when;
use crate::analysis::{Analysis, AppHealth, Issue, Silence, State};
use crate::output::page::{counted, number, shown};
use crate::text::span;

/// How an application is doing, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Health {
    Failing,
    Quiet,
    Degraded,
    Healthy,
}

/// An application, and how it is doing.
pub struct App<'m> {
    /// What was counted of it.
    pub app: &'m AppHealth,
    /// How it is doing.
    pub health: Health,
    silence: Option<&'m Silence>,
}

/// All applications, the worst first.
pub fn apps(analysis: &Analysis) -> Vec<App<'_>> {
    let silences: HashMap<&str, &Silence> = analysis.silences.iter().map(|silence| (&*silence.app, silence)).collect();
    let mut apps: Vec<App<'_>> = Vec::with_capacity(analysis.apps.len());
    for app in &analysis.apps {
        let silence = silences.get(&*app.name).copied();
        apps.push(App { app, health: health(app, silence), silence });
    }
    // Sorting keeps the analysis' own order among equals.
    apps.sort_by_key(|app| app.health);
    apps
}

fn health(app: &AppHealth, silence: Option<&Silence>) -> Health {
    match (app.health(), silence) {
        ("failing", _) => Health::Failing,
        (_, Some(_)) => Health::Quiet,
        ("degraded", None) => Health::Degraded,
        (_, None) => Health::Healthy,
    }
}

impl Health {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Health::Failing => "FAILING",
            Health::Quiet => "QUIET",
            Health::Degraded => "DEGRADED",
            Health::Healthy => "HEALTHY",
        }
    }

    /// The sign for it, and the role of both.
    pub fn sign(self, glyphs: &Glyphs) -> (&'static str, Role) {
        match self {
            Health::Failing => (glyphs.failed, Role::Failed),
            Health::Quiet => (glyphs.skipped, Role::Silent),
            Health::Degraded => (glyphs.warning, Role::Warning),
            Health::Healthy => (glyphs.ok, Role::Ok),
        }
    }
}

impl App<'_> {
    /// Why it is called so.
    pub fn reason(&self, context: &Context<'_>) -> String {
        if let (Some(silence), Health::Quiet) = (self.silence, self.health) {
            let since = when::minute(silence.last_seen, &context.zone);
            return format!("nothing since {since}, usually every {}", span::words(silence.usual_interval));
        }
        if self.health == Health::Healthy {
            return match self.app.failures {
                0 => "nothing failed".to_owned(),
                failures => format!("{} failed, nobody waits any more", number(failures)),
            };
        }
        let is_open = |issue: &&Issue| issue.failures + issue.needs_action > 0 && issue.state != State::Recovered;
        let analysis = &context.data.analysis;
        let own = analysis.issues.iter().chain(&analysis.unknown);
        let own = own.filter(|issue| issue.app.as_deref() == Some(&*self.app.name)).filter(is_open);
        let titles: Vec<String> = own.take(3).map(|issue| title(issue, context)).collect();
        match titles.is_empty() {
            true => {
                format!("{} of {} failed", number(self.app.failures), counted(self.app.attempts, "change", "changes"))
            }
            false => titles.join(context.glyphs.dot),
        }
    }
}

fn title(issue: &Issue, context: &Context<'_>) -> String {
    let rule = issue.rule.and_then(|rule| context.data.library.rule(rule));
    rule.map_or_else(|| shown(issue.shape.as_deref().unwrap_or_default()), |rule| rule.title.clone())
}
