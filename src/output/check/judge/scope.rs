//! Gates on an application that is not in the logs. Nothing can fail them, so that a slip of the pen in a
//! name would be a green light for ever; such a gate is not evaluated, and says which name was meant.

use std::collections::BTreeSet;

use super::{Judge, listed};
use crate::output::check::baseline::Baseline;
use crate::output::check::gate::{Gate, What};
use crate::text::suggest;

impl Judge<'_> {
    /// Why a gate judges nothing, if the application it is about is nowhere.
    pub(super) fn nothing_in_scope(&self, gate: &Gate) -> Option<String> {
        let pattern = gate.app.as_ref()?;
        // A silent application is known to the baseline alone.
        let known = self.asked.before.known().filter(|_| gate.what == What::Silence);
        let known = known.into_iter().flat_map(Baseline::apps).map(|entry| (entry.place().1, entry.place().1));
        let names: BTreeSet<(&str, &str)> = self.apps().chain(known).collect();
        if names.iter().any(|(name, id)| gate.covers_app(name, id)) {
            return None;
        }
        let names: BTreeSet<&str> = names.into_iter().map(|(name, _)| name).collect();
        Some(format!("no application in these logs is called {pattern}{}", rather(pattern, &names)))
    }

    /// Names and ids of all applications in the logs.
    fn apps(&self) -> impl Iterator<Item = (&str, &str)> {
        let listed = self.analysis.apps.iter().map(|app| (&*app.name, ""));
        let found = self.findings.list().iter().map(|finding| (finding.app.as_str(), finding.key.app.as_str()));
        let series = self.analysis.series.iter().map(|series| (&*series.app, series.app_id.as_deref().unwrap_or("")));
        listed.chain(found).chain(series)
    }
}

/// What was probably meant: names that hold the given one, or else the one that is nearest.
fn rather(pattern: &str, names: &BTreeSet<&str>) -> String {
    let wanted = pattern.trim_matches('*').to_lowercase();
    let holds = |name: &&&str| !wanted.is_empty() && name.to_lowercase().contains(&wanted);
    let near: Vec<&str> = names.iter().filter(holds).copied().collect();
    if !near.is_empty() {
        let word = pattern.trim_matches('*');
        return format!("; a name counts as a whole, and @app:*{word}* covers {}", listed(&near));
    }
    let near = suggest::nearest(pattern, names.iter().copied().filter(|name| !name.is_empty()));
    near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}
