//! The stages wired together.
//!
//! Every thread takes the next piece of work ([`feed`]), reads, cuts and decodes it ([`worker`]),
//! and hands what it made to [`combine`], which adds up in the order of the inputs. Output therefore
//! does not depend on the number of threads, and no thread waits for another one but for the lock
//! around a few counters, unless it is far ahead.

pub mod again;
mod block;
mod combine;
pub mod examples;
mod feed;
pub mod hashes;
mod join;
mod part;
mod progress;
pub mod quoted;
mod remarks;
pub mod scan;
mod tail;
mod worker;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::analysis::spikes::Settings;
use crate::analysis::{Alike, Analysis, Builder, Contexts, Covered, Endings, Identity, Patterns, Stoppers};
use crate::decode::Wanted;
use crate::error::{InputError, Problem, ProblemKind};
use crate::event::{Needs, Sink};
use crate::frame::{Batch, Framer, Framing, Part, RecordStart};
use crate::rules::Library;
use crate::source::{self, Arrivals, Body, Gathered, Opened, Plain, Refused};
use crate::text::time::Micros;
use block::Block;
use combine::{Combiner, Done, Made};
use feed::{Feeder, Large, Look, Notice, Piece, Streamed, Work};
use hashes::Hashes;
use worker::{Reached, Seed, Worker};

pub use crate::event::filter::Filter;
pub use crate::frame::DateOrder;
pub use progress::Progress;

/// Bytes of a file that are read as one piece: small enough to stay in the processor's cache between
/// reading and decoding, large enough that handing over costs nothing.
const PART: u64 = 512 * 1024;

/// How to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Worker threads; all processors if `None`.
    pub threads: Option<usize>,
    /// Which events.
    pub filter: Filter,
    /// Keep the story of this person.
    pub person: Option<String>,
    /// What counts as unusual.
    pub spikes: Settings,
    /// Everything by which that person is known, if another run has found out.
    pub known: Option<Identity>,
    /// Go on with files that somebody still writes to, until the run is stopped.
    pub follow: bool,
    /// What dates such as 3/4/2026 in a table begin with, if somebody said so.
    pub dates: Option<DateOrder>,
    /// The time now: events that are dated later are told, and are not the newest.
    pub now: Option<Micros>,
    /// Asked for the time again while files are followed, since that may be for days.
    pub clock: Option<fn() -> Option<Micros>>,
    /// Takes hashes of what is read anyway.
    pub hashes: Option<Hashes>,
}

/// Reads and analyses everything. Inputs that cannot be used are part of the result.
pub fn run(gathered: Gathered, library: &Library, options: &Options) -> (Analysis, Vec<InputError>) {
    run_watched(gathered, library, options, &Progress::default())
}

/// The same, for somebody who watches the progress and may stop it.
pub fn run_watched(
    gathered: Gathered,
    library: &Library,
    options: &Options,
    progress: &Progress,
) -> (Analysis, Vec<InputError>) {
    run_into(gathered, library, options, progress, None)
}

/// The same, while a sink is shown every event.
pub fn run_into(
    gathered: Gathered,
    library: &Library,
    options: &Options,
    progress: &Progress,
    sink: Option<&mut dyn Sink>,
) -> (Analysis, Vec<InputError>) {
    let needs = sink.as_ref().map_or(Needs::Sums, |sink| sink.needs());
    let threads =
        options.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get)).clamp(1, 64);
    let Gathered { sources, errors: refused, skipped, folders, limits } = gathered;
    let sizes: Option<u64> = sources.iter().map(|source| source.size).sum();
    progress.set_total(sizes.unwrap_or(0));
    let mut builder = builder(library, options, threads);
    let (joined, side_errors) = join::read_sides(&sources, &mut builder);
    let pieces = sources
        .iter()
        .filter(|source| join::side(source).is_none())
        .map(|source| (builder.input(&source.name, source.named), source))
        .collect::<Vec<_>>();
    // Inside the run it is borrowed as everything else is, for as long as the run lasts.
    let sink = sink.map(|sink| sink as &mut dyn Sink);
    let arrivals = (options.follow && !folders.is_empty()).then(|| Arrivals::into(folders, &sources, limits));
    let next = builder.inputs();
    let run = Run {
        names: pieces.iter().map(|(input, source)| (*input, source.name.as_str())).collect(),
        feeder: Mutex::new(
            Feeder::new(pieces, options.follow)
                .looking_for_more(arrivals, next)
                .reading_dates(options.dates)
                .hashing(options.hashes.clone()),
        ),
        dates: options.dates,
        hashes: options.hashes.as_ref(),
        combiner: Combiner::new(builder, sink, threads, progress).with_clock(options.clock),
        joined: &joined,
        progress,
    };
    let seed = Seed::default();
    let wanted = wanted(options, needs);
    run.on(threads, || Worker::new(library, &options.filter, wanted, &seed).for_needs(needs));
    let (mut builder, unreadable) = run.combiner.finish();
    joined.tell_orphans(&mut builder);
    tell_unread(&mut builder, &refused, &skipped);
    let refused = refused.into_iter().map(|refused| refused.error);
    let errors = refused.chain(side_errors).chain(unreadable).collect();
    let mut analysis = builder.finish(|rule| library.rule(rule).map_or(0, |rule| rule.severity as u8));
    analysis.covered =
        progress.is_stopped().then(|| Covered { bytes: progress.bytes(), of: sizes.filter(|total| *total > 0) });
    (analysis, errors)
}

/// What adds up, as the options and the rules want it.
fn builder(library: &Library, options: &Options, threads: usize) -> Builder {
    let (since, until) = options.filter.within();
    let builder = Builder::new(options.person.as_deref())
        .watching(Patterns::of(library))
        .deciding(Contexts::of(library))
        .ending(Endings::of(library))
        .judging(Stoppers::of(library))
        .telling_once(Alike::of(library))
        .testing(options.spikes.clone(), threads)
        .at(options.now, since, until)
        .filtered(!options.filter.is_open())
        .seeing_beside(options.filter.whatever_the_outcome().is_some());
    match &options.known {
        Some(known) => builder.knowing(known),
        None => builder,
    }
}

/// How much of a record must be decoded: filters, stories and some sinks look at more than sums do.
fn wanted(options: &Options, needs: Needs) -> Wanted {
    let are_sums_enough = options.filter.is_open() && options.person.is_none() && needs != Needs::All;
    if are_sums_enough { Wanted::Counts } else { Wanted::All }
}

/// Adds the inputs of which nothing was read to the list of inputs.
fn tell_unread(builder: &mut Builder, refused: &[Refused], skipped: &[(String, String)]) {
    let refused = refused.iter().map(|Refused { named, error, .. }| (error.path(), *named, error.to_string()));
    let skipped = skipped.iter().map(|(name, why)| (name.as_str(), false, format!("passed over: {why}")));
    for (name, named, why) in refused.chain(skipped) {
        let input = builder.input(name, named);
        if let Some(account) = builder.account(input) {
            account.error = Some(why);
        }
    }
}

/// What all threads of a run share.
struct Run<'r> {
    /// What the inputs are called, by their positions.
    names: BTreeMap<usize, &'r str>,
    feeder: Mutex<Feeder<'r>>,
    combiner: Combiner<'r>,
    joined: &'r join::Joined,
    dates: Option<DateOrder>,
    hashes: Option<&'r Hashes>,
    progress: &'r Progress,
}

impl<'r> Run<'r> {
    /// Works on so many threads, this one included.
    fn on<'w>(&self, threads: usize, new_worker: impl Fn() -> Worker<'w> + Copy + Send) {
        thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(move || self.work(new_worker));
            }
            self.work(new_worker);
        });
    }

    /// Works until nothing is left.
    fn work<'w>(&self, new_worker: impl Fn() -> Worker<'w>) {
        let mut worker = new_worker();
        let mut buffer = Vec::new();
        loop {
            let next = self.feeder.lock().unwrap_or_else(PoisonError::into_inner).next(self.progress);
            let Some((turn, Work { input, piece })) = next else { return };
            let mut attempt = |worker: &mut Worker<'w>| {
                catch_unwind(AssertUnwindSafe(|| self.piece(input, &piece, worker, &mut buffer)))
            };
            let made = attempt(&mut worker).or_else(|_| {
                // A bug of ours. The second time the records are only counted, as unreadable.
                worker = new_worker();
                attempt(&mut new_worker().giving_up())
            });
            let made = made.unwrap_or_else(|_| Made::Blocks(vec![Block::of(bug(0, 0))], 0));
            self.combiner.take(turn, Done { input, made }, &mut worker);
        }
    }

    fn piece(&self, input: usize, piece: &Piece<'r>, worker: &mut Worker<'_>, buffer: &mut Vec<u8>) -> Made {
        worker.reads(self.names.get(&input).copied().unwrap_or_default());
        match piece {
            Piece::Whole(source) => {
                let made = match source::open(source) {
                    Ok(opened) => self.whole(input, opened, worker, buffer),
                    Err(error) => Made::Notice(Notice::Failed(error)),
                };
                self.progress.read(source.size.unwrap_or_default());
                made
            }
            Piece::Part(large, index) => {
                let made = Made::Part(large.clone(), read_part(large, *index, worker, buffer));
                self.progress.read(PART.min(large.plain.len() - index * PART));
                made
            }
            Piece::Batch(streamed) => Made::Blocks(vec![self.streamed(streamed, worker)], streamed.offset),
            Piece::Notice(notice) => Made::Notice(notice.clone()),
        }
    }

    fn streamed(&self, streamed: &Streamed, worker: &mut Worker<'_>) -> Block {
        self.progress.read(streamed.taken);
        if streamed.caught_up {
            self.progress.caught_up.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(name) = &streamed.later {
            worker.reads(name);
        }
        self.batch(&streamed.batch, streamed.table, worker)
    }

    /// Records that were cut already. A row of a table is completed by what other files say of it.
    fn batch(&self, batch: &Batch, is_table: bool, worker: &mut Worker<'_>) -> Block {
        let completed = is_table.then(|| self.joined.complete(batch)).flatten();
        worker.batch(completed.as_ref().unwrap_or(batch))
    }

    /// A small input, from its first byte to its last.
    fn whole(&self, input: usize, opened: Opened, worker: &mut Worker<'_>, buffer: &mut Vec<u8>) -> Made {
        let framing = Framing::of(&opened.head);
        let look = Look { framing: framing.name(), problems: remarks::of(&opened.head) };
        if let (Body::Plain(plain), true) = (&opened.body, framing.is_json())
            && let Some((block, length)) = self.at_once(input, &opened, plain, worker, buffer)
        {
            return Made::Whole(look, vec![block], length);
        }
        let mut framer = Framer::with_dates(opened, self.dates);
        let mut blocks = Vec::new();
        while let Some(batch) = framer.next_batch() {
            blocks.push(self.batch(&batch, framer.name() == "csv", worker));
        }
        Made::Whole(look, blocks, framer.offset())
    }

    /// The records of a file of JSON that is read as one piece, and how far they reach; `None` if it cannot be read,
    /// which reading it from front to back says better.
    fn at_once(
        &self,
        input: usize,
        opened: &Opened,
        plain: &Plain,
        worker: &mut Worker<'_>,
        buffer: &mut Vec<u8>,
    ) -> Option<(Block, u64)> {
        let size = usize::try_from(plain.len()).unwrap_or_default();
        if buffer.len() < size {
            buffer.resize(size, 0);
        }
        let space = buffer.get_mut(..size).unwrap_or_default();
        let count = plain.read_at(0, space).ok()?;
        let bytes = space.get(..count).unwrap_or_default();
        let (start, longest) = (RecordStart::learn(&opened.head), opened.limits.record);
        let (mut block, reached) = worker.part(Part::new(bytes, 0, true), &start, longest);
        let now = plain.len_now();
        if now != size as u64 {
            let detail = format!("the file changed from {size} to {now} bytes while it was read; run again");
            let (line, offset) = (reached.lines + 1, reached.offset);
            block.problem(Problem { line, offset, kind: ProblemKind::Limit, detail, lost: false });
        } else if let Some((hashes, name)) = self.hashes.zip(self.names.get(&input)) {
            hashes.whole(name, plain.mark(), bytes);
        }
        Some((block, reached.offset))
    }
}

/// One part of a large file.
fn read_part(large: &Large, index: u64, worker: &mut Worker<'_>, buffer: &mut Vec<u8>) -> combine::Part {
    match part::read(large, index, buffer) {
        Ok(found) => {
            // Before anything else, while the bytes are near.
            if let Some(hash) = &large.hash {
                hash.take(index, found.own);
            }
            let offset = found.from.unwrap_or_default();
            let (block, reached) = worker.part(Part::new(found.bytes, offset, found.last), &large.start, large.longest);
            combine::Part { from: found.from, to: found.to, reached, block }
        }
        // Read again from front to back, the error is met again and told where it belongs.
        Err(_) => {
            if let Some(hash) = &large.hash {
                hash.give_up();
            }
            let to = ((index + 1) * PART).min(large.plain.len());
            combine::Part { from: None, to, reached: Reached::default(), block: Block::default() }
        }
    }
}

/// The problem of a record on which Provlens itself failed.
fn bug(line: u64, offset: u64) -> Problem {
    Problem {
        line,
        offset,
        kind: ProblemKind::Limit,
        detail: "Provlens failed on records around this one; please report it with the version, it is a bug".to_owned(),
        lost: true,
    }
}
