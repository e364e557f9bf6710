//! Failures over time as a picture, and as a table for whoever does not see it.

use jiff::tz::TimeZone;

use super::writer::{Html, With};
use crate::analysis::{Analysis, Bar, Chart, Failures, Lately, Of, Part};
use crate::output::page::{counted, number};
use crate::text::time;

/// Columns of the picture on paper and on a wide screen, and on a telephone.
const ROOMS: [(&str, usize); 2] = [("wide", 104), ("narrow", 44)];
/// Width of a column.
const UNIT: u64 = 7;
/// Height of the highest bar.
const HEIGHT: u64 = 120;
/// Room above the bars, for signs.
const ABOVE: u64 = 18;
/// Where the bars stand.
const BOTTOM: u64 = ABOVE + HEIGHT;
/// Room below the bars, for days.
const BELOW: u64 = 24;
/// Width of a digit of the scale.
const DIGIT: u64 = 8;

/// The part of the page; nothing if nothing failed at a known time.
pub(super) fn section(html: &mut Html, analysis: &Analysis, zone: &TimeZone) {
    let Some(failures) = Failures::of(analysis).filter(|failures| failures.total() > 0) else { return };
    let charts = ROOMS.map(|(class, room)| (class, Chart::of(&failures, failures.span(), room, zone)));
    html.element("section", &[With::At("timeline", 0)], |html| {
        html.leaf("h2", &[], "Failures over time");
        for (number, (class, chart)) in charts.iter().enumerate() {
            html.element("figure", &[With::Is("class", class)], |html| {
                picture(html, chart, analysis, zone, number + 1);
                html.element("figcaption", &[], |html| caption(html, chart, &failures, analysis, zone));
            });
        }
        let [(_, wide), _] = &charts;
        table(html, wide, zone);
    });
}

fn caption(html: &mut Html, chart: &Chart, failures: &Failures, analysis: &Analysis, zone: &TimeZone) {
    html.text(&format!("Failures per {}; times are {}.", chart.length, time::zone_label(zone)));
    if chart.bars.iter().any(|bar| is_unusual(bar, analysis)) {
        html.text(" ▲ and dark bars: unusually many began to fail then.");
    }
    let missing = analysis.totals.failure.saturating_sub(failures.total());
    if missing > 0 {
        html.text(&format!(" {} without app or time are not drawn.", counted(missing, "failure", "failures")));
    }
}

fn is_unusual(bar: &Bar, analysis: &Analysis) -> bool {
    let spikes = analysis.spikes.iter().filter(|spike| spike.of != Of::Removals);
    spikes.into_iter().any(|spike| spike.start < bar.to && bar.from < spike.end)
}

fn picture(html: &mut Html, chart: &Chart, analysis: &Analysis, zone: &TimeZone, picture: usize) {
    let scale = number(chart.peak());
    let left = DIGIT * scale.chars().count() as u64 + 8;
    let right = left + bar_width(chart) * chart.bars.len() as u64;
    let (width, height) = (right + 2, BOTTOM + BELOW);
    let with = [
        With::Is("role", "img"),
        With::LabelledBy([("chart-title", picture), ("chart-words", picture)]),
        With::Box(width, height),
        With::Number("width", width),
        With::Number("height", height),
    ];
    html.element("svg", &with, |html| {
        html.leaf("title", &[With::At("chart-title", picture)], &format!("Failures per {}", chart.length));
        html.leaf("desc", &[With::At("chart-words", picture)], &words(chart, zone));
        let line = |html: &mut Html, class, y| {
            let ends =
                [With::Number("x1", left), With::Number("x2", right), With::Number("y1", y), With::Number("y2", y)];
            html.empty("line", &[&[With::Is("class", class)][..], &ends].concat());
        };
        line(html, "grid", ABOVE);
        line(html, "grid", ABOVE + HEIGHT / 2);
        bars(html, chart, analysis, left);
        line(html, "axis", BOTTOM);
        for (y, text) in [(ABOVE + 4, scale.as_str()), (BOTTOM + 4, "0")] {
            let place = [With::Is("class", "scale"), With::Number("x", left - 6), With::Number("y", y)];
            html.leaf("text", &place, text);
        }
        for (column, text) in chart.labels(zone) {
            let x = left + UNIT * column as u64 + 1;
            html.leaf("text", &[With::Number("x", x), With::Number("y", BOTTOM + 17)], &text);
        }
    });
}

/// The bars, and a mark where unusual ones begin.
fn bars(html: &mut Html, chart: &Chart, analysis: &Analysis, left: u64) {
    let (peak, bar_width) = (chart.peak(), bar_width(chart));
    let mut before = false;
    for (at, bar) in (0..).zip(&chart.bars) {
        let unusual = is_unusual(bar, analysis);
        let x = left + bar_width * at;
        if unusual && !before {
            let place = [With::Is("class", "mark"), With::Number("x", x), With::Number("y", ABOVE - 4)];
            html.leaf("text", &place, "▲");
        }
        before = unusual;
        if bar.count > 0 {
            // Something is never shown as nothing.
            let high = scaled(bar.count, peak, HEIGHT).max(2);
            let with = [
                With::Is("class", if unusual { "bar unusual" } else { "bar" }),
                With::Number("x", x + 1),
                With::Number("y", BOTTOM - high),
                With::Number("width", bar_width - 1),
                With::Number("height", high),
            ];
            html.empty("rect", &with);
        }
    }
}

fn bar_width(chart: &Chart) -> u64 {
    UNIT * chart.columns as u64
}

fn words(chart: &Chart, zone: &TimeZone) -> String {
    let total: u64 = chart.bars.iter().map(|bar| bar.count).sum();
    let Some(highest) = chart.highest().and_then(|at| chart.bars.get(at)) else { return String::new() };
    format!(
        "{} in all. Most, {}, from {} to {} {}. The table below has all numbers.",
        counted(total, "failure", "failures"),
        number(highest.count),
        time::minute(highest.from, zone),
        time::minute(highest.to, zone),
        time::zone_label(zone)
    )
}

fn table(html: &mut Html, chart: &Chart, zone: &TimeZone) {
    html.element("details", &[], |html| {
        html.leaf("summary", &[], "The same as a table");
        html.element("table", &[With::Is("class", "numbers")], |html| {
            html.leaf("caption", &[], &format!("Failures per {}; periods without failures are left out", chart.length));
            let zone_label = time::zone_label(zone);
            html.element("thead", &[], |html| {
                html.element("tr", &[], |html| {
                    for title in [&*format!("From ({zone_label})"), &*format!("To ({zone_label})")] {
                        html.leaf("th", &[With::Is("scope", "col")], title);
                    }
                    html.leaf("th", &[With::Is("scope", "col"), With::Is("class", "number")], "Failures");
                });
            });
            html.element("tbody", &[], |html| {
                for bar in chart.bars.iter().filter(|bar| bar.count > 0) {
                    html.element("tr", &[], |html| {
                        html.element("td", &[], |html| html.minute(Some(bar.from), zone));
                        html.element("td", &[], |html| html.minute(Some(bar.to), zone));
                        html.leaf("td", &[With::Is("class", "number")], &number(bar.count));
                    });
                }
            });
        });
    });
}

/// What failed in the last 24 hours, as eight bars; those of one table share a scale.
pub(super) fn lately(html: &mut Html, lately: &Lately, most: u64) {
    let counts = lately.parts.iter().map(|part: &Part| number(part.failures)).collect::<Vec<_>>().join(", ");
    let with = [
        With::Is("role", "img"),
        With::Label(&format!("Failures in the last 24 hours of the logs, in parts of 3 hours: {counts}")),
        With::Box(64, 18),
        With::Number("width", 64),
        With::Number("height", 18),
    ];
    html.element("svg", &with, |html| {
        for (at, part) in (0..).zip(&lately.parts) {
            let high = if part.failures == 0 { 1 } else { scaled(part.failures, most, 18).max(3) };
            let with = [
                With::Is("class", if part.failures == 0 { "none" } else { "bar" }),
                With::Number("x", 8 * at),
                With::Number("y", 18 - high),
                With::Number("width", 7),
                With::Number("height", high),
            ];
            html.empty("rect", &with);
        }
    });
}

fn scaled(count: u64, most: u64, height: u64) -> u64 {
    let height = u128::from(count) * u128::from(height) / u128::from(most.max(1));
    u64::try_from(height).unwrap_or(u64::MAX)
}
