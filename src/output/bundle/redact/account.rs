//! What was replaced and dropped, in numbers: for `redaction.json`, for the preview, and for the map beside the
//! bundle. Classes of which nothing was found are listed too: a field that was renamed must be noticed as a
//! zero where there used to be thousands.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::class::{Class, Recipient};
use crate::text::secret::Kind;

/// The account of a bundle. It holds no original values.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// Who receives it.
    pub profile: Recipient,
    /// The name of the key.
    pub key_id: String,
    /// Names of groups stayed.
    pub groups_kept: bool,
    /// How many people stay in clear on purpose.
    pub revealed: usize,
    /// Of each class, zeros included.
    pub classes: Vec<ClassCount>,
    /// Of each kind of secret, zeros included.
    pub secrets: Vec<SecretCount>,
    /// Fields that no policy has, or that one drops.
    pub dropped: Vec<Dropped>,
    /// Records of formats without a policy.
    pub records_left_out: Vec<LeftOut>,
    /// What the names of groups were like: their length and characters are often why a push fails.
    pub groups: Vec<GroupShape>,
    /// Values that were withheld because it could not be told what is in them.
    pub withheld: u64,
}

/// How often values of a class were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassCount {
    /// The class.
    pub class: Class,
    /// Places.
    pub replaced: u64,
    /// Different values.
    pub distinct: usize,
}

/// How often secrets of a kind were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretCount {
    /// The kind.
    pub kind: Kind,
    /// Places.
    pub replaced: u64,
}

/// A field that was dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Format and path.
    pub path: String,
    /// How often.
    pub count: u64,
}

/// A format whose records were left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The format.
    pub dialect: String,
    /// How many.
    pub records: u64,
}

/// What a group's name is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupShape {
    /// What stands for it.
    pub pseudonym: String,
    /// Characters.
    pub length: usize,
    /// Kinds of characters: `letters`, `digits`, `space`, and signs as they are.
    pub characters: Vec<String>,
}

/// One value before and after, for a terminal alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What it is.
    pub class: Class,
    /// The value; of a secret only what and how long it was.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

/// Who is who, for the map beside the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mapped {
    /// What it is.
    pub class: Class,
    /// What stands in the bundle.
    pub pseudonym: String,
    /// What it stands for.
    pub value: String,
    /// In how many places.
    pub count: u64,
}

/// Pairs of a class that are shown.
const PAIRS: usize = 5;
/// Dropped paths that are listed; keys made of chance would fill the file.
const PATHS: usize = 500;

/// What is counted while values are replaced.
#[derive(Debug, Default)]
pub(super) struct Tally {
    classes: BTreeMap<Class, u64>,
    secrets: BTreeMap<Kind, u64>,
    dropped: BTreeMap<String, u64>,
    left_out: BTreeMap<String, u64>,
    groups: BTreeMap<String, GroupShape>,
    distinct: BTreeMap<Class, BTreeSet<String>>,
    pub(super) pairs: Vec<Pair>,
    pub(super) failed: u64,
}

impl Tally {
    pub(super) fn replaced(&mut self, class: Class, before: &str, after: &str) {
        *self.classes.entry(class).or_default() += 1;
        let is_new = self.distinct.entry(class).or_default().insert(crate::text::folded::normal(before));
        if is_new && class == Class::Group {
            self.groups.insert(after.to_owned(), shape(before, after));
        }
        self.pair(class, before, after);
    }

    pub(super) fn secret(&mut self, kind: Kind, length: usize, after: &str) {
        *self.classes.entry(Class::Secret).or_default() += 1;
        *self.secrets.entry(kind).or_default() += 1;
        // Marks of different secrets differ by their length and fingerprint.
        self.distinct.entry(Class::Secret).or_default().insert(after.to_owned());
        self.pair(Class::Secret, &format!("{}, {length} characters", kind.word()), after);
    }

    /// A value that was found again in a finished text.
    pub(super) fn swept(&mut self, class: Class) {
        *self.classes.entry(class).or_default() += 1;
    }

    fn pair(&mut self, class: Class, before: &str, after: &str) {
        let of_class = || self.pairs.iter().filter(|pair| pair.class == class);
        if of_class().count() < PAIRS && !of_class().any(|pair| pair.after == after) {
            self.pairs.push(Pair { class, before: before.to_owned(), after: after.to_owned() });
        }
    }

    pub(super) fn dropped(&mut self, path: &str) {
        if self.dropped.len() < PATHS || self.dropped.contains_key(path) {
            *self.dropped.entry(path.to_owned()).or_default() += 1;
        } else {
            *self.dropped.entry("other paths".to_owned()).or_default() += 1;
        }
    }

    pub(super) fn left_out(&mut self, dialect: &str) {
        *self.left_out.entry(dialect.to_owned()).or_default() += 1;
    }

    /// The numbers, with what is known otherwise.
    pub(super) fn account(&self, profile: Recipient, key_id: String, groups_kept: bool, revealed: usize) -> Account {
        let class = |class: Class| ClassCount {
            class,
            replaced: self.classes.get(&class).copied().unwrap_or_default(),
            distinct: self.distinct.get(&class).map_or(0, BTreeSet::len),
        };
        let secret = |kind: Kind| SecretCount { kind, replaced: self.secrets.get(&kind).copied().unwrap_or_default() };
        let dropped = |(path, count): (&String, &u64)| Dropped { path: path.clone(), count: *count };
        let left_out = |(dialect, records): (&String, &u64)| LeftOut { dialect: dialect.clone(), records: *records };
        Account {
            profile,
            key_id,
            groups_kept,
            revealed,
            classes: Class::ALL.into_iter().map(class).collect(),
            secrets: Kind::ALL.into_iter().map(secret).collect(),
            dropped: self.dropped.iter().map(dropped).collect(),
            records_left_out: self.left_out.iter().map(left_out).collect(),
            groups: self.groups.values().cloned().collect(),
            withheld: self.failed,
        }
    }
}

fn shape(name: &str, pseudonym: &str) -> GroupShape {
    let kind = |c: char| match c {
        'a'..='z' | 'A'..='Z' => "letters".to_owned(),
        '0'..='9' => "digits".to_owned(),
        ' ' => "space".to_owned(),
        c if c.is_whitespace() => "other white space".to_owned(),
        c if c.is_alphabetic() => "letters beyond a to z".to_owned(),
        c if c.is_ascii_punctuation() => c.to_string(),
        c if c.is_control() => "control characters".to_owned(),
        _ => "other signs".to_owned(),
    };
    let characters: BTreeSet<String> = name.chars().map(kind).collect();
    let length = name.chars().count();
    GroupShape { pseudonym: pseudonym.to_owned(), length, characters: characters.into_iter().collect() }
}
