//! Invented people in place of real ones, so that a record from a log can become the example of a rule.
//!
//! The same name becomes the same invention everywhere in a record, since what makes a failure is often
//! that two things are equal. What a rule looks at (codes, event types, the words of the message) stays.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::event::Event;
use crate::text::secret;

/// Whole names whose parts differ from each other.
const NAMES: [(&str, &str); 8] = [
    ("Ana", "Lopez"),
    ("Ben", "Okafor"),
    ("Kim", "Lee"),
    ("Devi", "Rao"),
    ("Gus", "Berg"),
    ("Noor", "Haddad"),
    ("Mila", "Novak"),
    ("Tom", "Quist"),
];

/// Shortest text that is taken for a name wherever it occurs.
const SHORTEST: usize = 3;

/// What gives somebody away by its form alone.
static FORMS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<mail>[\p{L}\p{M}\p{N}._%+'-]+(?:@|%40)[\p{L}\p{M}\p{N}.-]+\.\p{L}{2,})",
        r"|(?P<guid>\b[0-9A-Za-z]{8}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{12}\b)",
        r"|(?P<host>\bhttps?://[^\s/:?#'<>\x22]+)",
        r"|(?P<ip>\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}\b)",
        r"|(?P<phone>\+\d[\d ()./-]{7,}\d)",
        r"|(?P<okta>\b(?:00[ugopt]|0[ou]a|puj|trs|spr|adp)[0-9A-Za-z]{6,}\b)",
        r"|(?P<sid>\bS-1-5-[0-9-]+)",
        r"|(?P<long>\b[0-9a-fA-F]{16,}\b)",
    ))
    .ok()
});

/// Fields of an object that is a person.
const OF_A_PERSON: [&str; 14] = [
    "displayname",
    "alternateid",
    "userprincipalname",
    "mail",
    "email",
    "login",
    "username",
    "givenname",
    "surname",
    "familyname",
    "firstname",
    "lastname",
    "nickname",
    "id",
];

/// What to write in place of what gives somebody away.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Instead {
    /// An invention.
    Invented,
    /// A mark at which wording can be cut.
    Mark,
}

/// Remembers what was invented.
pub(super) struct Inventor {
    /// Names to be replaced wherever they occur, the longest first.
    known: Vec<(String, String)>,
    made: BTreeMap<String, String>,
}

impl Inventor {
    /// One that knows the people of an event and of the record it came from.
    pub(super) fn new(event: &Event<'_>, record: Option<&Value>) -> Inventor {
        let mut inventor = Inventor { known: Vec::new(), made: BTreeMap::new() };
        let subject = event.subject;
        for name in [subject.name, subject.login, subject.id, event.actor].into_iter().flatten() {
            inventor.person(name);
        }
        if let Some(record) = record {
            inventor.walk(record);
        }
        for (name, with) in [(event.app.name, "Example App"), (event.app.id, "app-1")] {
            if let Some(name) = name.filter(|name| name.len() >= SHORTEST && Some(*name) != event.app.kind) {
                inventor.know(name, with.to_owned());
            }
        }
        inventor.known.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        inventor
    }

    /// A text with invented people.
    pub(super) fn text(&mut self, text: &str) -> String {
        self.replaced(text, Instead::Invented)
    }

    /// A text with `<X>` wherever something was replaced.
    pub(super) fn marked(&mut self, text: &str) -> String {
        self.replaced(text, Instead::Mark)
    }

    /// A record with invented people, on one line. Keys and the order of fields stay.
    pub(super) fn record(&mut self, record: &str) -> String {
        let mut out = String::with_capacity(record.len());
        let mut rest = record.trim();
        while let Some(start) = rest.find('"') {
            let (before, from) = rest.split_at(start);
            out.extend(before.chars().filter(|c| !c.is_whitespace()));
            let end = end_of_string(from);
            let (token, after) = from.split_at(end);
            let is_key = after.trim_start().starts_with(':');
            match serde_json::from_str::<String>(token) {
                Ok(text) if !is_key => {
                    let text = match serde_json::from_str::<Value>(&text) {
                        // A record within a text, as some exports write it.
                        Ok(Value::Object(_) | Value::Array(_)) => self.record(&text),
                        _ => self.text(&text),
                    };
                    out.push_str(&serde_json::to_string(&text).unwrap_or_else(|_| "\"\"".to_owned()));
                }
                _ => out.push_str(token),
            }
            rest = after;
        }
        out.extend(rest.chars().filter(|c| !c.is_whitespace()));
        out
    }

    /// People in a record that the event does not name.
    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            Value::Object(fields) => {
                let named = |wanted: &str| {
                    fields.iter().find(|(key, _)| plain(key) == wanted).and_then(|(_, value)| value.as_str())
                };
                let kind = named("type").or(named("identitytype")).unwrap_or_default().to_lowercase();
                let is_person =
                    kind.contains("user") || kind.contains("person") || named("userprincipalname").is_some();
                if is_person {
                    for (key, value) in fields {
                        if let (true, Some(text)) = (OF_A_PERSON.contains(&plain(key).as_str()), value.as_str()) {
                            self.person(text);
                        }
                    }
                }
                // An attribute that was changed: what it was and is, is somebody's.
                for value in [named("newvalue"), named("oldvalue")].into_iter().flatten() {
                    let bare = value.trim_matches(['"', '[', ']']);
                    if bare.len() >= SHORTEST && !["true", "false", "null"].contains(&bare.to_lowercase().as_str()) {
                        self.person(bare);
                    }
                }
                fields.values().for_each(|value| self.walk(value));
            }
            _ => {}
        }
    }

    /// Remembers a name, a login or an id of a person, and the words of a name.
    fn person(&mut self, name: &str) {
        if name.len() < SHORTEST || is_machine(name) {
            return;
        }
        if FORMS.as_ref().is_some_and(|forms| forms.find(name).is_some_and(|found| found.as_str() == name)) {
            return;
        }
        let (first, last) = self.next_name();
        let words: Vec<&str> = name.split_whitespace().collect();
        let is_name =
            words.len() > 1 && words.iter().all(|word| word.chars().all(|c| c.is_alphabetic() || "-.,'’".contains(c)));
        if is_name {
            self.know(name, format!("{first} {last}"));
            for (at, word) in words.iter().map(|word| word.trim_matches(['.', ','])).enumerate() {
                if word.chars().count() >= SHORTEST {
                    self.know(word, if at == 0 { first } else { last }.to_owned());
                }
            }
        } else if words.len() == 1 {
            self.know(name, format!("{}.{}", first.to_lowercase(), last.to_lowercase()));
        } else {
            self.know(name, format!("{first} {last}"));
        }
    }

    fn know(&mut self, name: &str, with: String) {
        if !self.known.iter().any(|(known, _)| known == name) {
            self.known.push((name.to_owned(), with));
        }
    }

    fn next_name(&self) -> (&'static str, &'static str) {
        let used = self.known.iter().filter(|(_, with)| with.contains([' ', '.'])).count() + self.made.len();
        NAMES.get(used % NAMES.len()).copied().unwrap_or(("Ana", "Lopez"))
    }

    fn replaced(&mut self, text: &str, instead: Instead) -> String {
        let text = secret::mask(text);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for found in FORMS.as_ref().into_iter().flat_map(|forms| forms.captures_iter(&text)) {
            let Some(whole) = found.get(0) else { continue };
            out.push_str(&self.names_replaced(text.get(from..whole.start()).unwrap_or_default(), instead));
            let names = ["mail", "guid", "host", "ip", "phone", "okta", "sid", "long"];
            let form = names.into_iter().find(|name| found.name(name).is_some()).unwrap_or_default();
            match instead {
                Instead::Mark => out.push_str("<X>"),
                Instead::Invented => out.push_str(&self.invented(form, whole.as_str())),
            }
            from = whole.end();
        }
        out.push_str(&self.names_replaced(text.get(from..).unwrap_or_default(), instead));
        out
    }

    fn names_replaced(&self, text: &str, instead: Instead) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(c) = rest.chars().next() {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            let known = self.known.iter().find(|(name, _)| {
                edge(before)
                    && rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                    && edge(rest.get(name.len()..).and_then(|after| after.chars().next()))
            });
            let taken = match known {
                Some((name, with)) => {
                    out.push_str(if instead == Instead::Mark { "<X>" } else { with });
                    name.len()
                }
                None => {
                    out.push(c);
                    c.len_utf8()
                }
            };
            before = rest.get(..taken).and_then(|taken| taken.chars().last());
            rest = rest.get(taken..).unwrap_or_default();
        }
        out
    }

    /// The invention for something found by its form; the same for the same.
    fn invented(&mut self, form: &str, original: &str) -> String {
        // A computer's own account is nobody.
        if form == "mail" && is_machine(original) {
            return original.to_owned();
        }
        let key = original.to_lowercase();
        if let Some(made) = self.made.get(&key) {
            return made.clone();
        }
        let number = self.made.len() + 1;
        let (first, last) = NAMES.get(number % NAMES.len()).copied().unwrap_or(("Ana", "Lopez"));
        let made = match form {
            "mail" => {
                let at = if original.contains("%40") { "%40" } else { "@" };
                format!("{}.{}{at}example.com", first.to_lowercase(), last.to_lowercase())
            }
            "guid" => format!("00000000-0000-4000-8000-{number:012}"),
            "host" => {
                let scheme = original.split_once("://").map_or("https", |(scheme, _)| scheme);
                format!("{scheme}://host{number}.example.com")
            }
            "ip" if original.contains(':') => format!("2001:db8::{number:x}"),
            "ip" => format!("192.0.2.{}", number % 250),
            "phone" => format!("+1 555 010{}", number % 10),
            "okta" => format!("{}example{number:03}", original.get(..3).unwrap_or_default()),
            "sid" => format!("S-1-5-21-{number}"),
            _ => format!("{number:0width$}", width = original.len()),
        };
        self.made.insert(key, made.clone());
        made
    }
}

/// Accounts of the providers themselves, which say something about the event and nothing about a person.
fn is_machine(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "system@okta.com"
        || ["okta system", "azure ad cloud sync", "microsoft", "provisioning"].iter().any(|word| name.contains(word))
}

/// A key in small letters without marks: exports write `userPrincipalName` in many ways.
fn plain(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where a JSON text that starts with a quote ends.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Provider;

    #[test]
    fn an_address_goes_as_a_whole_whatever_its_letters() {
        let event = Event::unrecorded(Provider::Okta, "okta-system-log");
        for address in ["zoë.müller6271@example.com", "zoe\u{308}@müller.example", "Łukasz%40firma.example"] {
            let invented = Inventor::new(&event, None).text(&format!("The user {address} is not there"));
            let (_, invented) = invented.split_once("user ").unwrap();
            assert!(invented.ends_with("example.com is not there") && invented.is_ascii(), "{invented}");
        }
    }

    #[test]
    fn nobody_is_left_in_a_record() {
        let record = r#"{"actor": {"id": "00uAbCdEfGh1234", "type": "User", "displayName": "Zoë Quill", "alternateId": "zoe.quill@corp.test.net"},
            "client": {"ipAddress": "203.0.113.77"}, "uuid": "5f0c1a52-99aa-11f1-9c00-aabbccddeeff", "authenticationContext": {"x": "https://corp.okta.test/abc"},
            "target": [{"type": "AppUser", "displayName": "Ivo Marsh", "alternateId": "imarsh"}, {"displayName": "department", "newValue": "\"Secret Lab\""}],
            "outcome": {"result": "FAILURE", "reason": "User Ivo Marsh (imarsh) not found; Zoë said no, ask ZOE.QUILL@corp.test.net. Bearer abcdefghijkl"}}"#;
        let mut event = Event::unrecorded(Provider::Okta, "okta-system-log");
        event.subject.name = Some("Ivo Marsh");
        let value: Value = serde_json::from_str(record).unwrap();
        let mut inventor = Inventor::new(&event, Some(&value));
        let invented = inventor.record(record);
        for gone in [
            "Zoë",
            "Quill",
            "zoe",
            "Ivo",
            "Marsh",
            "imarsh",
            "corp",
            "203.0",
            "5f0c1a52",
            "AbCdEf",
            "Secret Lab",
            "abcdefghijkl",
        ] {
            assert!(!invented.contains(gone), "{gone} in {invented}");
        }
        let again: Value = serde_json::from_str(&invented).unwrap();
        assert_eq!(again["outcome"]["result"], "FAILURE");
        assert!(again["outcome"]["reason"].as_str().unwrap().contains("not found"), "{invented}");
        assert!(!invented.contains('\n'));
        assert_eq!(inventor.marked("user Ivo Marsh is <none>"), "user <X> is <none>");
    }
}
