//! Counted events: text for people, JSON, and rows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::csv::{Row, Style as Cells};
use super::page::{COLUMNS, Page, Tone, counted, number, shown};
use super::report::text::{Style, interruption};
use crate::analysis::count::{By, Counted, Group};
use crate::analysis::field::Kind;
use crate::analysis::{Analysis, Totals};
use crate::text::every::Every;
use crate::text::time::{self, Micros};
use crate::text::width::{pad, pad_left, truncate, width};

/// Narrowest a column of text is cut to.
const NARROWEST: usize = 8;
/// Shown where an event says nothing.
const NOTHING: &str = "–";

/// For people.
pub fn text(counted: &Counted, analysis: &Analysis, style: &Style) -> String {
    let mut page = Page::new(style.color);
    let names: Vec<&str> = counted.by.fields.iter().map(|field| field.name).collect();
    let zone = counted.by.every.map(|_| format!(" · times in {}", time::zone_label(&style.zone)));
    page.heading(&format!("Events by {}{}", names.join(", "), zone.unwrap_or_default()));
    interruption(&mut page, analysis);
    let table = side_by_side(counted, style).unwrap_or_else(|| one_below_the_other(counted, style));
    table.write(&mut page);
    if analysis.totals.events > 0 {
        page.gap();
    }
    page.labelled(1, "", &total(&analysis.totals));
    if counted.beyond > 0 {
        let line = format!(
            "{} are left out above: so many different values are not kept apart.",
            super::page::counted(counted.beyond, "event", "events")
        );
        let line = page.tone(Tone::Warn, &line);
        page.labelled(1, "", &line);
    }
    page.finish()
}

/// The same numbers as the report's.
fn total(totals: &Totals) -> String {
    if totals.events == 0 && totals.filtered > 0 {
        return "Nothing passes your filter.".to_owned();
    }
    if totals.events == 0 {
        return "Nothing about provisioning was found in these logs.".to_owned();
    }
    let outcomes = [
        (totals.success, "success"),
        (totals.failure, "failure"),
        (totals.skipped, "skipped"),
        (totals.warning, "warning"),
        (totals.pending, "pending"),
    ];
    let parts: Vec<String> = outcomes
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", number(*count)))
        .collect();
    format!("{}: {}", counted(totals.events, "event", "events"), parts.join(", "))
}

/// Cells below names, in columns.
struct Table {
    columns: Vec<Column>,
}

struct Column {
    name: String,
    /// Numbers stand on the right and are never cut.
    numbers: bool,
    cells: Vec<String>,
}

impl Column {
    fn new(name: &str, numbers: bool) -> Column {
        Column { name: name.to_owned(), numbers, cells: Vec::new() }
    }

    fn width(&self) -> usize {
        self.cells.iter().map(|cell| width(cell)).max().unwrap_or(0).max(width(&self.name))
    }
}

impl Table {
    fn width(&self) -> usize {
        self.columns.iter().map(|column| column.width() + 2).sum()
    }

    fn write(&self, page: &mut Page) {
        let mut widths: Vec<usize> = self.columns.iter().map(Column::width).collect();
        // The widest text gives way first.
        while widths.iter().map(|width| width + 2).sum::<usize>() > COLUMNS {
            let widest = widths
                .iter_mut()
                .zip(&self.columns)
                .filter(|(width, column)| !column.numbers && **width > NARROWEST)
                .max_by_key(|(width, _)| **width);
            let Some((width, _)) = widest else { break };
            *width -= 1;
        }
        let row = |cell: &dyn Fn(&Column) -> String| -> String {
            let cells = self.columns.iter().zip(&widths).map(|(column, width)| match column.numbers {
                true => pad_left(&cell(column), *width),
                false => pad(&truncate(&cell(column), *width), *width),
            });
            format!(" {}", cells.collect::<Vec<_>>().join("  "))
        };
        let rows = self.columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
        if rows == 0 {
            return;
        }
        let head = page.tone(Tone::Dim, row(&|column| column.name.clone()).trim_end());
        page.line(&head);
        for index in 0..rows {
            page.line(&row(&|column| column.cells.get(index).cloned().unwrap_or_default()));
        }
    }
}

/// A row a group.
fn one_below_the_other(counted: &Counted, style: &Style) -> Table {
    let mut columns = Vec::new();
    if let Some(every) = counted.by.every {
        let mut column = Column::new("time", false);
        column.cells = counted.groups.iter().map(|group| step(group.start, every, style)).collect();
        columns.push(column);
    }
    let mut events = Column::new("events", true);
    events.cells = counted.groups.iter().map(|group| number(group.events)).collect();
    columns.push(events);
    for (index, field) in counted.by.fields.iter().enumerate() {
        let mut column = Column::new(field.name, false);
        column.cells = counted.groups.iter().map(|group| value(group.values.get(index))).collect();
        columns.push(column);
    }
    Table { columns }
}

/// A row a step of time and a column a group, if that fits.
fn side_by_side(counted: &Counted, style: &Style) -> Option<Table> {
    let every = counted.by.every?;
    let mut sums: BTreeMap<&[Option<String>], u64> = BTreeMap::new();
    for group in &counted.groups {
        *sums.entry(&group.values).or_default() += group.events;
        // Each takes a digit and two spaces at least.
        if sums.len() > COLUMNS / 3 {
            return None;
        }
    }
    let mut order: Vec<(&[Option<String>], u64)> = sums.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let steps: BTreeSet<Option<Micros>> = counted.groups.iter().map(|group| group.start).collect();
    let by_place: BTreeMap<(Option<Micros>, &[Option<String>]), u64> =
        counted.groups.iter().map(|group| ((group.start, &*group.values), group.events)).collect();
    let mut times = Column::new("time", false);
    times.cells = steps.iter().map(|start| step(*start, every, style)).collect();
    let mut columns = vec![times];
    for (values, _) in order {
        let name: Vec<String> = values.iter().map(|text| value(Some(text))).collect();
        let mut column = Column::new(&name.join(" "), true);
        let cell = |start: &Option<Micros>| by_place.get(&(*start, values)).map_or("·".to_owned(), |n| number(*n));
        column.cells = steps.iter().map(cell).collect();
        columns.push(column);
    }
    Some(Table { columns }).filter(|table| table.width() <= COLUMNS)
}

fn value(value: Option<&Option<String>>) -> String {
    value.and_then(Option::as_deref).map_or_else(|| NOTHING.to_owned(), shown)
}

fn step(start: Option<Micros>, every: Every, style: &Style) -> String {
    let Some(start) = start else { return "no time".to_owned() };
    let minute = time::minute(start, &style.zone);
    match every {
        Every::Part(_) => minute,
        Every::Day | Every::Week => minute.split(' ').next().unwrap_or_default().to_owned(),
    }
}

/// For programs: schema `provlens/count/1`. Fields are added, never renamed.
pub fn json(counted: &Counted, every: Option<&str>, analysis: &Analysis) -> Value {
    json!({
        "schema": "provlens/count/1",
        "interrupted": analysis.covered,
        "by": counted.by.fields,
        "every": every,
        "tz": time::zone_label(&counted.by.zone),
        "totals": analysis.totals,
        "beyond_limits": counted.beyond,
        "groups": counted.groups.iter().map(|group| object(group, &counted.by)).collect::<Vec<_>>(),
    })
}

fn object(group: &Group, by: &By) -> Value {
    let mut object = Map::new();
    if by.every.is_some() {
        object.insert("time".to_owned(), json!(group.start.map(time::rfc3339)));
    }
    for (field, value) in by.fields.iter().zip(&group.values) {
        let value = match (field.kind, value.as_ref().and_then(|text| text.parse::<i64>().ok())) {
            (Kind::Number, Some(number)) => json!(number),
            _ => json!(value),
        };
        object.insert(field.name.to_owned(), value);
    }
    object.insert("events".to_owned(), json!(group.events));
    Value::Object(object)
}

/// Rows with a row of names on top.
pub fn csv(counted: &Counted, style: Cells) -> String {
    let mut out = String::new();
    let mut row = Row::new(&mut out, style);
    counted.by.every.iter().for_each(|_| row.ours("time"));
    counted.by.fields.iter().for_each(|field| row.ours(field.name));
    row.ours("events");
    row.end();
    for group in &counted.groups {
        let mut row = Row::new(&mut out, style);
        if counted.by.every.is_some() {
            row.ours(&group.start.map(time::rfc3339).unwrap_or_default());
        }
        group.values.iter().for_each(|value| row.text(value.as_deref()));
        row.ours(&group.events.to_string());
        row.end();
    }
    out
}
