//! A person's story as Markdown, to paste into a ticket.

use super::moment::Moment;
use super::{Story, words};
use crate::analysis::Analysis;
use crate::event::Outcome;
use crate::output::markdown::code;
use crate::output::page::counted;
use crate::output::report::before;
use crate::output::report::text::{Style, covered};
use crate::rules::Library;
use crate::text::time::{self, Micros};
use crate::text::width::truncate;

/// Letters of a message.
const MESSAGE: usize = 300;

/// The whole page. What stands in a log is text, never markup.
pub fn render(story: &Story<'_>, analysis: &Analysis, library: &Library, style: &Style) -> String {
    let mut page = vec![format!("# {}", code(&story.label)), String::new()];
    let clock = |at: Micros| time::minute(at, &style.zone);
    let zone = time::zone_label(&style.zone);
    page.push(format!("{}, times in {zone}", counted(story.rows.len() as u64, "event", "events")));
    if let Some(part) = &analysis.covered {
        page.extend([String::new(), format!("Interrupted after {}; the rest is not here.", covered(part))]);
    }
    let names: Vec<String> = story.also.logins.iter().chain(&story.also.ids).map(|name| code(name)).collect();
    if !names.is_empty() {
        page.extend([String::new(), format!("Also known as {}; records were joined by these.", names.join(", "))]);
    }
    if !story.stands.is_empty() {
        page.extend([String::new(), "## Where things stand, as far as these logs show".to_owned(), String::new()]);
        for stand in &story.stands {
            page.push(format!("- {}: {}", code(stand.app), words::standing(stand, &clock)));
            if let Some(rule) = stand.rule.and_then(|rule| library.rule(rule)).filter(|_| stand.state.is_open()) {
                page.push(format!("  - {}", code(&format!("{} ({})", rule.title, rule.id))));
            }
            let before =
                stand.before.iter().map(|trigger| format!("  - Shortly before: {}", code(&before::sentence(trigger))));
            page.extend(before);
        }
    }
    page.extend([String::new(), "## What happened, in order".to_owned(), String::new()]);
    page.extend(story.moments.iter().map(|moment| tell(moment, library, style)));
    let apps = "Not in these logs: sign-ins, and changes made inside the apps themselves.";
    page.extend([String::new(), apps.to_owned(), String::new()]);
    page.join("\n")
}

fn tell(moment: &Moment<'_>, library: &Library, style: &Style) -> String {
    let row = moment.row;
    let at = row.time.map_or_else(|| "time unknown".to_owned(), |at| time::minute(at, &style.zone));
    let place = row.app.as_deref().map(|app| format!(", {}", code(app))).unwrap_or_default();
    let reason = words::reason(moment, library).map(|reason| format!(": {}", code(&reason))).unwrap_or_default();
    let repeats = words::repeats(moment, &|at| time::minute(at, &style.zone))
        .map(|repeats| format!("; {repeats}"))
        .unwrap_or_default();
    let message =
        moment.detail().filter(|_| row.outcome != Outcome::Success).and_then(|detail| detail.message.as_deref());
    let message = message.map(|message| format!(". {}", code(&truncate(message, MESSAGE)))).unwrap_or_default();
    format!("- {at} {}{place}: {}{reason}{repeats}{message}", row.provider.name(), words::what(moment))
}
