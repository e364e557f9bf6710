//! How it stands: the verdict, the figures, and the applications by health.

use jiff::tz::TimeZone;

use super::chart;
use super::parts::{Column, more, table, warning};
use super::writer::{Html, With};
use crate::analysis::{Analysis, AppHealth, Health};
use crate::output::health;
use crate::output::page::{Tone, number};
use crate::output::report::verdict::Verdict;
use crate::output::report::words;
use crate::rules::Library;
use crate::text::time;

/// Applications on the page; the worst come first.
const APPS: usize = 500;

/// The verdict, and what it covers.
pub(super) fn header(html: &mut Html, verdict: &Verdict, analysis: &Analysis, zone: &TimeZone) {
    html.leaf("p", &[With::Is("class", "eyebrow")], "Provisioning report");
    html.leaf("h1", &[With::Is("class", tone_class(verdict.tone))], &verdict.words);
    for sentence in &verdict.start {
        html.leaf("p", &[With::Is("class", "start")], sentence);
    }
    html.leaf("p", &[With::Is("class", "covers")], &format!("{}.", words::covers(analysis, zone)));
    words::interruption(analysis).iter().chain(&words::left_out(analysis)).for_each(|line| warning(html, line));
}

fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        Tone::Good => "good",
        Tone::Title | Tone::Dim => "dim",
    }
}

/// One number that says how it stands.
struct Figure {
    label: &'static str,
    count: u64,
    /// What it is a part of.
    of: Option<String>,
    tone: Tone,
    to: (&'static str, usize),
}

/// The numbers that a reader asks for first, each of which leads to its part of the page.
pub(super) fn figures(html: &mut Html, analysis: &Analysis) {
    let failing = analysis.apps.iter().filter(|app| app.state() == Health::Failing).count() as u64;
    let apps = analysis.apps.len() as u64;
    let mut figures = vec![Figure {
        label: if failing == 1 { "app fails" } else { "apps fail" },
        count: failing,
        of: Some(format!("of {}", number(apps))),
        tone: Tone::Bad,
        to: ("apps", 0),
    }];
    let labels =
        [["should have lost access"; 2], ["waits for access", "wait for access"], ["has old data", "have old data"]];
    for (place, ((_, tone, list), label)) in (1..).zip(words::people(analysis).into_iter().zip(labels)) {
        let [one, many] = label;
        let label = if list.len() == 1 { one } else { many };
        figures.push(Figure { label, count: list.len() as u64, of: None, tone, to: ("people", place) });
    }
    let unknown = analysis.totals.unknown_failures;
    figures.push(Figure {
        label: if unknown == 1 { "failure of an unknown kind" } else { "failures of an unknown kind" },
        count: unknown,
        of: Some(format!("of {}", number(analysis.totals.failure))),
        tone: Tone::Warn,
        to: ("unknown", 0),
    });
    html.element("nav", &[With::Label("How it stands")], |html| {
        html.element("ul", &[With::Is("class", "figures")], |html| {
            figures.iter().for_each(|figure| html.element("li", &[], |html| one_figure(html, figure)));
        });
    });
}

fn one_figure(html: &mut Html, figure: &Figure) {
    let class = if figure.count == 0 { "figure none" } else { tone_figure(figure.tone) };
    let inside = |html: &mut Html| {
        html.leaf("strong", &[], &number(figure.count));
        if let Some(of) = &figure.of {
            html.text(" ");
            html.leaf("span", &[With::Is("class", "of")], of);
        }
        html.text(" ");
        html.leaf("span", &[With::Is("class", "label")], figure.label);
    };
    // What is not there cannot be gone to.
    match figure.count {
        0 => html.element("span", &[With::Is("class", class)], inside),
        _ => html.element("a", &[With::Is("class", class), With::To(figure.to.0, figure.to.1)], inside),
    }
}

fn tone_figure(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "figure bad",
        Tone::Warn => "figure warn",
        _ => "figure dim",
    }
}

/// The applications, the worst first.
pub(super) fn apps(html: &mut Html, analysis: &Analysis, library: &Library, zone: &TimeZone) {
    if analysis.apps.is_empty() {
        return;
    }
    let most = analysis.apps.iter().flat_map(|app| &app.lately.parts).map(|part| part.failures).max();
    let last = format!("Last event ({})", time::zone_label(zone));
    let columns = [
        Column::Words("Health"),
        Column::Words("App"),
        Column::Number("Failed"),
        Column::WideNumber("Tried"),
        Column::Number("People"),
        Column::Wide("Last 24 h"),
        Column::Wide(&last),
    ];
    html.element("section", &[With::At("apps", 0)], |html| {
        html.leaf("h2", &[], "Apps, worst first");
        let caption = "How each app is, and how much failed there";
        table(html, caption, &columns, analysis.apps.iter().take(APPS), |html, app| {
            row(html, app, most.unwrap_or_default(), library, zone);
        });
        more(html, analysis.apps.len().saturating_sub(APPS), "", "provlens report --format csv --table apps");
    });
}

fn row(html: &mut Html, app: &AppHealth, most: u64, library: &Library, zone: &TimeZone) {
    let (sign, tone) = words::sign(app.state());
    html.element("td", &[With::Is("class", "health")], |html| {
        html.element("span", &[With::Is("class", tone_class(tone))], |html| {
            html.leaf("span", &[With::Is("class", "sign"), With::Is("aria-hidden", "true")], sign);
            html.text(" ");
            html.text(app.health());
        });
    });
    html.element("th", &[With::Is("scope", "row")], |html| {
        html.name(&app.name);
        if app.state() != Health::Healthy {
            html.text(" ");
            let reason = health::sentence(&app.reason, library, zone);
            html.leaf("span", &[With::Is("class", "reason")], &reason);
        }
    });
    for (class, count) in [("number", app.failures), ("number roomy", app.attempts), ("number", app.people_failed)] {
        html.leaf("td", &[With::Is("class", class)], &number(count));
    }
    html.element("td", &[With::Is("class", "roomy")], |html| chart::lately(html, &app.lately, most));
    html.element("td", &[With::Is("class", "roomy")], |html| html.minute(app.last, zone));
}
