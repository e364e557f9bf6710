//! Rule files to a [`Library`]. Each file that cannot be used is one clear error; the rest loads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::builtin;
use super::compile::Matcher;
use super::model::Rule;

/// Most rule files taken from one user folder, and the largest of them.
const MAX_FILES: usize = 5_000;
const MAX_BYTES: u64 = 1 << 20;

/// A rule file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {what}", .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct LoadError {
    /// The file.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub what: String,
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
    files: Vec<String>,
    pub(super) matcher: Matcher,
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
        let mut rules: BTreeMap<String, (Rule, String)> = BTreeMap::new();
        for built_in in builtin::files() {
            let file = format!("rules/{}", built_in.name);
            let rule = match depth {
                Depth::Examples => parse(&file, built_in.text),
                Depth::InUse => serde_json::from_str(built_in.json).or_else(|_| parse(&file, built_in.text)),
            };
            match rule {
                Ok(rule) => insert(rule, file, &mut rules, &mut errors),
                Err(error) => errors.push(error),
            }
        }
        for folder in folders {
            let mut own = BTreeMap::new();
            read_folder(folder, &mut own, &mut errors);
            rules.extend(own);
        }
        let (rules, files): (Vec<Rule>, Vec<String>) = rules.into_values().unzip();
        let (matcher, mut broken) = Matcher::compile(&rules);
        // Patterns of the built-in rules are proved by the tests.
        if depth == Depth::Examples || !folders.is_empty() {
            broken.extend(matcher.broken_patterns());
        }
        for (index, what) in broken {
            errors.push(LoadError { file: files.get(index).cloned().unwrap_or_default(), line: None, what });
        }
        (Library { rules, files, matcher }, errors)
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
        self.files.get(index).map_or("", String::as_str)
    }

    /// Position of the rule with this id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok()
    }
}

fn insert(rule: Rule, file: String, rules: &mut BTreeMap<String, (Rule, String)>, errors: &mut Vec<LoadError>) {
    if let Some((_, first)) = rules.get(&rule.id) {
        errors.push(LoadError { file, line: None, what: format!("the id `{}` is already used by {first}", rule.id) });
        return;
    }
    rules.insert(rule.id.clone(), (rule, file));
}

fn read_folder(folder: &Path, rules: &mut BTreeMap<String, (Rule, String)>, errors: &mut Vec<LoadError>) {
    let mut paths = Vec::new();
    if let Err(error) = collect(folder, &mut paths) {
        errors.push(LoadError {
            file: folder.display().to_string(),
            line: None,
            what: format!("the rules folder cannot be read: {error}"),
        });
    }
    paths.sort();
    if paths.len() > MAX_FILES {
        errors.push(LoadError {
            file: folder.display().to_string(),
            line: None,
            what: format!(
                "more than {MAX_FILES} rule files; is this really a folder of rules? The first {MAX_FILES} are used"
            ),
        });
        paths.truncate(MAX_FILES);
    }
    for path in paths {
        let file = path.display().to_string();
        let fail = |what: String| LoadError { file: file.clone(), line: None, what };
        match fs::metadata(&path) {
            Ok(meta) if meta.len() > MAX_BYTES => errors.push(fail("a rule file may have 1 MiB at most".to_owned())),
            _ => match fs::read_to_string(&path) {
                Ok(text) => match parse(&file, &text) {
                    Ok(rule) => insert(rule, file, rules, errors),
                    Err(error) => errors.push(error),
                },
                Err(error) => errors.push(fail(error.to_string())),
            },
        }
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
        if paths.len() > MAX_FILES {
            break;
        }
    }
    Ok(())
}

/// Reads one rule file strictly.
fn parse(file: &str, text: &str) -> Result<Rule, LoadError> {
    let line_at = |at: usize| text.get(..at).map(|before| before.matches('\n').count() + 1);
    let rule: Rule = toml::from_str(text).map_err(|error| LoadError {
        file: file.to_owned(),
        line: error.span().and_then(|span| line_at(span.start)),
        what: error.message().to_owned(),
    })?;
    let fail = |key: &str, what: String| LoadError {
        file: file.to_owned(),
        line: text.find(&format!("{key} =")).and_then(line_at),
        what,
    };
    let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if rule.id != stem {
        return Err(fail("id", format!("the id `{}` differs from the file's name `{stem}`", rule.id)));
    }
    if !rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err(fail("id", "an id has small letters, digits and hyphens only".to_owned()));
    }
    if crate::text::width::width(&rule.title) > 60 {
        return Err(fail("title", "the title is longer than 60 columns".to_owned()));
    }
    if rule.fix.is_empty() {
        return Err(fail("fix", "`fix` needs at least one step".to_owned()));
    }
    let shows = !rule.matches.is_empty() || rule.detector.is_some();
    match (&rule.unseen, shows) {
        (None, false) => {
            let what = "the rule has neither [[match]] nor `detector`, so it could never be found; if no log shows the issue, say so with `unseen`";
            return Err(fail("id", what.to_owned()));
        }
        (Some(_), true) => {
            return Err(fail("unseen", "a rule that a log can show has no `unseen`".to_owned()));
        }
        _ => {}
    }
    if rule.examples.is_empty() && !rule.matches.is_empty() {
        return Err(fail("id", "the rule has no [[example]]; add a record that it must explain".to_owned()));
    }
    Ok(rule)
}
