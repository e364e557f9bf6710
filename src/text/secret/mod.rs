//! Finds tokens, passwords, cookies and keys, and masks them before anything is shown.
//!
//! The shapes are a closed list, [`shape::SHAPES`]: each has a kind, the words without which it cannot
//! occur, and a pattern. One look for all words spares nearly every text the patterns. A shape that
//! guesses (a password behind a colon) asks [`judge`] whether the value can be one, because a masked
//! "Password: does not meet the policy" hides the very cause somebody looks for.

mod extent;
mod judge;
mod kind;
pub mod name;
mod shape;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use regex::Regex;

pub use judge::{is_mixed, is_placeholder, is_random};
pub use kind::Kind;
pub use shape::LEAST_USER_INFO;
use shape::{Hit, SHAPES, Shape, Words};

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Where it stands: the secret alone, without the word in front of it.
    pub range: Range<usize>,
}

/// One search for the words of all shapes, and their patterns.
struct Finder {
    words: AhoCorasick,
    /// Of each word, the shape it belongs to, and which of its lists.
    shape_of: Vec<(usize, usize)>,
    /// Shapes that have one list of words only, one bit each.
    has_one: u128,
    /// In the order of [`SHAPES`]. Each is compiled when its words first occur: for all of them together, a small log
    /// would have to wait longer than for everything else. Nothing stands for a broken one.
    patterns: Vec<OnceLock<Option<Regex>>>,
}

/// `None` if there can be no such search; then no text is shown at all.
static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| {
    let (mut all, mut shape_of, mut has_one) = (Vec::<&str>::new(), Vec::new(), 0);
    for (at, shape) in SHAPES.iter().enumerate() {
        let lists = match shape.words {
            Words::One(words) => [words, &[]],
            Words::Both(first, second) => [first, second],
        };
        has_one |= u128::from(matches!(shape.words, Words::One(_))) << at;
        for (list, words) in lists.into_iter().enumerate() {
            all.extend(words);
            shape_of.extend(words.iter().map(|_| (at, list)));
        }
    }
    let words = AhoCorasick::builder().ascii_case_insensitive(true).build(all).ok()?;
    let patterns = SHAPES.iter().map(|_| OnceLock::new()).collect();
    Some(Finder { words, shape_of, has_one, patterns })
});

impl Finder {
    /// The shapes that may occur in a text, one bit each.
    fn wanted(&self, text: &str) -> u128 {
        let (mut first, mut second) = (0, self.has_one);
        for word in self.words.find_overlapping_iter(text) {
            match self.shape_of.get(word.pattern().as_usize()) {
                Some((shape, 0)) => first |= 1 << shape,
                Some((shape, _)) => second |= 1 << shape,
                None => {}
            }
        }
        first & second
    }

    /// The pattern of a shape; `None` if it is broken.
    fn pattern(&self, shape: usize) -> Option<&Regex> {
        let compile = || Regex::new(&SHAPES.get(shape)?.pattern()).ok();
        self.patterns.get(shape)?.get_or_init(compile).as_ref()
    }
}

/// What stands in place of a secret in a bundle, also URL-encoded. Its words look like secrets themselves
/// (`bearer len=32`), and nothing in it is one.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let plain = "‹secret:[a-z-]{1,20} len=[0-9]{1,9} fp=[0-9a-f]{4}›";
    let escaped = "%E2%80%B9secret%3A[a-z-]{1,20}%20len(?:=|%3D)[0-9]{1,9}%20fp(?:=|%3D)[0-9a-f]{4}%E2%80%BA";
    Regex::new(&format!("{plain}|{escaped}")).ok()
});

/// Whether secrets can be told at all: a broken pattern must stop whoever would write text without it.
pub fn is_ready() -> bool {
    let has_all = |finder: &Finder| (0..SHAPES.len()).all(|shape| finder.pattern(shape).is_some());
    FINDER.as_ref().is_some_and(has_all) && MARK.is_some()
}

/// All secrets of a text, one after the other, none within another. `None` if that cannot be told, and
/// the text must not be shown.
pub fn find(text: &str) -> Option<Vec<Found>> {
    let finder = FINDER.as_ref()?;
    let wanted = finder.wanted(text);
    let mut found = Vec::new();
    for (at, shape) in SHAPES.iter().enumerate() {
        if wanted >> at & 1 == 1 {
            collect(text, shape, finder.pattern(at)?, &mut found);
        }
    }
    unmarked(text, &mut found);
    Some(united(found))
}

/// Leaves out what stands in place of a secret. What begins in a mark is one; where it is URL-encoded, a pattern may
/// see it go on behind it.
pub fn unmarked(text: &str, found: &mut Vec<Found>) {
    if !found.is_empty() && text.contains("secret") {
        let marks: Vec<Range<usize>> =
            MARK.iter().flat_map(|mark| mark.find_iter(text)).map(|mark| mark.range()).collect();
        found.retain(|one| !marks.iter().any(|mark| mark.contains(&one.range.start)));
    }
}

fn collect(text: &str, shape: &Shape, pattern: &Regex, found: &mut Vec<Found>) {
    let mut from = 0;
    while let Some(captures) = pattern.captures_at(text, from) {
        let Some(whole) = captures.get(0) else { return };
        // A pattern has one group for each way to write the value, or none where all of it is the secret.
        let range = match captures.iter().skip(1).flatten().next() {
            Some(group) => group.range(),
            None if shape.is_followed() => extent::of(text, whole.end()),
            None => whole.range(),
        };
        from = whole.end();
        // What has no quotes is looked at once only: `token=token=token=…` would take the square of its length.
        if range.start == whole.end() {
            from = from.max(range.end);
        }
        let part = |range: Range<usize>| text.get(range).unwrap_or_default();
        let hit = Hit { value: part(range.clone()), before: part(0..range.start), after: part(range.end..text.len()) };
        if !hit.value.is_empty() && !hit.value.starts_with('‹') && (shape.is_secret)(&hit) {
            from = from.max(range.end);
            found.push(Found { kind: shape.kind, range });
        }
    }
}

/// Finds that overlap become one, of the kind of the shape that comes first in the list: it is the more
/// exact one, and what either of them covers is hidden.
fn united(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|one| (one.range.start, one.kind));
    let mut united: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        match united.last_mut().filter(|last| one.range.start < last.range.end) {
            Some(last) => {
                last.kind = last.kind.min(one.kind);
                last.range.end = last.range.end.max(one.range.end);
            }
            None => united.push(one),
        }
    }
    united
}

/// What stands in place of a secret.
const MASK: &str = "‹secret›";
/// What stands in place of a text of which cannot be told whether a secret is in it.
const WITHHELD: &str = "‹text withheld›";

/// `text` with every recognised secret replaced by `‹secret›`. The word before it (`Bearer`,
/// `password=`) stays, so that a reader sees what was there.
pub fn mask(text: &str) -> Cow<'_, str> {
    /// Where one secret hides that something is another one, that shows when the first is gone; so often at most.
    const ROUNDS: usize = 8;
    let mut masked = Cow::Borrowed(text);
    for _ in 0..ROUNDS {
        match find(&masked) {
            Some(found) if found.is_empty() => break,
            Some(found) => masked = Cow::Owned(replaced(&masked, &found, |_| Cow::Borrowed(MASK)).into_owned()),
            None => return Cow::Borrowed(WITHHELD),
        }
    }
    masked
}

/// The text from a place on, masked as in the whole text: a secret that begins before the place is masked, too.
pub fn mask_from(text: &str, from: usize) -> String {
    let Some(found) = find(text) else { return WITHHELD.to_owned() };
    let start = found.iter().find(|one| one.range.contains(&from)).map_or(from, |one| one.range.start);
    let shifted = |one: &Found| {
        let (from, to) = (one.range.start.checked_sub(start)?, one.range.end.checked_sub(start)?);
        Some(Found { kind: one.kind, range: from..to })
    };
    let found: Vec<Found> = found.iter().filter_map(shifted).collect();
    let rest = text.get(start..).unwrap_or_default();
    mask(&replaced(rest, &found, |_| Cow::Borrowed(MASK))).into_owned()
}

/// `text` with each of these replaced.
pub fn replaced<'t>(text: &'t str, found: &[Found], mut with: impl FnMut(&Found) -> Cow<'static, str>) -> Cow<'t, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for one in found {
        out.push_str(text.get(from..one.range.start).unwrap_or_default());
        out.push_str(&with(one));
        from = one.range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}
