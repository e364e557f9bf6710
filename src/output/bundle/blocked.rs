//! A bundle that must not be written, since its finished text holds what must be hidden: what is said of it, and what
//! the sender can do about it.

use std::collections::BTreeSet;
use std::fmt;

use super::hidden;
use super::redact::Leak;
use crate::event::Place;
use crate::output::page::number;

/// Places that are named.
const TOLD: usize = 5;

/// What was found, and where it comes from.
#[derive(Debug)]
pub struct Blocked {
    leaks: Vec<Leak>,
    /// The original records behind it, as far as they are known: they are what the sender can leave out.
    records: BTreeSet<(String, u64)>,
    /// Something is in a file that the sender added.
    in_attachment: bool,
}

impl Blocked {
    /// Of what was found. `behind` says of which record a line of the bundle tells.
    pub fn of<'p>(leaks: Vec<Leak>, behind: impl Fn(&Leak) -> Option<Place<'p>>) -> Blocked {
        let records = leaks.iter().filter_map(behind).map(|place| (place.path.to_owned(), place.line)).collect();
        let in_attachment = leaks.iter().any(|leak| leak.file.starts_with("attachments/"));
        Blocked { leaks, records, in_attachment }
    }

    /// What to do now. `narrow` is how a sender asks for less: flags, or keys.
    pub fn way_out(&self, narrow: &str) -> String {
        let mut records: Vec<String> =
            self.records.iter().take(TOLD).map(|(path, line)| format!("{path} line {}", number(*line))).collect();
        records.extend(more(self.records.len()));
        let of_logs = match (&*records, self.in_attachment) {
            ([], true) => None,
            ([], false) => Some(format!("leave out the record behind it with {narrow}")),
            (some, _) => Some(format!("leave out {} with {narrow}", some.join(" and "))),
        };
        let whole = match of_logs {
            // Another failure of the same person brings the record back in, as a part of their story.
            Some(_) => {
                " Whom it is about has to be left out as a whole (-user:LOGIN in a filter), since stories go along."
            }
            None => "",
        };
        let attached = self.in_attachment.then(|| "do without the file that you added".to_owned());
        let steps: Vec<String> = of_logs.into_iter().chain(attached).collect();
        format!(
            "{}, and try again.{whole} Please tell the project of the places and kinds above; they say nothing of what \
             your logs hold",
            steps.join(", and ")
        )
    }
}

impl fmt::Display for Blocked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.leaks.iter().take(TOLD).map(hidden::leak).chain(more(self.leaks.len()));
        out.write_str(&told.collect::<Vec<_>>().join("; "))
    }
}

/// How many more there are than are told.
fn more(count: usize) -> Option<String> {
    (count > TOLD).then(|| format!("{} more", number((count - TOLD) as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leak(file: &str, line: u64) -> Leak {
        Leak { file: file.to_owned(), line, kind: "login".to_owned() }
    }

    #[test]
    fn the_record_behind_it_is_named_so_that_it_can_be_left_out() {
        let place = Place { path: "okta.ndjson", line: 1_200, ..Place::default() };
        let blocked = Blocked::of(vec![leak("raw/0001.ndjson", 4), leak("timeline.csv", 5)], |_| Some(place));
        assert_eq!(blocked.to_string(), "raw/0001.ndjson line 4 (login); timeline.csv line 5 (login)");
        let way_out = blocked.way_out("--user or --until");
        assert!(
            way_out.contains("leave out okta.ndjson line 1,200 with --user or --until, and try again."),
            "{way_out}"
        );
    }

    #[test]
    fn where_no_record_is_known_and_where_it_is_a_file_of_the_sender_that_is_said() {
        let way_out = |file: &str| Blocked::of(vec![leak(file, 4)], |_| None).way_out("--user");
        assert!(way_out("README.md").starts_with("leave out the record behind it with --user, and try"));
        let attached = way_out("attachments/01-trace.har");
        assert!(attached.contains("do without the file that you added") && !attached.contains("user"), "{attached}");
    }

    #[test]
    fn many_places_are_counted() {
        let many = Blocked::of((1..=7).map(|line| leak("events.ndjson", line)).collect(), |_| None);
        assert!(many.to_string().ends_with("events.ndjson line 5 (login); 2 more"), "{many}");
    }
}
