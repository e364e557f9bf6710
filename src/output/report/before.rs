//! What was changed shortly before something began to fail, for people and for programs.

use std::borrow::Cow;

use serde::Serialize;

use crate::analysis::{Analysis, Trigger};
use crate::event::Provider;
use crate::output::page::{Page, number, shown};
use crate::text::time::{self, SECOND};
use crate::text::{secret, span};

/// One change, for programs.
#[derive(Serialize)]
pub struct Before<'a> {
    time: String,
    what: Cow<'a, str>,
    /// The words are the provider's own.
    own_words: bool,
    /// What exactly was changed, or whom it is about.
    names: Vec<Cow<'a, str>>,
    actor: Option<Cow<'a, str>>,
    event: Option<Cow<'a, str>>,
    event_id: Option<Cow<'a, str>>,
    provider: Provider,
    app: Option<Cow<'a, str>>,
    seconds_before: i64,
    /// How often the same person did the same in the day before.
    times: u64,
    path: Option<Cow<'a, str>>,
    line: u64,
    offset: u64,
}

/// Changes, for programs.
pub fn list<'a>(triggers: &'a [Trigger], analysis: &'a Analysis) -> Vec<Before<'a>> {
    let before = |trigger: &'a Trigger| {
        let change = &trigger.change;
        Before {
            time: time::rfc3339(change.at),
            what: secret::mask(&change.what),
            own_words: change.is_quoted,
            names: change.names.iter().map(|name| secret::mask(name)).collect(),
            actor: change.actor.as_deref().map(secret::mask),
            event: change.event_type.as_deref().map(secret::mask),
            event_id: change.event_id.as_deref().map(secret::mask),
            provider: change.provider,
            app: change.app.as_deref().map(secret::mask),
            seconds_before: trigger.before / SECOND,
            times: trigger.times,
            path: analysis.inputs.get(change.input).map(|input| secret::mask(&input.name)),
            line: change.line,
            offset: change.offset,
        }
    };
    triggers.iter().map(before).collect()
}

/// Changes, for people: a line each behind a label.
pub fn lines(page: &mut Page, indent: usize, label: &str, triggers: &[Trigger]) {
    for (at, trigger) in triggers.iter().enumerate() {
        let label = if at == 0 { label.to_owned() } else { " ".repeat(label.chars().count()) };
        page.labelled(indent, &label, &sentence(trigger));
    }
}

/// `14 min earlier admin@example.com changed the app's settings - may have to do with it.`
pub fn sentence(trigger: &Trigger) -> String {
    let change = &trigger.change;
    let when = if trigger.before == 0 {
        "At the same time".to_owned()
    } else {
        format!("{} earlier", span::words(trigger.before))
    };
    let actor = match change.actor.as_deref() {
        None => "somebody".to_owned(),
        Some("system") => "the system itself".to_owned(),
        Some(actor) => shown(actor),
    };
    let what = shown(&change.what);
    let what = if change.is_quoted { format!("did “{what}”") } else { what };
    let names = match &*change.names {
        [] => String::new(),
        names => format!(" ({})", names.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ")),
    };
    let times = match trigger.times {
        1 => String::new(),
        2 => ", for the second time that day".to_owned(),
        times => format!(", {} times within a day", number(times)),
    };
    format!("{when} {actor} {what}{names}{times} - may have to do with it.")
}
