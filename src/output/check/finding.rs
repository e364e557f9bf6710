//! What a gate can fail on: an issue at an application, an application as a whole, somebody who
//! kept access. Its name stays the same from run to run.

use std::collections::BTreeMap;
use std::fmt;

use crate::analysis::{Analysis, Issue, Of};
use crate::event::Provider;
use crate::rules::{Library, Rule, Severity};
use crate::text::secret;
use crate::text::time::Micros;
use crate::unknown::cluster_id;

/// In place of a rule: everything at an application.
pub const EVERYTHING: &str = "*";
/// In place of a rule: all failures that no rule explains.
pub const UNEXPLAINED: &str = "unknown";
/// In place of a rule: accounts switched off or deleted.
pub const REMOVALS: &str = "removals";
/// In place of a rule: an application that stopped to report.
pub const SILENCE: &str = "silence";

/// In place of a rule: somebody kept access, and no rule says why.
pub const KEPT_ACCESS: &str = "access-not-removed";
/// All of them.
pub const WORDS: [&str; 5] = [EVERYTHING, UNEXPLAINED, REMOVALS, SILENCE, KEPT_ACCESS];

/// What makes a finding the same in two runs: never its title, never where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The word for whose log told it: a baseline may name a provider that this version does not know.
    pub provider: String,
    /// Id of the application's instance; its name where the log has none.
    pub app: String,
    /// Id of the rule, name of the cluster, or one of the words above.
    pub rule: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Masked one by one: what stands beside a secret may be how it is known.
        let part = |text: &str| if text.is_empty() { "-".to_owned() } else { secret::mask(text).replace('/', "%2F") };
        write!(f, "{}/{}/{}", part(&self.provider), part(&self.app), part(&self.rule))
    }
}

/// Something a gate can fail on.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What makes it the same in the next run.
    pub key: Key,
    /// Name of the application as the log has it; empty where it names none.
    pub app: String,
    /// What it is called, for people to read.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// The first thing to do.
    pub step: Option<String>,
    /// Failures, retries included.
    pub failures: u64,
    /// Different people that it concerns.
    pub people: u64,
    /// `ongoing`, `quiet` or `recovered`; of an issue only.
    pub state: Option<&'static str>,
    /// Its oldest event that has a time.
    pub first: Option<Micros>,
    /// Its newest.
    pub last: Option<Micros>,
    /// Position of an input, and a line in it.
    pub place: Option<(usize, u64)>,
    /// Something failed, or somebody has to do something.
    pub is_trouble: bool,
    /// Position of its rule in the library.
    pub rule: Option<usize>,
    /// What a cluster of failures has in common; its name changes with it.
    pub shape: Option<String>,
}

impl Finding {
    /// A finding of which nothing but its name is known.
    pub fn bare(provider: &str, app: &str, app_id: Option<&str>, rule: &str) -> Finding {
        let id = app_id.unwrap_or(app);
        Finding {
            key: Key { provider: provider.to_owned(), app: id.to_owned(), rule: rule.to_owned() },
            app: app.to_owned(),
            title: String::new(),
            severity: Severity::Medium,
            step: None,
            failures: 0,
            people: 0,
            state: None,
            first: None,
            last: None,
            place: None,
            is_trouble: true,
            rule: None,
            shape: None,
        }
    }

    fn of_issue(issue: &Issue, library: &Library) -> Finding {
        let rule = issue.rule.and_then(|rule| library.rule(rule));
        let name = match (rule, issue.shape.as_deref()) {
            (Some(rule), _) => rule.id.clone(),
            (None, shape) => cluster_id(shape.unwrap_or_default()),
        };
        let app = issue.app.as_deref().unwrap_or_default();
        Finding {
            title: rule.map_or_else(|| issue.shape.clone().unwrap_or_default(), |rule| rule.title.clone()),
            severity: rule.map_or(Severity::Medium, |rule| rule.severity),
            step: rule.and_then(first_step),
            failures: issue.failures,
            people: issue.users,
            state: Some(issue.state.word()),
            first: issue.first,
            last: issue.last,
            place: issue.examples.first().map(|example| (example.input, example.line)),
            is_trouble: issue.failures + issue.needs_action > 0 || issue.pattern.is_some(),
            rule: issue.rule,
            shape: if rule.is_none() { issue.shape.clone() } else { None },
            ..Finding::bare(issue.provider.word(), app, issue.app_id.as_deref(), &name)
        }
    }

    /// Whether it is an issue of the analysis, rather than something a gate asks about.
    pub fn is_issue(&self) -> bool {
        self.state.is_some()
    }

    /// Whether its name depends on the wording of a message.
    pub fn is_unstable(&self) -> bool {
        self.shape.is_some()
    }
}

/// All findings, each once, the worst of the analysis first.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    by_key: BTreeMap<Key, usize>,
    /// Provider and id of applications by name.
    apps: BTreeMap<String, (Provider, Option<String>)>,
}

impl Findings {
    /// The issues and clusters of an analysis. What an application's own log says of a failure that
    /// the identity provider's log tells too is one finding, not two.
    pub fn of(analysis: &Analysis, library: &Library) -> Findings {
        let mut findings = Findings::default();
        for series in &analysis.series {
            let id = series.app_id.as_deref().map(str::to_owned);
            findings.apps.entry(series.app.to_string()).or_insert_with(|| (series.provider, id));
        }
        let told = |issue: &&Issue| !issue.is_told_by_the_other_side();
        for issue in analysis.issues.iter().chain(&analysis.unknown).filter(told) {
            let mut finding = Finding::of_issue(issue, library);
            if let Some(name) = &issue.app {
                let app = findings.apps.entry(name.clone()).or_insert_with(|| (issue.provider, None));
                if app.1.is_none() {
                    app.1.clone_from(&issue.app_id);
                }
                // Two logs may name the application, and one of them its id: it is called the same everywhere.
                finding.key.provider = app.0.word().to_owned();
                finding.key.app = app.1.clone().unwrap_or_else(|| name.clone());
            }
            findings.add(finding);
        }
        findings
    }

    /// The findings in order.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// One of them.
    pub fn get(&self, at: usize) -> Option<&Finding> {
        self.list.get(at)
    }

    /// The one with this name, added if it is new.
    pub fn add(&mut self, finding: Finding) -> usize {
        let next = self.list.len();
        let at = *self.by_key.entry(finding.key.clone()).or_insert(next);
        if at == next {
            self.list.push(finding);
        }
        at
    }

    /// A finding that stands for an application as a whole, or for something else about it that is no
    /// issue; not added yet.
    pub fn of_app(&self, name: &str, instead: &str) -> Finding {
        let (provider, id) = self.apps.get(name).map_or(("", None), |(provider, id)| (provider.word(), id.as_deref()));
        Finding::bare(provider, name, id, instead)
    }

    /// The finding that a series or spike counts.
    pub fn add_counted(&mut self, place: Place<'_>, of: &Of, library: &Library) -> usize {
        let Place { provider, app, app_id } = place;
        let name = counted(of, library);
        let rule = if let Of::Rule(at) = of { library.rule(*at) } else { None };
        let (title, severity) = match of {
            Of::Rule(_) => {
                (rule.map_or("", |rule| rule.title.as_str()), rule.map_or(Severity::Medium, |rule| rule.severity))
            }
            Of::Everything => ("Failures of all kinds", Severity::High),
            Of::Unknown(shape) => (shape.as_str(), Severity::Medium),
            Of::AllUnknown => ("Failures that no rule explains", Severity::Medium),
            Of::Removals => ("Accounts switched off or deleted", Severity::High),
        };
        let title = title.to_owned();
        let step = rule.and_then(first_step);
        let shape = if let Of::Unknown(shape) = of { Some(shape.clone()) } else { None };
        let index = if let Of::Rule(at) = of { Some(*at) } else { None };
        let bare = Finding::bare(provider.word(), app, app_id, &name);
        // An issue may have been met under the application's name before its id was known.
        let known = self.list.iter().position(|known| known.app == app && known.key.rule == name);
        known.unwrap_or_else(|| self.add(Finding { title, severity, step, shape, rule: index, ..bare }))
    }
}

/// An application as a series names it.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Place<'a> {
    pub provider: Provider,
    pub app: &'a str,
    pub app_id: Option<&'a str>,
}

/// What stands in place of the rule for what a series counts.
pub fn counted(of: &Of, library: &Library) -> String {
    match of {
        Of::Everything => EVERYTHING.to_owned(),
        Of::Rule(rule) => library.rule(*rule).map_or_else(String::new, |rule| rule.id.clone()),
        Of::Unknown(shape) => cluster_id(shape),
        Of::AllUnknown => UNEXPLAINED.to_owned(),
        Of::Removals => REMOVALS.to_owned(),
    }
}

fn first_step(rule: &Rule) -> Option<String> {
    rule.advice().fix.first().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_three_parts_whatever_stands_in_them() {
        let finding = Finding::bare("okta", "Files / EU", None, "u-1a2b3c4d");
        assert_eq!(finding.key.to_string(), "okta/Files %2F EU/u-1a2b3c4d");
        assert_eq!(Finding::bare("entra", "", None, "entra-conflict").key.to_string(), "entra/-/entra-conflict");
    }

    #[test]
    fn the_same_thing_is_found_once_by_its_id() {
        let mut findings = Findings::default();
        let first = findings.add(Finding::bare("okta", "Old name", Some("0oa1"), "x"));
        let second = findings.add(Finding::bare("okta", "New name", Some("0oa1"), "x"));
        let other = findings.add(Finding::bare("okta", "New name", Some("0oa2"), "x"));
        assert_eq!((first, second, other), (0, 0, 1));
    }
}
