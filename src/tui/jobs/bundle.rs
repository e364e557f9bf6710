//! Makes the bundle that the dialog shows, and writes exactly that one.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Narrow, Reader, Wanted, search};
use crate::analysis::Analysis;
use crate::event::Provider;
use crate::event::store::Store;
use crate::output::bundle::redact::{Key, Recipient, Settings};
use crate::output::bundle::{About, Bundle, Case, Draft, Files, Input, NoBundle, Scope, Sender};
use crate::output::page::shown;
use crate::output::whole::{Old, WriteError};
use crate::pipeline::again::Records;
use crate::pipeline::hashes::Hashes;
use crate::text::time::Micros;
use crate::tui::keymap::{Action, key_of};

/// Most failures that are told one by one; the command has the same unless it is told otherwise.
const MOST_EVENTS: usize = 500;

/// What only a computer has: chance, and the time.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// A key that nobody had before.
    pub key: Key,
    /// Now.
    pub now: Micros,
}

/// What a bundle is to be made of.
#[derive(Debug)]
pub struct Asked {
    /// The problem.
    pub about: About,
    /// The events among which it is looked for.
    pub narrow: Narrow,
    /// What is said of everything that was read.
    pub analysis: Arc<Analysis>,
    /// Who receives it.
    pub recipient: Recipient,
    /// Names of groups stay.
    pub keeps_groups: bool,
    /// Who stays in clear, by login or name.
    pub reveal: Option<String>,
    /// What the sender adds.
    pub sender: Sender,
    /// What an earlier one of the same dialog had.
    pub fixed: Option<Arc<Fixed>>,
}

/// What stays the same however often somebody changes their mind in one dialog.
#[derive(Debug)]
pub struct Fixed {
    fresh: Fresh,
    inputs: Vec<Input>,
}

/// What came of asking.
#[derive(Debug)]
pub struct Answer {
    /// For the next one.
    pub fixed: Option<Arc<Fixed>>,
    /// The bundle, or why there is none.
    pub made: Result<Made, String>,
}

/// A bundle that can be looked at and written.
pub struct Made {
    /// The bundle.
    pub bundle: Bundle,
    /// Who receives it.
    pub recipient: Recipient,
    /// In whose log most of it is.
    pub provider: Option<Provider>,
    /// Bytes that they take.
    pub takes: u64,
    /// The last failure as it stands in the bundle: what was done and when, and what was answered.
    pub preview: [String; 2],
    /// Where the lines of each file begin.
    pub lines: Vec<Vec<usize>>,
    key: Key,
}

impl fmt::Debug for Made {
    // Who is who is in it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Made({})", self.bundle.name)
    }
}

/// Makes it; `None` if nobody wants it any more.
pub fn make(asked: &Asked, reader: &Reader, is_wanted: &Wanted<'_>) -> Option<Answer> {
    let fixed = match &asked.fixed {
        Some(fixed) => fixed.clone(),
        None => {
            let hashes = Hashes::default().rest(&reader.gathered.sources);
            match (reader.fresh)() {
                Ok(fresh) => Arc::new(Fixed { fresh, inputs: Input::all(&asked.analysis, &hashes.finish()) }),
                Err(why) => return Some(Answer { fixed: None, made: Err(why) }),
            }
        }
    };
    let rows = search(&asked.narrow, &reader.library, is_wanted)?;
    let made = with_rows(asked, reader, &fixed, rows, is_wanted)?;
    Some(Answer { fixed: Some(fixed), made })
}

fn with_rows(
    asked: &Asked,
    reader: &Reader,
    fixed: &Fixed,
    rows: Vec<u32>,
    is_wanted: &Wanted<'_>,
) -> Option<Result<Made, String>> {
    let (store, recipient, key) = (&asked.narrow.events.store, asked.recipient, &fixed.fresh.key);
    let reveal = match asked.reveal.as_deref().map(|who| login(who, store)).transpose() {
        Ok(login) => login,
        Err(why) => return Some(Err(why)),
    };
    let provider = asked.about.provider(&asked.analysis, store, &rows);
    let case = Case {
        scope: Scope {
            analysis: &asked.analysis,
            store,
            about: asked.about.clone(),
            rows,
            is_narrowed: !asked.narrow.filter.is_open(),
        },
        not_found: 0,
        library: &reader.library,
        asked: reader.options.filter.clone().and(asked.narrow.filter.clone()).within(),
        sender: asked.sender.clone(),
        settings: Settings {
            recipient,
            keep_groups: asked.keeps_groups,
            reveal: reveal.into_iter().collect(),
            key: key.clone(),
        },
        created: fixed.fresh.now,
        most_events: MOST_EVENTS,
        most_bytes: recipient.takes(provider),
        // That of the computer would tell where it stands.
        zone: None,
    };
    let draft = match Draft::begin(&case) {
        Ok(draft) => draft,
        Err(error) => return Some(Err(refusal(&error, &asked.about, &asked.narrow))),
    };
    let records = Records::read(&reader.gathered.sources, &draft.places());
    if !is_wanted() {
        return None;
    }
    let bundle = match draft.complete(&|each| records.events(each), || fixed.inputs.clone()) {
        Ok(bundle) => bundle,
        Err(error) => return Some(Err(refusal(&error, &asked.about, &asked.narrow))),
    };
    let takes = case.most_bytes;
    let preview = preview(&bundle);
    let lines = bundle.files.iter().map(|file| starts(&file.bytes)).collect();
    Some(Ok(Made { bundle, recipient, provider, takes, preview, lines, key: key.clone() }))
}

/// Why there is none, and what to do instead.
pub(in crate::tui) fn refusal(error: &NoBundle, about: &About, among: &Narrow) -> String {
    match (error, about) {
        (NoBundle::Nothing, About::Failures) => format!(
            "none of these events failed ({}). What was never tried is told by its issue: go back, open that with {} and press {} there",
            among.text,
            key_of(Action::Issue),
            key_of(Action::Bundle)
        ),
        // A filter that is set counts besides.
        (NoBundle::Nothing, _) if !among.filter.is_open() => format!("{error} ({})", among.text),
        (NoBundle::Leaks(blocked), _) => {
            format!("{error}. What to do: {}", blocked.way_out(&format!("a filter ({})", key_of(Action::Filter))))
        }
        _ => error.to_string(),
    }
}

/// The login of somebody who is in the logs.
fn login(asked: &str, store: &Store) -> Result<String, String> {
    let asked = asked.trim();
    let is_same = |text: Option<&str>| text.is_some_and(|text| text.to_lowercase() == asked.to_lowercase());
    let mut found: Vec<&str> =
        store.subjects().filter(|who| is_same(who.login) || is_same(who.name)).filter_map(|who| who.login).collect();
    found.sort_unstable_by_key(|login| login.to_lowercase());
    found.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    match &*found {
        [only] => Ok((*only).to_owned()),
        [] => Err(format!("nobody in these logs has the login or name {}", shown(asked))),
        _ => Err(format!("several people are called {}; give the login of one", shown(asked))),
    }
}

/// The last failure as it stands in the bundle; where nothing failed outright, the last event.
fn preview(bundle: &Bundle) -> [String; 2] {
    let file = bundle.files.iter().find(|file| file.path == "events.ndjson");
    let text = file.map(|file| String::from_utf8_lossy(&file.bytes)).unwrap_or_default();
    let event = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok();
    let failed = |event: &serde_json::Value| event.get("outcome").is_some_and(|outcome| outcome == "failure");
    let events = || text.lines().rev().filter_map(event);
    let Some(event) = events().find(failed).or_else(|| events().next()) else { return Default::default() };
    let at = |path: &str| match event.pointer(path) {
        Some(serde_json::Value::String(text)) => Some(text.clone()),
        Some(serde_json::Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let first = |paths: &[&str]| paths.iter().find_map(|path| at(path));
    let joined = |parts: [Option<String>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let who = first(&["/subject/login", "/subject/id", "/subject/name"]);
    let words = first(&["/error/remote", "/error/message"]);
    let said = joined([at("/error/http_status"), at("/error/code"), words]);
    let time = at("/time").unwrap_or_else(|| "time unknown".to_owned());
    let outcome = if failed(&event) { "failed".to_owned() } else { at("/outcome").unwrap_or_default() };
    let said = if said.is_empty() { "the log does not say why".to_owned() } else { said };
    [joined([Some(time), at("/operation"), who]), format!("{outcome}: {said}")]
}

fn starts(bytes: &[u8]) -> Vec<usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).filter(|start| *start < bytes.len()).collect()
}

/// A bundle to be written.
#[derive(Clone, Debug)]
pub struct Packing {
    /// What was shown, which is what is written.
    pub answer: Arc<Answer>,
    /// Where it goes.
    pub path: PathBuf,
}

/// Writes it, never over a file that is there.
///
/// # Errors
/// Why not, for the reader.
pub fn write(packing: &Packing, reader: &Reader) -> Result<Files, String> {
    let Ok(made) = &packing.answer.made else { return Err("There is no bundle to write.".to_owned()) };
    let inputs = reader.gathered.files();
    let files = Files::at(packing.path.clone());
    let written = files.write(&made.bundle, &made.key, &inputs, Old::Stays);
    match written {
        Ok(()) => Ok(files),
        Err(error @ WriteError::IsThere(_)) => Err(format!("{error} and stays as it is. Choose another name.")),
        Err(error) => Err(format!("{error}. Choose another name.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_after_each_end_and_the_last_end_begins_none() {
        assert_eq!(starts(b"ab\n\nc\n"), [0, 3, 4]);
        assert_eq!(starts(b"ab"), [0]);
        assert!(starts(b"").is_empty());
    }

    #[test]
    fn whoever_stays_in_clear_is_somebody() {
        use crate::event::{Entry, Place, Subject};
        let mut store = Store::default();
        for (login, name) in
            [("ann.lee@corp.example", "Ann Lee"), ("al@corp.example", "Al Kim"), ("al2@corp.example", "Al Kim")]
        {
            let subject = Subject { login: Some(login), name: Some(name), ..Subject::default() };
            store.push(&Entry { subject, ..Entry::new(Place::default(), Provider::Okta, "okta-system-log") });
        }
        assert_eq!(login(" ANN.lee@corp.example", &store).unwrap(), "ann.lee@corp.example");
        assert_eq!(login("ann lee", &store).unwrap(), "ann.lee@corp.example");
        assert!(login("al kim", &store).unwrap_err().contains("several people"));
        assert!(login("bob", &store).unwrap_err().contains("nobody"));
    }
}
