//! What a bundle is about: an issue, a person, or what is listed.

use super::super::{Context, Outcome, issue};
use super::State;
use crate::analysis::Issue;
use crate::event::Provider;
use crate::event::filter::{Field, Filter};
use crate::output::bundle::{About, Sender};
use crate::tui::editing;
use crate::tui::filtering::narrowed;
use crate::tui::jobs::Narrow;
use crate::tui::keymap::{Action, key_of};

/// What a bundle is about, as long as the dialog is open.
pub(super) struct Subject {
    pub(super) about: About,
    /// In whose log most of it seems to be.
    pub(super) provider: Option<Provider>,
    /// What it is called.
    pub(super) title: String,
    /// What lets its events through besides the filter that is set.
    own: Option<Filter>,
    /// What the reader did about it.
    pub(super) sender: Sender,
}

impl Subject {
    /// Whether the reader did anything.
    pub(super) fn has_tried(&self) -> bool {
        !self.sender.tried.is_empty() || self.sender.note.is_some()
    }

    /// The events among which the problem is looked for.
    pub(super) fn narrow(&self, context: &Context<'_>) -> Option<Narrow> {
        let text = match &self.own {
            Some(own) => narrowed(context.filter, own),
            None => context.filter.to_owned(),
        };
        editing::narrow(&text, context.data, context.memory, &context.zone)
    }
}

/// The dialog about an issue.
pub(in crate::tui::screen) fn of_issue(issue: &Issue, context: &Context<'_>) -> Outcome {
    let about = match (issue.rule, &issue.shape) {
        (Some(rule), _) => About::Rule(rule),
        (None, Some(shape)) => About::Unknown(shape.clone()),
        (None, None) => return Outcome::Ignored,
    };
    let key = issue::key(issue, context);
    let steps = issue::rule(issue, context).map(|rule| &*rule.advice().fix).unwrap_or_default().iter().enumerate();
    let tried = steps.filter(|(at, _)| context.memory.is_ticked(&key, *at)).map(|(_, step)| step.clone());
    open(
        Subject {
            about,
            provider: Some(issue.provider),
            title: issue::title(issue, context),
            own: issue.app.as_deref().map(|app| Filter::exactly(Field::App, app)),
            sender: Sender { tried: tried.collect(), note: note(&key, context), ..Sender::default() },
        },
        context,
    )
}

/// The dialog about everything that failed for somebody, whose events a filter lets through.
pub(in crate::tui::screen) fn of_person(label: &str, own: Filter, note_key: &str, context: &Context<'_>) -> Outcome {
    let sender = Sender { note: note(note_key, context), ..Sender::default() };
    let title = format!("What failed for {label}");
    open(Subject { about: About::Failures, provider: None, title, own: Some(own), sender }, context)
}

/// The dialog about everything that failed of what is listed.
pub(in crate::tui::screen) fn of_listed(context: &Context<'_>) -> Outcome {
    if context.filter.is_empty() {
        return Outcome::Say("A bundle is about one problem. Set a filter first, or open an issue.".to_owned());
    }
    let title = "What failed of what is listed".to_owned();
    open(Subject { about: About::Failures, provider: None, title, own: None, sender: Sender::default() }, context)
}

fn note(key: &str, context: &Context<'_>) -> Option<String> {
    context.memory.notes.get(key).cloned()
}

fn open(subject: Subject, context: &Context<'_>) -> Outcome {
    let why = match () {
        () if context.data.reading.is_some() => "Not everything was read yet".to_owned(),
        () if context.data.whole.covered.is_some() => {
            format!("Reading was stopped; {} reads everything", key_of(Action::Reread))
        }
        () if context.data.events.store.left_out().older > 0 => {
            "The oldest events are counted only; start with a greater --memory, or use `provlens bundle`".to_owned()
        }
        () => return Outcome::Show(Box::new(State::new(subject))),
    };
    Outcome::Say(format!("{why}. A bundle of a part would say too little."))
}
