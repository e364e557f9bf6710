//! Searches finished texts for every value that was replaced anywhere, in all the forms that logs give it.
//!
//! A field is treated by what it is; this is for where nobody expects a name: in the words of an error, in a key,
//! in what the sender wrote. What it must not do is eat the log: ids, names of applications and rules, and words
//! that every log uses are left alone (`words` says what is told from them).

use std::cell::LazyCell;
use std::collections::HashSet;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::MASKED;
use super::class::Class;
use super::ids;
use super::known::Known;
use super::people::Login;
use super::words::{is_common, is_distinctive, is_full_name};
use crate::text::folded::Folded;
use crate::text::names;
use crate::text::secret::Kind;

/// Shorter values are not searched for.
const SHORTEST: usize = 4;
/// Letters of a login of which the rest was cut off.
const SHORTEST_PREFIX: usize = 6;

/// What must stand around a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    /// Anything: an address is one wherever it stands.
    Anything,
    /// No letter or digit.
    Word,
    /// As a word, and nothing that makes it another domain.
    Domain,
    /// Nothing that makes it another id.
    Id,
    /// Base64, all of which goes.
    Base64,
}

/// One form of a value.
#[derive(Clone, Debug)]
struct Form {
    /// Its position among the known values.
    of: usize,
    around: Around,
    replacement: String,
    /// A word alone, or a domain: it may be part of an application's name, as `ann.lee` may not.
    is_lone: bool,
}

/// All forms of all values, ready to be searched for.
#[derive(Debug)]
pub(super) struct Sweeper {
    folded: AhoCorasick,
    folded_forms: Vec<Form>,
    exact: AhoCorasick,
    exact_forms: Vec<Form>,
    /// Logins in order, to find those that begin with a word.
    logins: Vec<(String, usize, String)>,
    protected: AhoCorasick,
}

/// A value that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    /// Its position among the known values.
    pub(super) of: usize,
    pub(super) replacement: String,
}

impl Sweeper {
    /// Prepares the search; `None` if there are too many values for one. The first of them is at the position `first`
    /// among all. Names that are `protected` are not searched for within.
    pub(super) fn new<'v>(values: &[Known], first: usize, protected: impl Iterator<Item = &'v str>) -> Option<Sweeper> {
        let protected: HashSet<&str> = protected.collect();
        let (mut folded, mut exact) = (Vec::new(), Vec::new());
        let mut logins = Vec::new();
        for (of, known) in (first..).zip(values) {
            if protected.contains(known.normal.as_str()) && known.class != Class::Secret {
                continue;
            }
            let mut forms = Forms { of, known, folded: &mut folded, exact: &mut exact };
            forms.all();
            if known.class == Class::Login {
                logins.push((known.normal.clone(), of, user_of(&known.replacement)));
            }
        }
        logins.sort();
        let search = |forms: &[(String, Form)], any_case: bool| {
            AhoCorasick::builder().ascii_case_insensitive(any_case).build(forms.iter().map(|(text, _)| text)).ok()
        };
        Some(Sweeper {
            folded: search(&folded, true)?,
            folded_forms: folded.into_iter().map(|(_, form)| form).collect(),
            exact: search(&exact, false)?,
            exact_forms: exact.into_iter().map(|(_, form)| form).collect(),
            logins,
            protected: AhoCorasick::builder().ascii_case_insensitive(true).build(&protected).ok()?,
        })
    }

    /// What of the known values a text holds, in order, nothing within another.
    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        let folded = Folded::of(text);
        // Most texts hold nothing that is known.
        let spared = LazyCell::new(|| self.spared(&folded, text));
        let mut found = Vec::new();
        for one in self.folded.find_overlapping_iter(folded.text.as_ref()) {
            let Some(form) = self.folded_forms.get(one.pattern().as_usize()) else { continue };
            if fits(&folded.text, one.start(), one.end(), form.around) {
                found.push((folded.original(one.start()..one.end()), form));
            }
        }
        for one in self.exact.find_overlapping_iter(text) {
            let Some(form) = self.exact_forms.get(one.pattern().as_usize()) else { continue };
            let range = match form.around {
                Around::Base64 => run_around(text, one.start()..one.end()),
                around if fits(text, one.start(), one.end(), around) => one.start()..one.end(),
                _ => continue,
            };
            found.push((range, form));
        }
        let is_spared = |range: &Range<usize>, form: &Form| {
            let within = |spared: &&Spared| spared.range.start <= range.start && range.end <= spared.range.end;
            spared.iter().filter(within).any(|spared| match spared.kind {
                SparedKind::Mark => true,
                SparedKind::Id => !matches!(form.around, Around::Id | Around::Base64),
                SparedKind::Name => form.is_lone,
            })
        };
        let mut hits: Vec<Hit> = found
            .into_iter()
            .filter(|(range, form)| !is_spared(range, form))
            .map(|(range, form)| Hit { range, of: form.of, replacement: form.replacement.clone() })
            .collect();
        self.prefixes(&folded, &|| spared.as_slice(), &mut hits);
        united(hits)
    }

    /// Words that are the beginning of a login: some logs cut names off.
    fn prefixes<'s>(&self, folded: &Folded<'_>, spared: &dyn Fn() -> &'s [Spared], hits: &mut Vec<Hit>) {
        if self.logins.is_empty() {
            return;
        }
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '\'');
        let mut at = 0;
        for token in folded.text.split(|c: char| !is_part(c)) {
            let start = at;
            at += token.len();
            // The separator behind it.
            at += folded.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            let trimmed =
                token.trim_end_matches(['.', '-', '_', '\'']).trim_start_matches(['.', '-', '_', '\'', '@', '+']);
            if trimmed.chars().filter(|c| c.is_alphanumeric()).count() < SHORTEST_PREFIX {
                continue;
            }
            let lower = trimmed.to_lowercase();
            let from = self.logins.partition_point(|(login, ..)| login.as_str() < lower.as_str());
            let Some((login, of, replacement)) = self.logins.get(from) else { continue };
            if !login.starts_with(&lower) || !is_distinctive(&lower) || is_common(&lower) {
                continue;
            }
            let before = token.find(trimmed).unwrap_or_default();
            let range = folded.original(start + before..start + before + trimmed.len());
            let is_lone = lower.chars().all(char::is_alphabetic);
            let is_spared = |spared: &Spared| {
                spared.range.start < range.end
                    && range.start < spared.range.end
                    && (is_lone || spared.kind != SparedKind::Name)
            };
            if !spared().iter().any(is_spared) {
                hits.push(Hit { range, of: *of, replacement: replacement.clone() });
            }
        }
    }

    /// Where nothing, or no lone word, is a person.
    fn spared(&self, folded: &Folded<'_>, text: &str) -> Vec<Spared> {
        let mut spared: Vec<Spared> =
            ids::find(text).into_iter().map(|range| Spared { range, kind: SparedKind::Id }).collect();
        for (at, _) in text.match_indices('‹') {
            let rest = text.get(at..).unwrap_or_default();
            let is_mark = [super::MARK, super::MASKED, super::WITHHELD].iter().any(|mark| rest.starts_with(mark));
            if let Some(end) = rest.find('›').filter(|_| is_mark) {
                spared.push(Spared { range: at..at + end, kind: SparedKind::Mark });
            }
        }
        for one in self.protected.find_overlapping_iter(folded.text.as_ref()) {
            if fits(&folded.text, one.start(), one.end(), Around::Word) {
                spared.push(Spared { range: folded.original(one.start()..one.end()), kind: SparedKind::Name });
            }
        }
        spared
    }
}

/// A part of a text that is left alone.
struct Spared {
    range: Range<usize>,
    kind: SparedKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SparedKind {
    /// What stands in place of a secret.
    Mark,
    /// An id of a provider.
    Id,
    /// The name of an application or rule.
    Name,
}

/// Whether a value is the number of a house and a street of several words.
fn is_address(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    words.len() >= 3 && words.first().is_some_and(is_number) != words.last().is_some_and(is_number)
}

/// Collects the forms of one value.
struct Forms<'a> {
    of: usize,
    known: &'a Known,
    folded: &'a mut Vec<(String, Form)>,
    exact: &'a mut Vec<(String, Form)>,
}

impl Forms<'_> {
    fn put(&mut self, text: &str, around: Around, replacement: &str) {
        if text.chars().filter(|c| c.is_alphanumeric()).count() < SHORTEST && text.is_ascii() {
            return;
        }
        let is_lone = around == Around::Word && text.chars().all(char::is_alphabetic) || around == Around::Domain;
        let form = Form { of: self.of, around, replacement: replacement.to_owned(), is_lone };
        match around {
            Around::Base64 => self.exact.push((text.to_owned(), form)),
            _ => self.folded.push((text.to_owned(), form)),
        }
    }

    fn put_exact(&mut self, text: &str, around: Around) {
        let form = Form { of: self.of, around, replacement: self.known.replacement.clone(), is_lone: false };
        self.exact.push((text.to_owned(), form));
    }

    fn all(&mut self) {
        let known = self.known;
        match known.class {
            Class::Login => self.login(),
            Class::Name | Class::Group => self.name(),
            Class::Domain => self.domain(),
            Class::Secret => {
                self.put_exact(&known.value, Around::Anything);
                // What was broken over lines may stand elsewhere in one.
                if known.value.contains('\n') {
                    let joined: String = known.value.split_whitespace().collect();
                    self.put_exact(&joined, Around::Anything);
                }
                self.base64(&known.value);
            }
            Class::Tenant => self.put(&known.normal, Around::Domain, &known.replacement),
            Class::Ip | Class::Id | Class::RemoteId => self.put(&known.normal, Around::Id, &known.replacement),
            Class::Phone | Class::Personal => {
                // A department is a word; a number of five digits is somebody's.
                if known.normal.chars().filter(char::is_ascii_digit).count() >= 5 {
                    self.put(&known.normal, Around::Id, &known.replacement);
                } else if is_address(&known.normal) {
                    self.put(&known.normal, Around::Word, &known.replacement);
                }
            }
        }
    }

    fn login(&mut self) {
        let known = self.known;
        let login = Login::of(&known.normal);
        let user = user_of(&known.replacement);
        match &login.domain {
            Some(domain) => {
                let local = &login.local;
                for at in ["@", "%40", "\\u0040", "&#64;", "&#x40;"] {
                    self.put(&format!("{local}{at}{domain}"), Around::Anything, &known.replacement);
                }
                let guest = known.replacement.replace('@', "_");
                for mark in ["#ext#", "%23ext%23"] {
                    self.put(&format!("{local}_{domain}{mark}"), Around::Anything, &format!("{guest}#EXT#"));
                }
                if !local.is_ascii() || local.contains(['+', '\'']) {
                    let escaped = super::encoded::escaped(local).replace('+', "%2b").to_lowercase();
                    self.put(&format!("{escaped}%40{domain}"), Around::Anything, &known.replacement);
                }
            }
            None => {
                if known.normal.contains('\\') {
                    self.put(&known.normal, Around::Word, &known.replacement);
                }
            }
        }
        if is_distinctive(&login.local) {
            self.put(&login.local, Around::Word, &user);
            if login.local.contains('.') {
                self.put(&login.local.replace('.', "_"), Around::Word, &user);
                self.put(&login.local.replace('.', "-"), Around::Word, &user);
            }
        }
        if known.normal.len() >= 8 {
            self.base64(&known.value);
            if known.value != known.normal {
                self.base64(&known.normal);
            }
        }
    }

    fn name(&mut self) {
        let known = self.known;
        let words: Vec<&str> = known.normal.split(' ').collect();
        if !is_distinctive(&known.normal) {
            // "Will Page" is a person where it is written like one, and two words where it is not.
            if words.len() > 1 && known.value.split_whitespace().all(|word| word.starts_with(char::is_uppercase)) {
                self.put_exact(&known.value, Around::Word);
            }
            return;
        }
        for form in names::forms(&known.normal) {
            self.put(&form, Around::Word, &known.replacement);
        }
        if known.class == Class::Name {
            self.surname();
        }
        if !known.normal.is_ascii() {
            let escaped = super::encoded::escaped(&known.normal).to_lowercase();
            self.put(&escaped, Around::Word, &known.replacement);
            let json = |text: &str| {
                text.encode_utf16().fold(String::new(), |mut out, unit| {
                    match u8::try_from(unit) {
                        Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
                        _ => out.push_str(&format!("\\u{unit:04x}")),
                    }
                    out
                })
            };
            self.put(&json(&known.normal), Around::Word, &known.replacement);
            self.put(&json(&known.value).to_lowercase(), Around::Word, &known.replacement);
        }
        if known.normal.len() >= 8 {
            self.base64(&known.value);
        }
    }

    /// The family's part of a name alone, written like a name: in small letters it may be any word. Whose it is cannot
    /// be told, since families share it.
    fn surname(&mut self) {
        let value = &self.known.value;
        if !is_full_name(&value.replace(", ", " ")) {
            return;
        }
        let surname = match value.split_once(", ") {
            Some((surname, _)) => surname,
            None => value.split_whitespace().next_back().unwrap_or_default(),
        };
        let is_one = surname.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’'));
        if !is_one || surname.chars().count() < SHORTEST {
            return;
        }
        for form in [surname.to_owned(), surname.to_uppercase()] {
            let around = Around::Word;
            self.exact.push((form, Form { of: self.of, around, replacement: MASKED.to_owned(), is_lone: true }));
        }
    }

    fn domain(&mut self) {
        let known = self.known;
        self.put(&known.normal, Around::Domain, &known.replacement);
        let components =
            |domain: &str| domain.split('.').map(|part| format!("dc={part}")).collect::<Vec<_>>().join(",");
        self.put(&components(&known.normal), Around::Word, &components(&known.replacement).replace("dc=", "DC="));
    }

    /// The middle of the value's base64, at each of the three places that it can have in a longer text.
    fn base64(&mut self, value: &str) {
        for (before, skip) in [(0, 0), (1, 2), (2, 3)] {
            let bytes = [vec![0; before], value.as_bytes().to_vec()].concat();
            // The last characters depend on what follows.
            let whole = bytes.len() * 8 / 6;
            for text in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
                if let Some(middle) = text.get(skip..whole).filter(|middle| middle.len() >= 8) {
                    self.put(middle, Around::Base64, super::MASKED);
                }
            }
        }
    }
}

/// What stands for the part of a login before the `@`.
fn user_of(replacement: &str) -> String {
    replacement.split(['@', '_']).next().unwrap_or(replacement).to_owned()
}

/// Whether what stands around a find lets it be the value.
fn fits(text: &str, start: usize, end: usize, around: Around) -> bool {
    let before = text.get(..start).and_then(|text| text.chars().next_back());
    let rest = text.get(end..).unwrap_or_default();
    let after = rest.chars().next();
    let none = |c: Option<char>, is: fn(char) -> bool| !c.is_some_and(is);
    match around {
        Around::Anything | Around::Base64 => true,
        Around::Word => none(before, char::is_alphanumeric) && none(after, char::is_alphanumeric),
        Around::Domain => {
            let is_part = |c: char| c.is_alphanumeric() || c == '-';
            let goes_on = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
            none(before, is_part) && none(after, is_part) && !goes_on
        }
        Around::Id => {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
            let goes_on = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            none(before, is_part) && none(after, is_part) && !goes_on
        }
    }
}

/// The whole run of base64 around a part of it.
fn run_around(text: &str, range: Range<usize>) -> Range<usize> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let bytes = text.as_bytes();
    let before = bytes.get(..range.start).unwrap_or_default().iter().rev().take_while(|byte| is_part(byte)).count();
    let after = bytes.get(range.end..).unwrap_or_default().iter().take_while(|byte| is_part(byte)).count();
    range.start - before..range.end + after
}

/// Of finds that overlap, the longest.
pub(super) fn united(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end), hit.of));
    let mut united: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match united.last_mut().filter(|last| hit.range.start < last.range.end) {
            Some(last) => {
                if hit.range.len() > last.range.len() {
                    let start = last.range.start;
                    *last = Hit { range: start..hit.range.end.max(last.range.end), ..hit };
                } else {
                    last.range.end = last.range.end.max(hit.range.end);
                }
            }
            None => united.push(hit),
        }
    }
    united
}

/// What a leak is called, by the class of the value.
pub(super) fn word_of(known: &Known) -> String {
    match known.class {
        Class::Secret => {
            let kind = Kind::ALL
                .iter()
                .find(|kind| known.replacement.starts_with(&format!("{}{} ", super::MARK, kind.word())));
            format!("secret:{}", kind.map_or("named", |kind| kind.word()))
        }
        class => class.word().to_owned(),
    }
}
