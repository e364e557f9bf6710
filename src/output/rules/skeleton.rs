//! A failure that no rule explains as the start of a rule: match and example are there, the words are for
//! its author.

use serde_json::Value;

use super::invent::Inventor;
use crate::event::{Event, Outcome, Provider};
use crate::unknown;

/// Shortest wording that a rule is made to look for, and longest.
const SHORTEST: usize = 8;
const LONGEST: usize = 80;

/// What a rule can be made from, without anything that gives somebody away.
pub struct Draft {
    provider: Provider,
    outcome: Outcome,
    code: Option<String>,
    scim_type: Option<String>,
    http_status: Option<u16>,
    event_type: Option<String>,
    /// Place and wording.
    words: Option<(&'static str, String)>,
    /// The `[[example]]`.
    example: String,
}

impl Draft {
    /// One from an event, and from the record it was decoded from, if there was one.
    pub fn of(event: &Event<'_>, record: Option<&str>) -> Draft {
        let value: Option<Value> = record.and_then(|record| serde_json::from_str(record).ok());
        let mut inventor = Inventor::new(event, value.as_ref());
        let reason = &event.reason;
        let words = [("remote", reason.remote), ("message", reason.message)]
            .into_iter()
            .find_map(|(place, text)| Some((place, telling_words(&inventor.marked(text?))?)));
        let example = match record.filter(|_| value.is_some()) {
            Some(record) => format!("about = \"a record from a log\"\nrecord = {}\n", whole(&inventor.record(record))),
            None => {
                let message = inventor.text(reason.message.unwrap_or_default());
                format!("about = \"\"\nprovider = {}\nmessage = {}\n", quoted(event.provider.word()), quoted(&message))
            }
        };
        let harmless = |text: Option<&str>, inventor: &mut Inventor| text.map(|text| inventor.text(text));
        Draft {
            provider: event.provider,
            outcome: event.outcome,
            code: harmless(reason.code, &mut inventor),
            scim_type: harmless(reason.scim_type, &mut inventor),
            http_status: reason.http_status,
            event_type: harmless(event.event_type, &mut inventor),
            words,
            example,
        }
    }

    /// An id that says what it is about, as long as its author has no better one.
    pub fn id(&self) -> String {
        let words =
            self.words.as_ref().map(|(_, words)| words.as_str()).or(self.code.as_deref()).unwrap_or("new-issue");
        let slug: Vec<String> = words
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(4)
            .map(str::to_ascii_lowercase)
            .collect();
        format!("{}-{}", self.provider, slug.join("-"))
    }

    fn category(&self) -> &'static str {
        match self.http_status {
            Some(401) => "credential",
            Some(403) => "permission",
            Some(409) => "conflict",
            Some(429) => "rate-limit",
            Some(500..) => "connectivity",
            _ => "attribute",
        }
    }

    fn conditions(&self) -> String {
        let mut lines = vec![format!("provider = [{}]", quoted(self.provider.word()))];
        if self.outcome != Outcome::Failure {
            lines.push(format!("outcome = [{}]", quoted(self.outcome.word())));
        }
        for (name, value) in [("code", &self.code), ("scim_type", &self.scim_type)] {
            lines.extend(value.iter().map(|value| format!("{name} = [{}]", quoted(value))));
        }
        match &self.words {
            Some((place, words)) => lines.push(format!("contains = {{ {place} = [{}] }}", quoted(words))),
            None => {
                lines.extend(self.event_type.iter().map(|name| format!("event_type = [{}]", quoted(name))));
                lines.extend(self.http_status.map(|status| format!("http_status = [{status}]")));
            }
        }
        lines.join("\n")
    }
}

/// A rule file from drafts of the same failure. It can be read as it is; `rules lint` lists what is to be
/// filled in.
pub fn rule_file(id: &str, draft: &Draft, more: &[Draft]) -> String {
    let examples: Vec<String> =
        [draft].into_iter().chain(more).map(|draft| format!("[[example]]\n{}", draft.example)).collect();
    format!(
        r#"# Started by `provlens rules new`. People, ids and addresses that could be recognised were replaced by invented
# ones; read the examples once more before you share this file. `provlens rules lint` lists what is still to be
# filled in.
id = {id}
title = ""
provider = {provider}
apps = []
category = "{category}" # or credential, permission, attribute, mapping, conflict, scope, assignment, group, licence, ...
severity = "medium" # critical, high, medium, low, info
retry = "depends" # automatic, manual, never, depends
owner = "it-admin" # it-admin, hr, app-owner, network, idp-support, app-vendor, engineering
status = "preview" # remove this line when a public page confirms the wording

# What happened: who refused what, and why. Three plain sentences at most.
cause = ""
# What to do, step by step: "In Okta open Applications > the app > ...".
fix = [
    "",
]
# What one sees when it is fixed.
verify = ""
sources = []

[escalate]
when = ""
to = ""
evidence = []

# Keep the few words that carry the meaning.
[[match]]
{conditions}

{examples}
# A second example in different wording, if you have one.

# The nearest failure that this rule must not explain:
# [[counterexample]]
# about = ""
# provider = {provider}
# message = ""
"#,
        id = quoted(id),
        provider = quoted(draft.provider.word()),
        category = draft.category(),
        conditions = draft.conditions(),
        examples = examples.join("\n"),
    )
}

/// The longest piece of wording between what differs from person to person.
fn telling_words(marked: &str) -> Option<String> {
    let shape = unknown::shape(marked);
    let pieces = shape.split(['<', '>', '{', '}', '"', '\\', '\'']).filter(|piece| !is_mark(piece));
    let trimmed = pieces.map(|piece| piece.trim_matches(|c: char| !c.is_alphanumeric()));
    let best = trimmed.max_by_key(|piece| piece.chars().count())?;
    let mut words = String::new();
    for word in best.split_whitespace() {
        if !words.is_empty() && words.len() + word.len() >= LONGEST {
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    (words.chars().count() >= SHORTEST).then_some(words)
}

fn is_mark(piece: &str) -> bool {
    ["X", "URL", "MAIL", "ID", "TIME", "NAME", "N"].contains(&piece)
}

/// A text on one line of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A record as it stands in examples, without a backslash more than it has.
fn whole(record: &str) -> String {
    let literal = !record.contains("'''") && !record.ends_with('\'') && !record.chars().any(char::is_control);
    if literal { format!("'''{record}'''") } else { quoted(record) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_the_meaning_is_kept() {
        assert_eq!(
            telling_words("Seat <X>: no seat of kind 'gold' is left in region 12").as_deref(),
            Some("is left in region")
        );
        assert_eq!(telling_words("<X> 12"), None);
    }

    #[test]
    fn texts_of_any_kind_can_be_read_back() {
        for text in ["plain", "a \"b\" \\ c", "line\nnext\u{7}", "ends with '", "has ''' in it"] {
            for written in [quoted(text), whole(text)] {
                let table: toml::Table = toml::from_str(&format!("a = {written}")).unwrap();
                assert_eq!(table.get("a").and_then(toml::Value::as_str), Some(text));
            }
        }
    }

    #[test]
    fn a_name_never_becomes_a_condition() {
        let mut event = Event::unrecorded(Provider::Okta, "okta-system-log");
        event.outcome = Outcome::Failure;
        event.subject.name = Some("Ivo Marsh");
        event.reason.message = Some("The planner Ivo Marsh has no shift");
        let file = rule_file("okta-x", &Draft::of(&event, None), &[]);
        assert!(!file.contains("Marsh"), "{file}");
        assert!(file.contains("contains = { message = [\"has no shift\"] }"), "{file}");
    }
}
