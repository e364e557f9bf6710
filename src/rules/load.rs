//! Rule files to a [`Library`]. Each file that cannot be used is one clear error; the rest loads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::thread;

use serde::Deserialize as _;
use toml::de::DeTable;

use super::builtin::{self, BuiltIn};
use super::compile::Matcher;
use super::model::{Advice, Rule, Severity};
use super::{folder, keys};
use crate::text::suggest;

/// Ids that are offered in place of one that there is not.
const OFFERED: usize = 3;

/// A rule file, or a whole folder of them, that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {what}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct LoadError {
    /// The file.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub what: String,
    /// Whether it is about a folder that could not be read at all.
    pub folder: bool,
}

impl LoadError {
    /// An error about one file.
    pub(super) fn of_file(file: &str, line: Option<usize>, what: impl Into<String>) -> LoadError {
        LoadError { file: file.to_owned(), line, what: what.into(), folder: false }
    }

    /// An error about a folder.
    pub(super) fn of_folder(folder: &Path, what: impl Into<String>) -> LoadError {
        LoadError { file: folder.display().to_string(), line: None, what: what.into(), folder: true }
    }
}

/// How much of the built-in rules is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    InUse,
    Examples,
}

/// All rules in use, ready to match.
pub struct Library {
    rules: Vec<Rule>,
    files: Vec<RuleFile>,
    pub(super) matcher: Matcher,
    /// Finds the issues that a change ends.
    pub(super) endings: Matcher,
}

/// Where a rule came from.
struct RuleFile {
    name: Cow<'static, str>,
    own: bool,
    /// What stands in it, if somebody wants to name lines of it later.
    text: Option<Cow<'static, str>>,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

/// Rules of one folder by id, with their files.
type Found = BTreeMap<String, (Rule, RuleFile)>;

/// Rules in the order of their ids, and beside them their files.
struct Shelf {
    rules: Vec<Rule>,
    files: Vec<RuleFile>,
}

impl Shelf {
    /// Some of the built-in rules, with room for so many.
    fn of(files: &[BuiltIn], depth: Depth, room: usize) -> (Shelf, Vec<LoadError>) {
        let mut shelf = Shelf { rules: Vec::with_capacity(room), files: Vec::with_capacity(room) };
        let mut errors = Vec::new();
        for file in files {
            match read_built_in(file, depth) {
                Ok(rule) => {
                    let text = (depth == Depth::Examples).then_some(Cow::Borrowed(file.text));
                    shelf.rules.push(rule);
                    shelf.files.push(RuleFile { name: Cow::Borrowed(file.name), own: false, text });
                }
                Err(error) => errors.push(error),
            }
        }
        (shelf, errors)
    }

    /// Puts the rules of a folder among them, in place of those with the same ids.
    fn replace(self, own: Found) -> Shelf {
        let kept = self.rules.into_iter().zip(self.files).filter(|(rule, _)| !own.contains_key(&rule.id)).collect();
        let mut all: Vec<(Rule, RuleFile)> = kept;
        all.extend(own.into_values());
        all.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let (rules, files) = all.into_iter().unzip();
        Shelf { rules, files }
    }
}

impl Library {
    /// The built-in rules, and those of the folders; a folder's rule replaces a built-in of the
    /// same id. Errors are about single files. Built-in rules come without their examples.
    pub fn load(folders: &[PathBuf]) -> (Library, Vec<LoadError>) {
        Library::with(folders, Depth::InUse)
    }

    /// The same from the rule files themselves, with all examples, and with every part of every rule
    /// tried: what `rules test` needs, and too slow for each start.
    pub fn load_with_examples(folders: &[PathBuf]) -> (Library, Vec<LoadError>) {
        Library::with(folders, Depth::Examples)
    }

    fn with(folders: &[PathBuf], depth: Depth) -> (Library, Vec<LoadError>) {
        let mut errors = Vec::new();
        let mut shelf = built_in(depth, &mut errors);
        for folder in folders {
            let mut own = Found::new();
            read_folder(folder, depth, &mut own, &mut errors);
            shelf = shelf.replace(own);
        }
        let Shelf { rules, files } = shelf;
        let (matcher, mut broken) = Matcher::compile(&rules, |rule| &rule.matches);
        let (endings, broken_endings) = Matcher::compile(&rules, |rule| &rule.ended_by);
        broken.extend(broken_endings);
        // Patterns of the built-in rules are proved by the tests; compiling them takes longer than
        // reading a small log.
        let tried = |rule: usize| depth == Depth::Examples || files.get(rule).is_some_and(|file| file.own);
        broken.extend([&matcher, &endings].into_iter().flat_map(|matcher| matcher.broken_patterns(tried)));
        let library = Library { rules, files, matcher, endings };
        errors.extend(broken.into_iter().map(|broken| {
            let line = library.line_of(broken.rule, &broken.words, depth);
            LoadError::of_file(library.file(broken.rule), line, broken.what)
        }));
        (library, errors)
    }

    /// The line of a rule's file that has these words.
    fn line_of(&self, rule: usize, words: &str, depth: Depth) -> Option<usize> {
        let file = self.files.get(rule)?;
        let read = || folder::read(Path::new(&*file.name)).ok();
        let text = match (&file.text, depth) {
            (Some(text), _) => text.clone(),
            // Kept for `rules test` only; an error is rare enough to read the file again.
            (None, _) => Cow::Owned(read()?),
        };
        // In a basic string a backslash is written twice.
        let at = text.find(words).or_else(|| text.find(&words.replace('\\', "\\\\")))?;
        line_at(&text, at)
    }

    /// Rules sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule at a position that a finding names.
    pub fn rule(&self, index: usize) -> Option<&Rule> {
        self.rules.get(index)
    }

    /// The file a rule came from.
    pub fn file(&self, index: usize) -> &str {
        self.files.get(index).map_or("", |file| &file.name)
    }

    /// Whether a rule came from a folder of the user's, and not with the program.
    pub fn is_own(&self, index: usize) -> bool {
        self.files.get(index).is_some_and(|file| file.own)
    }

    /// The text of the file a rule came from, if the library was loaded with examples.
    pub fn text(&self, index: usize) -> Option<&str> {
        self.files.get(index)?.text.as_deref()
    }

    /// ` (did you mean …?)` if an id is nearly one of a rule.
    pub fn did_you_mean(&self, id: &str) -> String {
        let near = suggest::nearest_few(id, self.rules.iter().map(|rule| rule.id.as_str()), OFFERED);
        let near: Vec<String> = near.into_iter().map(|near| format!("`{near}`")).collect();
        if near.is_empty() { String::new() } else { format!(" (did you mean {}?)", near.join(" or ")) }
    }

    /// Position of the rule with this id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()
    }
}

/// Reads the built-in rules, on two threads: it is most of what a small log waits for.
fn built_in(depth: Depth, errors: &mut Vec<LoadError>) -> Shelf {
    let files = builtin::files();
    let (first, second) = files.split_at(files.len() / 2);
    thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, || Shelf::of(second, depth, second.len()));
        let (mut shelf, found) = Shelf::of(first, depth, files.len());
        // Where there can be no second thread, this one reads all.
        let others = other.ok().and_then(|other| other.join().ok());
        let (others, other_errors) = others.unwrap_or_else(|| Shelf::of(second, depth, second.len()));
        shelf.rules.extend(others.rules);
        shelf.files.extend(others.files);
        errors.extend(found);
        errors.extend(other_errors);
        shelf
    })
}

fn read_built_in(file: &BuiltIn, depth: Depth) -> Result<Rule, LoadError> {
    match depth {
        Depth::Examples => parse(file.name, file.text),
        Depth::InUse => {
            let rule = serde_json::from_str(file.rule).map(|rule: Rule| rule.advising_later(file.advice));
            rule.or_else(|_| parse(file.name, file.text))
        }
    }
}

fn insert(rule: Rule, file: RuleFile, line: Option<usize>, found: &mut Found, errors: &mut Vec<LoadError>) {
    if let Some((_, first)) = found.get(&rule.id) {
        let what = format!(
            "the id `{}` is already used by {}; this file is left out: give it, and the id in it, another name",
            rule.id, first.name
        );
        errors.push(LoadError::of_file(&file.name, line, what));
        return;
    }
    found.insert(rule.id.clone(), (rule, file));
}

fn read_folder(folder: &Path, depth: Depth, found: &mut Found, errors: &mut Vec<LoadError>) {
    for path in folder::rule_files(folder, errors) {
        let name = path.display().to_string();
        let text = match folder::read(&path) {
            Ok(text) => text,
            Err((line, what)) => {
                errors.push(LoadError::of_file(&name, line, what));
                continue;
            }
        };
        match parse(&name, &text) {
            Ok(rule) => {
                let unfinished = unfinished(&name, &text, &rule);
                // `rules lint` and `rules test` tell the author what else is missing.
                let passed_over = unfinished.is_some() && depth == Depth::InUse;
                errors.extend(unfinished);
                if passed_over {
                    continue;
                }
                let line = line_of_key(&text, "id");
                let text = (depth == Depth::Examples).then_some(Cow::Owned(text));
                insert(rule, RuleFile { name: name.into(), own: true, text }, line, found, errors);
            }
            Err(error) => errors.push(error),
        }
    }
}

/// What a rule that somebody only began lacks. In use it would put empty lines in the place of an answer,
/// and its failures would no longer count as unknown.
fn unfinished(file: &str, text: &str, rule: &Rule) -> Option<LoadError> {
    let parts = [
        ("title", rule.title.trim().is_empty()),
        ("cause", rule.advice().cause.trim().is_empty()),
        ("fix", rule.advice().fix.iter().any(|step| step.trim().is_empty())),
    ];
    let empty: Vec<&str> = parts.into_iter().filter(|(_, is_empty)| *is_empty).map(|(key, _)| key).collect();
    let first = empty.first()?;
    let what = format!(
        "empty: {}; the rule is not used until that is filled in, and `provlens rules lint` lists what else is missing",
        empty.join(", ")
    );
    Some(LoadError::of_file(file, line_of_key(text, first), what))
}

/// The line, from 1, in which the byte at `at` stands.
pub(super) fn line_at(text: &str, at: usize) -> Option<usize> {
    text.get(..at).map(|before| before.matches('\n').count() + 1)
}

/// The line on which a key of the file itself, not of one of its tables, is set.
fn line_of_key(text: &str, key: &str) -> Option<usize> {
    let sets = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().position(sets).map(|line| line + 1)
}

/// Reads one rule file strictly.
///
/// # Errors
/// [`LoadError`] with what is wrong first, and its line where that is known.
pub fn parse(file: &str, text: &str) -> Result<Rule, LoadError> {
    if text.trim().is_empty() {
        let what = "the file is empty; `provlens rules new --from -` writes one to start from";
        return Err(LoadError::of_file(file, None, what));
    }
    let rule = read(file, text)?;
    let fail = |key: &str, what: String| LoadError::of_file(file, line_of_key(text, key), what);
    let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if rule.id != stem {
        let what = format!("the id `{}` differs from the file's name `{stem}`; make them the same", rule.id);
        return Err(fail("id", what));
    }
    if !rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err(fail("id", "an id has small letters, digits and hyphens only".to_owned()));
    }
    if crate::text::width::width(&rule.title) > 60 {
        return Err(fail("title", "the title is longer than 60 columns".to_owned()));
    }
    if rule.advice().fix.is_empty() {
        return Err(fail("fix", "`fix` needs at least one step".to_owned()));
    }
    let shows = !rule.matches.is_empty() || rule.detector.is_some() || !rule.instead_of.is_empty();
    match (&rule.unseen, shows) {
        (None, false) => {
            let what = "the rule has neither [[match]] nor `detector` nor [[instead_of]], so it could never be found; if no log shows the issue, say so with `unseen`";
            return Err(fail("id", what.to_owned()));
        }
        (Some(_), true) => {
            return Err(fail("unseen", "a rule that a log can show has no `unseen`".to_owned()));
        }
        _ => {}
    }
    if rule.already_done && rule.severity > Severity::Low {
        let what = "what is done already leaves nobody without anything; make the severity `low` or `info`";
        return Err(fail("already_done", what.to_owned()));
    }
    if rule.examples.is_empty() && !rule.matches.is_empty() {
        return Err(fail("id", "the rule has no [[example]]; add a record that it must explain".to_owned()));
    }
    Ok(rule)
}

/// Takes a rule out of its file, in which no key may be unknown.
fn read(file: &str, text: &str) -> Result<Rule, LoadError> {
    let at = |place: Range<usize>| line_at(text, place.start);
    let broken =
        |error: toml::de::Error| LoadError::of_file(file, error.span().and_then(at), explained(error.message(), text));
    let table = DeTable::parse(text).map_err(broken)?;
    let known = || keys::of::<Rule>().iter().chain(keys::of::<Advice>()).copied();
    if let Some(key) = table.get_ref().keys().find(|key| known().all(|known| known != key.get_ref())) {
        let meant = suggest::nearest(key.get_ref(), known());
        let meant = meant.map(|meant| format!(" (did you mean `{meant}`?)")).unwrap_or_default();
        let what = format!("unknown field `{}`{meant}; docs/rule-format.md lists what a rule may have", key.get_ref());
        return Err(LoadError::of_file(file, at(key.span()), what));
    }
    let rule = Rule::deserialize(toml::Deserializer::from(table.clone())).map_err(broken)?;
    let advice = Advice::deserialize(toml::Deserializer::from(table)).map_err(broken)?;
    Ok(rule.advising(advice))
}

/// The parser's words, with what to do about the commonest slips.
fn explained(message: &str, text: &str) -> String {
    let message = message.replace('\n', " ");
    let missing = message.strip_prefix("missing field ");
    match missing {
        Some(field) if !text.contains('=') => {
            format!("{field} is missing, and there is no `name = value` at all; is this a rule file?")
        }
        Some(field) => format!("{field} is missing; docs/rule-format.md lists what a rule needs"),
        None => message,
    }
}
