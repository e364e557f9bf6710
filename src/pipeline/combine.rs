//! Adds up what the workers made, in the order of the inputs, and checks that parts fit together.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::block::Block;
use super::bug;
use super::feed::{Large, Look, Notice};
use super::progress::Progress;
use super::worker::{Reached, Worker};
use crate::analysis::{Builder, InputAccount};
use crate::error::{InputError, Problem, ProblemKind};
use crate::event::Sink;
use crate::frame::{JsonRecords, Window};
use crate::source::PlainReader;
use crate::text::time::Micros;

/// Weight in bytes after which a block is added up, where blocks are made one after the other.
const FULL: usize = 1 << 20;
/// Weight in bytes of all that may wait for its turn.
const HEAVY: usize = 32 << 20;

/// What became of a piece of work on an input.
pub(super) struct Done {
    /// The position of the input.
    pub(super) input: usize,
    pub(super) made: Made,
}

/// What was made of it.
pub(super) enum Made {
    /// Nothing is to be added up, but something is to be said.
    Notice(Notice),
    /// Records whose lines are counted from the start of their input, which was read up to a byte.
    Blocks(Vec<Block>, u64),
    /// A small input: its records, and its length.
    Whole(Look, Vec<Block>, u64),
    /// One part of a large file.
    Part(Arc<Large>, Part),
}

impl Made {
    /// About how many bytes it holds.
    fn weight(&self) -> usize {
        match self {
            Made::Blocks(blocks, _) | Made::Whole(_, blocks, _) => blocks.iter().map(Block::weight).sum(),
            Made::Part(_, part) => part.block.weight(),
            Made::Notice(_) => 0,
        }
    }
}

/// One part of a large file that was read as if a record started where it begins.
pub(super) struct Part {
    /// Where it begins; `None` if no record starts near.
    pub(super) from: Option<u64>,
    /// Where the next one begins.
    pub(super) to: u64,
    pub(super) reached: Reached,
    pub(super) block: Block,
}

/// Puts what is done into order.
pub(super) struct Combiner<'p> {
    line: Mutex<Line>,
    advanced: Condvar,
    sums: Mutex<Sums<'p>>,
    /// How many pieces may wait for their turn.
    limit: usize,
    progress: &'p Progress,
}

/// What waits for its turn.
#[derive(Default)]
struct Line {
    next: u64,
    waiting: BTreeMap<u64, Done>,
    /// What they weigh.
    weight: usize,
    /// Somebody is adding up.
    busy: bool,
}

impl Line {
    fn put(&mut self, turn: u64, done: Done) {
        self.weight += done.made.weight();
        self.waiting.insert(turn, done);
    }

    /// The piece whose turn it is.
    fn take(&mut self) -> Option<Done> {
        let done = self.waiting.remove(&self.next)?;
        self.weight = self.weight.saturating_sub(done.made.weight());
        self.next += 1;
        Some(done)
    }
}

struct Sums<'p> {
    builder: Builder,
    /// Who is shown every event, as long as it wants more.
    sink: Option<&'p mut dyn Sink>,
    errors: Vec<(usize, InputError)>,
    /// Tells the time while files are followed.
    clock: Option<fn() -> Option<Micros>>,
    /// Position in the large file that is being added up, and the lines before it.
    place: Place,
}

#[derive(Clone, Copy, Default)]
struct Place {
    input: Option<usize>,
    offset: u64,
    lines: u64,
    /// It was said that the file changed.
    changed: bool,
}

impl<'p> Combiner<'p> {
    pub(super) fn new(
        builder: Builder,
        sink: Option<&'p mut dyn Sink>,
        threads: usize,
        progress: &'p Progress,
    ) -> Self {
        Combiner {
            line: Mutex::default(),
            advanced: Condvar::new(),
            sums: Mutex::new(Sums { builder, sink, errors: Vec::new(), clock: None, place: Place::default() }),
            limit: threads * 4 + 8,
            progress,
        }
    }

    /// The same, asking for the time while files are followed.
    pub(super) fn with_clock(mut self, clock: Option<fn() -> Option<Micros>>) -> Self {
        self.sums.get_mut().unwrap_or_else(PoisonError::into_inner).clock = clock;
        self
    }

    /// Takes what is done. Whoever brings the piece whose turn it is adds up all that may follow;
    /// who is far ahead waits.
    pub(super) fn take(&self, turn: u64, done: Done, worker: &mut Worker<'_>) {
        let mut line = lock(&self.line);
        line.put(turn, done);
        loop {
            if !line.busy {
                line.busy = true;
                while let Some(done) = line.take() {
                    drop(line);
                    let input = done.input;
                    let mut sums = lock(&self.sums);
                    let outcome = catch_unwind(AssertUnwindSafe(|| sums.add(done, worker, self.progress)));
                    if outcome.is_err() {
                        sums.builder.problem(input, bug(0, 0));
                    }
                    self.progress.offer(&sums.builder);
                    drop(sums);
                    line = lock(&self.line);
                }
                line.busy = false;
                self.advanced.notify_all();
            }
            if line.waiting.len() <= self.limit && line.weight <= HEAVY || self.progress.is_stopped() {
                return;
            }
            line = self.advanced.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The sums, and what could not be read. Everything was shown.
    pub(super) fn finish(self) -> (Builder, Vec<InputError>) {
        let Sums { builder, sink, mut errors, .. } = self.sums.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(sink) = sink {
            sink.end();
        }
        errors.sort_by_key(|(input, _)| *input);
        (builder, errors.into_iter().map(|(_, error)| error).collect())
    }
}

/// A thread that died while it held the lock left whole rows behind, which are as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sums<'_> {
    fn add(&mut self, done: Done, worker: &mut Worker<'_>, progress: &Progress) {
        let Done { input, made } = done;
        match made {
            Made::Notice(notice) => self.note(input, notice, progress),
            Made::Blocks(blocks, bytes) => self.blocks(input, &blocks, bytes, progress),
            Made::Whole(look, blocks, bytes) => {
                self.note(input, Notice::Opened(look), progress);
                self.blocks(input, &blocks, bytes, progress);
                self.note(input, Notice::Ended, progress);
            }
            Made::Part(large, part) => self.part(input, &large, &part, worker, progress),
        }
        progress.set_records(self.builder.records());
    }

    fn note(&mut self, input: usize, notice: Notice, progress: &Progress) {
        match notice {
            Notice::Opened(Look { framing, problems }) => {
                self.account(input, |account| account.framing = framing);
                problems.into_iter().for_each(|problem| self.builder.problem(input, problem));
            }
            Notice::Followed => self.follow(input),
            Notice::Gone(gone) => {
                self.account(input, |account| account.gone = gone);
                progress.input_has_news();
            }
            Notice::Came(name, why) => {
                // Positions are given in the order in which they arrive here.
                let given = self.builder.input(&name, false);
                debug_assert_eq!(given, input);
                progress.input_has_news();
                match why {
                    None => self.follow(input),
                    Some(why) => self.account(input, |account| account.error = Some(format!("passed over: {why}"))),
                }
            }
            Notice::Failed(error) => {
                self.account(input, |account| account.error = Some(error.to_string()));
                self.errors.push((input, error));
            }
            Notice::Ended => self.account(input, |account| account.complete = true),
        }
    }

    fn account(&mut self, input: usize, change: impl FnOnce(&mut InputAccount)) {
        if let Some(account) = self.builder.account(input) {
            change(account);
        }
    }

    fn blocks(&mut self, input: usize, blocks: &[Block], bytes: u64, progress: &Progress) {
        let is_followed = self.builder.account(input).is_some_and(|account| account.followed);
        let before = self.problems(input);
        if let Some(clock) = self.clock.filter(|_| is_followed) {
            self.builder.now_is(clock());
        }
        blocks.iter().for_each(|block| self.block(block, input, 0, progress));
        self.read_up_to(input, bytes);
        if is_followed && self.problems(input) > before {
            progress.input_has_news();
        }
        if let Some(sink) = &mut self.sink {
            sink.pause();
        }
    }

    /// Adds a block up. Nothing more is read when whoever looks at every event has seen enough.
    fn block(&mut self, block: &Block, input: usize, lines: u64, progress: &Progress) {
        let sink = self.sink.as_mut().map(|sink| &mut **sink as &mut dyn Sink);
        if block.add_to(&mut self.builder, input, lines, sink).is_break() {
            self.sink = None;
            progress.stop();
        }
    }

    fn follow(&mut self, input: usize) {
        self.account(input, |account| (account.framing, account.followed) = ("json", true));
    }

    /// How many problems were told of an input.
    fn problems(&mut self, input: usize) -> u64 {
        self.builder.account(input).map_or(0, |account| account.problem_counts.values().sum())
    }

    fn read_up_to(&mut self, input: usize, bytes: u64) {
        self.account(input, |account| account.bytes = account.bytes.max(bytes));
    }

    /// A part counts if the one before ended exactly where it begins. What is in doubt is read again
    /// from the last place that is sure.
    fn part(&mut self, input: usize, large: &Large, part: &Part, worker: &mut Worker<'_>, progress: &Progress) {
        if self.place.input != Some(input) {
            self.place = Place { input: Some(input), ..Place::default() };
        }
        if part.from == Some(self.place.offset) {
            self.block(&part.block, input, self.place.lines, progress);
            self.place.offset = part.reached.offset;
            self.place.lines += part.reached.lines;
        }
        if self.place.offset < part.to {
            self.again(input, large, part.to, worker, progress);
        }
        self.read_up_to(input, self.place.offset);
        let (then, now) = (large.plain.len(), large.plain.len_now());
        let complete = part.to >= then;
        self.account(input, |account| (account.length, account.complete) = (Some(then), complete));
        if complete && now > then && !self.place.changed {
            self.changed(
                input,
                ProblemKind::Limit,
                format!("the file grew from {then} to {now} bytes while it was read; run again to have the rest too"),
            );
        }
    }

    /// Reads from the last sure place to `to`, or on to the end of the record there, as one would
    /// who reads the file from front to back.
    fn again(&mut self, input: usize, large: &Large, to: u64, worker: &mut Worker<'_>, progress: &Progress) {
        let Place { offset, lines, .. } = self.place;
        if let Some(account) = self.builder.account(input) {
            worker.reads(&account.name);
        }
        let reader = PlainReader::new(large.plain.clone(), offset);
        let window = Window::at(reader, offset, lines + 1);
        let mut records = JsonRecords::new(window, large.start.clone()).up_to(large.longest);
        let mut block = Block::default();
        let ended = loop {
            if records.place().1 >= to {
                break false;
            }
            if !worker.next(&mut records, &mut block) {
                break true;
            }
            if block.weight() > FULL {
                self.block(&std::mem::take(&mut block), input, 0, progress);
            }
        };
        self.block(&block, input, 0, progress);
        let (line, offset) = records.place();
        self.place.offset = offset;
        self.place.lines = line - 1;
        let end = large.plain.len();
        if ended && offset < to && !self.place.changed {
            let detail = format!(
                "the file became shorter while it was read (from {end} to {offset} bytes); what was there was used. Run again"
            );
            self.changed(input, ProblemKind::Truncated, detail);
        }
    }

    fn changed(&mut self, input: usize, kind: ProblemKind, detail: String) {
        self.place.changed = true;
        let (line, offset) = (self.place.lines + 1, self.place.offset);
        self.builder.problem(input, Problem { line, offset, kind, detail, lost: false });
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;
    use crate::analysis::Analysis;
    use crate::decode::Wanted;
    use crate::frame::{self, RecordStart};
    use crate::pipeline::worker::Seed;
    use crate::pipeline::{Filter, PART, part};
    use crate::rules::Library;
    use crate::source::{self, Body};

    const LONGEST: usize = crate::source::Limits::USUAL.record;
    const RECORD: &str = r#"{"uuid":"U","published":"2026-03-02T09:00:00Z","eventType":"user.session.start","outcome":{"result":"SUCCESS"}}"#;

    /// Opens a file of many parts, lets `meanwhile` change it, and reads it then.
    fn read_after(meanwhile: impl FnOnce(&std::path::Path, u64)) -> (Analysis, u64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.ndjson");
        let lines: String = (0..12_000).map(|n| RECORD.replace('U', &format!("{n:06}")) + "\n").collect();
        fs::write(&path, &lines).unwrap();
        let gathered = source::gather(std::slice::from_ref(&path));
        let opened = source::open(&gathered.sources[0]).unwrap();
        let Body::Plain(plain) = opened.body else { panic!("a plain file") };
        let start = RecordStart::learn(&opened.head);
        let large = Arc::new(Large { plain: Arc::new(plain), start, longest: LONGEST, hash: None });
        meanwhile(&path, lines.len() as u64);
        let (library, _) = Library::load(&[]);
        let (filter, seed, progress) = (Filter::default(), Seed::default(), Progress::default());
        let mut worker = Worker::new(&library, &filter, Wanted::Counts, &seed);
        let mut builder = Builder::new(None);
        let input = builder.input("log.ndjson", true);
        let combiner = Combiner::new(builder, None, 1, &progress);
        let parts = large.plain.len().div_ceil(PART);
        assert!(parts > 2);
        for index in 0..parts {
            let mut buffer = Vec::new();
            let found = part::read(&large, index, &mut buffer).unwrap();
            let (bytes, from, to, last) = (found.bytes, found.from, found.to, found.last);
            let (block, reached) =
                worker.part(frame::Part::new(bytes, from.unwrap_or_default(), last), &large.start, large.longest);
            let made = Made::Part(large.clone(), Part { from, to, reached, block });
            combiner.take(index, Done { input, made }, &mut worker);
        }
        (combiner.finish().0.finish(|_| 0), lines.len() as u64)
    }

    #[test]
    fn what_waits_is_weighed() {
        let text = RECORD.replace("user.session.start", "user.lifecycle.create");
        let (library, _) = Library::load(&[]);
        let (filter, seed) = (Filter::default(), Seed::default());
        let mut worker = Worker::new(&library, &filter, Wanted::All, &seed);
        let (block, _) = worker.part(frame::Part::new(text.as_bytes(), 0, true), &RecordStart::default(), LONGEST);
        let weight = block.weight();
        assert!(weight > 0);
        let mut line = Line::default();
        line.put(1, Done { input: 0, made: Made::Blocks(vec![block], 0) });
        assert!(line.take().is_none() && line.weight == weight);
        line.put(0, Done { input: 0, made: Made::Notice(Notice::Followed) });
        assert!(line.take().is_some() && line.weight == weight);
        assert!(line.take().is_some() && line.weight == 0);
    }

    fn problems(analysis: &Analysis) -> Vec<(ProblemKind, bool)> {
        analysis.inputs[0].problems.iter().map(|problem| (problem.kind, problem.lost)).collect()
    }

    #[test]
    fn a11_a_file_that_is_truncated_while_it_is_read_gives_what_is_left_and_says_so() {
        let (analysis, _) = read_after(|path, length| {
            fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length / 2 + 10).unwrap();
        });
        let totals = &analysis.totals;
        assert!((5_900..6_100).contains(&totals.other), "{totals:?}");
        assert_eq!(totals.records, totals.other + totals.unreadable);
        // The record that was cut, and the file that became shorter.
        assert_eq!(problems(&analysis), [(ProblemKind::Truncated, true), (ProblemKind::Truncated, false)]);
    }

    #[test]
    fn a11_a_file_that_grows_while_it_is_read_is_read_as_it_was_and_says_so() {
        let (analysis, _) = read_after(|path, _| {
            fs::OpenOptions::new().append(true).open(path).unwrap().write_all(RECORD.as_bytes()).unwrap();
        });
        assert_eq!((analysis.totals.records, analysis.totals.other), (12_000, 12_000));
        assert_eq!(problems(&analysis), [(ProblemKind::Limit, false)]);
    }

    #[test]
    fn a11_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was() {
        let (analysis, length) = read_after(|path, _| {
            fs::remove_file(path).unwrap();
            fs::write(path, "{}").unwrap();
        });
        assert_eq!((analysis.totals.records, analysis.inputs[0].bytes), (12_000, length));
        assert_eq!(problems(&analysis), []);
    }

    #[test]
    fn time_passes_while_a_file_is_followed() {
        let record = |number: u32, time: &str| {
            let text = r#"{"uuid":"U","published":"T","eventType":"application.provision.user.push","outcome":{"result":"SUCCESS"},"target":[{"id":"0oa1","type":"AppInstance","displayName":"Box"}]}"#;
            text.replace('U', &number.to_string()).replace("\"T\"", &format!("{time:?}")) + "\n"
        };
        let lines: String = [(1, "2026-03-02T08:00:00Z"), (2, "2026-03-02T08:00:30Z"), (3, "2026-03-02T09:00:00Z")]
            .map(|(number, time)| record(number, time))
            .concat();
        let (eight, nine) = (1_772_438_400_000_000, 1_772_442_000_000_000);
        let last = |clock: Option<fn() -> Option<Micros>>| {
            let (library, _) = Library::load(&[]);
            let (filter, seed, progress) = (Filter::default(), Seed::default(), Progress::default());
            let mut worker = Worker::new(&library, &filter, Wanted::Counts, &seed);
            let mut builder = Builder::new(None).at(Some(eight), None, None);
            let input = builder.input("log.ndjson", true);
            let combiner = Combiner::new(builder, None, 1, &progress).with_clock(clock);
            combiner.take(0, Done { input, made: Made::Notice(Notice::Followed) }, &mut worker);
            let (block, _) = worker.part(
                frame::Part::new(lines.as_bytes(), 0, true),
                &RecordStart::learn(lines.as_bytes()),
                LONGEST,
            );
            let made = Made::Blocks(vec![block], lines.len() as u64);
            combiner.take(1, Done { input, made }, &mut worker);
            combiner.finish().0.finish(|_| 0).last
        };
        assert_eq!(last(None), Some(eight + 30_000_000), "what is dated ahead is not the newest");
        assert_eq!(last(Some(|| Some(1_772_442_000_000_000))), Some(nine));
    }

    #[test]
    fn j5_records_that_a_worker_died_on_stay_in_the_account() {
        let (library, _) = Library::load(&[]);
        let (filter, seed) = (Filter::default(), Seed::default());
        let mut worker = Worker::new(&library, &filter, Wanted::Counts, &seed).giving_up();
        let text = [RECORD, RECORD, "nonsense", RECORD].join("\n");
        let (block, _) = worker.part(frame::Part::new(text.as_bytes(), 0, true), &RecordStart::default(), LONGEST);
        let mut builder = Builder::new(None);
        let input = builder.input("x", true);
        let _ = block.add_to(&mut builder, input, 0, None);
        let totals = builder.finish(|_| 0).totals;
        assert_eq!((totals.records, totals.unreadable), (4, 4));
    }
}
