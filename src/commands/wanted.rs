//! Which events a command looks at: its flags and its filter, joined into one filter.

use std::io::{self, Write as _};

use jiff::tz::TimeZone;

use super::{fail, library};
use crate::cli::Common;
use crate::event::Provider;
use crate::event::filter::{Field, Filter, Mistake, Vocabulary};
use crate::exit::ExitStatus;
use crate::output::page::COLUMNS;
use crate::rules::Library;
use crate::text::suggest;
use crate::text::time::{self, Micros};

/// Which events, and of what they show together, what.
pub(super) struct Wanted {
    pub(super) filter: Filter,
    /// The rule that is asked for, if it is found in several events together.
    pub(super) pattern: Option<usize>,
}

impl Wanted {
    /// What the arguments ask for; `newest` gives the time of the newest event, if one has to know it.
    pub(super) fn of(
        common: &Common,
        library: &Library,
        zone: &TimeZone,
        newest: impl FnOnce() -> Result<Option<Micros>, ExitStatus>,
    ) -> Result<Wanted, ExitStatus> {
        let mut flags = Filter::default();
        for (field, text) in [(Field::App, &common.app), (Field::User, &common.user)] {
            flags = flags.and(text.as_deref().map(|text| Filter::with(field, text)).unwrap_or_default());
        }
        if let Some(provider) = &common.provider {
            known_provider(provider)?;
            flags = flags.and(Filter::exactly(Field::Provider, provider));
        }
        let mut pattern = None;
        if let Some(issue) = &common.issue {
            let rule = library::known_rule(library, issue)?;
            // What several events show is found among all of them.
            match library.rule(rule).is_some_and(|rule| rule.detector.is_some()) {
                true => pattern = Some(rule),
                false => flags = flags.and(Filter::exactly(Field::Issue, issue)),
            }
        }
        let filter = common.filter.as_deref().map(|text| read(text, library)).transpose()?.unwrap_or_default();
        for (flag, text) in [("--since", &common.since), ("--until", &common.until)] {
            text.as_deref().map(|text| bound(text, None, zone, flag)).transpose()?;
        }
        let relative = [&common.since, &common.until].into_iter().flatten().any(|text| time::parse(text).is_none());
        let newest = if relative || filter.needs_newest() { newest()? } else { None };
        if let Some(text) = &common.since {
            flags = flags.and(Filter::from(bound(text, newest, zone, "--since")?));
        }
        if let Some(text) = &common.until {
            let until = time::end_of_day(text, zone).map_or_else(|| bound(text, newest, zone, "--until"), Ok)?;
            flags = flags.and(Filter::before(until));
        }
        Ok(Wanted { filter: flags.and(filter.at(newest, zone)), pattern })
    }
}

/// Reads what `--filter` says; shows what is wrong with it.
fn read(text: &str, library: &Library) -> Result<Filter, ExitStatus> {
    let issues: Vec<(&str, &str)> = library.rules().iter().map(|rule| (&*rule.id, &*rule.title)).collect();
    let vocabulary = Vocabulary { providers: Provider::ALL, issues: &issues };
    let filter = Filter::parse(text, &vocabulary);
    filter.and_then(|filter| refuse(&filter, library).map_or(Ok(filter), Err)).map_err(|mistake| {
        let shown = mistake.under(" Filter  ", text, COLUMNS);
        let _ = writeln!(io::stderr(), "provlens: --filter cannot be used:\n{shown}");
        ExitStatus::Usage
    })
}

/// A provider that there is not would leave nothing, as if nothing had happened.
pub(super) fn known_provider(word: &str) -> Result<Provider, ExitStatus> {
    if let Some(provider) = Provider::ALL.iter().find(|known| known.word().eq_ignore_ascii_case(word)) {
        return Ok(*provider);
    }
    let near =
        suggest::nearest(word, Provider::words()).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
    let all = Provider::words().collect::<Vec<_>>().join(", ");
    Err(fail(ExitStatus::Usage, &format!("--provider {word}: there is no such provider{near} ({all})")))
}

/// What a filter may say, but nobody can answer while single events are read.
///
/// Who still has access is known when everything was read. To read everything twice for it would not
/// do either: the second time only a name could tell whether it is the same person, and a pipe
/// can be read only once. The report shows these people first, without a filter.
fn refuse(filter: &Filter, library: &Library) -> Option<Mistake> {
    let state = filter.asked_states().next().map(|(state, term)| {
        let word = state.word();
        let sentence = match state.is_found_by_analysis() {
            true => format!(
                "is:{word} is known only once everything was read; a report shows these people first, without a filter"
            ),
            false => format!("is:{word} belongs to the screen; logs alone do not say it"),
        };
        Mistake::new(term.span(), sentence)
    });
    let is_pattern =
        |id: &&str| library.find(id).and_then(|rule| library.rule(rule)).is_some_and(|rule| rule.detector.is_some());
    let pattern = || {
        let issues = filter.terms().iter().filter(|term| term.field() == Field::Issue);
        issues.into_iter().find_map(|term| {
            let id = term.plain_texts().find(is_pattern)?;
            let sentence = format!("{id} is found in several events together, never in one; use --issue {id}");
            Some(Mistake::new(term.span(), sentence))
        })
    };
    state.or_else(pattern)
}

fn bound(text: &str, newest: Option<Micros>, zone: &TimeZone, flag: &str) -> Result<Micros, ExitStatus> {
    // Without a newest event there is none at all, so it does not matter from when it would count.
    time::parse_bound(text, Some(newest.unwrap_or_default()), zone).ok_or_else(|| {
        fail(
            ExitStatus::Usage,
            &format!(
                "{flag} {text}: not a time; use 2026-01-05, 2026-01-05T09:00:00Z, or 2h / 7d before the newest event"
            ),
        )
    })
}
