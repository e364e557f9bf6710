//! From a case to a finished bundle: select, learn what must be hidden, redact, put together, prove.

mod contents;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::archive::{self, File};
use super::attach::Cleaned;
use super::blocked::Blocked;
use super::case::{Case, Input};
use super::facts::Facts;
use super::names::{base_name, name, slug};
use super::redact::{Account, Leak, Mapped, Pair, PolicyError, Redactor};
use super::select::{self, Selection};
use super::{manifest, page};
use crate::analysis::field::Labels;
use crate::event::store::{Row, Scratch};
use crate::event::{Event, Place};
use contents::moment;

/// Original records of one wording that are kept where there is not room for all.
const RECORDS_OF_A_WORDING: usize = 10;
/// Fewest failures that are told one by one, however little room there is.
const FEWEST: usize = 20;

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum NoBundle {
    /// The logs do not hold what is asked for.
    #[error("nothing failed in what you asked for, so there is nothing to hand on")]
    Nothing,
    /// What may be shown is not known.
    #[error("the rules of redaction cannot be used, so nothing is written: {0}")]
    Policy(#[from] PolicyError),
    /// The finished text holds what must be hidden.
    #[error("the finished text still holds something that must be hidden, so nothing is written: {0}")]
    Leaks(Blocked),
    /// It does not fit.
    #[error("even the smallest bundle has {0} bytes, more than the {1} that are allowed (--max-size)")]
    TooLarge(u64, u64),
    /// A file that the sender adds cannot be cleaned.
    #[error("{0}: {1}")]
    Attachment(String, String),
    /// The archive cannot be made.
    #[error("the archive cannot be made: {0}")]
    Archive(String),
}

/// A bundle, complete and proved, but not written anywhere.
pub struct Bundle {
    /// The top folder in the archive, and the name of its file.
    pub name: String,
    /// The files below it.
    pub files: Vec<File>,
    /// The bytes of the archive.
    pub archive: Vec<u8>,
    /// By which it is named on the phone.
    pub content_sha256: String,
    /// What is said about the case.
    pub facts: Facts,
    /// What was hidden.
    pub account: Account,
    /// Some values before and after, for a terminal alone.
    pub pairs: Vec<Pair>,
    /// Who is who; it stays with the sender.
    pub mapping: Vec<Mapped>,
}

impl Bundle {
    /// The name of its file, unless somebody gives it another one.
    pub fn file_name(&self) -> PathBuf {
        PathBuf::from(format!("{}.zip", self.name))
    }

    /// The text for the recipient's form, as it stands in `README.md`.
    pub fn form(&self) -> Option<&str> {
        let readme = self.files.iter().find(|file| file.path == "README.md")?;
        page::form_in(std::str::from_utf8(&readme.bytes).ok()?)
    }
}

/// Takes an event of the original record at a place, or why that cannot be read.
pub type See<'s> = dyn FnMut(usize, Result<&Event<'_>, &str>) + 's;

/// A bundle in the making.
pub struct Draft<'c> {
    case: &'c Case<'c>,
    selection: Selection<'c>,
    redactor: Redactor,
    /// Failures and stories in order of time.
    lines: Vec<Line>,
    tenants: BTreeSet<String>,
    /// The exports that were read.
    inputs: Vec<Input>,
    unreadable: BTreeMap<String, u64>,
    without_policy: u64,
}

/// An event that is told.
struct Line {
    row: u32,
    is_story: bool,
    wording: String,
    /// The original record, redacted.
    record: Option<String>,
    /// It was looked at.
    seen: bool,
    /// A message that is in the record only.
    words: Option<String>,
}

/// The same in the words of the bundle.
struct Told {
    normalised: String,
    /// Its row of the timeline.
    moment: Vec<String>,
}

/// A line that there is room for.
struct Kept {
    at: usize,
    with_record: bool,
}

impl<'c> Draft<'c> {
    /// Selects what is told, and learns who is in it.
    ///
    /// # Errors
    /// [`NoBundle::Nothing`] if no failure fits the case, [`NoBundle::Policy`] if nothing could be redacted.
    pub fn begin(case: &'c Case<'c>) -> Result<Draft<'c>, NoBundle> {
        let selection = select::select(case);
        if selection.of_failures == 0 {
            return Err(NoBundle::Nothing);
        }
        let mut redactor = Redactor::new(case.settings.clone())?;
        let mut lines: Vec<Line> = Vec::new();
        let told =
            selection.failures.iter().map(|row| (*row, false)).chain(selection.story.iter().map(|row| (*row, true)));
        for (row, is_story) in told {
            let wording = case.scope.store.row(row).map(select::wording).unwrap_or_default();
            lines.push(Line { row, is_story, wording, record: None, seen: false, words: None });
        }
        lines.sort_by_key(|line| case.scope.store.row(line.row).map(select::in_order));
        let mut scratch = Scratch::default();
        for line in &lines {
            if let Some(row) = case.scope.store.row(line.row) {
                redactor.learn(&row.entry(&mut scratch));
            }
        }
        Ok(Draft {
            case,
            selection,
            redactor,
            lines,
            tenants: BTreeSet::new(),
            inputs: Vec::new(),
            unreadable: BTreeMap::new(),
            without_policy: 0,
        })
    }

    /// Where the original records are, for somebody who reads them again.
    pub fn places(&self) -> Vec<Place<'c>> {
        let store = self.case.scope.store;
        self.lines.iter().map(|line| store.row(line.row).map(Row::place).unwrap_or_default()).collect()
    }

    /// Is shown the events of the original records twice by `show`, each with the position of its place, and
    /// becomes a bundle. What is said of the `inputs` is asked for last, since their hashes take a while.
    ///
    /// # Errors
    /// Why there must not be one.
    pub fn complete(
        mut self,
        show: &dyn Fn(&mut See<'_>),
        inputs: impl FnOnce() -> Vec<Input>,
    ) -> Result<Bundle, NoBundle> {
        show(&mut |at, event| self.learn(at, event));
        show(&mut |at, event| self.record(at, event));
        self.finish(inputs)
    }

    /// Is shown an event of the record at a place before anything is written, since a name in one record
    /// may belong to a login in another.
    fn learn(&mut self, at: usize, event: Result<&Event<'_>, &str>) {
        if let (Some(line), Ok(event)) = (self.lines.get(at), event)
            && self.is_of(line.row, event)
        {
            self.redactor.learn_record(event.dialect, event.raw);
        }
    }

    /// Whether an event is that of a row: an envelope holds several, and a record may have been replaced.
    fn is_of(&self, row: u32, event: &Event<'_>) -> bool {
        let mut scratch = Scratch::default();
        let id = self.case.scope.store.row(row).and_then(|row| row.ids(&mut scratch).event);
        id.is_none() || event.ids.event == id
    }

    /// Takes an event of the record at a place, or why it cannot be read.
    fn record(&mut self, at: usize, event: Result<&Event<'_>, &str>) {
        let is_its = event.is_ok_and(|event| self.lines.get(at).is_some_and(|line| self.is_of(line.row, event)));
        let Some(line) = self.lines.get_mut(at) else { return };
        let Some(row) = self.case.scope.store.row(line.row) else { return };
        let event = match event {
            Ok(event) => event,
            Err(why) => {
                line.seen = true;
                *self.unreadable.entry(why.to_owned()).or_default() += 1;
                return;
            }
        };
        if line.seen || !is_its {
            return;
        }
        line.seen = true;
        if !line.is_story {
            self.tenants.extend(event.raw.str("tenantId").map(str::to_owned));
        }
        if row.words_are_in_the_record() {
            line.words = event.reason.message.or(event.reason.remote).map(str::to_owned);
        }
        line.record = self.redactor.record(event.dialect, event.raw);
        self.without_policy += u64::from(line.record.is_none());
    }

    /// Puts everything together, and proves that nothing is in it which must not be.
    fn finish(mut self, inputs: impl FnOnce() -> Vec<Input>) -> Result<Bundle, NoBundle> {
        let replaced = self.case.not_found + self.lines.iter().filter(|line| !line.seen).count() as u64;
        if replaced > 0 {
            *self.unreadable.entry("another record is in its place now".to_owned()).or_default() += replaced;
        }
        let mut facts = Facts::of(self.case, &self.selection, &self.tenants, &mut self.redactor);
        facts.left_out.records_unreadable =
            self.unreadable.iter().map(|(why, count)| (self.redactor.line(why), *count)).collect();
        facts.left_out.records_without_policy = self.without_policy;
        let attached = self.attached(&mut facts)?;
        let told = self.told();
        let name = name(self.case, &facts);
        let all_records = self.lines.iter().filter(|line| line.record.is_some()).count() as u64;
        self.inputs = inputs();
        let mut most = self.selection.failures.len();
        let mut step = Step::All;
        loop {
            let kept = self.kept(step, most);
            facts.included.failures = kept.iter().filter(|kept| self.is_failure(kept.at)).count() as u64;
            facts.included.story_events = kept.len() as u64 - facts.included.failures;
            facts.left_out.failures = facts.failures.saturating_sub(facts.included.failures);
            let told_of_stories = self.selection.story.len() as u64;
            facts.left_out.story_events =
                self.selection.story_left_out + told_of_stories.saturating_sub(facts.included.story_events);
            facts.included.records = kept.iter().filter(|kept| kept.with_record).count() as u64;
            facts.left_out.records_for_size = all_records - facts.included.records;
            facts.left_out.size_limit = (step != Step::All).then_some(self.case.most_bytes);
            let files = self.files(&facts, &told, &kept, &attached);
            let archive = archive::pack(&name, &files).map_err(NoBundle::Archive)?;
            let size = archive.len() as u64;
            if size <= self.case.most_bytes {
                let leaks = self.leaks(&name, &files, &facts);
                if !leaks.is_empty() {
                    return Err(NoBundle::Leaks(Blocked::of(leaks, |leak| self.behind(leak, &kept))));
                }
                let content_sha256 = manifest::content_of(&files);
                let (account, mapping) = (self.redactor.account(), self.redactor.mapping());
                let pairs = self.redactor.pairs().to_vec();
                return Ok(Bundle { name, files, archive, content_sha256, facts, account, pairs, mapping });
            }
            (step, most) = match step {
                Step::All => (Step::NoStories, most),
                Step::NoStories => (Step::FewOfEach, most),
                Step::FewOfEach | Step::Fewer if most > FEWEST => (Step::Fewer, (most / 2).max(FEWEST)),
                _ => return Err(NoBundle::TooLarge(size, self.case.most_bytes)),
            };
        }
    }

    fn is_failure(&self, at: usize) -> bool {
        self.lines.get(at).is_some_and(|line| !line.is_story)
    }

    /// What is told if so much is left out.
    fn kept(&self, step: Step, most: usize) -> Vec<Kept> {
        let of = self.selection.failures.len().max(1);
        let mut number = 0;
        let mut wordings: BTreeMap<&str, usize> = BTreeMap::new();
        let mut kept = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            if !line.is_story {
                // As many as there is room for, evenly.
                let is_kept = number * most / of != (number + 1) * most / of;
                number += 1;
                if !is_kept {
                    continue;
                }
            } else if step == Step::Fewer {
                continue;
            }
            let with_record = line.record.is_some()
                && match step {
                    Step::All => true,
                    Step::NoStories => !line.is_story,
                    Step::FewOfEach | Step::Fewer => {
                        let count = wordings.entry(&line.wording).or_default();
                        *count += 1;
                        !line.is_story && *count <= RECORDS_OF_A_WORDING
                    }
                };
            kept.push(Kept { at, with_record });
        }
        kept
    }

    /// Each line in the words of the bundle.
    fn told(&mut self) -> Vec<Told> {
        let labels = Labels::of(self.case.library);
        let case = self.case;
        let mut scratch = Scratch::default();
        let rows: Vec<(Row<'_>, Option<&str>)> = self
            .lines
            .iter()
            .filter_map(|line| Some((case.scope.store.row(line.row)?, line.words.as_deref())))
            .collect();
        // One after the other, since the second searches for what becomes known in the first.
        let redactor = &mut self.redactor;
        let events = rows.iter().map(|(row, words)| {
            let mut entry = row.entry(&mut scratch);
            entry.said.message = words.or(entry.said.message);
            redactor.event(&entry, &labels)
        });
        let events: Vec<String> = events.collect();
        let moments = rows.iter().map(|(row, _)| moment(&row.entry(&mut scratch), case, redactor));
        events.into_iter().zip(moments).map(|(normalised, moment)| Told { normalised, moment }).collect()
    }

    /// The files that the sender adds, cleaned.
    fn attached(&mut self, facts: &mut Facts) -> Result<Vec<File>, NoBundle> {
        let mut files = Vec::new();
        for (number, attachment) in self.case.sender.attachments.iter().enumerate() {
            let (bytes, cleaned) = attachment
                .cleaned(&mut self.redactor)
                .map_err(|why| NoBundle::Attachment(attachment.name.clone(), why))?;
            let mark = if attachment.unchecked { "UNCHECKED-" } else { "" };
            let name = slug(&self.redactor.line(&base_name(&attachment.name)));
            let path = format!("attachments/{:02}-{mark}{name}", number + 1);
            facts.attachments.push(Cleaned { path: path.clone(), ..cleaned });
            files.push(File { path, bytes });
        }
        Ok(files)
    }

    /// The leak check over everything that is written, names included.
    fn leaks(&mut self, name: &str, files: &[File], facts: &Facts) -> Vec<Leak> {
        let mut leaks = self.redactor.check("the name of the archive", name.as_bytes());
        for file in files {
            leaks.extend(self.redactor.check("the name of a file", file.path.as_bytes()));
            // Its sender looked at it, and every page says that nobody else did.
            if facts.is_unchecked(&file.path) {
                continue;
            }
            leaks.extend(self.redactor.check(&file.path, &file.bytes));
        }
        leaks
    }

    /// The original record of which a line of the bundle tells: each file that tells of records has a line for each,
    /// in their order.
    fn behind(&self, leak: &Leak, kept: &[Kept]) -> Option<Place<'c>> {
        let line = usize::try_from(leak.line).ok()?.checked_sub(1)?;
        let store = self.case.scope.store;
        let place = |at: usize| Some(store.row(self.lines.get(at)?.row)?.place());
        match &*leak.file {
            "events.ndjson" => place(kept.get(line)?.at),
            // Its first line is the header.
            "timeline.csv" => place(kept.get(line.checked_sub(1)?)?.at),
            file => {
                let number: usize = file.strip_prefix("raw/")?.strip_suffix(".ndjson")?.parse().ok()?;
                let records: Vec<Place<'c>> =
                    kept.iter().filter(|kept| kept.with_record).filter_map(|kept| place(kept.at)).collect();
                let inputs: BTreeSet<usize> = records.iter().map(|record| record.input).collect();
                let input = inputs.into_iter().nth(number.checked_sub(1)?)?;
                records.into_iter().filter(|record| record.input == input).nth(line)
            }
        }
    }
}

/// What is left out so that the archive is not too large, from one try to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    All,
    /// Original records of failures only.
    NoStories,
    /// A few original records of each wording.
    FewOfEach,
    /// Also fewer events, and no stories.
    Fewer,
}
