//! Work that takes longer than a key may: reading, filtering, a person's story, a record's bytes. It
//! happens in other threads, and its result comes back as [`News`].
//!
//! Of each kind the newest request wins: an older one is stopped, and what it still says is not heard.

pub mod around;
pub mod blame;
pub mod export;
pub mod order;
mod reading;
pub mod survey;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use around::Around;
use blame::Blame;
use export::Export;
use order::{Order, Sorting};
use survey::{Facet, Survey};

use super::data::{Events, Names, Reading, Shown};
use super::draft::{self, RuleFile};
use super::group::{self, Group, Question, Varied};
use super::record::{self, Place, Record};
use super::states::States;
use super::testing::{self, Tested};
use crate::analysis::Analysis;
use crate::error::InputError;
use crate::event::filter::Filter;
use crate::event::store::Search;
use crate::pipeline::{self, Options, Progress};
use crate::rules::{Complaint, Library};
use crate::source::{self, Gathered, Source};

/// Rows after which a search looks whether it is still wanted.
const STRIDE: usize = 4_096;

/// Something to be done.
#[derive(Debug)]
pub enum Job {
    /// Read everything, from the start.
    Read,
    /// End reading, and keep what is there.
    StopReading,
    /// Find what passes a filter: the rows, then what is said of them.
    Narrow(Narrow),
    /// Count what would pass, while a filter is typed.
    Count(Narrow),
    /// Find the story of somebody.
    Story(String),
    /// Read a record again.
    Record(Place),
    /// Count the values of what is listed.
    Survey(Survey),
    /// Put what is listed into another order.
    Sort(Sorting),
    /// Find what happened to the same person before and after an event.
    Around(Arc<Events>, u32),
    /// Find out why nothing matches.
    Blame(Narrow),
    /// Save what is listed.
    Export(Export),
    /// Find out what varies within a group that no rule explains.
    Vary(Question),
    /// Start a rule from the records at these places, which have this shape.
    Draft(Vec<(String, u64)>, String),
    /// Run the examples of the rule with this id.
    TestRule(String),
    /// Copy the file of the rule with this id to the user's own rules.
    CopyRule(String),
    /// Take another file or folder to the inputs.
    Add(Vec<PathBuf>),
    /// Take the samples as inputs.
    Sample,
}

/// A filter, and what it is asked of.
#[derive(Clone, Debug)]
pub struct Narrow {
    /// As it was typed.
    pub text: String,
    /// With its times fixed.
    pub filter: Filter,
    /// All events.
    pub events: Arc<Events>,
    /// What `is:` asks for.
    pub states: Arc<States>,
    /// What is said of them is wanted too, not only the rows.
    pub analyse: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum News {
    /// How far reading is.
    Reading(Reading),
    /// All that the files had was read, and they are followed: events of the last minute.
    Live(u64),
    /// What is known so far.
    SoFar(Arc<Analysis>),
    /// Events so far.
    EventsSoFar(Arc<Events>),
    /// Everything was read.
    Read(Arc<Analysis>, Arc<Events>),
    /// The rows that pass a filter.
    Narrowed(String, Arc<Shown>),
    /// What is said of the rows that pass a filter.
    Analysed(String, Arc<Analysis>),
    /// It is not known what to say of the rows that pass a filter, and why.
    NotAnalysed(String, &'static str),
    /// How many rows would pass.
    Counted(String, u64),
    /// An analysis with somebody's story.
    Story(String, Arc<Analysis>),
    /// Nobody's story can be found, and why.
    NoStory(String, &'static str),
    /// A record, or why it cannot be read.
    Record(Place, Result<Arc<Record>, String>),
    /// What varies within a group.
    Varied(Group, Arc<Varied>),
    /// The start of a rule.
    Drafted(RuleFile),
    /// How the examples of a rule went.
    Tested(Arc<Tested>),
    /// There are more inputs, which are these now.
    Added(Vec<PathBuf>),
    /// Named inputs that cannot be used, and why.
    Unusable(Arc<Vec<String>>),
    /// Something that somebody should know.
    Said(String),
    /// The values of what is listed.
    Surveyed(Arc<Shown>, Arc<Vec<Facet>>),
    /// What is listed, in an order.
    Sorted(Arc<Shown>, Order, Arc<Shown>),
    /// What is around an event.
    Around(u32, Around),
    /// Why nothing passes a filter.
    Blamed(String, Arc<Blame>),
}

/// What is read, and how.
#[allow(missing_docs)]
#[derive(Clone)]
pub struct Reader {
    /// What was named; empty for inputs that are part of the program.
    pub paths: Vec<PathBuf>,
    /// Logs that are part of the program, for whoever has none at hand.
    pub samples: Vec<Source>,
    pub sources: Vec<Source>,
    pub errors: Vec<InputError>,
    pub skipped: Vec<(String, String)>,
    pub library: Arc<Library>,
    /// Folders of rules that are not part of the program.
    pub rule_folders: Vec<PathBuf>,
    /// Rule files that cannot be used.
    pub rule_errors: Vec<Complaint>,
    pub options: Options,
}

impl Reader {
    fn gathered(&self) -> Gathered {
        Gathered { sources: self.sources.clone(), errors: self.errors.clone(), skipped: self.skipped.clone() }
    }

    /// The same with what there is by now.
    fn looked_up_again(&self) -> Reader {
        if self.paths.is_empty() || !self.is_lasting() {
            return self.clone();
        }
        let Gathered { sources, errors, skipped } = source::gather(&self.paths);
        Reader { sources, errors, skipped, ..self.clone() }
    }

    /// The same with another file or folder.
    ///
    /// # Errors
    /// Why not, for the reader.
    fn with(&self, more: &[PathBuf]) -> Result<Reader, String> {
        if !self.is_lasting() {
            return Err("Standard input can be read only once, so nothing can be added to it.".to_owned());
        }
        let new: Vec<PathBuf> = more.iter().filter(|path| !self.paths.contains(path)).cloned().collect();
        let names = more.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        if new.is_empty() {
            return Err(format!("{names} is among the inputs already. R reads it again."));
        }
        let found = source::gather(&new);
        if found.sources.is_empty() {
            let nothing = || format!("{names}: there is no file in it that can be read");
            let why = found.errors.first().map_or_else(nothing, ToString::to_string);
            let end = if why.ends_with('?') { "" } else { "." };
            return Err(format!("{}{end}", why.trim_end_matches('.')));
        }
        let paths: Vec<PathBuf> = self.paths.iter().cloned().chain(new).collect();
        // Together, so that no file is taken twice.
        let mut all = source::gather(&paths);
        if self.paths.is_empty() {
            all.sources.splice(..0, self.sources.clone());
        }
        Ok(Reader { paths, sources: all.sources, errors: all.errors, skipped: all.skipped, ..self.clone() })
    }

    /// Whether it can be read more than once.
    pub fn is_lasting(&self) -> bool {
        !self.sources.iter().any(Source::is_live)
    }
}

/// Who does the work. Dropping it ends whatever is being done.
pub struct Desk {
    reader: Arc<Mutex<Arc<Reader>>>,
    has_read: bool,
    tell: Arc<dyn Fn(News) + Send + Sync>,
    reading: Arc<Progress>,
    narrowing: Latest,
    analysing: Arc<Progress>,
    counting: Latest,
    telling: Latest,
    story: Arc<Progress>,
    looking: Latest,
    surveying: Latest,
    sorting: Latest,
    walking: Latest,
    blaming: Latest,
    saving: Latest,
    varying: Latest,
}

/// Gives each request of a kind a number, and knows the newest one.
#[derive(Clone, Debug, Default)]
struct Latest(Arc<AtomicU64>);

/// One request.
#[derive(Clone, Debug)]
struct Ticket(Arc<AtomicU64>, u64);

impl Latest {
    fn next(&self) -> Ticket {
        Ticket(self.0.clone(), self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl Ticket {
    fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed) == self.1
    }
}

impl Desk {
    /// A desk that tells what came of its work by calling `tell`.
    pub fn new(reader: Reader, tell: impl Fn(News) + Send + Sync + 'static) -> Desk {
        Desk {
            reader: Arc::new(Mutex::new(Arc::new(reader))),
            has_read: false,
            tell: Arc::new(tell),
            reading: Arc::default(),
            narrowing: Latest::default(),
            analysing: Arc::default(),
            counting: Latest::default(),
            telling: Latest::default(),
            story: Arc::default(),
            looking: Latest::default(),
            surveying: Latest::default(),
            sorting: Latest::default(),
            walking: Latest::default(),
            blaming: Latest::default(),
            saving: Latest::default(),
            varying: Latest::default(),
        }
    }

    /// Starts a job.
    pub fn start(&mut self, job: Job) {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (shared, tell) = (self.reader.clone(), self.tell.clone());
        let replace = move |by: Reader| {
            let by = Arc::new(by);
            *shared.lock().unwrap_or_else(PoisonError::into_inner) = by.clone();
            by
        };
        match job {
            Job::Read => {
                let again = std::mem::replace(&mut self.has_read, true);
                self.reading.stop();
                self.reading = Arc::default();
                let progress = self.reading.clone();
                spawn(&self.tell, move || {
                    let reader = if again { replace(reader.looked_up_again()) } else { reader };
                    reading::read(&reader, &progress, &*tell);
                });
            }
            Job::StopReading => self.reading.stop(),
            Job::Narrow(narrow) => {
                self.analysing.stop();
                self.analysing = Arc::default();
                let (ticket, progress) = (self.narrowing.next(), self.analysing.clone());
                spawn(&self.tell, move || narrow_down(&reader, &narrow, &ticket, &progress, &*tell));
            }
            Job::Count(narrow) => {
                let ticket = self.counting.next();
                spawn(&self.tell, move || {
                    if let Some(rows) = search(&narrow, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Counted(narrow.text, rows.len() as u64));
                    }
                });
            }
            Job::Story(who) if !reader.is_lasting() => {
                let why =
                    "Standard input can be read only once, so there is no story. v shows the events of this person.";
                tell(News::NoStory(who, why));
            }
            Job::Story(who) => {
                self.story.stop();
                self.story = Arc::default();
                let (ticket, progress) = (self.telling.next(), self.story.clone());
                spawn(&self.tell, move || {
                    let analysis = story(&reader, &who, &progress);
                    // Whoever waits for it must not wait for ever.
                    tell(match ticket.is_wanted() {
                        true => News::Story(who, Arc::new(analysis)),
                        false => News::NoStory(
                            who,
                            "Another story was asked for meanwhile. Go back and open this one again.",
                        ),
                    });
                });
            }
            Job::Record(place) => {
                let ticket = self.looking.next();
                spawn(&self.tell, move || {
                    let record = record::read(&reader.sources, &place);
                    let record = record.map(|record| Arc::new(record.examined(&place, &reader.library)));
                    if ticket.is_wanted() {
                        tell(News::Record(place, record));
                    }
                });
            }
            Job::Survey(asked) => {
                let ticket = self.surveying.next();
                spawn(&self.tell, move || {
                    if let Some(facets) = survey::survey(&asked, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Surveyed(asked.shown, Arc::new(facets)));
                    }
                });
            }
            Job::Sort(asked) => {
                let ticket = self.sorting.next();
                spawn(&self.tell, move || {
                    if let Some(rows) = order::sort(&asked, &reader.library, &|| ticket.is_wanted()) {
                        let sorted = Arc::new(Shown { rows: rows.into() });
                        tell(News::Sorted(asked.shown, asked.order, sorted));
                    }
                });
            }
            Job::Around(events, row) => {
                let ticket = self.walking.next();
                spawn(&self.tell, move || {
                    if let Some(around) = around::around(&events, row, &|| ticket.is_wanted()) {
                        tell(News::Around(row, around));
                    }
                });
            }
            Job::Blame(narrow) => {
                let ticket = self.blaming.next();
                spawn(&self.tell, move || {
                    if let Some(blame) = blame::blame(&narrow, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Blamed(narrow.text, Arc::new(blame)));
                    }
                });
            }
            Job::Export(export) => {
                let ticket = self.saving.next();
                spawn(&self.tell, move || {
                    tell(News::Said(export::save(&export, &reader.library, &|| ticket.is_wanted())));
                });
            }
            Job::Vary(question) => {
                let ticket = self.varying.next();
                spawn(&self.tell, move || {
                    if let Some(varied) = group::look(&question, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Varied(question.group, Arc::new(varied)));
                    }
                });
            }
            Job::Sample => {
                replace(Reader { sources: reader.samples.clone(), paths: Vec::new(), ..(*reader).clone() });
                tell(News::Added(Vec::new()));
            }
            Job::Add(paths) => spawn(&self.tell, move || match reader.with(&paths) {
                Ok(more) => {
                    let paths = replace(more).paths.clone();
                    tell(News::Added(paths));
                }
                Err(why) => tell(News::Said(why)),
            }),
            Job::Draft(places, shape) => spawn(&self.tell, move || {
                tell(match draft::start(&reader.sources, &places, &shape) {
                    Ok(file) => News::Drafted(file),
                    Err(why) => News::Said(why),
                });
            }),
            Job::TestRule(id) => spawn(&self.tell, move || {
                tell(match testing::test(&reader.rule_folders, &id) {
                    Some(tested) => News::Tested(Arc::new(tested)),
                    None => News::Said(format!("There is no rule {id} any more.")),
                });
            }),
            Job::CopyRule(id) => spawn(&self.tell, move || {
                tell(match testing::file(&reader.rule_folders, &id) {
                    Some(file) => News::Drafted(file),
                    None => News::Said(format!("There is no rule {id} any more.")),
                });
            }),
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for progress in [&self.reading, &self.analysing, &self.story] {
            progress.stop();
        }
        let finding = [&self.narrowing, &self.counting, &self.telling, &self.looking, &self.varying];
        for latest in
            finding.into_iter().chain([&self.surveying, &self.sorting, &self.walking, &self.blaming, &self.saving])
        {
            latest.next();
        }
    }
}

fn spawn(tell: &Arc<dyn Fn(News) + Send + Sync>, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread::Builder::new().spawn(work) {
        tell(News::Said(format!("This computer starts no further thread ({error}). Close other programs.")));
    }
}

/// The rows that pass, in order of time; `None` if nobody wants to know any more.
pub fn search(narrow: &Narrow, library: &Library, is_wanted: &dyn Fn() -> bool) -> Option<Vec<u32>> {
    let store = &narrow.events.store;
    let names = Names::of(library);
    let mut search = Search::new(store, &narrow.filter, &names.issues());
    let mut found = Vec::new();
    for rows in narrow.events.by_time.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        let passes =
            |row: &u32| store.row(*row).is_some_and(|row| search.lets(row, &|state, row| narrow.states.is(state, row)));
        found.extend(rows.iter().copied().filter(passes));
    }
    Some(found)
}

fn narrow_down(
    reader: &Reader,
    narrow: &Narrow,
    ticket: &Ticket,
    progress: &Progress,
    tell: &(dyn Fn(News) + Send + Sync),
) {
    let Some(rows) = search(narrow, &reader.library, &|| ticket.is_wanted()) else { return };
    tell(News::Narrowed(narrow.text.clone(), Arc::new(Shown { rows: rows.into() })));
    if !narrow.analyse {
        return;
    }
    if narrow.filter.asked_states().next().is_some() {
        let why = "The other screens show all: what is: asks for is known of people only.";
        return tell(News::NotAnalysed(narrow.text.clone(), why));
    }
    if !reader.is_lasting() {
        let why = "The other screens show all: standard input can be read only once.";
        return tell(News::NotAnalysed(narrow.text.clone(), why));
    }
    let options =
        Options { filter: reader.options.filter.clone().and(narrow.filter.clone()), ..reader.options.clone() };
    let (analysis, _) = pipeline::run_watched(reader.gathered(), &reader.library, &options, progress);
    if analysis.covered.is_none() && ticket.is_wanted() {
        tell(News::Analysed(narrow.text.clone(), Arc::new(analysis)));
    }
}

/// An analysis that keeps what happened to somebody.
fn story(reader: &Reader, who: &str, progress: &Progress) -> Analysis {
    let mut options = Options { person: Some(who.to_owned()), follow: false, ..reader.options.clone() };
    let (analysis, _) = pipeline::run_watched(reader.gathered(), &reader.library, &options, progress);
    // What came before it was known who is who is found by reading once more.
    let ([known], true, None) = (&*analysis.asked, analysis.story_is_incomplete, &analysis.covered) else {
        return analysis;
    };
    options.known = Some(known.clone());
    pipeline::run_watched(reader.gathered(), &reader.library, &options, progress).0
}
