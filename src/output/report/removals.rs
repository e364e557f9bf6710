//! How long it takes until access is gone, app by app.

use crate::analysis::{Analysis, RemovalTimes};
use crate::output::page::{Page, counted, number, shown};
use crate::text::span;

/// The heading.
pub(super) const TITLE: &str = "How long access stays after the app is taken away";

/// Apps listed before "and so many more".
const LISTED: usize = 10;
/// Fewer are described by the longest one.
const ENOUGH: u64 = 20;

/// A line for each app of which the log shows it, those with most people first.
pub(super) fn section(page: &mut Page, analysis: &Analysis) {
    let sentences = sentences(analysis);
    if sentences.is_empty() {
        return;
    }
    page.heading(TITLE);
    for sentence in sentences.iter().take(LISTED) {
        page.labelled(1, "◦ ", sentence);
    }
    if sentences.len() > LISTED {
        page.line(&format!("   and {} more (--format json lists all)", number((sentences.len() - LISTED) as u64)));
    }
    beyond(analysis).iter().for_each(|line| page.labelled(1, "▲ ", line));
    page.gap();
}

/// A sentence for each app of which the log shows it, those with most people first.
pub(super) fn sentences(analysis: &Analysis) -> Vec<String> {
    let mut apps: Vec<&RemovalTimes> = analysis.removal_times.iter().filter(|times| times.removals > 0).collect();
    apps.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.app.cmp(&b.app)));
    apps.into_iter().map(sentence).collect()
}

/// What is not in these numbers.
pub(super) fn beyond(analysis: &Analysis) -> Option<String> {
    let count = Some(analysis.removals_beyond_limits).filter(|count| *count > 0)?;
    let count = counted(count, "event", "events");
    Some(format!("These logs tell of too many removals: {count} of them are not in these numbers."))
}

fn sentence(times: &RemovalTimes) -> String {
    let app = shown(&times.app);
    let people = counted(times.people, "person", "people");
    let [half, most] = [times.median, times.p95].map(|took| span::words(took.unwrap_or_default()));
    let mut words = match times.removals {
        1 => format!("Access went within {most} ({app}, {people})"),
        removals if removals < ENOUGH => {
            format!("Access goes within {half} for half of the people, {most} at most ({app}, {people})")
        }
        _ => format!("Access goes within {half} for half of the people, {most} for 19 of 20 ({app}, {people})"),
    };
    match times.open {
        0 => {}
        1 => words.push_str("; 1 is still open"),
        open => words.push_str(&format!("; {} are still open", number(open))),
    }
    words.push('.');
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::SECOND;

    const MINUTE: i64 = 60 * SECOND;

    #[test]
    fn a_few_removals_are_described_by_the_longest_one() {
        let times = |removals, open| RemovalTimes {
            app: "Harbor".into(),
            removals,
            people: removals,
            median: Some(4 * MINUTE),
            p95: Some(38 * MINUTE),
            open,
        };
        assert_eq!(sentence(&times(1, 0)), "Access went within 38 min (Harbor, 1 person).");
        assert_eq!(
            sentence(&times(19, 1)),
            "Access goes within 4 min for half of the people, 38 min at most (Harbor, 19 people); 1 is still open."
        );
        assert_eq!(
            sentence(&times(212, 3)),
            "Access goes within 4 min for half of the people, 38 min for 19 of 20 (Harbor, 212 people); 3 are still open."
        );
    }
}
