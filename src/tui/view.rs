//! A frame: the three lines of the head, the page in front, the key bar. A pure function of the
//! model.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::data::Extent;
use super::filtering::Typing;
use super::keymap::{Action, key_of};
use super::look::{ASCII, Glyphs, Role};
use super::model::{Model, Overlay, Size};
use super::row::{Piece, Row};
use super::screen::{Context, Page, Tab, cut};
use super::when;
use crate::analysis::InputAccount;
use crate::output::page::{counted, number, shown};
use crate::text::width::width;

/// Most rows of what is said above the key bar; the rest of it is among the messages.
const TOAST: usize = 3;

/// All rows of the screen.
pub fn rows(model: &Model) -> Vec<Row> {
    if !model.size.is_enough() {
        return too_small(model.size);
    }
    let context = model.context();
    let mut rows = head(model, &context);
    let mut body = match &model.overlay {
        Some(Overlay::Help(help)) => help.view(&context),
        Some(Overlay::Text(lines)) => text(lines, &context),
        Some(Overlay::Question(..)) | None => model.top().map(|page| page.view(&context)).unwrap_or_default(),
    };
    body.truncate(context.size.body());
    body.resize(context.size.body(), Row::new());
    if let Some(typing) = &model.filtering.typing {
        for (place, row) in body.iter_mut().zip(below_filter(typing, &context)) {
            *place = row;
        }
    }
    if let (Some(last), Some(Overlay::Question(question, line))) = (body.last_mut(), &model.overlay) {
        *last = field(&format!("{question}  "), line.view(model.size.columns.saturating_sub(width(question) + 4)));
    }
    if let (Some(toast), false) = (&model.toast, matches!(model.overlay, Some(Overlay::Question(..)))) {
        let lines = crate::text::width::wrap(&shown(toast), context.size.columns.saturating_sub(2));
        // Paths are long, and what to do next stands behind them.
        let lines = lines.iter().take(TOAST);
        let start = body.len().saturating_sub(lines.len());
        for (row, line) in body.iter_mut().skip(start).zip(lines) {
            *row = Row::of(line, Role::Strong);
        }
    }
    rows.extend(body);
    rows.push(key_bar(model, &context));
    rows
}

/// Writes the rows into the terminal's buffer.
pub fn draw(model: &Model, buffer: &mut Buffer) {
    let columns = usize::from(buffer.area.width);
    let only_ascii = *model.look.glyphs == ASCII;
    for (y, row) in rows(model).iter().take(buffer.area.height.into()).enumerate() {
        let Ok(y) = u16::try_from(y) else { return };
        let mut x = 0;
        for Piece { text, role, chosen } in row.pieces(columns) {
            let mut style = model.look.theme.style(role);
            if chosen {
                style = style.add_modifier(Modifier::REVERSED);
            }
            let text = if only_ascii { ascii(&text) } else { text };
            buffer.set_string(x, y, &text, style);
            x = x.saturating_add(u16::try_from(width(&text)).unwrap_or(u16::MAX));
        }
    }
}

/// Text for a terminal that shows nothing else, as wide as before.
fn ascii(text: &str) -> String {
    let letter = |letter: char| match letter {
        ' '..='~' => letter.to_string(),
        letter => "?".repeat(width(letter.encode_utf8(&mut [0; 4]))),
    };
    text.chars().map(letter).collect()
}

/// The whole area of a size.
pub fn area(size: Size) -> Rect {
    let side = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
    Rect::new(0, 0, side(size.columns), side(size.rows))
}

/// The screen whose name is at a column of the first line.
pub fn tab_at(model: &Model, column: usize) -> Option<Tab> {
    let mut end = 0;
    let gap = tab_gap(model.size);
    Tab::ALL.into_iter().find(|tab| {
        end += 4 + width(tab.title()) + gap;
        column < end
    })
}

/// The action whose key is at a column of the last line.
pub fn action_at(model: &Model, column: usize) -> Option<Action> {
    let labels = labels(model, &model.context());
    labels.into_iter().find(|label| (label.from..label.to).contains(&column)).map(|label| label.action)
}

fn head(model: &Model, context: &Context<'_>) -> Vec<Row> {
    let columns = context.size.columns;
    let zone = if context.size.is_wide() {
        format!("{} {}   ", key_of(Action::Zone), shown(model.look.zone.words()))
    } else {
        String::new()
    };
    let help = format!("{zone}{} Help ", key_of(Action::Help));
    let room = columns.saturating_sub(width(&help) + 2);
    let first = match (&model.overlay, model.stack()) {
        (Some(Overlay::Help(help)), _) => {
            Row::of(&context.cut(&format!("Help - {}", shown(help.title())), room), Role::Strong)
        }
        (Some(Overlay::Text(_)), _) => Row::of("Messages", Role::Strong),
        (_, [_]) if columns >= 80 => tabs(model),
        (_, stack) => path(stack.iter().map(|layer| layer.page.title(context)), room, context.glyphs),
    };
    let own = || model.top().and_then(|page| page.filter_line(context));
    let filter = match &model.filtering.typing {
        Some(typing) => field("Filter  ", typing.line.view(columns.saturating_sub(12))),
        None => own().unwrap_or_else(|| filter(context)),
    };
    vec![first.right(&help, Role::Quiet, columns), inputs(context), filter]
}

/// A label, and a text that is being typed, with the place where letters go.
fn field(label: &str, (text, cursor): (String, usize)) -> Row {
    let mut row = Row::of(label, Role::Quiet);
    let start = row.used();
    row = row.put(&text, Role::Text);
    // The place is marked so that it can be seen in a picture too; in a text it stands on a letter.
    if start + cursor >= row.used() { row.put("_", Role::Strong) } else { row }
}

/// The column and row at which letters go, while something is typed.
pub fn cursor(model: &Model) -> Option<(u16, u16)> {
    let columns = model.size.columns;
    let (x, y) = match (&model.filtering.typing, &model.overlay) {
        (Some(typing), _) => (9 + typing.line.view(columns.saturating_sub(12)).1, 2),
        (None, Some(Overlay::Question(question, line))) => {
            let room = columns.saturating_sub(width(question) + 4);
            (width(question) + 3 + line.view(room).1, model.size.rows.checked_sub(2)?)
        }
        _ => return None,
    };
    model.size.is_enough().then_some(())?;
    Some((u16::try_from(x).ok()?, u16::try_from(y).ok()?))
}

/// Suggestions, or what is wrong with the filter.
fn below_filter(typing: &Typing, context: &Context<'_>) -> Vec<Row> {
    let columns = context.size.columns;
    if let Some(mistake) = &typing.mistake {
        let lines = mistake.under(" Filter  ", typing.line.text(), columns.saturating_sub(1));
        let marks = lines.lines().skip(1).map(|line| Row::new().put(line, Role::Warning));
        return marks.chain([Row::new()]).collect();
    }
    let candidates = typing.completion.iter().flat_map(|completion| &completion.candidates).enumerate();
    let mut rows: Vec<Row> = candidates
        .map(|(at, candidate)| {
            let count = candidate.count.map(number).unwrap_or_default();
            let label = context.cut(&shown(&candidate.label), 40);
            let row =
                Row::new().to(9).put(context.glyphs.down, Role::Frame).put(" ", Role::Text).put(&label, Role::Text);
            let row = row.right(&count, Role::Quiet, 60.min(columns.saturating_sub(2))).put(" ", Role::Text);
            row.put(context.glyphs.down, Role::Frame).select(typing.chosen == Some(at))
        })
        .collect();
    let would = match typing.count {
        Some(count) => format!("{} would be shown", counted(count, "event", "events")),
        None => String::new(),
    };
    let row = Row::new().to(9).put(&would, Role::Strong).to(if would.is_empty() { 9 } else { 38 });
    let hint = hint(columns.saturating_sub(row.used()), context.glyphs);
    rows.push(row.put(&hint, Role::Quiet));
    rows.push(Row::new());
    rows
}

/// What keys do while a filter is typed, as far as there is room: the key bar names the others as well.
fn hint(room: usize, glyphs: &Glyphs) -> String {
    const HINTS: [&[&str]; 3] = [
        &["Enter apply", "Tab complete", "Up earlier filters", "Esc cancel"],
        &["Tab complete", "Up earlier filters"],
        &["Up earlier filters"],
    ];
    let hints = HINTS.map(|keys| keys.join(glyphs.dot));
    hints.into_iter().find(|hint| width(hint) <= room).unwrap_or_default()
}

fn text(lines: &[String], context: &Context<'_>) -> Vec<Row> {
    let room = context.size.columns.saturating_sub(2);
    let broken = lines.iter().flat_map(|line| crate::text::width::wrap(&shown(line), room));
    broken.map(|line| Row::of(&line, Role::Text)).collect()
}

fn tab_gap(size: Size) -> usize {
    usize::from(size.is_wide())
}

fn tabs(model: &Model) -> Row {
    let gap = " ".repeat(tab_gap(model.size));
    Tab::ALL.iter().enumerate().fold(Row::new(), |row, (at, tab)| {
        let title = tab.title();
        let row = row.put(&format!(" {}", at + 1), Role::Quiet);
        if *tab == model.tab {
            row.put(&format!("[{title}]{gap}"), Role::Strong)
        } else {
            row.put(&format!(" {title} {gap}"), Role::Text)
        }
    })
}

/// Where one is: `Issues > App no longer accepts the login`. The last part is cut first.
fn path(titles: impl Iterator<Item = String>, room: usize, glyphs: &Glyphs) -> Row {
    let titles: Vec<String> = titles.map(|title| shown(&title)).collect();
    Row::of(&cut(&titles.join(" > "), room, glyphs), Role::Strong)
}

/// What was read, from when to when, how much.
fn inputs(context: &Context<'_>) -> Row {
    let analysis = &context.data.whole;
    let columns = context.size.columns;
    let is_log = |input: &&InputAccount| input.records > 0 || context.data.extent(input) == Extent::Nothing;
    let logs = analysis.inputs.iter().filter(is_log).count();
    let first = analysis.inputs.iter().find(is_log).or(analysis.inputs.first());
    let named = match (logs, first) {
        (0 | 1, Some(input)) if input.name != "-" => shown(input.name.rsplit(['/', '\\']).next().unwrap_or_default()),
        (0 | 1, Some(_)) => "standard input".to_owned(),
        (0, None) => "no log yet".to_owned(),
        (count, _) => counted(count as u64, "log", "logs"),
    };
    let events = counted(analysis.totals.events, "event", "events");
    let done = if analysis.covered.is_some() { "stopped" } else { "all read" };
    let older = context.data.events.store.left_out().older;
    let state = match context.data.reading {
        Some(reading) => match reading.percent() {
            Some(percent) => format!("{events} so far   reading {percent}% "),
            None => format!("{events} so far   reading "),
        },
        None if analysis.inputs.is_empty() => String::new(),
        None if context.data.held.is_some() => {
            let held = context.data.held.unwrap_or_default();
            format!("{events}   {} PAUSED, {} new ", context.glyphs.skipped, number(held))
        }
        None if context.data.live.is_some() => {
            let live = context.data.live.unwrap_or_default();
            format!("{events}   {} LIVE {}/min ", context.glyphs.ok, number(live.records))
        }
        None if older > 0 => {
            let unreadable = match analysis.totals.unreadable {
                0 => String::new(),
                unreadable => format!("{} unreadable, ", number(unreadable)),
            };
            format!("{events}, {unreadable}oldest {}: counts only ", number(older))
        }
        None if context.size.is_wide() => {
            format!("{events}      {} unreadable             {done} ", number(analysis.totals.unreadable))
        }
        None if analysis.covered.is_some() => format!("{events}, stopped "),
        None if analysis.totals.unreadable > 0 => {
            format!("{events}, {} unreadable ", number(analysis.totals.unreadable))
        }
        None if columns < 60 => format!("{events} "),
        None => format!("{events} done "),
    };
    let room = columns.saturating_sub(width(&state) + 3);
    Row::of(&read(&named, room, context), Role::Text).right(&state, Role::Text, columns)
}

/// What was read, and from when to when. Where there is no room, the zone stays longest: without it no time on the
/// screen says anything.
fn read(named: &str, room: usize, context: &Context<'_>) -> String {
    /// Columns in which a name still says something.
    const NAME: usize = 8;
    let Some((first, last)) = context.data.whole.first.zip(context.data.whole.last) else {
        return cut(named, room, context.glyphs);
    };
    let zone = when::offset(last, &context.zone);
    let span = format!("{}, {zone}", when::span(first, last, &context.zone));
    let left = room.saturating_sub(width(&span) + 3);
    if left >= width(named).min(NAME) {
        return format!("{}   {span}", cut(named, left, context.glyphs));
    }
    let shorter = [span, format!("to {}, {zone}", context.minute(last)), zone.clone()];
    shorter.into_iter().find(|text| width(text) <= room).unwrap_or(zone)
}

fn filter(context: &Context<'_>) -> Row {
    let columns = context.size.columns;
    let all = u64::from(context.data.events.store.len());
    if context.filter.is_empty() {
        let count = match context.data.reading {
            Some(_) => format!("{} so far ", number(context.data.whole.totals.events)),
            None if context.data.events.store.left_out().older > 0 => format!("showing the newest {} ", number(all)),
            None => format!("showing all {} ", number(context.data.whole.totals.events)),
        };
        return Row::of("Filter  none", Role::Quiet).right(&count, Role::Quiet, columns);
    }
    let shown_now = context.data.shown.rows.len() as u64;
    let count = match context.data.narrowing {
        true => "looking for them ".to_owned(),
        false => format!(
            "showing {}{}hiding {} ",
            number(shown_now),
            context.glyphs.dot,
            number(all.saturating_sub(shown_now))
        ),
    };
    // What the filter hides is told always, how much is left only where that fits beside it.
    let hides = || format!("hiding {} ", number(all.saturating_sub(shown_now)));
    let is_long = width(context.filter) + width(&count) + 11 > columns && !context.data.narrowing;
    let count = if is_long { hides() } else { count };
    let room = columns.saturating_sub(width(&count) + 11);
    Row::of("Filter  ", Role::Quiet).put(&cut(&shown(context.filter), room, context.glyphs), Role::Strong).right(
        &count,
        Role::Text,
        columns,
    )
}

/// A label of the key bar and the columns where it is.
struct Label {
    action: Action,
    from: usize,
    to: usize,
    words: &'static str,
}

/// What can be done here; what does not fit is in help.
fn labels(model: &Model, context: &Context<'_>) -> Vec<Label> {
    let here = match (&model.overlay, model.top()) {
        (Some(Overlay::Help(_)), _) => vec![(Action::Open, "do it")],
        (None, Some(page)) => page.actions(context),
        (Some(_), _) | (None, None) => Vec::new(),
    };
    let room = context.size.columns.saturating_sub(width(end(model).1) + width(end(model).0) + 3);
    let mut from = 1;
    let mut labels = Vec::new();
    for (action, words) in here {
        let to = from + width(key_of(action)) + 1 + width(words);
        if to > room {
            break;
        }
        labels.push(Label { action, from, to, words });
        from = to + 2;
    }
    labels
}

/// How one gets out of here.
fn end(model: &Model) -> (&'static str, &'static str) {
    match (&model.overlay, model.stack().len()) {
        (Some(Overlay::Question(..)), _) => ("Esc", "cancel"),
        (Some(_), _) => ("Esc", "close"),
        (None, _) if model.top().is_some_and(Page::is_typing) => ("Esc", "cancel"),
        (None, 0 | 1) if model.data.reading.is_some() => ("Esc", "stop reading"),
        (None, 0 | 1) => (key_of(Action::Quit), "leave"),
        (None, _) => ("Esc", "back"),
    }
}

fn key_bar(model: &Model, context: &Context<'_>) -> Row {
    let columns = context.size.columns;
    if model.filtering.typing.is_some() {
        return Row::of("Enter apply  Tab complete  Esc cancel", Role::Text);
    }
    let row = labels(model, context).into_iter().fold(Row::new(), |row, label| {
        let row = row.to(label.from).put(key_of(label.action), Role::Strong);
        row.put(&format!(" {}", label.words), Role::Text)
    });
    let (key, words) = end(model);
    row.to(columns.saturating_sub(width(key) + width(words) + 2))
        .put(key, Role::Strong)
        .put(&format!(" {words} "), Role::Text)
}

fn too_small(size: Size) -> Vec<Row> {
    let least = Size::LEAST;
    [
        format!("This window is {} x {}.", size.columns, size.rows),
        format!("At least {} x {} is needed.", least.columns, least.rows),
        "Make it larger, or run".to_owned(),
        "  provlens report LOG".to_owned(),
        "for plain text.".to_owned(),
        String::new(),
        "q leave".to_owned(),
    ]
    .iter()
    .map(|line| Row::of(line, Role::Text))
    .collect()
}
