//! A person's story for programs: schema `provlens/person/1`. Fields are added, never renamed.

use serde_json::{Value, json};

use super::{Stand, Standing, Story, words};
use crate::analysis::{Analysis, Because};
use crate::output::report::{before, json as report};
use crate::rules::Library;
use crate::text::secret;
use crate::text::time::{self, Micros};

/// The whole story.
pub fn value(story: &Story<'_>, asked: &str, analysis: &Analysis, library: &Library) -> Value {
    let masked =
        |names: &mut dyn Iterator<Item = &str>| names.map(|name| secret::mask(name).into_owned()).collect::<Vec<_>>();
    let who = analysis.asked.first();
    let all = |names: Option<&[std::sync::Arc<str>]>| masked(&mut names.unwrap_or_default().iter().map(|name| &**name));
    json!({
        "schema": "provlens/person/1",
        "person": secret::mask(asked),
        "interrupted": analysis.covered,
        "complete": !analysis.story_is_incomplete,
        "who": {
            "label": secret::mask(&story.label),
            "ids": all(who.map(|who| &*who.ids)),
            "logins": all(who.map(|who| &*who.logins)),
            "display_names": masked(&mut story.also.display_names.iter().copied()),
        },
        "standings": story.stands.iter().map(|stand| self::stand(stand, analysis, library)).collect::<Vec<_>>(),
        "story": story.moments.iter().map(|moment| json!({
            "first": stamp(moment.row.time),
            "last": stamp(moment.last),
            "count": moment.count,
            "provider": moment.row.provider,
            "app": moment.row.app.as_deref().map(secret::mask),
            "operation": moment.row.operation,
            "outcome": moment.row.outcome,
            "what": secret::mask(&words::what(moment)),
            "rule": moment.detail().and_then(|detail| detail.rule).and_then(|(rule, _)| library.rule(rule)).map(|rule| rule.id.as_str()),
        })).collect::<Vec<_>>(),
        "events": story.rows.iter().map(|row| report::row(row, analysis, library)).collect::<Vec<_>>(),
    })
}

fn stand(stand: &Stand<'_>, analysis: &Analysis, library: &Library) -> Value {
    let reason = match stand.state {
        Standing::AccessNotRemoved(because) | Standing::WaitingForAccess(because) => Some(because.word()),
        state if state.is_open() => Some(Because::Failed.word()),
        _ => None,
    };
    json!({
        "app": secret::mask(stand.app),
        "state": words::state_word(stand.state),
        "since": stamp(stand.since),
        "reason": reason,
        "failed_attempts": stand.attempts,
        "rule": stand.rule.and_then(|rule| library.rule(rule)).map(|rule| rule.id.as_str()),
        "likely_triggers": before::list(&stand.before, analysis),
    })
}

fn stamp(at: Option<Micros>) -> Option<String> {
    at.map(time::rfc3339)
}
