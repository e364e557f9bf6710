//! How an application is, in a sentence and for programs: every screen says it in the same words.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::page::{counted, number};
use crate::analysis::{AppHealth, Halted, Lately, Reason, Share};
use crate::rules::Library;
use crate::text::time::{self, Micros, SECOND};
use crate::text::{sanitize, span};

/// Why an application is called what it is called; times are those of the zone.
pub fn sentence(reason: &Reason, library: &Library, zone: &TimeZone) -> String {
    told(reason, library, &|at| format!("{} {}", time::minute(at, zone), time::zone_label(zone)))
}

/// The same where times are written in another way.
pub fn told(reason: &Reason, library: &Library, at: &dyn Fn(Micros) -> String) -> String {
    match reason {
        Reason::Stopped { rule, last_success } => {
            let title = library.rule(*rule).map_or("", |rule| rule.title.as_str());
            let title = sanitize::line(title.trim_end_matches('.'));
            match last_success {
                Some(last) => format!("{title}; nothing has worked since {}.", at(*last)),
                None => format!("{title}; nothing has worked in these logs."),
            }
        }
        Reason::Silent { last_seen, usual_interval, .. } => {
            format!("Nothing since {}; usually something every {}.", at(*last_seen), span::words(*usual_interval))
        }
        Reason::Halted { halted, at: seen } => {
            let seen = seen.map(|seen| format!(", as of {}", at(seen))).unwrap_or_default();
            match halted {
                Halted::Quarantine => format!("Entra keeps the job in quarantine{seen}: it only tries now and then."),
                Halted::Paused => format!("The provisioning job is paused{seen}, and does nothing."),
            }
        }
        Reason::SwitchedOff { what, at: since } => {
            format!("Somebody {what} on {}; nothing has been done there since.", at(*since))
        }
        Reason::TooLittle(share) => {
            let changes = counted(share.attempts, "change", "changes");
            format!("Only {changes}, too few to judge by; {}.", failed(share.failures))
        }
        Reason::MuchFails(share) | Reason::SomeFails(share) | Reason::Works(share) => of_share(share),
    }
}

fn failed(count: u64) -> String {
    if count == 0 { "none failed".to_owned() } else { format!("{} failed", number(count)) }
}

fn of_share(share: &Share) -> String {
    let window = if share.last_24h { " in the last 24 hours" } else { "" };
    let percent = match share.percent() {
        0 => String::new(),
        percent => format!(" ({percent}%)"),
    };
    let later = match share.worked_later {
        0 => String::new(),
        later if later == share.failures => "; all worked later".to_owned(),
        later => format!("; {} worked later", number(later)),
    };
    let changes = counted(share.attempts, "change", "changes");
    match share.failures {
        0 => format!("None of {changes}{window} failed."),
        failures => format!("{} of {changes}{window} failed{percent}{later}.", number(failures)),
    }
}

/// The same for programs.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Why<'a> {
    /// An issue that stops everything, and nothing has worked since.
    Stopped {
        rule: Option<&'a str>,
        last_success: Option<String>,
    },
    MuchFails(Share),
    Silent {
        last_seen: String,
        usual_interval_s: i64,
        silent_for_s: i64,
    },
    /// A job in quarantine, or a paused one.
    Halted {
        by: &'static str,
        at: Option<String>,
    },
    /// Somebody ended it, and nothing has happened since.
    SwitchedOff {
        what: &'a str,
        at: String,
    },
    SomeFails(Share),
    TooLittle(Share),
    Works(Share),
}

impl<'a> Why<'a> {
    pub(super) fn of(reason: &Reason, library: &'a Library) -> Why<'a> {
        match *reason {
            Reason::Stopped { rule, last_success } => Why::Stopped {
                rule: library.rule(rule).map(|rule| rule.id.as_str()),
                last_success: last_success.map(time::rfc3339),
            },
            Reason::Silent { last_seen, usual_interval, silent_for } => Why::Silent {
                last_seen: time::rfc3339(last_seen),
                usual_interval_s: usual_interval / SECOND,
                silent_for_s: silent_for / SECOND,
            },
            Reason::Halted { halted, at } => {
                let by = match halted {
                    Halted::Quarantine => "quarantine",
                    Halted::Paused => "pause",
                };
                Why::Halted { by, at: at.map(time::rfc3339) }
            }
            Reason::SwitchedOff { what, at } => Why::SwitchedOff { what, at: time::rfc3339(at) },
            Reason::MuchFails(share) => Why::MuchFails(share),
            Reason::SomeFails(share) => Why::SomeFails(share),
            Reason::TooLittle(share) => Why::TooLittle(share),
            Reason::Works(share) => Why::Works(share),
        }
    }
}

/// The last 24 hours of the logs at an application.
#[derive(Serialize)]
pub(super) struct Day {
    attempts: u64,
    failures: u64,
    worked_later: u64,
    /// The oldest first.
    periods: Vec<Period>,
}

#[derive(Serialize)]
struct Period {
    start: String,
    attempts: u64,
    failures: u64,
}

impl Day {
    /// Of logs of which the newest event is known.
    pub(super) fn of(app: &AppHealth, last: Option<Micros>) -> Option<Day> {
        let start = Lately::start(last?);
        let Share { attempts, failures, worked_later, .. } = app.lately.share();
        let period = |(place, part): (Micros, &crate::analysis::Part)| Period {
            start: time::rfc3339(start + place * Lately::PART),
            attempts: part.attempts,
            failures: part.failures,
        };
        Some(Day { attempts, failures, worked_later, periods: (0..).zip(&app.lately.parts).map(period).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::time::{HOUR, parse};

    fn said(reason: Reason) -> String {
        sentence(&reason, &Library::load(&[]).0, &TimeZone::UTC)
    }

    #[test]
    fn every_reason_is_a_sentence_with_its_numbers() {
        let share = |attempts, failures, worked_later, last_24h| Share { attempts, failures, worked_later, last_24h };
        let seen = parse("2026-09-04T18:20:00Z");
        let rule = Library::load(&[]).0.find("okta-credentials-invalid").unwrap();
        let title = Library::load(&[]).0.rule(rule).unwrap().title.clone();
        let words = [
            said(Reason::Stopped { rule, last_success: seen }),
            said(Reason::Stopped { rule, last_success: None }),
            said(Reason::Silent { last_seen: seen.unwrap(), usual_interval: 20 * HOUR / 60, silent_for: 31 * HOUR }),
            said(Reason::Halted { halted: Halted::Quarantine, at: seen }),
            said(Reason::Halted { halted: Halted::Paused, at: None }),
            said(Reason::SwitchedOff { what: "paused the provisioning job", at: seen.unwrap() }),
            said(Reason::MuchFails(share(5_020, 1_033, 40, true))),
            said(Reason::SomeFails(share(4_990, 103, 103, false))),
            said(Reason::TooLittle(share(9, 3, 0, false))),
            said(Reason::TooLittle(share(1, 0, 0, false))),
            said(Reason::Works(share(5_009, 3, 0, true))),
            said(Reason::Works(share(5_009, 0, 0, true))),
        ];
        let wanted = [
            &*format!("{title}; nothing has worked since 2026-09-04 18:20 UTC."),
            &*format!("{title}; nothing has worked in these logs."),
            "Nothing since 2026-09-04 18:20 UTC; usually something every 20 min.",
            "Entra keeps the job in quarantine, as of 2026-09-04 18:20 UTC: it only tries now and then.",
            "The provisioning job is paused, and does nothing.",
            "Somebody paused the provisioning job on 2026-09-04 18:20 UTC; nothing has been done there since.",
            "1,033 of 5,020 changes in the last 24 hours failed (20%); 40 worked later.",
            "103 of 4,990 changes failed (2%); all worked later.",
            "Only 9 changes, too few to judge by; 3 failed.",
            "Only 1 change, too few to judge by; none failed.",
            "3 of 5,009 changes in the last 24 hours failed.",
            "None of 5,009 changes in the last 24 hours failed.",
        ];
        assert_eq!(words.each_ref().map(String::as_str), wanted);
    }
}
