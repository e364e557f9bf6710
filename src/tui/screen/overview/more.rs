//! What a large screen has room for: who is affected, and what is new since the last visit.

use crate::analysis::different_people;
use crate::output::page::{number, shown};
use crate::tui::keymap::{Action, key_of};
use crate::tui::look::Role;
use crate::tui::row::Row;
use crate::tui::screen::issues::sign;
use crate::tui::screen::{Context, heading, issue, people};

/// The first of those for whom something is not as it should be.
pub(super) fn people(rows: usize, context: &Context<'_>) -> Vec<Row> {
    if rows == 0 {
        return Vec::new();
    }
    let lists = &context.data.analysis.people;
    let all = different_people(lists.all());
    let remark = format!("{} for all {}", key_of(Action::People), number(all));
    let widths = people::widths(context);
    let mut out = vec![heading("People most affected", &remark, context), people::titles(&widths)];
    let entries = (0..rows).filter_map(|place| people::entry(lists, place));
    out.extend(entries.map(|entry| people::line(entry, &widths, context)));
    out
}

/// What is new since these logs were last looked at.
pub(super) fn since(wanted: bool, context: &Context<'_>) -> Vec<Row> {
    let Some(until) = context.memory.seen.until.filter(|_| wanted) else { return Vec::new() };
    let then = context.minute(until);
    let news = news(context);
    let half = context.size.columns / 2;
    let room = half.saturating_sub(6);
    let mut row = Row::new();
    if news.is_empty() {
        row = row.to(3).put("Nothing is new since then.", Role::Text);
    }
    for (at, (glyph, role, words)) in news.iter().take(2).enumerate() {
        row = row.to(3 + at * half).put(glyph, *role).put(" ", Role::Text).put(&context.cut(words, room), Role::Text);
    }
    let remark = match news.len().saturating_sub(2) {
        0 => then,
        more => format!("{then}{}{} more", context.glyphs.dot, number(more as u64)),
    };
    vec![heading("Changed since you last looked", &remark, context), row]
}

/// Sign, role and words of each issue that is new or happened again, the worst first.
fn news(context: &Context<'_>) -> Vec<(&'static str, Role, String)> {
    let (whole, seen) = (&context.data.whole, &context.memory.seen.issues);
    let mut news = Vec::new();
    for one in &whole.issues {
        let rule = one.rule.and_then(|rule| context.data.library.rule(rule));
        let title = rule.map_or("", |rule| rule.title.as_str());
        let app = one.app.as_deref().map_or_else(|| "no app named".to_owned(), shown);
        let words = match seen.get(&issue::key(one, context)) {
            None => format!("{app}: \"{title}\" is new"),
            Some(before) if one.events > *before => {
                format!("{app}: \"{title}\" from {} to {} events", number(*before), number(one.events))
            }
            Some(_) => continue,
        };
        let (glyph, role) = sign(one, rule, context);
        news.push((glyph, role, words));
    }
    let unknown = whole.unknown.iter().filter(|one| !seen.contains_key(&issue::key(one, context)));
    match unknown.count() as u64 {
        0 => {}
        1 => news.push((context.glyphs.new, Role::New, "1 new kind of error".to_owned())),
        count => news.push((context.glyphs.new, Role::New, format!("{} new kinds of error", number(count)))),
    }
    news
}
