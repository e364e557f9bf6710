//! An issue as plain text for a ticket: what is wrong, for how many, since when, and the steps.

use super::super::Context;
use super::{key, rule, still_broken, title};
use crate::analysis::Issue;
use crate::output::page::{counted, shown};
use crate::output::report::text::count;
use crate::text::time;

/// The text. Its times are in UTC, since whoever reads a ticket may be anywhere.
pub(super) fn text(issue: &Issue, context: &Context<'_>) -> String {
    let app = issue.app.as_deref().map(|app| format!(" ({})", shown(app))).unwrap_or_default();
    let mut lines = vec![format!("{}{app}", shown(&title(issue, context)))];
    let count = count(issue);
    let span = match issue.first.zip(issue.last) {
        Some((first, last)) if first == last => format!(", {}", time::rfc3339(first)),
        Some((first, last)) => format!(", {} to {}", time::rfc3339(first), time::rfc3339(last)),
        None => String::new(),
    };
    lines.push(format!("{count}, {}, {}{span}", counted(issue.users, "person", "people"), issue.state.word()));
    let [not_removed, waiting, out_of_date, others] = still_broken(issue, context);
    for (count, words) in [
        (not_removed, "should have lost access and still there"),
        (waiting, "waiting for access"),
        (out_of_date, "with old data"),
        (others, "for whom something else failed"),
    ] {
        if count > 0 {
            lines.push(format!("{} {words}", counted(count, "person", "people")));
        }
    }
    let Some(rule) = rule(issue, context) else {
        lines.push("No known issue describes it yet.".to_owned());
        let example =
            issue.examples.first().and_then(|example| example.message.as_deref().or(example.remote.as_deref()));
        lines.extend(example.map(|words| format!("The log says: {}", context.cut(&shown(words), 600))));
        return lines.join("\n") + "\n";
    };
    lines.push(format!("Known issue: {}", rule.id));
    lines.push(String::new());
    lines.push(rule.advice().cause.trim().to_owned());
    lines.push(String::new());
    for (at, step) in rule.advice().fix.iter().enumerate() {
        let done = if context.memory.is_ticked(&key(issue, context), at) { " (done)" } else { "" };
        lines.push(format!("{}. {step}{done}", at + 1));
    }
    lines.push(format!("Check: {}", rule.advice().verify));
    lines.join("\n") + "\n"
}
