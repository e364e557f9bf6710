//! One input: what it is, what became of its records, and every problem that was kept.

use super::inputs::{everything, name};
use super::{Context, Outcome, Page, heading, paragraph};
use crate::output::page::{counted, number, shown};
use crate::tui::cursor::Cursor;
use crate::tui::keymap::Action;
use crate::tui::look::Role;
use crate::tui::row::Row;

/// The column behind the labels.
const LABELS: usize = 11;

/// What the page remembers.
pub struct State {
    input: usize,
    cursor: Cursor,
}

impl State {
    /// The page of an input at a position.
    pub fn new(input: usize) -> State {
        State { input, cursor: Cursor::default() }
    }

    fn lines(&self, context: &Context<'_>) -> Vec<Row> {
        let Some(input) = context.data.whole.inputs.get(self.input) else { return Vec::new() };
        let columns = context.size.columns;
        let mut rows = vec![heading("The file", "", context)];
        rows.extend(
            everything(input, context)
                .into_iter()
                .flat_map(|(label, text)| paragraph(label, &text, LABELS, Role::Text, columns)),
        );
        let all: u64 = input.problem_counts.values().sum();
        if all > 0 {
            let remark = if all > input.problems.len() as u64 {
                format!("the first {} of {}", input.problems.len(), number(all))
            } else {
                counted(all, "place", "places")
            };
            rows.push(heading("Problems", &remark, context));
        }
        for problem in &input.problems {
            let lost = if problem.lost { "" } else { " The record was used all the same." };
            let text = format!("{} (byte {}){}", shown(&problem.detail), number(problem.offset), lost);
            let label = format!("line {}", number(problem.line));
            rows.extend(paragraph(&label, &text, LABELS.max(label.len() + 2), Role::Text, columns));
        }
        rows
    }
}

impl Page for State {
    fn title(&self, context: &Context<'_>) -> String {
        context.data.whole.inputs.get(self.input).map(name).unwrap_or_default()
    }

    fn actions(&self, _: &Context<'_>) -> Vec<(Action, &'static str)> {
        vec![(Action::Copy, "copy"), (Action::Reread, "read again")]
    }

    fn handle(&mut self, action: Action, context: &Context<'_>) -> Outcome {
        let (count, page) = (self.lines(context).len(), context.size.body());
        if self.cursor.go(action, count, page) {
            self.cursor.settle(count, page);
            return Outcome::Done;
        }
        match (action, context.data.whole.inputs.get(self.input)) {
            (Action::Copy, Some(input)) => {
                let facts =
                    everything(input, context).into_iter().chain(crate::output::report::inputs::problems(input));
                let lines: Vec<String> = facts.map(|(label, text)| format!("{label:9}{text}")).collect();
                Outcome::Copy(lines.join("\n"), "what is known of the file".to_owned())
            }
            _ => Outcome::Ignored,
        }
    }

    fn view(&self, context: &Context<'_>) -> Vec<Row> {
        let lines = self.lines(context);
        let visible = self.cursor.visible(lines.len(), context.size.body());
        let rows = lines.into_iter().enumerate().skip(visible.start).take(visible.len());
        rows.map(|(at, row)| row.select(at == self.cursor.at)).collect()
    }
}
