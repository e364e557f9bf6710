//! `provlens person`: one person's story in order.

use serde_json::json;

use super::{fail, print, print_json, setup};
use crate::cli::{Format, PersonArgs};
use crate::exit::ExitStatus;
use crate::output::page::{Page, Tone, counted, shown};
use crate::output::report::{json, text as report};
use crate::text::time;
use crate::text::width::{pad, truncate};

pub(super) fn run(args: &PersonArgs) -> ExitStatus {
    let ready = match setup::ready(&args.paths, &args.common, Some(&args.login)) {
        Ok(ready) => ready,
        Err(status) => return status,
    };
    if ready.analysis.story.is_empty() && ready.analysis.covered.is_some() {
        let status = fail(
            ExitStatus::Interrupted,
            &format!("nothing is about `{}` in the part of these logs that was read", args.login),
        );
        return ready.end(status);
    }
    if ready.analysis.story.is_empty() {
        return fail(
            ExitStatus::Usage,
            &format!(
                "nothing in these logs is about `{}`; give the full login, id or display name (`report --user PART` finds parts of one)",
                args.login
            ),
        );
    }
    let printed = match args.format {
        Format::Text => print(&text(&ready, &args.login)),
        Format::Json => print_json(&json!({
            "schema": "provlens/person/1",
            "person": args.login,
            "interrupted": ready.analysis.covered,
            "events": ready.analysis.story.iter().map(|row| json::row(row, &ready.analysis, &ready.library)).collect::<Vec<_>>(),
        })),
    };
    ready.end(printed)
}

fn text(ready: &setup::Ready, login: &str) -> String {
    let mut page = Page::new(ready.style.color);
    let people = &ready.analysis.people;
    let lower = login.to_lowercase();
    page.heading(&format!(
        "{} · {}, times in {}",
        shown(login),
        counted(ready.analysis.story.len() as u64, "event", "events"),
        time::zone_label(&ready.style.zone)
    ));
    report::interruption(&mut page, &ready.analysis);
    for (words, tone, list) in [
        ("should have lost access, and has not", Tone::Bad, &people.access_not_removed),
        ("is waiting for access", Tone::Warn, &people.waiting_for_access),
        ("has access, but old data", Tone::Warn, &people.out_of_date),
    ] {
        for state in list.iter().filter(|state| state.user.to_lowercase() == lower) {
            let line = page.tone(tone, &format!(" {}: {words}", shown(&state.app)));
            page.line(&line);
        }
    }
    page.gap();
    for row in &ready.analysis.story {
        let at = row.time.map_or_else(|| "time unknown       ".to_owned(), |at| time::second(at, &ready.style.zone));
        let app = row.app.as_deref().map_or_else(String::new, shown);
        page.line(&format!(
            " {at}  {} {} {}",
            pad(row.outcome.word(), 8),
            pad(row.operation.word(), 18),
            truncate(&app, 28)
        ));
        let Some(detail) = &row.detail else { continue };
        if let Some(rule) = detail.rule.and_then(|(rule, _)| ready.library.rule(rule)) {
            page.labelled(22, "", &format!("{} ({})", rule.title, rule.id));
        }
        if let Some(message) = &detail.message {
            page.labelled(22, "“", &format!("{}”", truncate(&shown(message), 300)));
        }
    }
    page.finish()
}
