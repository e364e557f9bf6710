//! What becomes of the model when work brought something.

use std::path::PathBuf;
use std::sync::Arc;

use super::filter::{apply_filter, narrow, show_all};
use super::{Effect, live, say};
use crate::analysis::Analysis;
use crate::error::ProblemKind;
use crate::output::bundle::preview::KEEP_MAPPING;
use crate::rules::{Complaint, Library};
use crate::tui::data::{Data, Events, Reading};
use crate::tui::jobs::{Job, Narrow, News};
use crate::tui::model::Model;
use crate::tui::outside::Errand;

pub(super) fn hear(model: &mut Model, news: News, effects: &mut Vec<Effect>) {
    let Some(news) = live::hold_back(model, news) else { return };
    let is_current = |text: &str, model: &Model| *text == *model.filtering.text;
    match &news {
        News::Reading(reading) => model.data.reading = Some(*reading),
        News::Live(minute) => {
            (model.data.reading, model.data.live) = (None, Some(*minute));
            live::refresh(model, effects);
        }
        News::SoFar(analysis) => take_analysis(model, analysis),
        News::EventsSoFar(events) => take_events(model, events, effects),
        News::Read(analysis, events) => end_reading(model, analysis, events, effects),
        News::Narrowed(text, shown) if is_current(text, model) => model.data.shown = shown.clone(),
        News::Analysed(text, analysis) if is_current(text, model) => {
            model.data.analysis = analysis.clone();
            end_narrowing(model);
        }
        News::NotAnalysed(text, why) if is_current(text, model) => {
            if model.data.people.is_none() {
                model.data.analysis = model.data.whole.clone();
            }
            end_narrowing(model);
            say(model, why);
        }
        News::SomePeople(text, people) if is_current(text, model) => {
            // The lists that they were found in; there may be newer ones by now.
            model.data.analysis = people.analysis.clone();
            model.data.people = Some(people.clone());
        }
        News::Counted(text, count) => {
            if let Some(typing) = &mut model.filtering.typing
                && typing.line.text().trim() == text
            {
                typing.count = Some(*count);
            }
        }
        News::Unusable(errors) => model.data.input_errors = errors.clone(),
        News::Added(paths) => read_with(model, paths, effects),
        News::Rules(library, errors) => take_rules(model, library, errors),
        News::Drafted(file) => effects.push(Effect::Ask(Errand::WriteRule(file.clone()))),
        News::Tested(tested) => say(model, &tested.words()),
        News::Packed(_, Ok(files)) => say(model, &format!("Written: {}. {KEEP_MAPPING}", files.archive.display())),
        News::Packed(_, Err(words)) | News::Said(words) => say(model, words),
        _ => {}
    }
    tell_pages(model, &news);
}

/// Takes over what is known while it is still read or followed.
fn take_analysis(model: &mut Model, analysis: &Arc<Analysis>) {
    tell_of_followed(model, analysis);
    model.data.whole = analysis.clone();
    if model.filtering.text.is_empty() {
        model.data.analysis = analysis.clone();
    }
}

/// Takes over the events that there are so far.
fn take_events(model: &mut Model, events: &Arc<Events>, effects: &mut Vec<Effect>) {
    model.data.events = events.clone();
    if model.filtering.text.is_empty() {
        show_all(model);
    } else if let Some(narrow) = narrow(model, &model.filtering.text) {
        effects.push(Effect::Start(Job::Narrow(Narrow { analyse: false, ..narrow })));
    }
}

fn end_reading(model: &mut Model, analysis: &Arc<Analysis>, events: &Arc<Events>, effects: &mut Vec<Effect>) {
    (model.data.reading, model.data.live) = (None, None);
    live::forget(model);
    tell_of_unreadable(model, analysis);
    (model.data.whole, model.data.events) = (analysis.clone(), events.clone());
    apply_filter(model, effects);
}

fn end_narrowing(model: &mut Model) {
    model.data.narrowing = false;
    model.filtering.is_asked = false;
}

/// Reads again, since there are other inputs.
fn read_with(model: &mut Model, paths: &[PathBuf], effects: &mut Vec<Effect>) {
    // Whatever was shown of other inputs is gone.
    model.close_pages();
    model.opening += 1;
    effects.push(Effect::Ask(Errand::Opened(paths.to_vec())));
    effects.push(Effect::Start(Job::Read));
    model.data.reading = Some(Reading::default());
}

fn take_rules(model: &mut Model, library: &Arc<Library>, errors: &Arc<Vec<Complaint>>) {
    // Whatever is shown names rules by their old positions.
    model.close_pages();
    live::forget(model);
    model.data = Data { rule_errors: errors.clone(), reading: model.data.reading, ..Data::nothing(library.clone()) };
    say(model, "Your rules have changed: everything is read with them.");
}

/// Says that inputs cannot be read; which, and why, the screen of inputs says.
pub(super) fn tell_of_unreadable(model: &mut Model, analysis: &Analysis) {
    let broken = analysis.inputs.iter().filter(|input| input.named && input.error.is_some()).map(|input| &*input.name);
    // What is not there any more is no input.
    let is_known = |error: &&String| analysis.inputs.iter().any(|input| error.starts_with(&input.name));
    let gone = model.data.input_errors.iter().filter(|error| !is_known(error));
    let mut broken = broken.chain(gone.map(|error| error.split_once(": ").map_or(error.as_str(), |(path, _)| path)));
    let Some(first) = broken.next() else { return };
    let name = name(first);
    let words = match broken.count() {
        0 => format!("{name} cannot be read; the screen Inputs (7) says why."),
        more => format!("{name} and {more} more cannot be read; the screen Inputs (7) says why."),
    };
    say(model, &words);
}

/// Says what became of followed files since the last time: that they are gone, or were replaced or cut.
fn tell_of_followed(model: &mut Model, analysis: &Analysis) {
    if model.data.live.is_none() {
        return;
    }
    let before = model.data.whole.clone();
    for (old, new) in before.inputs.iter().zip(&analysis.inputs).filter(|(_, new)| new.followed) {
        if new.gone && !old.gone {
            let name = name(&new.name);
            say(
                model,
                &format!("{name} is not there any more. What was read is kept; it is read again once it is back."),
            );
        }
        let came = new.problems.iter().skip(old.problems.len());
        for problem in came.filter(|problem| problem.kind == ProblemKind::Limit && !problem.lost) {
            say(model, &format!("{}.", problem.detail));
        }
    }
}

/// A file without its folders.
fn name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

pub(super) fn tell_pages(model: &mut Model, news: &News) {
    let mut stacks = std::mem::take(&mut model.stacks);
    for layer in stacks.iter_mut().flatten() {
        layer.page.hear(news, &model.context());
    }
    model.stacks = stacks;
}
