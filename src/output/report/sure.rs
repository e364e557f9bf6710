//! How sure an issue is, in the same words wherever it is said.

use jiff::tz::TimeZone;

use crate::analysis::Issue;
use crate::output::page::number;
use crate::rules::Certainty;
use crate::text::time;

/// How sure it is, with what other events decided.
pub fn words(issue: &Issue, zone: &TimeZone) -> String {
    let sure = match issue.certainty {
        Certainty::Certain => "certain - by the app's own code or words",
        Certainty::Likely => "likely - the wording fits and no code contradicts",
        Certainty::Guess => "a guess - neither a code nor clear words say so",
    };
    // What was counted stands for itself.
    let sure = if issue.pattern.is_some() && issue.failures == 0 { of_pattern(issue) } else { sure };
    let words = issue.decided_by.iter().map(|decided| {
        let at = decided.at.map_or_else(|| "an unknown time".to_owned(), |at| time::second(at, zone));
        let zone = time::zone_label(zone);
        format!("{} {at} {zone} ({} of {})", decided.by.words(), number(decided.events), number(issue.events))
    });
    let words: Vec<String> = words.collect();
    let sum: u64 = issue.decided_by.iter().map(|decided| decided.events).sum();
    match sum {
        0 => sure.to_owned(),
        sum if sum == issue.events => format!("{} - decided by {}", issue.certainty.word(), words.join("; by ")),
        _ => format!("{sure}; some decided by {}", words.join("; by ")),
    }
}

/// How sure a pattern over several events is.
fn of_pattern(issue: &Issue) -> &'static str {
    match issue.certainty {
        Certainty::Certain => "certain - the events together leave no other reading",
        Certainty::Likely => "likely - several events together point to it",
        Certainty::Guess => "a guess - the order of events suggests it; check before you act",
    }
}
