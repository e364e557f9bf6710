//! What becomes of the model when a view is kept or looked at, and of what help answers.

use super::filter::set_filter;
use super::{Effect, act, go, say};
use crate::tui::filtering::parse;
use crate::tui::model::Model;
use crate::tui::outside::Errand;
use crate::tui::saved::View;
use crate::tui::screen::Tab;
use crate::tui::screen::help::Answer;

/// Looks at something as it was kept.
pub(in crate::tui) fn look_at(model: &mut Model, view: &View) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(tab) = Tab::ALL.into_iter().find(|tab| tab.title().eq_ignore_ascii_case(&view.screen)) {
        go(model, tab);
        let arranged = model.stack_mut().and_then(|stack| stack.first_mut()).map(|first| first.page.arrange(view));
        if let Some(Err(why)) = arranged {
            say(model, &format!("Not all of the view can be used: {why}."));
        }
    }
    match parse(&view.filter, &model.data, &model.zone()) {
        Ok(_) => set_filter(model, view.filter.clone(), &mut effects),
        Err(mistake) => say(model, &format!("The filter of the view cannot be used: {mistake}")),
    }
    effects
}

/// Does what was asked for in help.
pub(super) fn helped(model: &mut Model, answer: Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::Stay => {}
        Answer::Close => model.overlay = None,
        Answer::SaveView(name) => {
            model.overlay = None;
            let (filter, screen) = (model.filtering.text.clone(), model.tab.title().to_lowercase());
            let mut view = View { filter, screen, ..View::default() };
            if let Some(first) = model.stack().first() {
                first.page.keep(&mut view);
            }
            effects.push(Effect::Ask(Errand::SaveView(name, view)));
        }
        Answer::OpenView(name) => {
            model.overlay = None;
            effects.push(Effect::Ask(Errand::OpenView(name)));
        }
        Answer::Run(action) => {
            model.overlay = None;
            act(model, action, effects);
        }
    }
}
