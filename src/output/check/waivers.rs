//! What somebody knows of and accepts until a day: the file of `--allow`.
//!
//! A waiver takes away that a finding fails the run. The finding stays in every output, and a waiver
//! that has run out, or that nothing needs, is told.

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::finding::Finding;
use crate::text::glob;
use crate::text::time::{self, Micros};

/// All waivers of a file, in its order.
#[derive(Clone, Debug, Default)]
pub struct Waivers {
    entries: Vec<Waiver>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Name or id of applications; * stands for any text.
    pub app: String,
    /// Id of rules; * stands for any text.
    pub rule: String,
    /// Last day, as it was written.
    pub until: String,
    /// Why it is accepted.
    pub reason: String,
    /// Midnight after that day, in UTC.
    end: Micros,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    allow: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    app: String,
    rule: String,
    until: Day,
    reason: String,
}

/// `until = 2026-12-31`, with or without quotation marks.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Date(toml::value::Datetime),
    Text(String),
}

impl Waivers {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// A sentence that says where, and what would be right.
    pub fn parse(text: &str) -> Result<Waivers, String> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count());
            let what = error.message().lines().next().unwrap_or_default();
            let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            format!("{place}{what}; an entry is [[allow]] with app, rule, until and reason")
        })?;
        let entries = (1..).zip(file.allow).map(|(number, entry)| waiver(number, entry));
        Ok(Waivers { entries: entries.collect::<Result<_, _>>()? })
    }

    /// The entries.
    pub fn entries(&self) -> &[Waiver] {
        &self.entries
    }

    /// The first entry that covers this finding and has not run out at `now`.
    pub fn covering(&self, finding: &Finding, now: Option<Micros>) -> Option<usize> {
        self.entries.iter().position(|waiver| !waiver.is_over(now) && waiver.covers(finding))
    }
}

impl Waiver {
    /// Whether it is about this finding.
    pub fn covers(&self, finding: &Finding) -> bool {
        let app = [&finding.app, &finding.key.app].into_iter().any(|name| glob::matches(&self.app, name));
        app && glob::matches(&self.rule, &finding.key.rule)
    }

    /// Whether its last day is past at `now`, the newest time in the logs: the same logs are then judged
    /// the same way on every day.
    pub fn is_over(&self, now: Option<Micros>) -> bool {
        now.is_some_and(|now| now >= self.end)
    }
}

fn waiver(number: usize, entry: Entry) -> Result<Waiver, String> {
    let Entry { app, rule, until, reason } = entry;
    for (name, value) in [("app", &app), ("rule", &rule), ("reason", &reason)] {
        if value.trim().is_empty() {
            return Err(format!("entry {number}: `{name}` is empty; * stands for any text in app and rule"));
        }
    }
    let until = match until {
        Day::Date(date) => date.to_string(),
        Day::Text(text) => text,
    };
    let Some(end) = time::end_of_day(&until, &TimeZone::UTC) else {
        return Err(format!("entry {number}: until = {until} is not a day; write it as 2026-12-31"));
    };
    Ok(Waiver { app, rule, until, reason, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
[[allow]]
app = "Workday"
rule = "okta-*"
until = 2026-12-31
reason = "ticket 4711"

[[allow]]
app = "*"
rule = "entra-conflict"
until = "2026-11-30"
reason = "clean-up is under way"
"#;

    #[test]
    fn a_day_is_written_with_or_without_marks_and_includes_itself() {
        let waivers = Waivers::parse(FILE).unwrap();
        let [first, second] = waivers.entries() else { panic!("{waivers:?}") };
        assert_eq!((first.until.as_str(), second.until.as_str()), ("2026-12-31", "2026-11-30"));
        let at = |text: &str| time::parse(text);
        assert!(!second.is_over(at("2026-11-30T23:59:59Z")));
        assert!(second.is_over(at("2026-12-01T00:00:00Z")));
        assert!(!second.is_over(None));
    }

    #[test]
    fn a_finding_is_covered_by_name_or_id_of_its_app() {
        let waivers = Waivers::parse(FILE).unwrap();
        let now = time::parse("2026-12-05T00:00:00Z");
        let finding = |app: &str, rule: &str| Finding::bare("okta", app, Some("0oa1"), rule);
        assert_eq!(waivers.covering(&finding("workday", "okta-remote-conflict"), now), Some(0));
        assert_eq!(waivers.covering(&finding("Files", "okta-remote-conflict"), now), None);
        // Its last day is past.
        assert_eq!(waivers.covering(&finding("Files", "entra-conflict"), now), None);
        assert_eq!(waivers.covering(&finding("Files", "entra-conflict"), None), Some(1));
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_place() {
        let wrong = |text: &str| Waivers::parse(text).unwrap_err();
        assert!(wrong("[[allow]]\napp = \"a\"\nrul = \"b\"").starts_with("line 3: unknown field `rul`"));
        assert!(wrong("[[allow]]\napp = \"a\"").contains("missing field"));
        assert_eq!(
            wrong("[[allow]]\napp='a'\nrule='b'\nuntil='soon'\nreason='c'"),
            "entry 1: until = soon is not a day; write it as 2026-12-31"
        );
        assert!(wrong("[[allow]]\napp='a'\nrule=''\nuntil=2026-01-01\nreason='c'").contains("`rule` is empty"));
        assert!(wrong("[[allow]]\napp='a'\nrule='b'\nuntil=2026-01-01T00:00:00Z\nreason='c'").contains("not a day"));
        assert!(Waivers::parse("").unwrap().entries().is_empty());
    }
}
