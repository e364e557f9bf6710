//! A person's story on a page.

use super::moment::Moment;
use super::{Story, words};
use crate::analysis::Analysis;
use crate::event::Outcome;
use crate::output::page::{Page, Tone, counted, shown};
use crate::output::report::before;
use crate::output::report::text::{Style, interruption};
use crate::rules::Library;
use crate::text::time::{self, Micros};
use crate::text::width::truncate;

/// Letters of a message.
const MESSAGE: usize = 300;
/// Where the words begin, behind a time.
const WORDS: usize = 20;

/// The whole page.
pub fn render(story: &Story<'_>, analysis: &Analysis, library: &Library, style: &Style) -> String {
    let mut page = Page::new(style.color);
    let clock = |at: Micros| time::minute(at, &style.zone);
    let events = counted(story.rows.len() as u64, "event", "events");
    page.heading(&format!("{} · {events}, times in {}", shown(&story.label), time::zone_label(&style.zone)));
    interruption(&mut page, analysis);
    also(&mut page, story);
    page.gap();
    if !story.stands.is_empty() {
        page.heading("Where things stand, as far as these logs show");
        for stand in &story.stands {
            let (glyph, tone) = match stand.state.rank() {
                0 => ("×", Tone::Bad),
                1 | 2 => ("▲", Tone::Warn),
                3 => ("●", Tone::Good),
                _ => ("◦", Tone::Dim),
            };
            page.labelled(
                1,
                &format!("{glyph} "),
                &format!("{}: {}", shown(stand.app), words::standing(stand, &clock)),
            );
            if let Some(rule) = stand.rule.and_then(|rule| library.rule(rule)).filter(|_| stand.state.is_open()) {
                let line = page.tone(tone, &format!("{} ({})", shown(&rule.title), rule.id));
                page.line(&format!("   {line}"));
            }
            before::lines(&mut page, 3, "Shortly before: ", &stand.before);
        }
        page.gap();
    }
    page.heading("What happened, in order");
    for moment in &story.moments {
        tell(&mut page, moment, library, style);
    }
    page.gap();
    page.labelled(0, "", &words::not_in_these_logs(&story.stands));
    page.finish()
}

fn also(page: &mut Page, story: &Story<'_>) {
    let mut names: Vec<String> = story.also.logins.iter().map(|login| shown(login)).collect();
    names.extend(story.also.ids.iter().map(|id| shown(id)));
    if !names.is_empty() {
        page.labelled(1, "Also known as  ", &format!("{}; records were joined by these.", names.join(", ")));
    }
    let called: Vec<String> = story.also.display_names.iter().take(5).map(|name| shown(name)).collect();
    if !called.is_empty() {
        page.labelled(1, "Called         ", &called.join(", "));
    }
}

fn tell(page: &mut Page, moment: &Moment<'_>, library: &Library, style: &Style) {
    let row = moment.row;
    let glyph = match row.outcome {
        Outcome::Failure => "×",
        Outcome::Warning => "▲",
        Outcome::Success => "●",
        Outcome::Skipped | Outcome::Pending => "◦",
    };
    let at = row.time.map_or_else(|| "time unknown    ".to_owned(), |at| time::minute(at, &style.zone));
    let place = row.app.as_deref().map(|app| format!(", {}", shown(app))).unwrap_or_default();
    let reason = words::reason(moment, library).map(|reason| format!(": {reason}")).unwrap_or_default();
    let line = format!("{}{place}: {}{reason}", row.provider.name(), words::what(moment));
    page.labelled(1, &format!("{at} {glyph} "), &line);
    if let Some(repeats) = words::repeats(moment, &|at| time::minute(at, &style.zone)) {
        page.labelled(WORDS, "", &repeats);
    }
    if let Some(message) =
        moment.detail().filter(|_| row.outcome != Outcome::Success).and_then(|detail| detail.message.as_deref())
    {
        page.labelled(WORDS, "“", &format!("{}”", truncate(&shown(message), MESSAGE)));
    }
}
