//! The proof at the end: finished bytes are searched once more, for secrets and for everything that was replaced.
//! Whoever writes a bundle writes none if this finds anything.

use serde::Serialize;

use super::{Redactor, encoded, scan, strings, sweep};
use crate::text::secret::{self, Found, Kind};

/// Longer texts are looked through again.
const REMEMBERED: usize = 4096;

/// Something that must not be there. It says where, and never what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// The file, by a name that leaks nothing itself.
    pub file: String,
    /// The line, from 1; 0 is the file's name.
    pub line: u64,
    /// `secret:bearer`, `login`, …
    pub kind: String,
}

impl Redactor {
    /// Secrets and known values in finished bytes, and in the name they have.
    pub fn check(&mut self, name: &str, bytes: &[u8]) -> Vec<Leak> {
        let in_name = self.kinds(name, 0);
        let file = if in_name.is_empty() { name.to_owned() } else { "a file whose name is withheld".to_owned() };
        let leak = |line: usize, kind: String| Leak { file: file.clone(), line: line as u64, kind };
        let mut leaks: Vec<Leak> = in_name.into_iter().map(|(_, kind)| leak(0, kind)).collect();
        let text = String::from_utf8_lossy(bytes);
        let line_of = |at: usize| 1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
        if strings::is_json(&text) {
            for literal in strings::literals(&text) {
                if literal.is_key && !is_open_key(&literal.text) {
                    continue;
                }
                leaks.extend(
                    self.kinds(&literal.text, 0).into_iter().map(|(_, kind)| leak(line_of(literal.from), kind)),
                );
            }
            leaks.extend(
                self.secrets_as_written(&text)
                    .into_iter()
                    .map(|one| leak(line_of(one.range.start), format!("secret:{}", one.kind.word()))),
            );
        } else {
            leaks.extend(self.kinds(&text, 0).into_iter().map(|(at, kind)| leak(line_of(at), kind)));
        }
        leaks.sort_by(|a, b| (a.line, &a.kind).cmp(&(b.line, &b.kind)));
        leaks.dedup();
        leaks
    }

    /// What a text holds that it must not, and where; also inside what is URL-encoded or base64.
    fn kinds(&mut self, text: &str, depth: usize) -> Vec<(usize, String)> {
        if self.clean.contains(text) {
            return Vec::new();
        }
        let found = self.kinds_anew(text, depth);
        if found.is_empty() && depth == 0 && text.len() <= REMEMBERED {
            self.clean.insert(text.to_owned());
        }
        found
    }

    fn kinds_anew(&mut self, text: &str, depth: usize) -> Vec<(usize, String)> {
        let Some(secrets) = self.secrets(text) else { return vec![(0, "unreadable".to_owned())] };
        let mut found: Vec<(usize, String)> =
            secrets.into_iter().map(|one| (one.range.start, format!("secret:{}", one.kind.word()))).collect();
        if !self.search_all() {
            found.push((0, "unsearchable".to_owned()));
        }
        for hit in self.search.hits(text) {
            let kind = self.register.values().get(hit.of).map(sweep::word_of).unwrap_or_default();
            found.push((hit.range.start, kind));
        }
        if depth < encoded::DEPTH {
            for one in encoded::enclosed(text) {
                let at = one.range.start;
                found.extend(self.kinds(&one.text, depth + 1).into_iter().map(|(_, kind)| (at, kind)));
            }
        }
        found
    }

    /// The secrets of a text that are not ours; `None` if they cannot be told.
    fn secrets(&mut self, text: &str) -> Option<Vec<Found>> {
        if self.secretless.contains(text) {
            return Some(Vec::new());
        }
        let mut found = scan::secrets(text)?;
        found.retain(|one| !self.is_ours(text, one));
        if found.is_empty() && text.len() <= REMEMBERED {
            self.secretless.insert(text.to_owned());
        }
        Some(found)
    }

    /// The secrets that show in JSON as it is written, besides those of its strings. A secret by its name is one only
    /// together with its key; one in an address is seen in its string, and here escapes pass for digits of it. A value
    /// a line is searched line by line: some patterns cost more the longer the text is.
    fn secrets_as_written(&self, json: &str) -> Vec<Found> {
        let lines = strings::lines(json).unwrap_or_else(|| vec![(0, json)]);
        let mut all = Vec::new();
        for (from, part) in lines {
            let found = secret::find(part).unwrap_or_default();
            let found = found.into_iter().filter(|one| one.kind != Kind::UserInfo && !self.is_ours(part, one));
            all.extend(found.map(|one| Found { range: from + one.range.start..from + one.range.end, ..one }));
        }
        all
    }

    /// Whether what looks like a secret is what we wrote in the place of something. A login in front of a host looks
    /// like a password there, and so does a text with a login of ours behind it that would not without it.
    fn is_ours(&self, text: &str, found: &Found) -> bool {
        let Some(value) = text.get(found.range.clone()) else { return false };
        let is_account = text.get(..found.range.start).is_some_and(|before| before.ends_with("://"));
        let is_none = |rest: String| rest.chars().count() < secret::LEAST_USER_INFO || !secret::is_mixed(&rest);
        self.register.is_replacement(value) || is_account && self.register.besides_logins(value).is_some_and(is_none)
    }

    /// Searches a finished text for every value that was replaced anywhere, and replaces what is found. JSON stays
    /// JSON: its strings are searched as a reader sees them.
    pub fn sweep(&mut self, text: &str) -> String {
        self.settle();
        if !strings::is_json(text) {
            return self.swept_whole(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for literal in strings::literals(text) {
            if literal.is_key && !is_open_key(&literal.text) {
                continue;
            }
            let swept = self.swept_whole(&literal.text);
            if swept != literal.text {
                out.push_str(text.get(from..literal.from).unwrap_or_default());
                out.push_str(&super::prose::quoted(&swept));
                from = literal.to;
            }
        }
        out.push_str(text.get(from..).unwrap_or_default());
        self.without_secrets_as_written(out)
    }

    /// JSON without the strings in which a secret shows only as they are written, with their key or their escapes.
    /// They go whole: a part of one could end inside an escape.
    fn without_secrets_as_written(&mut self, json: String) -> String {
        let secrets = self.secrets_as_written(&json);
        if secrets.is_empty() {
            return json;
        }
        let holds = |literal: &strings::Literal| {
            secrets.iter().any(|one| one.range.start < literal.to && literal.from < one.range.end)
        };
        let mut out = String::with_capacity(json.len());
        let mut from = 0;
        for literal in strings::literals(&json).iter().filter(|literal| !literal.is_key && holds(literal)) {
            out.push_str(json.get(from..literal.from).unwrap_or_default());
            out.push_str(&super::prose::quoted(&self.withheld()));
            from = literal.to;
        }
        out.push_str(json.get(from..).unwrap_or_default());
        out
    }

    /// A text swept, and without what looks like a secret only now that something stands for the names in it.
    fn swept_whole(&mut self, text: &str) -> String {
        let swept = self.swept(text, 0);
        match self.secrets(&swept) {
            Some(secrets) => self.marked(&swept, &secrets),
            None => self.withheld(),
        }
    }

    fn swept(&mut self, text: &str, depth: usize) -> String {
        if !self.search_all() {
            return self.withheld();
        }
        let hits = self.search.hits(text);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for hit in hits {
            out.push_str(text.get(from..hit.range.start).unwrap_or_default());
            out.push_str(&hit.replacement);
            from = hit.range.end;
            if let Some(class) = self.register.values().get(hit.of).map(|known| known.class) {
                self.tally.swept(class);
            }
            self.register.count_at(hit.of);
        }
        out.push_str(text.get(from..).unwrap_or_default());
        if depth >= encoded::DEPTH {
            return out;
        }
        // What is inside another writing is opened last: a value may be found in it as it stands.
        let mut whole = String::with_capacity(out.len());
        let mut from = 0;
        for one in encoded::enclosed(&out) {
            let swept = self.swept(&one.text, depth + 1);
            if swept != one.text {
                let before = out.get(one.range.clone()).unwrap_or_default();
                whole.push_str(out.get(from..one.range.start).unwrap_or_default());
                whole.push_str(&encoded::closed(&swept, one.coding, before));
                from = one.range.end;
            }
        }
        whole.push_str(out.get(from..).unwrap_or_default());
        whole
    }
}

/// Whether a key may be made of somebody's name: names of fields have neither spaces nor an `@` in the middle.
fn is_open_key(key: &str) -> bool {
    key.contains(' ') || key.find('@').is_some_and(|at| at > 0)
}
