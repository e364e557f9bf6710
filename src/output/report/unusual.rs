//! What is unusual about the time that the logs cover, in one sentence each.

use jiff::tz::TimeZone;

use super::text::Style;
use crate::analysis::quarantine::{Distance, FAILURES, LOOKED_AT_FROM, PERCENT};
use crate::analysis::{Analysis, Mode, Of, Reason, RemovalCycle, Silence, Spike, SpikeKind};
use crate::output::page::{Page, counted, number, shown};
use crate::rules::Library;
use crate::text::time::{self, DAY, HOUR, Micros, SECOND};
use crate::text::width::truncate;

/// The heading.
pub(super) const TITLE: &str = "Out of the ordinary";

/// Sentences of each kind before "and so many more".
const LISTED: usize = 10;

/// Percent of the way to quarantine from which on it is told.
const WORTH_A_WORD: u64 = 10;

/// Accounts that one cycle took away from which on it is told.
const MANY_REMOVALS: u64 = 10;

/// What to do about accounts that were taken away.
pub const CHECK_REMOVALS: &str = "Check that this was meant.";

/// Sentences of one kind, with the sign for them.
pub(super) struct Group {
    pub(super) glyph: &'static str,
    pub(super) title: &'static str,
    pub(super) sentences: Vec<String>,
}

/// Spikes, silences, bursts and jobs on the way to quarantine; nothing of a kind of which there is nothing.
pub(super) fn groups(analysis: &Analysis, library: &Library, zone: &TimeZone) -> Vec<Group> {
    // Of what is near, a rule tells.
    let jobs = analysis.quarantine.iter().filter(|job| job.job.way() >= WORTH_A_WORD && !job.job.is_near());
    let cycles = analysis.removal_cycles.iter().filter(|cycle| cycle.removals >= MANY_REMOVALS);
    let silences =
        analysis.silences.iter().map(|silence| silence_sentence(silence, &why_silent(silence, analysis, zone), zone));
    let group = |glyph, title, sentences: Vec<String>| Group { glyph, title, sentences };
    let mut groups = vec![
        group(
            "▲",
            "Many more than usual",
            analysis.spikes.iter().map(|spike| spike_sentence(spike, library, zone)).collect(),
        ),
        group("◌", "Gone quiet", silences.collect()),
        group("◦", "Many at once", analysis.bursts.iter().map(|burst| burst_sentence(burst, library, zone)).collect()),
        group("◔", "On the way to quarantine", jobs.map(quarantine_sentence).collect()),
        group("◔", "Many accounts removed at once", cycles.map(|cycle| cycle_sentence(cycle, zone)).collect()),
    ];
    groups.retain(|group| !group.sentences.is_empty());
    groups
}

/// The same as a part of a page; nothing if there is nothing.
pub(super) fn section(page: &mut Page, analysis: &Analysis, library: &Library, style: &Style) {
    let groups = groups(analysis, library, &style.zone);
    if groups.is_empty() {
        return;
    }
    page.heading(TITLE);
    for Group { glyph, sentences, .. } in groups {
        for sentence in sentences.iter().take(LISTED) {
            page.labelled(1, &format!("{glyph} "), sentence);
        }
        if sentences.len() > LISTED {
            let rest = number((sentences.len() - LISTED) as u64);
            page.line(&format!("   and {rest} more of these (--format json lists all)"));
        }
    }
    page.gap();
}

fn spike_sentence(spike: &Spike, library: &Library, zone: &TimeZone) -> String {
    let app = shown(&spike.app);
    let range = range(spike.start, spike.end, zone);
    let (low, high) = spike.usual;
    let usual = match (low, high) {
        (_, 0) => "none is usual for that time".to_owned(),
        (low, high) if low == high => {
            format!("{} {} usual for that time", number(high), if high == 1 { "is" } else { "are" })
        }
        (low, high) => format!("{} to {} are usual for that time", number(low), number(high)),
    };
    let mut sentence = if spike.of == Of::Removals {
        format!("{} at {app} {range}; {usual}. {CHECK_REMOVALS}", removed(spike))
    } else {
        let people = counted(spike.people, "person", "people");
        format!("{people} began to fail {} at {app} {range}; {usual}.", what(&spike.of, library))
    };
    sentence.push_str(&also(spike, library));
    match spike.kind {
        SpikeKind::Ongoing => sentence.push_str(" It goes on to the end of the log."),
        SpikeKind::NewLevel => {
            sentence.push_str(" It went on for over a week, so from then on it is compared with itself.");
        }
        SpikeKind::Spike | SpikeKind::Sustained => {}
    }
    if spike.mode == Mode::CountOnly && spike.of != Of::Removals {
        sentence.push_str(" The log holds no successes of this app, so it may be more traffic and not more errors.");
    }
    if spike.baseline.short {
        sentence.push_str(" There are fewer than three days to compare with.");
    }
    sentence
}

fn burst_sentence(burst: &Spike, library: &Library, zone: &TimeZone) -> String {
    let people = counted(burst.people, "person", "people");
    let what = if burst.of == Of::Removals {
        removed(burst)
    } else {
        format!("{people} began to fail {}", what(&burst.of, library))
    };
    let rest = match burst.baseline.failures {
        0 => "none".to_owned(),
        failures => number(failures),
    };
    format!(
        "{what} at {} {}, and {rest} in the rest of the log.{} It covers too little time to say what is usual.",
        shown(&burst.app),
        range(burst.start, burst.end, zone),
        also(burst, library)
    )
}

/// The same trouble under other rules.
fn also(spike: &Spike, library: &Library) -> String {
    let told = spike.also.iter().map(|told| {
        let title = library.rule(told.rule).map_or("", |rule| rule.title.as_str());
        let people = counted(told.people, "person", "people");
        format!("{people} with “{}”", title.trim_end_matches('.'))
    });
    let told: Vec<String> = told.collect();
    match told.is_empty() {
        true => String::new(),
        false => format!(" In the same hours also {}, which is easily taken for the same.", told.join(" and ")),
    }
}

/// `64 accounts were switched off or deleted`
pub fn removed(spike: &Spike) -> String {
    format!("{} switched off or deleted", counted(spike.observed, "account was", "accounts were"))
}

/// With what somebody fails.
pub fn what(of: &Of, library: &Library) -> String {
    match of {
        Of::Rule(rule) => {
            let title = library.rule(*rule).map_or("", |rule| rule.title.as_str());
            format!("with “{}”", title.trim_end_matches('.'))
        }
        Of::Unknown(shape) => format!("with “{}”, which no rule describes yet,", truncate(&shown(shape), 120)),
        Of::AllUnknown => "for reasons that no rule describes yet".to_owned(),
        Of::Everything | Of::Removals => "for several reasons".to_owned(),
    }
}

fn silence_sentence(silence: &Silence, why: &str, zone: &TimeZone) -> String {
    format!(
        "{} used to report about every {} and has said nothing for {}, since {} {}, while other apps of the same provider went on. {why}",
        shown(&silence.app),
        length(silence.usual_interval.max(SECOND)),
        length(silence.silent_for),
        time::minute(silence.last_seen, zone),
        time::zone_label(zone)
    )
}

/// What the log holds that explains a silence; otherwise what is often behind one.
fn why_silent(silence: &Silence, analysis: &Analysis, zone: &TimeZone) -> String {
    let at = |at| format!("{} {}", time::minute(at, zone), time::zone_label(zone));
    let app = analysis.apps.iter().find(|app| app.name == silence.app);
    if let Some(Reason::SwitchedOff { what, at: when }) = app.map(|app| app.reason) {
        return format!("Somebody {what} on {}.", at(when));
    }
    let until = silence.last_seen.saturating_add(silence.usual_interval);
    let changes = analysis.changes.before(Some(&silence.app), silence.provider, Some(until));
    // Words that are the provider's own may name people.
    let change = changes.iter().map(|trigger| &trigger.change).find(|change| change.app.is_some() && !change.is_quoted);
    match change {
        Some(change) => {
            format!("Somebody {} on {}, which may have to do with it.", shown(&change.what), at(change.at))
        }
        None => "An expired token often looks like this.".to_owned(),
    }
}

fn quarantine_sentence(Distance { app, job }: &Distance) -> String {
    format!(
        "{}: {} of {} changes failed ({}%), {}% of the way to quarantine. Entra looks at a job from {} failures on and stops it if more than {PERCENT}% fail, or more than {}.",
        shown(app),
        number(job.own()),
        number(job.attempts),
        job.percent(),
        job.way(),
        number(LOOKED_AT_FROM),
        number(FAILURES)
    )
}

fn cycle_sentence(cycle: &RemovalCycle, zone: &TimeZone) -> String {
    let label = time::zone_label(zone);
    let at = cycle.first.map(|at| format!(", on {} {label}", time::minute(at, zone))).unwrap_or_default();
    format!(
        "{}: one Entra cycle switched off or deleted {} accounts{at}, more than any other in these logs. Entra's guard against accidental deletions counts by cycle.",
        shown(&cycle.app),
        number(cycle.removals)
    )
}

/// `between 2026-03-05 02:00 and 06:00 UTC`
fn range(start: Micros, end: Micros, zone: &TimeZone) -> String {
    let (from, to) = (time::minute(start, zone), time::minute(end, zone));
    let day = |text: &str| text.split(' ').next().map(str::to_owned);
    let until = if day(&from) == day(&to) { to.split(' ').next_back().unwrap_or(&to) } else { to.as_str() };
    format!("between {from} and {until} {}", time::zone_label(zone))
}

/// `20 minutes`, `9 hours`, `3 days`: rounded, with one unit.
fn length(length: Micros) -> String {
    let minute = HOUR / 60;
    let (unit, one, many) = match length {
        length if length >= 2 * DAY => (DAY, "day", "days"),
        length if length >= 2 * HOUR => (HOUR, "hour", "hours"),
        length if length >= minute => (minute, "minute", "minutes"),
        _ => (SECOND, "second", "seconds"),
    };
    let count = (length + unit / 2) / unit;
    if count == 1 { one.to_owned() } else { format!("{count} {many}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::quarantine::Job;
    use crate::analysis::{AppHealth, Comparison, Told};
    use crate::event::Provider;
    use crate::text::time::parse;

    const UTC: TimeZone = TimeZone::UTC;

    fn spike(of: Of) -> Spike {
        Spike {
            app: "Workday\u{1b}[2J".into(),
            app_id: None,
            provider: Provider::Entra,
            of,
            kind: SpikeKind::Spike,
            start: parse("2026-03-05T02:00:00Z").unwrap(),
            end: parse("2026-03-05T06:00:00Z").unwrap(),
            observed: 64,
            expected: 3.0,
            usual: (2, 4),
            ratio: 21.3,
            p: 1e-40,
            score: 40.0,
            failures: 90,
            people: 63,
            attempts: 300,
            mode: Mode::Rate,
            baseline: Comparison { days: 14.0, buckets: 9, failures: 37, short: false },
            also: Vec::new(),
        }
    }

    #[test]
    fn a_spike_is_one_sentence_without_control_characters() {
        let (library, _) = Library::load(&[]);
        let rule = library.find("entra-conflict").unwrap();
        let title = &library.rule(rule).unwrap().title;
        let sentence = spike_sentence(&spike(Of::Rule(rule)), &library, &UTC);
        let wanted = format!(
            "63 people began to fail with “{}” at Workday␛[2J between 2026-03-05 02:00 and 06:00 UTC; 2 to 4 are usual for that time.",
            title.trim_end_matches('.')
        );
        assert_eq!(sentence, wanted);
        let removals = spike_sentence(&spike(Of::Removals), &library, &UTC);
        assert!(removals.starts_with("64 accounts were switched off or deleted at Workday"), "{removals}");
    }

    #[test]
    fn a_spike_names_the_other_rules_that_tell_of_it() {
        let (library, _) = Library::load(&[]);
        let rule = |id: &str| library.find(id).unwrap();
        let title = |id: &str| library.rule(rule(id)).unwrap().title.trim_end_matches('.').to_owned();
        let told = Told { rule: rule("scim-forbidden"), observed: 9, failures: 9, people: 8 };
        let sentence = spike_sentence(
            &Spike { also: vec![told], ..spike(Of::Rule(rule("okta-remote-forbidden"))) },
            &library,
            &UTC,
        );
        let wanted = format!(
            " In the same hours also 8 people with “{}”, which is easily taken for the same.",
            title("scim-forbidden")
        );
        assert!(sentence.contains(&title("okta-remote-forbidden")) && sentence.ends_with(&wanted), "{sentence}");
    }

    #[test]
    fn a_spike_says_what_makes_it_uncertain() {
        let (library, _) = Library::load(&[]);
        let mut spike = spike(Of::Everything);
        spike.usual = (0, 0);
        spike.kind = SpikeKind::Ongoing;
        spike.mode = Mode::CountOnly;
        spike.baseline.short = true;
        let sentence = spike_sentence(&spike, &library, &UTC);
        for part in ["none is usual", "to the end of the log", "more traffic", "three days"] {
            assert!(sentence.contains(part), "{sentence}");
        }
    }

    #[test]
    fn a_silence_says_since_when_and_what_it_may_be() {
        let last_seen = parse("2026-03-05T21:40:00Z").unwrap();
        let mut analysis = Analysis::default();
        let silence = Silence {
            app: "Workday".into(),
            app_id: None,
            provider: Provider::Okta,
            last_seen,
            usual_interval: 20 * 60 * SECOND,
            silent_for: 9 * HOUR + 10,
            expected: 27.0,
            p: 1e-12,
        };
        assert_eq!(
            silence_sentence(&silence, &why_silent(&silence, &analysis, &UTC), &UTC),
            "Workday used to report about every 20 minutes and has said nothing for 9 hours, since 2026-03-05 21:40 UTC, while other apps of the same provider went on. An expired token often looks like this."
        );
        // Whoever knows why does not guess.
        let reason = Reason::SwitchedOff { what: "switched the app off", at: last_seen };
        analysis.apps.push(AppHealth { name: "Workday".into(), reason, ..AppHealth::default() });
        assert_eq!(why_silent(&silence, &analysis, &UTC), "Somebody switched the app off on 2026-03-05 21:40 UTC.");
    }

    #[test]
    fn the_way_to_quarantine_is_told_with_its_limits() {
        let job = Job { attempts: 2_000, failures: 1_071, references: 0 };
        assert_eq!(
            quarantine_sentence(&Distance { app: "Workday".into(), job }),
            "Workday: 1,071 of 2,000 changes failed (53%), 21% of the way to quarantine. Entra looks at a job from 5,000 failures on and stops it if more than 40% fail, or more than 40,000."
        );
    }

    #[test]
    fn the_largest_cycle_is_told_with_its_time() {
        let first = parse("2026-03-05T03:00:00Z");
        let cycle = RemovalCycle { app: "Workday".into(), cycle: "c1".into(), removals: 1_212, first, last: first };
        assert_eq!(
            cycle_sentence(&cycle, &UTC),
            "Workday: one Entra cycle switched off or deleted 1,212 accounts, on 2026-03-05 03:00 UTC, more than any other in these logs. Entra's guard against accidental deletions counts by cycle."
        );
    }

    #[test]
    fn a_range_over_midnight_names_both_days() {
        let (start, end) = (parse("2026-03-05T22:00:00Z").unwrap(), parse("2026-03-06T04:00:00Z").unwrap());
        assert_eq!(range(start, end, &UTC), "between 2026-03-05 22:00 and 2026-03-06 04:00 UTC");
    }
}
