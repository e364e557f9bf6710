//! A rule as a page of text.

use super::word_of;
use crate::output::page::{Page, shown};
use crate::rules::{Rule, Status};

/// A rule in full, for people. A shared rule library is foreign text too.
pub fn page(rule: &Rule) -> String {
    let mut page = Page::new(false);
    page.heading(&shown(&rule.title));
    page.labelled(1, "Id             ", &shown(&rule.id));
    page.labelled(1, "Level          ", rule.severity.word());
    if rule.status == Status::Preview {
        page.labelled(1, "Preview        ", "The wording of this issue is not confirmed by a public source.");
    }
    page.labelled(1, "What happened  ", &shown(rule.cause.trim()));
    for (at, step) in rule.fix.iter().enumerate() {
        let label = if at == 0 { "What to do     " } else { "               " };
        page.labelled(1, &format!("{label}{}. ", at + 1), &shown(step));
    }
    page.labelled(1, "Check          ", &shown(&rule.verify));
    page.labelled(1, "Who can fix it ", rule.owner.words());
    page.labelled(
        1,
        "Hand it on     ",
        &shown(&format!(
            "{} To: {}. Send along: {}.",
            rule.escalate.when,
            rule.escalate.to.trim_end_matches('.'),
            rule.escalate.evidence.join("; ")
        )),
    );
    if let Some(limits) = &rule.cannot_tell {
        page.labelled(1, "Log can't tell ", &shown(limits));
    }
    if let Some(why) = &rule.unseen {
        page.labelled(1, "Not in a log   ", &shown(why));
    }
    if let Some(detector) = rule.detector {
        page.labelled(1, "Found by       ", &format!("{}, a pattern over several events", word_of(&detector)));
    }
    for other in &rule.instead_of {
        let what = format!("other events, instead of {} where {}", other.rule, other.when.words());
        page.labelled(1, "Found by       ", &shown(&what));
    }
    for other in &rule.look_alikes {
        page.labelled(1, "Looks alike    ", &shown(&format!("{}: {}", other.rule, other.tell)));
    }
    for source in &rule.sources {
        page.labelled(1, "Source         ", &shown(source));
    }
    page.finish()
}
