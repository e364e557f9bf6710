//! One message, worded as another product, another person's browser or another log would have it.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

/// A way to change a text that leaves its meaning alone; `None` if there is nothing to change.
pub(crate) type Change = fn(&str) -> Option<String>;

/// Each with the name under which its share is printed.
pub(crate) const CHANGES: [(&str, Change); 16] = [
    ("capitals", |text| prose(text, &|part| keep_codes(part, &str::to_uppercase))),
    ("small letters", |text| prose(text, &|part| keep_codes(part, &str::to_lowercase))),
    ("title case", |text| prose(text, &|part| keep_codes(part, &titled))),
    ("other people and ids", |text| {
        prose(text, &|part| others(part, ["moira.o'dowd+hr@sub.example.org", "Zoë Nguyễn-O’Neill"]))
    }),
    ("people in quotes", |text| {
        prose(text, &|part| others(part, ["\"Łukasz O'Hara (Contractor)\"", "'Anne Marie d’Arc'"]))
    }),
    ("double spaces", |text| prose(text, &|part| part.replace(' ', "  "))),
    ("tabs", |text| prose(text, &|part| part.replace(' ', "\t"))),
    ("line breaks", |text| prose(text, &|part| part.replace(' ', "\r\n"))),
    ("hard spaces", |text| prose(text, &|part| part.replace(' ', "\u{a0}"))),
    ("straight quotes", |text| prose(text, &|part| requoted(part, ["\"", "\""]))),
    ("curly quotes", |text| prose(text, &|part| requoted(part, ["“", "”"]))),
    ("grave accents", |text| prose(text, &|part| requoted(part, ["`", "`"]))),
    ("escaped quotes", |text| prose(text, &|part| requoted(part, ["\\\"", "\\\""]))),
    ("product renamed", |text| prose(text, &renamed)),
    ("in front: Error", |text| Some(format!("Error: {text}"))),
    ("HTML", |text| html(text)),
];

/// Fields of an error body that machines read; no product words them differently.
const MACHINE_READ: [&str; 7] = ["schemas", "status", "scimType", "code", "errorCode", "statusCode", "error_code"];

/// Changes what people read: all of a text, or of a JSON body in it the values only.
fn prose(text: &str, change: &dyn Fn(&str) -> String) -> Option<String> {
    let changed = in_parts(text, change);
    (changed != text).then_some(changed)
}

fn in_parts(text: &str, change: &dyn Fn(&str) -> String) -> String {
    let Some(start) = text.find('{') else { return change(text) };
    let mut body = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    match body.next() {
        Some(Ok(mut value)) => {
            let end = start + body.byte_offset();
            in_values(&mut value, change);
            format!("{}{value}{}", change(&text[..start]), change(&text[end..]))
        }
        // A body that was cut off is left alone: half of its quotes are missing.
        _ => format!("{}{}", change(&text[..start]), &text[start..]),
    }
}

fn in_values(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = in_parts(text, change),
        Value::Array(items) => items.iter_mut().for_each(|item| in_values(item, change)),
        Value::Object(fields) => {
            let read = fields.iter_mut().filter(|(key, _)| !MACHINE_READ.contains(&key.as_str()));
            read.for_each(|(_, inner)| in_values(inner, change));
        }
        _ => {}
    }
}

/// `AADSTS50034`, `E0000047`: nobody writes them in other letters.
fn keep_codes(text: &str, change: &dyn Fn(&str) -> String) -> String {
    static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[A-Z]+\d{4,}[A-Z]?\b").unwrap());
    let mut out = String::new();
    let mut from = 0;
    for code in CODE.find_iter(text) {
        out.push_str(&change(&text[from..code.start()]));
        out.push_str(code.as_str());
        from = code.end();
    }
    out.push_str(&change(&text[from..]));
    out
}

fn titled(text: &str) -> String {
    static FIRST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b[a-z]").unwrap());
    FIRST.replace_all(text, |found: &Captures<'_>| found[0].to_uppercase()).into_owned()
}

/// Another mail address, another name, other ids.
fn others(text: &str, [mail, name]: [&str; 2]) -> String {
    static MAIL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\w.+-]+@[\w-]+(\.[\w-]+)+").unwrap());
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b([Uu]ser|[Mm]ember|[Pp]erson|for) (['\x22]?)([A-Z][a-z]+ [A-Z][a-z]+)(['\x22]?)").unwrap()
    });
    static UUID: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b").unwrap());
    static OKTA: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(00u|00g|0oa|0ua)[0-9A-Za-z]{8,17}\b").unwrap());
    let quoted = |text: &str| text.starts_with(['"', '\'']);
    // An address that is quoted, or part of a longer word, is not put into quotes again.
    let text = MAIL.replace_all(text, |found: &Captures<'_>| {
        let before = text[..found.get(0).unwrap().start()].chars().next_back();
        let free = before.is_none_or(|c| c == ' ');
        // Addresses that Workday's import makes up are what its rule is about.
        let made_up = found[0].to_lowercase().ends_with("@workdayimport.com");
        if made_up || (quoted(mail) && !free) { found[0].to_owned() } else { mail.to_owned() }
    });
    let text =
        NAME.replace_all(&text, |found: &Captures<'_>| format!("{} {}{name}{}", &found[1], &found[2], &found[4]));
    let text = UUID.replace_all(&text, "9f0c7d52-1b7e-4e0a-8a43-0d3f6a5b9e11");
    OKTA.replace_all(&text, "${1}7qk2Zx9LmPv4Rt1d8").into_owned()
}

/// Other quotes around words; an apostrophe inside a word only becomes a curly one.
fn requoted(text: &str, [open, close]: [&str; 2]) -> String {
    let letters: Vec<char> = text.chars().collect();
    let letter = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|c| c.is_alphanumeric());
    let mut out = String::new();
    for (at, c) in letters.iter().enumerate() {
        let (before, after) = (letter(at.checked_sub(1)), letter(Some(at + 1)));
        match c {
            '\'' if before && after => out.push('’'),
            '\'' | '"' | '`' | '“' | '”' => out.push_str(if before { close } else { open }),
            c => out.push(*c),
        }
    }
    out
}

/// The product was renamed twice, and logs of all ages are read.
fn renamed(text: &str) -> String {
    const NAMES: [&str; 3] = ["Azure Active Directory", "Microsoft Entra ID", "Azure AD"];
    match NAMES.iter().position(|name| text.contains(name)) {
        Some(at) => text.replace(NAMES[at], NAMES[(at + 1) % NAMES.len()]),
        None => text.to_owned(),
    }
}

/// As copied from a mail or a web page.
fn html(text: &str) -> Option<String> {
    let coded = in_parts(text, &|part| {
        part.replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    });
    Some(if text.trim_start().starts_with(['{', '<']) { coded } else { format!("<p>{coded}</p>") })
}
