//! Who does the jobs, each in a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::bundle::Packing;
use super::export::Export;
use super::narrow::{analyse, find_rows, search};
use super::sheet::Sheet;
use super::story::story;
use super::{Job, News, Reader, around, blame, bundle, export, order, reading, survey};
use crate::pipeline::Progress;
use crate::tui::data::Shown;
use crate::tui::{draft, group, record, testing};

/// Who does the work. Dropping it ends whatever is being done.
pub struct Desk {
    shared: Shared,
    has_read: bool,
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
    bundling: Latest,
}

/// What all work has in common: what is read, and who hears of it.
#[derive(Clone)]
struct Shared {
    reader: Arc<Mutex<Arc<Reader>>>,
    tell: Arc<dyn Fn(News) + Send + Sync>,
}

impl Shared {
    fn reader(&self) -> Arc<Reader> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Reader>> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells news of somebody who worked with this reader. News name rules by their positions, so they
    /// mean nothing once there are others.
    fn tell(&self, reader: &Reader, news: News) {
        let now = self.lock();
        if Arc::ptr_eq(&now.library, &reader.library) {
            (self.tell)(news);
        }
    }

    /// Reads something else from now on.
    fn replace(&self, by: Reader) -> Arc<Reader> {
        let by = Arc::new(by);
        let mut now = self.lock();
        let before = std::mem::replace(&mut *now, by.clone());
        if !Arc::ptr_eq(&before.library, &by.library) {
            (self.tell)(News::Rules(by.library.clone(), Arc::new(by.rule_errors.clone())));
        }
        by
    }
}

/// Gives each request of a kind a number, and knows the newest one.
#[derive(Clone, Debug, Default)]
struct Latest(Arc<AtomicU64>);

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Ticket(Arc<AtomicU64>, u64);

impl Latest {
    fn next(&self) -> Ticket {
        Ticket(self.0.clone(), self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl Ticket {
    pub(super) fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed) == self.1
    }
}

impl Desk {
    /// A desk that tells what came of its work by calling `tell`.
    pub fn new(reader: Reader, tell: impl Fn(News) + Send + Sync + 'static) -> Desk {
        Desk {
            shared: Shared { reader: Arc::new(Mutex::new(Arc::new(reader))), tell: Arc::new(tell) },
            has_read: false,
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
            bundling: Latest::default(),
        }
    }

    /// Starts a job.
    pub fn start(&mut self, job: Job) {
        let shared = self.shared.clone();
        let reader = shared.reader();
        let tell = {
            let (shared, reader) = (shared.clone(), reader.clone());
            move |news: News| shared.tell(&reader, news)
        };
        match job {
            Job::Read => {
                let again = std::mem::replace(&mut self.has_read, true);
                self.reading.stop();
                self.reading = Arc::default();
                let progress = self.reading.clone();
                self.spawn(move || {
                    let reader = match again {
                        true => shared.replace(reader.looked_up_again().with_rules_of_now()),
                        false => reader,
                    };
                    reading::read(&reader, &progress, &|news| shared.tell(&reader, news));
                });
            }
            Job::StopReading => self.reading.stop(),
            Job::Narrow(narrow) => {
                let ticket = self.narrowing.next();
                if !narrow.analyse {
                    // What is said of them is still being found out.
                    return self.spawn(move || find_rows(&narrow, &reader.library, &ticket, &tell));
                }
                self.analysing.stop();
                self.analysing = Arc::default();
                let progress = self.analysing.clone();
                self.spawn(move || {
                    find_rows(&narrow, &reader.library, &ticket, &tell);
                    analyse(&reader.up_to_date(), &narrow, &progress, &tell);
                });
            }
            Job::Count(narrow) => {
                let ticket = self.counting.next();
                self.spawn(move || {
                    if let Some(rows) = search(&narrow, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Counted(narrow.text, rows.len() as u64));
                    }
                });
            }
            Job::Story(who) if !reader.is_lasting() => {
                let why = "Standard input or a pipe can be read only once, so there is no story.";
                tell(News::NoStory(who, why));
            }
            Job::Story(who) => {
                self.story.stop();
                self.story = Arc::default();
                let (ticket, progress) = (self.telling.next(), self.story.clone());
                self.spawn(move || {
                    let analysis = story(&reader.up_to_date(), &who, &progress);
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
                self.spawn(move || {
                    let record = record::read(&reader.up_to_date().sources, &place);
                    let record = record.map(|record| Arc::new(record.examined(&place, &reader.library)));
                    if ticket.is_wanted() {
                        tell(News::Record(place, record));
                    }
                });
            }
            Job::Survey(asked) => {
                let ticket = self.surveying.next();
                self.spawn(move || {
                    if let Some(facets) = survey::survey(&asked, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Surveyed(asked.shown, Arc::new(facets)));
                    }
                });
            }
            Job::Sort(asked) => {
                let ticket = self.sorting.next();
                self.spawn(move || {
                    if let Some(rows) = order::sort(&asked, &reader.library, &|| ticket.is_wanted()) {
                        let sorted = Arc::new(Shown { rows: rows.into() });
                        tell(News::Sorted(asked.shown, asked.order, sorted));
                    }
                });
            }
            Job::Around(events, row) => {
                let ticket = self.walking.next();
                self.spawn(move || {
                    if let Some(around) = around::around(&events, row, &|| ticket.is_wanted()) {
                        tell(News::Around(row, around));
                    }
                });
            }
            Job::Blame(narrow) => {
                let ticket = self.blaming.next();
                self.spawn(move || {
                    if let Some(blame) = blame::blame(&narrow, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Blamed(narrow.text, Arc::new(blame)));
                    }
                });
            }
            Job::Export(export) => {
                let ticket = self.saving.next();
                let export = Export { path: reader.path(&export.path), ..export };
                self.spawn(move || {
                    tell(News::Said(export::save(&export, &reader.library, &|| ticket.is_wanted())));
                });
            }
            Job::Save(sheet) => {
                let ticket = self.saving.next();
                let sheet = Sheet { path: reader.path(&sheet.path), ..sheet };
                self.spawn(move || tell(News::Said(sheet.save(&reader.library, &|| ticket.is_wanted()))));
            }
            Job::Vary(question) => {
                let ticket = self.varying.next();
                self.spawn(move || {
                    if let Some(varied) = group::look(&question, &reader.library, &|| ticket.is_wanted()) {
                        tell(News::Varied(question.group, Arc::new(varied)));
                    }
                });
            }
            Job::Bundle(asked) => {
                let ticket = self.bundling.next();
                self.spawn(move || {
                    let answer = bundle::make(&asked, &reader.up_to_date(), &|| ticket.is_wanted());
                    tell(News::Bundled(asked, answer.filter(|_| ticket.is_wanted()).map(Arc::new)));
                });
            }
            Job::Pack(packing) => {
                let packing = Packing { path: reader.path(&packing.path), ..packing };
                self.spawn(move || {
                    let written = bundle::write(&packing, &reader);
                    tell(News::Packed(packing.answer, written));
                });
            }
            Job::Sample => {
                shared.replace(Reader { sources: reader.samples.clone(), paths: Vec::new(), ..(*reader).clone() });
                tell(News::Added(Vec::new()));
            }
            Job::Add(paths) => self.spawn(move || match reader.with(&paths) {
                Ok(more) => {
                    let paths = shared.replace(more).paths.clone();
                    tell(News::Added(paths));
                }
                Err(why) => tell(News::Said(why)),
            }),
            Job::Draft(places, shape) => self.spawn(move || {
                tell(match draft::start(&reader.up_to_date().sources, &places, &shape) {
                    Ok(file) => News::Drafted(file),
                    Err(why) => News::Said(why),
                });
            }),
            Job::TestRule(id) => self.spawn(move || {
                tell(match testing::test(&reader.rule_folders, &id) {
                    Some(tested) => News::Tested(Arc::new(tested)),
                    None => News::Said(format!("There is no rule {id} any more.")),
                });
            }),
            Job::CopyRule(id) => self.spawn(move || {
                tell(match testing::file(&reader.rule_folders, &id) {
                    Some(file) => News::Drafted(file),
                    None => News::Said(format!("There is no rule {id} any more.")),
                });
            }),
        }
    }

    fn spawn(&self, work: impl FnOnce() + Send + 'static) {
        let tell = self.shared.tell.clone();
        let work = move || {
            if catch_unwind(AssertUnwindSafe(work)).is_err() {
                let words = "A bug ended this work; everything else goes on. Please report what you had asked for.";
                tell(News::Said(words.to_owned()));
            }
        };
        if let Err(error) = thread::Builder::new().spawn(work) {
            let words = format!("This computer starts no further thread ({error}). Close other programs.");
            (self.shared.tell)(News::Said(words));
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for progress in [&self.reading, &self.analysing, &self.story] {
            progress.stop();
        }
        let finding = [&self.narrowing, &self.counting, &self.telling, &self.looking, &self.varying, &self.bundling];
        for latest in
            finding.into_iter().chain([&self.surveying, &self.sorting, &self.walking, &self.blaming, &self.saving])
        {
            latest.next();
        }
    }
}
