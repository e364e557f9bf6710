//! The bundle for support: for whom it is, what is hidden from them, and what is in it, before anything is
//! written.

mod draw;
mod inside;
mod subject;
#[cfg(test)]
mod tests;
mod written;

use std::path::PathBuf;
use std::sync::Arc;

use super::{Context, Outcome, Page};
use crate::analysis::Analysis;
use crate::event::Provider;
use crate::output::bundle::redact::{Class, Recipient};
use crate::output::bundle::{About, Files, Sender};
use crate::tui::data::Events;
use crate::tui::jobs::bundle::{Answer, Asked, Fixed, Made, Packing};
use crate::tui::jobs::{Job, Narrow, News};
use crate::tui::keymap::Action;
use crate::tui::row::Row;
use draw::Spot;
use subject::Subject;

pub(super) use subject::{of_issue, of_listed, of_person};

/// What can be changed or pressed, from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Recipient,
    Tried,
    Reveal,
    Groups,
    File,
    Look,
    Write,
    Cancel,
}

impl Field {
    const ALL: [Field; 8] = [
        Field::Recipient,
        Field::Tried,
        Field::Reveal,
        Field::Groups,
        Field::File,
        Field::Look,
        Field::Write,
        Field::Cancel,
    ];

    fn is_button(self) -> bool {
        matches!(self, Field::Look | Field::Write | Field::Cancel)
    }
}

/// What the page remembers.
pub(super) struct State {
    subject: Subject,
    recipient: Recipient,
    /// What the sender did goes along.
    with_tried: bool,
    keeps_groups: bool,
    /// Who stays in clear.
    reveal: Option<String>,
    /// The name that was given to the file.
    file: Option<String>,
    focus: Field,
    /// What a line is asked for.
    asking: Option<Field>,
    /// What it is made from.
    of: Option<(Arc<Events>, Arc<Analysis>)>,
    asked: Option<Arc<Asked>>,
    /// What came of it.
    answer: Option<Arc<Answer>>,
    /// Key, time and hashes, and the events they are of.
    fixed: Option<(Arc<Fixed>, Arc<Events>)>,
    is_writing: bool,
    written: Option<Files>,
    /// The first line that is on screen.
    top: usize,
}

impl State {
    fn new(subject: Subject) -> State {
        State {
            with_tried: subject.has_tried(),
            subject,
            recipient: Recipient::IdpSupport,
            keeps_groups: false,
            reveal: None,
            file: None,
            // A stray Enter writes nothing.
            focus: Field::Look,
            asking: None,
            of: None,
            asked: None,
            answer: None,
            fixed: None,
            is_writing: false,
            written: None,
            top: 0,
        }
    }

    /// The bundle, once it is there.
    fn made(&self) -> Option<&Made> {
        self.answer.as_ref()?.made.as_ref().ok()
    }

    /// Why there is none.
    fn refused(&self) -> Option<&str> {
        self.answer.as_ref()?.made.as_ref().err().map(String::as_str)
    }

    /// In whose log most of it is.
    fn provider(&self) -> Option<Provider> {
        self.made().map_or(self.subject.provider, |made| made.provider)
    }

    /// What can be changed or pressed now.
    fn fields(&self) -> Vec<Field> {
        let is_refused = self.refused().is_some();
        let can = |field: &Field| match field {
            Field::Recipient | Field::Cancel => true,
            Field::Tried => self.subject.has_tried(),
            // Colleagues receive names anyhow.
            Field::Reveal | Field::Groups => is_hidden(self.recipient),
            Field::File => self.made().is_some(),
            Field::Look | Field::Write => !is_refused,
        };
        Field::ALL.into_iter().filter(can).collect()
    }

    /// The one that keys go to: if it is gone, the next one that is there.
    fn focus(&self) -> Field {
        let fields = self.fields();
        let from = Field::ALL.iter().position(|field| *field == self.focus).unwrap_or_default();
        let rest = Field::ALL.iter().skip(from);
        rest.copied().find(|field| fields.contains(field)).unwrap_or(Field::Cancel)
    }

    fn go(&mut self, forward: bool) {
        let fields = self.fields();
        let count = fields.len().max(1);
        let at = fields.iter().position(|field| *field == self.focus()).unwrap_or_default();
        let next = if forward { at + 1 } else { at + count - 1 };
        self.focus = fields.get(next % count).copied().unwrap_or(Field::Cancel);
    }

    fn choose(&mut self, forward: bool) {
        let at = Recipient::ALL.iter().position(|recipient| *recipient == self.recipient).unwrap_or_default();
        let count = Recipient::ALL.len();
        let next = if forward { at + 1 } else { at + count - 1 };
        self.recipient = Recipient::ALL.get(next % count).copied().unwrap_or(self.recipient);
    }

    /// Where the file goes.
    fn path(&self) -> Option<PathBuf> {
        let own = self.file.as_ref().map(PathBuf::from);
        own.or_else(|| self.made().map(|made| made.bundle.file_name()))
    }

    fn press(&mut self, field: Field) -> Outcome {
        match field {
            Field::Recipient => self.choose(true),
            Field::Tried => self.with_tried = !self.with_tried,
            Field::Groups => self.keeps_groups = !self.keeps_groups,
            Field::Reveal if self.reveal.is_some() => self.reveal = None,
            Field::Reveal => {
                self.asking = Some(field);
                return Outcome::Ask { question: "Show whom, by login or name?", text: String::new() };
            }
            Field::File => {
                self.asking = Some(field);
                let text = self.path().map(|path| path.display().to_string()).unwrap_or_default();
                return Outcome::Ask { question: "Save as", text };
            }
            Field::Look => return self.look_inside(),
            Field::Write => return self.write(),
            Field::Cancel => return Outcome::Act(Action::Back),
        }
        Outcome::Done
    }

    fn look_inside(&self) -> Outcome {
        match (&self.answer, self.refused()) {
            (Some(_), Some(why)) => Outcome::Say(format!("There is no bundle: {why}.")),
            (Some(answer), None) => Outcome::Show(Box::new(inside::State::new(answer.clone()))),
            (None, _) => Outcome::Say("The bundle is not ready yet.".to_owned()),
        }
    }

    fn write(&mut self) -> Outcome {
        let (Some(answer), Some(path), Some(_)) = (self.answer.clone(), self.path(), self.made()) else {
            return Outcome::Say("The bundle is not ready yet.".to_owned());
        };
        if self.is_writing {
            return Outcome::Done;
        }
        self.is_writing = true;
        Outcome::Start(Job::Pack(Packing { answer, path }))
    }

    /// What is to be made now, if that is something else than what was asked for.
    fn wanted(&mut self, context: &Context<'_>) -> Option<Asked> {
        let data = context.data;
        // While files are read again or followed, what is known of them changes all the time.
        let is_whole = data.whole.covered.is_none() && data.events.store.left_out().older == 0;
        let is_settled = data.reading.is_none() && data.live.is_none() && is_whole;
        if self.of.is_none() || is_settled {
            self.of = Some((data.events.clone(), data.whole.clone()));
        }
        let (events, analysis) = self.of.as_ref()?;
        let narrow = Narrow { events: events.clone(), ..self.subject.narrow(context)? };
        let sender = if self.with_tried { self.subject.sender.clone() } else { Sender::default() };
        let fixed = self.fixed.as_ref().filter(|(_, of)| Arc::ptr_eq(of, events)).map(|(fixed, _)| fixed.clone());
        let reveal = self.reveal.clone().filter(|_| is_hidden(self.recipient));
        let keeps_groups = self.keeps_groups && is_hidden(self.recipient);
        let is_same = |asked: &Asked| {
            Arc::ptr_eq(&asked.narrow.events, events)
                && Arc::ptr_eq(&asked.analysis, analysis)
                && asked.narrow.text == narrow.text
                && (asked.recipient, asked.keeps_groups, &asked.reveal) == (self.recipient, keeps_groups, &reveal)
                && asked.sender == sender
        };
        if self.asked.as_deref().is_some_and(is_same) {
            return None;
        }
        let about: About = self.subject.about.clone();
        let analysis = analysis.clone();
        Some(Asked { about, narrow, analysis, recipient: self.recipient, keeps_groups, reveal, sender, fixed })
    }
}

/// Whether people are hidden from somebody.
fn is_hidden(recipient: Recipient) -> bool {
    recipient.hides(Class::Login)
}

impl Page for State {
    fn title(&self, _: &Context<'_>) -> String {
        if self.written.is_some() { "Bundle written".to_owned() } else { "Bundle".to_owned() }
    }

    fn actions(&self, _: &Context<'_>) -> Vec<(Action, &'static str)> {
        if self.written.is_some() {
            return vec![(Action::Copy, "copy text for their form"), (Action::Events, "look inside")];
        }
        let mut actions = vec![(Action::NextPart, "next field"), (Action::Tick, "change"), (Action::Open, "press")];
        if self.refused().is_none() {
            actions.push((Action::Events, "look inside"));
        }
        actions
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        if let Some(files) = &self.written {
            return match action {
                Action::Copy => match self.made().and_then(|made| made.bundle.form()) {
                    Some(form) => Outcome::Copy(form.to_owned(), "the text for their form".to_owned()),
                    None => Outcome::Ignored,
                },
                Action::Events | Action::Open => self.look_inside(),
                action => {
                    let count = self.made().map_or(0, |made| written::rows(files, made, context).len());
                    let page = context.size.body().saturating_sub(1);
                    if inside::scroll(&mut self.top, action, count, page) { Outcome::Done } else { Outcome::Ignored }
                }
            };
        }
        let field = self.focus();
        match action {
            Action::NextPart | Action::Down => self.go(true),
            Action::PreviousPart | Action::Up => self.go(false),
            Action::Left | Action::Right if field == Field::Recipient => self.choose(action == Action::Right),
            Action::Left | Action::Right if field.is_button() => self.go(action == Action::Right),
            Action::Left | Action::Right => {}
            Action::Tick | Action::Open => return self.press(field),
            Action::Events => return self.look_inside(),
            Action::PageUp | Action::PageDown => {
                let (count, page) = (draw::lines(self, context).len(), draw::room(self, context));
                inside::scroll(&mut self.top, action, count, page);
                return Outcome::Done;
            }
            Action::Bundle => return Outcome::Say("This is the bundle.".to_owned()),
            _ => return Outcome::Ignored,
        }
        self.top = draw::top(self, context);
        Outcome::Done
    }

    fn answered(&mut self, answer: &str, _: &Context<'_>) -> Outcome {
        let answer = Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty());
        match self.asking.take() {
            Some(Field::Reveal) => self.reveal = answer,
            Some(Field::File) => self.file = answer.or(self.file.take()),
            _ => {}
        }
        Outcome::Done
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        match (&self.written, self.made()) {
            (Some(files), Some(made)) => written::rows(files, made, context).into_iter().skip(self.top).collect(),
            _ => draw::rows(self, context),
        }
    }

    fn catch_up(&mut self, context: &Context<'_>) -> Vec<Job> {
        if self.written.is_some() {
            return Vec::new();
        }
        let Some(asked) = self.wanted(context).map(Arc::new) else { return Vec::new() };
        self.asked = Some(asked.clone());
        self.answer = None;
        vec![Job::Bundle(asked)]
    }

    fn hear(&mut self, news: &News, context: &Context<'_>) {
        match news {
            News::Bundled(asked, answer) if self.asked.as_ref().is_some_and(|own| Arc::ptr_eq(own, asked)) => {
                match answer {
                    Some(answer) => {
                        let fixed = answer.fixed.clone().map(|fixed| (fixed, asked.narrow.events.clone()));
                        self.fixed = fixed.or(self.fixed.take());
                        self.answer = Some(answer.clone());
                    }
                    // Another dialog asked meanwhile; this one asks again once it is in front.
                    None => self.asked = None,
                }
                self.top = draw::top(self, context);
            }
            News::Packed(answer, outcome) if self.answer.as_ref().is_some_and(|own| Arc::ptr_eq(own, answer)) => {
                self.is_writing = false;
                match outcome {
                    Ok(files) => (self.written, self.top) = (Some(files.clone()), 0),
                    Err(_) => {
                        self.focus = Field::File;
                        self.top = draw::top(self, context);
                    }
                }
            }
            _ => {}
        }
    }

    fn click(&mut self, row: usize, column: usize, context: &Context<'_>) -> bool {
        if self.written.is_some() {
            return false;
        }
        match draw::spot(self, row, column, context) {
            Some(Spot::Recipient(recipient)) => {
                (self.recipient, self.focus) = (recipient, Field::Recipient);
                false
            }
            Some(Spot::Field(field)) => {
                self.focus = field;
                field != Field::Recipient
            }
            None => false,
        }
    }
}
