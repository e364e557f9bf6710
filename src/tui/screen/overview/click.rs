//! What is at a place of the screen, for the mouse.

use super::{Part, State, apps, graph, issues, top};
use crate::text::time::Micros;
use crate::tui::screen::Context;

/// Something that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Bar(Micros),
    App(usize),
    Issue(usize),
}

impl State {
    /// What is at a row of the body and a column.
    pub(super) fn target(&self, row: usize, column: usize, context: &Context<'_>) -> Option<Target> {
        if top::is_all(context) {
            return None;
        }
        let head = top::rows(context).len();
        let plan = self.plan(head, context);
        let mut row = row.checked_sub(head)?;
        if let Some(chart) = self.chart(context).filter(|_| plan.bars > 0) {
            let rows = plan.chart_rows(context);
            if row < rows {
                return graph::bar_at(&chart, column).filter(|_| (1..=plan.bars).contains(&row)).map(Target::Bar);
            }
            row -= rows;
        }
        let wide = context.size.is_wide();
        if wide && column > context.size.columns / 2 {
            return issues::at_row(row.checked_sub(2)?, &self.issues, plan.issues, context).map(Target::Issue);
        }
        if row < plan.apps + 2 {
            let count = context.data.analysis.apps.len();
            let page = apps::page(plan.apps, wide);
            let row = row.checked_sub(2)?;
            let at = self.apps.visible(count, page).start + if wide { row / 2 } else { row };
            return (at < count).then_some(Target::App(at));
        }
        let count = issues::items(context).len();
        let visible = self.issues.visible(count, plan.issues);
        let at = visible.start + row.checked_sub(plan.apps + 3)?;
        (!wide && visible.contains(&at)).then_some(Target::Issue(at))
    }

    /// Puts the cursor there; true if it was there already.
    pub(super) fn choose(&mut self, target: Target) -> bool {
        let before = (self.part, self.bar, self.apps.at, self.issues.at);
        match target {
            Target::Bar(from) => (self.part, self.bar) = (Part::Chart, Some(from)),
            Target::App(at) => (self.part, self.apps.at) = (Part::Apps, at),
            Target::Issue(at) => (self.part, self.issues.at) = (Part::Issues, at),
        }
        before == (self.part, self.bar, self.apps.at, self.issues.at)
    }
}
