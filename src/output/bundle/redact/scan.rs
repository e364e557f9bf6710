//! What is found in free text by its looks: secrets, addresses, names in directory paths, devices.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::guess;
use super::words::{is_common, is_full_name};
use crate::text::secret::{self, Found};

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Mail address, login with a domain, guest.
    Login,
    Url,
    Ip,
    Phone,
    /// The name in `CN=…`, or in front of `<ann.lee@corp.example>`.
    Name,
    /// `DC=corp,DC=example`.
    Domain,
    /// The value of a JSON field; the field's name stands before it.
    Field,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    pub(super) what: What,
    /// Of a field: where its name is.
    pub(super) name: Range<usize>,
}

struct Patterns {
    guest: Regex,
    mail: Regex,
    url: Regex,
    v4: Regex,
    v6: Regex,
    phones: [Regex; 3],
    common_name: Regex,
    called: Regex,
    components: Regex,
    field: Regex,
    account: Regex,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let new = |pattern: &str| Regex::new(pattern).ok();
    Some(Patterns {
        guest: new(concat!(
            r"(?i)[\p{L}\p{N}][\p{L}\p{N}._+'-]*_[\p{L}\p{N}.-]+(?:#|%23)EXT(?:#|%23)",
            r"(?:(?:@|%40)[\p{L}\p{N}.-]*[\p{L}\p{N}])?",
        ))?,
        // `@` also as URLs, JSON and HTML write it. A domain without a dot is one inside a company.
        mail: new(concat!(
            r"[\p{L}\p{N}][\p{L}\p{N}._+'’-]*(?:@|%40|\\+u0040|&#64;|&#x40;|＠)",
            r"[\p{L}\p{N}][\p{L}\p{N}-]*(?:\.[\p{L}\p{N}][\p{L}\p{N}-]*)*",
        ))?,
        url: new(r#"(?i)\b(?:https?|ldaps?|ftps?|wss?)://[^\s"'<>\\^`{|}‹›]+"#)?,
        v4: new(r"(?-u:\b)(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?-u:\b)")?,
        v6: new(r"(?i)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3})?")?,
        common_name: new(r#"(?i)(?-u:\b)CN=((?:\\.|[^,;"'\\<>=\r\n]){2,80})"#)?,
        // With the sign of a country; behind a word that says so; as they are written in North America.
        phones: [
            new(r"(\+[1-9](?:[ ./()-]{0,2}[0-9]){6,14})")?,
            new(concat!(
                r"(?-u:\b)(?i-u:tel|telephone|phone|mobile|mobil|cell|cellphone|fax)(?i-u:[ _]?(?:no|nr|number))?",
                r#"\.?["']? ?[:=]? ?["']?(\(?[0-9](?:[ ./()-]{0,2}[0-9]){6,14})"#,
            ))?,
            new(r"((?:\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-.][0-9]{4})")?,
        ],
        called: new(concat!(
            r"((?:\p{Lu}[\p{L}'’.-]*,?[ \t]+){1,3}\p{Lu}[\p{L}'’.-]*)",
            r#"["']?[ \t]*(?:<|&lt;)[^\s<>@]+(?:@|%40)"#,
        ))?,
        // JSON in the middle of a sentence, escaped or not, whole or cut off.
        field: new(r#"\\*"([A-Za-z][\w.:$-]+)\\*"\s*:\s*\[?\s*\\*"((?:[^"\\]|\\[^"\\])+)"#)?,
        // A login without a domain is told by the word in front of it alone.
        account: new(concat!(
            r"(?-u:\b)(?i-u:user(?:[ _]?(?:name|id))?|log[io]n(?:[ _]?name)?|account(?:[ _]?name)?|samaccountname|uid)",
            r#"(?-u:\b)["']?\s*([:=])\s*["'‘“]?([\p{L}\p{N}][\p{L}\p{N}._+-]+)"#,
        ))?,
        components: new(r"(?i)(?-u:\b)DC=[\p{L}\p{N}-]+(?:\s?,\s?DC=[\p{L}\p{N}-]+)+")?,
    })
});

/// Whether the patterns can be used.
pub(super) fn is_ready() -> bool {
    PATTERNS.is_some() && guess::is_ready() && secret::is_ready()
}

/// The secrets of a text that have a shape, also where a log wrapped them over lines. `None` if that cannot be
/// told.
pub(super) fn shaped(text: &str) -> Option<Vec<Found>> {
    found(text, &|text| secret::find(text))
}

/// All secrets of a text: those with a shape and those that are guessed.
pub(super) fn secrets(text: &str) -> Option<Vec<Found>> {
    found(text, &|text| {
        let mut found = secret::find(text)?;
        found.extend(guess::find(text));
        Some(found)
    })
}

fn found(text: &str, find: &dyn Fn(&str) -> Option<Vec<Found>>) -> Option<Vec<Found>> {
    let mut found = find(text)?;
    if let Some((joined, from)) = unwrapped(text) {
        for one in find(&joined)? {
            let place = |at: usize| from.get(at).copied().unwrap_or(text.len());
            let range = place(one.range.start)..one.range.end.checked_sub(1).map_or(0, place) + 1;
            // Within one line it was found, or judged, as the text has it.
            if range.len() > one.range.len() {
                found.push(Found { kind: one.kind, range });
            }
        }
    }
    found.sort_by_key(|one| (one.range.start, one.kind));
    let mut united: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        match united.last_mut().filter(|last| one.range.start < last.range.end) {
            Some(last) => last.range.end = last.range.end.max(one.range.end),
            None => united.push(one),
        }
    }
    Some(united)
}

/// The text with tokens that were broken over lines made whole, and of each byte where it came from; nothing
/// if none was broken. A break counts as one inside a token if the run before it is longer than words are.
fn unwrapped(text: &str) -> Option<(String, Vec<usize>)> {
    const LONG: usize = 16;
    let bytes = text.as_bytes();
    let is_token = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'+' | b'=' | b'~' | b'@' | b'%')
    };
    let (mut joined, mut from) = (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len()));
    let (mut at, mut run, mut breaks) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        // As line breaks, or as they are written inside a JSON text.
        let width = if rest.starts_with(b"\\r\\n") {
            4
        } else if rest.starts_with(b"\r\n") || rest.starts_with(b"\\n") {
            2
        } else {
            usize::from(*byte == b'\n')
        };
        if width > 0 {
            let after = rest.get(width..).unwrap_or_default();
            let indent = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'|' | b'>')).count();
            let next = after.get(indent..).unwrap_or_default().iter().take_while(|byte| is_token(byte)).count();
            if run >= LONG && next >= 4 {
                breaks += 1;
                at += width + indent;
                continue;
            }
        }
        run = if is_token(byte) { run + 1 } else { 0 };
        joined.push(*byte);
        from.push(at);
        at += 1;
    }
    if breaks == 0 {
        return None;
    }
    Some((String::from_utf8(joined).ok()?, from))
}

/// What else a text holds, in order, nothing within another. `is_field` says which fields count, by
/// name and value.
pub(super) fn pieces(text: &str, is_field: impl Fn(&str, &str) -> bool) -> Vec<Piece> {
    let mut found = Vec::new();
    let Some(patterns) = PATTERNS.as_ref() else { return found };
    let all = |pattern: &Regex| pattern.find_iter(text).map(|one| one.range()).collect::<Vec<_>>();
    let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let has = |part: &str| text.contains(part);
    // An address inside a URL is found when the URL is taken apart.
    if has("://") {
        add(&mut found, all(&patterns.url), What::Url, |_| true);
    }
    if has("\":") || has("\" :") {
        for captures in patterns.field.captures_iter(text) {
            let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
            let is_free = |one: &Piece| value.end() <= one.range.start || one.range.end <= value.start();
            if is_field(name.as_str(), value.as_str()) && found.iter().all(is_free) {
                found.push(Piece { range: value.range(), what: What::Field, name: name.range() });
            }
        }
    }
    let percent = has("%40") || has("%23");
    if has("#") || percent {
        add(&mut found, all(&patterns.guest), What::Login, |_| true);
    }
    if has("@") || percent || has("u0040") || has("&#") || has("＠") {
        let mails = all(&patterns.mail).into_iter().filter_map(|range| behind_a_byte(text, range));
        add(&mut found, mails.collect(), What::Login, |range| is_address(part(range)));
    }
    if has("<") || has("&lt;") {
        let names = patterns.called.captures_iter(text).filter_map(|found| full_name(text, found.get(1)?.range()));
        add(&mut found, names.collect(), What::Name, |_| true);
    }
    if has("=") || has(":") {
        let accounts = patterns.account.captures_iter(text).filter_map(|found| {
            let (sign, name) = (found.get(1)?, found.get(2)?);
            is_account(text, found.get(0)?.start(), sign.as_str(), name.as_str())
                .then(|| bare(name.as_str(), name.start()))
        });
        add(&mut found, accounts.collect(), What::Login, |_| true);
    }
    if has("=") {
        let names = patterns.common_name.captures_iter(text).filter_map(|found| Some(found.get(1)?.range()));
        add(&mut found, names.collect(), What::Name, |_| true);
        add(&mut found, all(&patterns.components), What::Domain, |_| true);
    }
    add(&mut found, all(&patterns.v4), What::Ip, |range| is_v4(text, range));
    if text.bytes().filter(|byte| *byte == b':').count() >= 2 {
        add(&mut found, all(&patterns.v6), What::Ip, |range| is_v6(text, range));
    }
    for pattern in &patterns.phones {
        let phones = pattern.captures_iter(text).filter_map(|found| phone(text, found.get(1)?.range()));
        add(&mut found, phones.collect(), What::Phone, |_| true);
    }
    found.sort_by_key(|piece| piece.range.start);
    found
}

/// The name at the end of words with capitals: `Manager Ann Lee` is somebody in two of the three.
fn full_name(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let words = text.get(range.clone())?;
    let spaces = words.match_indices(char::is_whitespace).map(|(at, space)| at + space.len());
    let starts = std::iter::once(0).chain(spaces).map(|at| range.start + at);
    starts.map(|start| start..range.end).find(|part| text.get(part.clone()).is_some_and(is_full_name))
}

/// The phone number at the start of what looks like one: ids, dates and addresses of devices do too.
fn phone(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    const FEWEST_DIGITS: usize = 7;
    let before = text.get(..range.start)?.chars().next_back();
    let whole = text.get(range.clone())?;
    let after = text.get(range.end..)?;
    let goes_on = after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        || after.strip_prefix(['-', '.', ':']).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    // What the last digits go on into is something else.
    let number = if goes_on { whole.get(..whole.rfind(' ')?)? } else { whole };
    let is_apart = !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '/'));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let is_other = is_date(number) || number.parse::<Ipv4Addr>().is_ok();
    (is_apart && digits >= FEWEST_DIGITS && !is_other).then(|| range.start..range.start + number.len())
}

/// `2026-11-17`, with whatever follows.
fn is_date(text: &str) -> bool {
    matches!(text.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _, rest @ ..] if matches!(rest, [] | [b' ', ..]))
}

/// The range of a name without the sign that ends a sentence.
fn bare(name: &str, start: usize) -> Range<usize> {
    start..start + name.trim_end_matches(['.', '-', '_', '+']).len()
}

/// Whether what stands behind `user:` is somebody. Sentences have words there (`user: not found`), so it must look
/// like a login; behind `user=` it need only be no word that logs use.
fn is_account(text: &str, start: usize, sign: &str, name: &str) -> bool {
    // An attribute by its schema: `urn:…:User:department`.
    let is_path = text.get(..start).is_some_and(|before| before.ends_with([':', '.', '/']));
    let name = name.trim_end_matches(['.', '-', '_', '+']).to_lowercase();
    let has_letter = name.chars().any(char::is_alphabetic);
    let is_odd = name.chars().any(|c| c.is_numeric() || matches!(c, '.' | '_'));
    !is_path
        && has_letter
        && (3..=64).contains(&name.chars().count())
        && (is_odd || sign == "=")
        && !is_common(&name)
        && super::ids::find(&name).is_empty()
        && !name.starts_with("urn")
}

/// An address without the digits of a URL-encoded byte in front of it; nothing if that leaves none.
fn behind_a_byte(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let is_byte = text.get(..range.start).is_some_and(|before| before.ends_with('%'))
        && text.get(range.start..range.start + 2).is_some_and(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()));
    if !is_byte {
        return Some(range);
    }
    let rest = range.start + 2..range.end;
    text.get(rest.clone()).filter(|rest| rest.starts_with(char::is_alphanumeric)).map(|_| rest)
}

/// Adds what does not overlap with what is there.
fn add(found: &mut Vec<Piece>, ranges: Vec<Range<usize>>, what: What, is_one: impl Fn(&Range<usize>) -> bool) {
    let before = found.len();
    for range in ranges {
        let known = found.get(..before).unwrap_or_default();
        if !known.iter().any(|one| one.range.start < range.end && range.start < one.range.end) && is_one(&range) {
            found.push(Piece { range, what, name: 0..0 });
        }
    }
}

/// A transaction of Okta has an `@` too, and a version of a package has numbers behind it.
fn is_address(text: &str) -> bool {
    if super::ids::find(text).iter().any(|id| id.len() == text.len()) || text.contains(".invalid") {
        return false;
    }
    let domain = text.rsplit(['@', '＠', ';']).next().unwrap_or(text);
    let domain = domain.rsplit("%40").next().unwrap_or(domain);
    let domain = domain.rsplit("u0040").next().unwrap_or(domain);
    domain.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

fn is_v4(text: &str, range: &Range<usize>) -> bool {
    let Some(address) = text.get(range.clone()).and_then(|text| text.parse::<Ipv4Addr>().ok()) else { return false };
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let longer = before.ends_with('.')
        || after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    // `Chrome/126.0.0.0` is a version.
    let is_version = address.octets().ends_with(&[0, 0]) && before.ends_with('/');
    !longer && !is_version
}

fn is_v6(text: &str, range: &Range<usize>) -> bool {
    let outside = |c: char| !(c.is_ascii_alphanumeric() || c == ':');
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let digits = text.get(range.clone()).unwrap_or_default();
    digits.bytes().filter(u8::is_ascii_hexdigit).count() >= 4
        && before.chars().next_back().is_none_or(outside)
        && after.chars().next().is_none_or(outside)
        && digits.parse::<Ipv6Addr>().is_ok()
}

/// Whether an address is one that only means something inside a network, or nothing: it stays.
pub(super) fn is_private(address: &str) -> bool {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => is_private_v4(v4),
        Ok(IpAddr::V6(v6)) => {
            let [first, ..] = v6.segments();
            let mapped = v6.to_ipv4_mapped().is_some_and(is_private_v4);
            v6.is_loopback() || v6.is_unspecified() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 || mapped
        }
        Err(_) => false,
    }
}

fn is_private_v4(v4: Ipv4Addr) -> bool {
    v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_broadcast()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(What, String)> {
        pieces(text, |name, _| name == "displayName")
            .into_iter()
            .map(|piece| (piece.what, text[piece.range].to_owned()))
            .collect()
    }

    fn one(text: &str, what: What, part: &str) {
        assert_eq!(found(text), [(what, part.to_owned())], "{text}");
    }

    #[test]
    fn addresses_are_found_in_every_spelling() {
        one("User 'Ann.Lee@corp.example' not found.", What::Login, "Ann.Lee@corp.example");
        one("filter=userName eq ann.lee%40corp.example", What::Login, "ann.lee%40corp.example");
        one(r"ann.lee\u0040corp.example", What::Login, r"ann.lee\u0040corp.example");
        one(
            "ann_corp.example#EXT#@contoso.onmicrosoft.com x",
            What::Login,
            "ann_corp.example#EXT#@contoso.onmicrosoft.com",
        );
        one("%20ann.lee@corp.example", What::Login, "ann.lee@corp.example");
        assert_eq!(found("%BA@corp.example"), [], "the last byte of something else");
        one("josé@müller.example", What::Login, "josé@müller.example");
        one("CN=Ann Lee", What::Name, "Ann Lee");
        one(r#"Web Response: {\"displayName\":\"Ann Lee\",\"x\":\"y"#, What::Field, "Ann Lee");
        one("in DC=corp,DC=example", What::Domain, "DC=corp,DC=example");
        one("see https://x.example/a?b=c now", What::Url, "https://x.example/a?b=c");
    }

    #[test]
    fn phone_numbers_are_told_from_ids_dates_and_addresses() {
        for (text, number) in [
            ("call +49 170 1234567 now", "+49 170 1234567"),
            ("call +491701234567.", "+491701234567"),
            ("call +1 (555) 010-4477", "+1 (555) 010-4477"),
            ("+49 170 1234567 2026-11-17 failed", "+49 170 1234567"),
            ("tel: 555-010-4477", "555-010-4477"),
            ("mobile 0170/1234567", "0170/1234567"),
            ("phoneNumber=+491701234567", "+491701234567"),
            ("Phone no. 030 1234567", "030 1234567"),
            ("at (555) 010-4477, ", "(555) 010-4477"),
            (r#"{"phoneNumbers":[{"value":"+491701234567"}]}"#, "+491701234567"),
        ] {
            one(text, What::Phone, number);
        }
        for text in [
            "2026-11-17T09:00:00.000+01:00",
            "2026-11-17 09:00:00 +0100",
            "phone 2026-11-17 09:00",
            "54416401-eef2-461c-8de7-385dde2b3cba",
            "employee 1009931, request 12345678901",
            "puj+491701234567",
            "5a0b0032-0000-11f1-9c00-000000000000",
            "took 1234567 ms at 1795000000",
            "version 126.0.6478.127",
            "phone number is required",
            "retry 3 of 10, HTTP 429",
            "a 123-456-7890-1 b",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_name_in_front_of_its_address_is_one() {
        let names = |text: &str| -> Vec<String> {
            found(text).into_iter().filter(|(what, _)| *what == What::Name).map(|(_, part)| part).collect()
        };
        assert_eq!(names("duplicate of Peter Hansen <peter.hansen@corp.example>"), ["Peter Hansen"]);
        assert_eq!(names("Manager Peter Hansen <peter.hansen@corp.example>"), ["Peter Hansen"]);
        assert_eq!(names(r#""José Núñez" <jn@corp.example>"#), ["José Núñez"]);
        assert_eq!(names("Error Creating User <peter.hansen@corp.example>"), [""; 0]);
        assert_eq!(names("Failed for <peter.hansen@corp.example>"), [""; 0]);
    }

    #[test]
    fn a_login_is_told_by_the_word_in_front_of_it() {
        one("Could not create user: vindula1. Try again", What::Login, "vindula1");
        one("username=priya already exists", What::Login, "priya");
        one(r#"{"login": "gus.berg"}"#, What::Login, "gus.berg");
        for text in [
            "user: not found",
            "urn:ietf:params:scim:schemas:core:2.0:User:addresses.0.locality",
            "account: disabled",
            "user = data",
            "userId: 00u18dk3t7ydOWLDg698",
            "account=12345",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn devices_are_found_and_versions_and_times_are_not() {
        one("from 203.0.113.7.", What::Ip, "203.0.113.7");
        one("from 2001:db8::7 again", What::Ip, "2001:db8::7");
        for text in
            ["Chrome/126.0.0.0 Safari", "10:00:00", "1.2.3.4.5", "urn:a::b", "999.1.1.1", "12:34:56:78:9a:bc", "a::b"]
        {
            assert_eq!(found(text), [], "{text}");
        }
        assert!(is_private("10.0.0.7") && is_private("fd00::1") && is_private("::1") && !is_private("203.0.113.7"));
    }

    #[test]
    fn ids_with_an_at_are_no_addresses() {
        for text in ["X7LBsMxeqO-ADcGcmp0WGQAAB@g", "npm@10.2", "@odata.type", "a @ b"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_secret_broken_over_lines_is_found_whole() {
        let text = "Authorization: Bearer abcdefghijklmnop12345678\n  qrstuvwx90 next line";
        let secrets = secrets(text).unwrap();
        assert_eq!(&text[secrets[0].range.clone()], "abcdefghijklmnop12345678\n  qrstuvwx90");
        assert_eq!(super::secrets("first line of words\nsecond line").unwrap(), []);
    }
}
