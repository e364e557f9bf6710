//! Who does the jobs, each in a thread of its own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::bundle::Packing;
use super::export::Export;
use super::narrow::{analyse, find_rows, search};
use super::sheet::Sheet;
use super::story::story;
use super::{Job, Narrow, News, Reader, Wanted, around, blame, bundle, export, order, reading, survey};
use crate::pipeline::Progress;
use crate::source::Gathered;
use crate::tui::data::Shown;
use crate::tui::{draft, group, record, testing};

/// Who does the work. Dropping it ends whatever is being done.
pub struct Desk {
    shared: Shared,
    has_read: bool,
    reading: Arc<Progress>,
    analysing: Arc<Progress>,
    story: Arc<Progress>,
    newest: BTreeMap<Kind, Latest>,
}

/// Requests of which the newest wins: who asks for another one does not want to know the first one any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Narrow,
    Count,
    Story,
    Record,
    Survey,
    Sort,
    Around,
    Blame,
    Save,
    Vary,
    Bundle,
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

/// A job in the making, with what is read as it was when the job came.
struct Work {
    shared: Shared,
    reader: Arc<Reader>,
}

impl Work {
    fn tell(&self, news: News) {
        self.shared.tell(&self.reader, news);
    }
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
            shared: Shared { reader: Arc::new(Mutex::new(Arc::new(reader))), tell: Arc::new(tell) },
            has_read: false,
            reading: Arc::default(),
            analysing: Arc::default(),
            story: Arc::default(),
            newest: BTreeMap::new(),
        }
    }

    /// Starts a job.
    pub fn start(&mut self, job: Job) {
        match job {
            Job::Read => self.read(),
            Job::StopReading => self.reading.stop(),
            Job::Sample => self.take_samples(),
            Job::Add(paths) => self.add(paths),
            Job::Narrow(narrow) => self.narrow(narrow),
            Job::Story(who) => self.find_story(who),
            Job::Count(narrow) => self.latest(Kind::Count, move |reader, is_wanted| {
                let rows = search(&narrow, &reader.library, is_wanted)?;
                Some(News::Counted(narrow.text, rows.len() as u64))
            }),
            Job::Record(place) => self.latest(Kind::Record, move |reader, is_wanted| {
                let record = record::read(&reader.up_to_date().gathered.sources, &place);
                let record = record.map(|record| Arc::new(record.examined(&place, &reader.library)));
                is_wanted().then_some(News::Record(place, record))
            }),
            Job::Survey(asked) => self.latest(Kind::Survey, move |reader, is_wanted| {
                let facets = survey::survey(&asked, &reader.library, is_wanted)?;
                Some(News::Surveyed(asked.shown, Arc::new(facets)))
            }),
            Job::Sort(asked) => self.latest(Kind::Sort, move |reader, is_wanted| {
                let rows = order::sort(&asked, &reader.library, is_wanted)?;
                Some(News::Sorted(asked.shown, asked.order, Arc::new(Shown { rows: rows.into() })))
            }),
            Job::Around(events, row) => self.latest(Kind::Around, move |_, is_wanted| {
                let around = around::around(&events, row, is_wanted)?;
                Some(News::Around(row, around))
            }),
            Job::Blame(narrow) => self.latest(Kind::Blame, move |reader, is_wanted| {
                let blame = blame::blame(&narrow, &reader.library, is_wanted)?;
                Some(News::Blamed(narrow.text, Arc::new(blame)))
            }),
            Job::Vary(question) => self.latest(Kind::Vary, move |reader, is_wanted| {
                let varied = group::look(&question, &reader.library, is_wanted)?;
                Some(News::Varied(question.group, Arc::new(varied)))
            }),
            Job::Export(export) => self.latest(Kind::Save, move |reader, is_wanted| {
                let export = Export { path: reader.path(&export.path), ..export };
                Some(News::Said(export::save(&export, &reader.library, is_wanted)))
            }),
            Job::Save(sheet) => self.latest(Kind::Save, move |reader, is_wanted| {
                let sheet = Sheet { path: reader.path(&sheet.path), ..sheet };
                Some(News::Said(sheet.save(&reader.library, is_wanted)))
            }),
            Job::Bundle(asked) => self.latest(Kind::Bundle, move |reader, is_wanted| {
                let answer = bundle::make(&asked, &reader.up_to_date(), is_wanted);
                Some(News::Bundled(asked, answer.filter(|_| is_wanted()).map(Arc::new)))
            }),
            Job::Pack(packing) => self.each(move |reader| {
                let packing = Packing { path: reader.path(&packing.path), ..packing };
                let written = bundle::write(&packing, reader);
                News::Packed(packing.answer, written)
            }),
            Job::Draft(places, shape) => self.each(move |reader| {
                let file = draft::start(&reader.up_to_date().gathered.sources, &places, &shape);
                file.map_or_else(News::Said, News::Drafted)
            }),
            Job::TestRule(id) => self.each(move |reader| match testing::test(&reader.rule_folders, &id) {
                Some(tested) => News::Tested(Arc::new(tested)),
                None => no_rule(&id),
            }),
            Job::CopyRule(id) => self.each(move |reader| match testing::file(&reader.rule_folders, &id) {
                Some(file) => News::Drafted(file),
                None => no_rule(&id),
            }),
        }
    }

    /// Reads everything; from the second time on with the files and the rules that there are by now.
    fn read(&mut self) {
        let again = std::mem::replace(&mut self.has_read, true);
        let progress = restarted(&mut self.reading);
        let Work { shared, reader } = self.work();
        self.spawn(move || {
            let reader = match again {
                true => shared.replace(reader.looked_up_again().with_rules_of_now()),
                false => reader,
            };
            reading::read(&reader, &progress, &|news| shared.tell(&reader, news));
        });
    }

    fn take_samples(&self) {
        let work = self.work();
        let reader = Reader::clone(&work.reader);
        let gathered = Gathered { sources: reader.samples.clone(), ..reader.gathered };
        work.shared.replace(Reader { gathered, paths: Vec::new(), ..reader });
        work.tell(News::Added(Vec::new()));
    }

    fn add(&self, paths: Vec<PathBuf>) {
        let work = self.work();
        self.spawn(move || {
            work.tell(match work.reader.with(&paths) {
                Ok(more) => News::Added(work.shared.replace(more).paths.clone()),
                Err(why) => News::Said(why),
            });
        });
    }

    fn narrow(&mut self, narrow: Narrow) {
        let ticket = self.ticket(Kind::Narrow);
        // If only the rows are wanted, what is said of them is still being found out.
        let analysing = narrow.analyse.then(|| restarted(&mut self.analysing));
        let work = self.work();
        self.spawn(move || {
            let tell = |news| work.tell(news);
            find_rows(&narrow, &work.reader.library, &|| ticket.is_wanted(), &tell);
            if let Some(progress) = analysing {
                analyse(&work.reader.up_to_date(), &narrow, &progress, &tell);
            }
        });
    }

    fn find_story(&mut self, who: String) {
        let work = self.work();
        if !work.reader.is_lasting() {
            let why = "Standard input or a pipe can be read only once, so there is no story.";
            return work.tell(News::NoStory(who, why));
        }
        let progress = restarted(&mut self.story);
        self.latest(Kind::Story, move |reader, is_wanted| {
            let analysis = story(&reader.up_to_date(), &who, &progress);
            // Whoever waits for it must not wait for ever.
            Some(match is_wanted() {
                true => News::Story(who, Arc::new(analysis)),
                false => News::NoStory(who, "Another story was asked for meanwhile. Go back and open this one again."),
            })
        });
    }

    /// Does what is of use only until the next request of the kind, and tells what came of it, if anything did.
    fn latest(&mut self, kind: Kind, find: impl FnOnce(&Reader, &Wanted<'_>) -> Option<News> + Send + 'static) {
        let (ticket, work) = (self.ticket(kind), self.work());
        self.spawn(move || {
            if let Some(news) = find(&work.reader, &|| ticket.is_wanted()) {
                work.tell(news);
            }
        });
    }

    /// Does what is wanted as often as it is asked for, and tells what came of it.
    fn each(&self, find: impl FnOnce(&Reader) -> News + Send + 'static) {
        let work = self.work();
        self.spawn(move || work.tell(find(&work.reader)));
    }

    fn work(&self) -> Work {
        Work { shared: self.shared.clone(), reader: self.shared.reader() }
    }

    fn ticket(&mut self, kind: Kind) -> Ticket {
        self.newest.entry(kind).or_default().next()
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

/// Ends what is under way, and gives it another beginning.
fn restarted(progress: &mut Arc<Progress>) -> Arc<Progress> {
    progress.stop();
    *progress = Arc::default();
    progress.clone()
}

fn no_rule(id: &str) -> News {
    News::Said(format!("There is no rule {id} any more."))
}

impl Drop for Desk {
    fn drop(&mut self) {
        for progress in [&self.reading, &self.analysing, &self.story] {
            progress.stop();
        }
        for latest in self.newest.values() {
            latest.next();
        }
    }
}
