//! The part of the time that is shown: a choice of spans, nearer and farther, earlier and later. All
//! of them change `after:` and `before:` in the filter.

use super::Choice;
use crate::event::filter::Mistake;
use crate::text::time::{HOUR, Micros};
use crate::tui::editing::{between, in_time};
use crate::tui::filtering::parse;
use crate::tui::keymap::Action;
use crate::tui::screen::Context;

const MINUTE: Micros = HOUR / 60;
/// How far from an event what is around it lies.
const NEAR: Micros = 10 * MINUTE;
/// Nearer than this nothing is to be seen.
const SHORTEST: Micros = MINUTE;

/// A span to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// What a filter says.
    Last(&'static str),
    /// Any time.
    All,
    /// From one time to another, which are asked for.
    FromTo,
    /// Around the event under the cursor.
    Around,
}

/// What there is to choose where no event is under the cursor.
pub(in crate::tui::screen) fn choices() -> Vec<(String, Span)> {
    [
        ("The last hour of the data", Span::Last("after:1h")),
        ("The last 6 hours", Span::Last("after:6h")),
        ("The last day", Span::Last("after:1d")),
        ("The last 7 days", Span::Last("after:7d")),
        ("All", Span::All),
        ("From one time to another", Span::FromTo),
    ]
    .map(|(words, span)| (words.to_owned(), span))
    .to_vec()
}

/// What there is to choose beside an event.
pub(super) fn choices_with_event() -> Vec<(String, Choice)> {
    let around = ("Around this event, 10 minutes on both sides".to_owned(), Span::Around);
    choices().into_iter().chain([around]).map(|(words, span)| (words, Choice::Span(span))).collect()
}

/// The filter for a span; `None` if there is nothing to be around of, or a question comes first.
pub(in crate::tui::screen) fn filter(span: Span, event: Option<Micros>, context: &Context<'_>) -> Option<String> {
    let time = match span {
        Span::Last(time) => time.to_owned(),
        Span::All => String::new(),
        Span::FromTo => return None,
        Span::Around => {
            let at = event?;
            between(at.saturating_sub(NEAR), at.saturating_add(NEAR), &context.zone)
        }
    };
    in_time(context.filter, &time).ok()
}

/// The filter from one time to another, as a person types both: `3 Sep 10:00 - 3 Sep 12:00`. One of
/// them may be missing.
///
/// # Errors
/// What is wrong with them.
pub(in crate::tui::screen) fn typed(text: &str, context: &Context<'_>) -> Result<String, Mistake> {
    // So that the sign is found also where only one of them is there.
    let text = format!(" {} ", text.trim());
    let (from, before) = [" - ", " – ", " to "].iter().find_map(|sign| text.split_once(sign)).unwrap_or((&text, ""));
    let term = |name: &str, time: &str| match time.trim() {
        "" => String::new(),
        time => format!("{name}:\"{}\" ", time.replace(['"', '\\'], "")),
    };
    let time = format!("{}{}", term("after", from), term("before", before));
    let filter = in_time(context.filter, &time)?;
    parse(&filter, context.data, &context.zone)?;
    Ok(filter)
}

/// What the question for both times begins with: the whole of the data.
pub(in crate::tui::screen) fn whole(context: &Context<'_>) -> String {
    let at = |at: Option<Micros>| at.map(|at| context.minute(at)).unwrap_or_default();
    format!("{} - {}", at(context.data.whole.first), at(context.data.whole.last))
}

/// The filter for a nearer or farther look, or for the time beside; `None` if there is no time.
pub(super) fn moved(action: Action, event: Option<Micros>, context: &Context<'_>) -> Option<String> {
    let whole = context.data.whole.first.zip(context.data.whole.last)?;
    // What is before the last event ends behind it.
    let whole = (whole.0, whole.1.saturating_add(1));
    let set = parse(context.filter, context.data, &context.zone).ok()?.within();
    let (from, before) = (set.0.unwrap_or(whole.0), set.1.unwrap_or(whole.1));
    let length = before.saturating_sub(from).max(SHORTEST);
    let around = |middle: Micros, length: Micros| (middle - length / 2, middle + length / 2);
    let middle = event.filter(|at| (from..before).contains(at)).unwrap_or(from + length / 2);
    let (from, before) = match action {
        Action::ZoomIn => around(middle, (length / 2).max(SHORTEST)),
        Action::ZoomOut => around(middle, length.saturating_mul(2)),
        Action::Earlier => (from - length, from),
        Action::Later => (before, before.saturating_add(length)),
        _ => return None,
    };
    // Where nothing is, there is nothing to see.
    if before <= whole.0 || from >= whole.1 {
        return None;
    }
    let is_all = from <= whole.0 && before >= whole.1;
    let time = if is_all { String::new() } else { between(from, before, &context.zone) };
    in_time(context.filter, &time).ok()
}
