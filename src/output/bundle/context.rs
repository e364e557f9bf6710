//! What was going on: changes of configuration before the first failure, and attempts over time.

use super::case::{About, Case};
use super::facts::stamp;
use super::redact::{Class, Redactor};
use super::select::Selection;
use super::table::Table;
use crate::analysis::{Of, Series};

/// Rows of a table of attempts: a month of hours at a few applications.
const MOST: usize = 5_000;

/// The changes.
pub(super) fn changes(selection: &Selection<'_>, case: &Case<'_>, redactor: &mut Redactor) -> String {
    let mut table = Table::new(&[
        "time_utc",
        "app",
        "provider",
        "what",
        "changed",
        "actor",
        "event_type",
        "event_id",
        "input",
        "line",
    ]);
    for change in &selection.changes {
        let mut text = |text: Option<&str>| text.map(|text| redactor.line(text)).unwrap_or_default();
        let names: Vec<String> = change.names.iter().map(|name| text(Some(name))).collect();
        let cells = [text(change.app.as_deref()), text(Some(&change.what)), text(change.event_type.as_deref())];
        let [app, what, event_type] = cells;
        let id = change.event_id.as_deref().map(|id| redactor.value(Class::Id, id)).unwrap_or_default();
        let actor = change.actor.as_deref().map(|who| redactor.value(Class::Login, who)).unwrap_or_default();
        // The position of the export, as `manifest.json` lists them; its name may say whose it is.
        let input =
            case.scope.analysis.inputs.get(change.input).map(|_| (change.input + 1).to_string()).unwrap_or_default();
        table.row(&[
            stamp(Some(change.at)).unwrap_or_default(),
            app,
            change.provider.word().to_owned(),
            what,
            names.join("; "),
            actor,
            event_type,
            id,
            input,
            change.line.to_string(),
        ]);
    }
    table.finish()
}

/// Attempts and failures of each period, of the applications as a whole and of the problem.
pub(super) fn attempts(selection: &Selection<'_>, case: &Case<'_>, redactor: &mut Redactor) -> String {
    let mut table = Table::new(&[
        "period_start_utc",
        "period_minutes",
        "app",
        "counts",
        "attempts",
        "failures",
        "new_failures",
        "people",
    ]);
    let is_told = |series: &&Series| {
        let is_here = selection.apps.iter().any(|app| app.name.as_deref() == Some(&*series.app));
        let is_it = match (&series.of, &case.scope.about) {
            (Of::Everything, _) => true,
            (Of::Rule(rule), About::Rule(wanted)) => rule == wanted,
            (Of::Unknown(shape), About::Unknown(wanted)) => shape == wanted,
            _ => false,
        };
        is_here && is_it
    };
    let mut rows = 0;
    for series in case.scope.analysis.series.iter().filter(is_told) {
        let app = redactor.line(&series.app);
        let counts = if series.of == Of::Everything { "all failures of the app" } else { "this problem" };
        for point in &series.points {
            if rows >= MOST {
                break;
            }
            rows += 1;
            let start = series.start + i64::from(point.bucket) * series.width;
            table.row(&[
                stamp(Some(start)).unwrap_or_default(),
                (series.width / 60_000_000).to_string(),
                app.clone(),
                counts.to_owned(),
                point.attempts.to_string(),
                point.failures.to_string(),
                point.onsets.to_string(),
                point.people.to_string(),
            ]);
        }
    }
    table.finish()
}
