//! For whom something is not as it should be, and how long access stays.

use jiff::tz::TimeZone;

use super::parts::{Column, list, more, table, warning};
use super::writer::{Html, With};
use crate::analysis::{Analysis, PersonState};
use crate::output::page::{counted, number};
use crate::output::report::{removals, words};
use crate::rules::Library;
use crate::text::time;

/// People of a list who are shown at once; the others are folded away on a screen.
const AT_ONCE: usize = 15;
/// People of a list on the page.
const LISTED: usize = 3_000;

/// The lists; nothing if nobody is affected and nothing was taken away.
pub(super) fn section(html: &mut Html, analysis: &Analysis, library: &Library, zone: &TimeZone) {
    let lists = words::people(analysis);
    let removals = removals::sentences(analysis);
    if lists.iter().all(|(.., list)| list.is_empty()) && removals.is_empty() {
        return;
    }
    html.element("section", &[With::At("people", 0)], |html| {
        html.leaf("h2", &[], "People");
        for (number, (title, _, people)) in (1..).zip(lists) {
            if !people.is_empty() {
                html.leaf("h3", &[With::At("people", number)], title);
                one_list(html, title, people, library, zone);
            }
        }
        if !removals.is_empty() {
            html.leaf("h3", &[], removals::TITLE);
            list(html, &removals);
            removals::beyond(analysis).iter().for_each(|line| warning(html, line));
        }
    });
}

fn one_list(html: &mut Html, title: &str, people: &[PersonState], library: &Library, zone: &TimeZone) {
    words::kept(people).iter().for_each(|line| html.leaf("p", &[], line));
    let since = format!("Since ({})", time::zone_label(zone));
    let columns = [Column::Words("Person"), Column::Words("App"), Column::Words(&since), Column::Wide("Issue")];
    let rows = |html: &mut Html, caption: &str, people: &[PersonState]| {
        table(html, caption, &columns, people.iter(), |html, person| row(html, person, library, zone));
    };
    let listed = people.get(..LISTED).unwrap_or(people);
    let (first, rest) = listed.split_at(listed.len().min(AT_ONCE));
    rows(html, &format!("{title}: {}", counted(people.len() as u64, "person", "people")), first);
    if !rest.is_empty() {
        html.element("details", &[], |html| {
            let next = format!("The next {}", number(rest.len() as u64));
            html.leaf("summary", &[], &next);
            rows(html, &format!("{title}: the next {}", number(rest.len() as u64)), rest);
        });
    }
    more(html, people.len() - listed.len(), "", "provlens report --format csv --table people");
}

fn row(html: &mut Html, person: &PersonState, library: &Library, zone: &TimeZone) {
    html.element("th", &[With::Is("scope", "row")], |html| html.name(&person.user));
    html.element("td", &[], |html| html.name(&person.app));
    html.element("td", &[], |html| html.minute(person.since, zone));
    let title = person.rule.and_then(|rule| library.rule(rule)).map_or("not described yet", |rule| rule.title.as_str());
    html.leaf("td", &[With::Is("class", "roomy")], title);
}
