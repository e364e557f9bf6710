//! What there is to do, piece by piece, in the order of the inputs.
//!
//! A large plain file is divided into parts of equal size that any thread can read by itself; a
//! small file is one piece; everything that can only be read from front to back (compressed, UTF-16,
//! tables, text, standard input) has a thread of its own that unpacks and cuts it, and its batches
//! are the pieces.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::hashes::{Hashes, InParts};
use super::progress::Progress;
use super::tail::{self, Followed};
use super::{PART, bug, remarks};
use crate::error::{InputError, Problem};
use crate::frame::{Batch, DateOrder, Framer, Framing, RecordStart};
use crate::source::{self, Arrivals, Body, Opened, Plain, Source};

/// Batches that wait for a worker, of an input that has a thread of its own, or of all files that are
/// followed: what they have at the start may be far more than fits into memory.
const WAITING: usize = 4;
/// How long a wait for the next batch lasts before the wish to stop is looked at.
const PATIENCE: Duration = Duration::from_millis(100);

/// Most files that are followed at once; further ones are read once.
pub(super) const MOST_FOLLOWED: usize = 64;

/// A piece of work on an input.
pub(super) struct Work<'s> {
    /// The position of the input.
    pub(super) input: usize,
    pub(super) piece: Piece<'s>,
}

/// What there is to do.
pub(super) enum Piece<'s> {
    /// A small file, from opening it to its last record.
    Whole(&'s Source),
    /// One part of a large file, by its number.
    Part(Arc<Large>, u64),
    /// Records that were cut already.
    Batch(Streamed),
    /// Nothing, but something is to be said in its turn.
    Notice(Notice),
}

/// What is to be said of an input, before or behind its records.
#[derive(Clone)]
pub(super) enum Notice {
    /// It was opened, and its other pieces follow.
    Opened(Look),
    /// It is followed.
    Followed,
    /// It is followed and gone, or is back.
    Gone(bool),
    /// It came while files were followed; its name, and why it is not read if it is not.
    Came(String, Option<String>),
    /// It cannot be read.
    Failed(InputError),
    /// It was read to its end.
    Ended,
}

impl Work<'_> {
    pub(super) fn notice(input: usize, notice: Notice) -> Self {
        Work { input, piece: Piece::Notice(notice) }
    }
}

/// What the first bytes of an input say of all of it.
#[derive(Clone)]
pub(super) struct Look {
    /// The name of its framing.
    pub(super) framing: &'static str,
    pub(super) problems: Vec<Problem>,
}

/// A file that is read in parts.
pub(super) struct Large {
    pub(super) plain: Arc<Plain>,
    /// How its records begin.
    pub(super) start: RecordStart,
    /// Longest record that is read.
    pub(super) longest: usize,
    /// The hash of the file, if somebody wants it.
    pub(super) hash: Option<InParts>,
}

/// A batch from a thread that reads an input from front to back.
pub(super) struct Streamed {
    pub(super) batch: Batch,
    /// Position in the unpacked input behind the batch.
    pub(super) offset: u64,
    /// Bytes taken from the disk for it.
    pub(super) taken: u64,
    /// Rows of a table, which other files may belong to.
    pub(super) table: bool,
    /// The end of a followed file was reached for the first time.
    pub(super) caught_up: bool,
    /// The name of an input that was not there at the start.
    pub(super) later: Option<Arc<str>>,
}

/// Gives out the pieces.
pub(super) struct Feeder<'s> {
    sources: std::vec::IntoIter<(usize, &'s Source)>,
    current: Option<Current<'s>>,
    turn: u64,
    /// Files that somebody still writes to are followed.
    follow: bool,
    /// Those; they come once everything else was read.
    followed: Vec<(usize, &'s Source)>,
    /// Looks for further files, whose positions are counted from this one.
    arrivals: Option<(Arrivals, usize)>,
    /// What dates in tables begin with, if somebody said so.
    dates: Option<DateOrder>,
    /// Takes the hashes of files.
    hashes: Option<Hashes>,
}

enum Current<'s> {
    Parts(usize, Arc<Large>, u64),
    Stream(usize, Receiver<Streamed>, Stopped),
    Followed(Following<'s>),
}

/// Followed files, all at once.
struct Following<'s> {
    /// Those of which it must still be said that they are open.
    opened: Vec<usize>,
    /// Those that cannot be opened, which reading says.
    left: Vec<(usize, &'s Source)>,
    works: Receiver<Work<'static>>,
}

/// What becomes of a stream when the run is stopped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stopped {
    /// It ends there by itself; what it has sent by then is wanted.
    Ends,
    /// It would go on, and is left.
    Left,
}

impl<'s> Feeder<'s> {
    /// `sources` with their positions among all inputs.
    pub(super) fn new(sources: Vec<(usize, &'s Source)>, follow: bool) -> Self {
        let (followed, sources) = (Vec::new(), sources.into_iter());
        Feeder { sources, current: None, turn: 0, follow, followed, arrivals: None, dates: None, hashes: None }
    }

    /// The same, looking for further files too, whose positions are counted from `next`.
    pub(super) fn looking_for_more(self, arrivals: Option<Arrivals>, next: usize) -> Self {
        Feeder { arrivals: arrivals.map(|arrivals| (arrivals, next)), ..self }
    }

    /// The same, where somebody has said what dates in tables begin with.
    pub(super) fn reading_dates(self, dates: Option<DateOrder>) -> Self {
        Feeder { dates, ..self }
    }

    /// The same, with hashes of the files that are read in parts.
    pub(super) fn hashing(self, hashes: Option<Hashes>) -> Self {
        Feeder { hashes, ..self }
    }

    /// The next piece and its turn; `None` if there is none left.
    pub(super) fn next(&mut self, progress: &Progress) -> Option<(u64, Work<'s>)> {
        let ends = matches!(self.current, Some(Current::Stream(_, _, Stopped::Ends) | Current::Followed(..)));
        if progress.is_stopped() && !ends {
            return None;
        }
        let work = match self.go_on(progress) {
            Some(work) => work,
            None if progress.is_stopped() => return None,
            None => {
                let Some((input, source)) = self.next_source() else { return self.start_following(progress) };
                match source.length().is_some_and(|length| length <= PART) {
                    true => Work { input, piece: Piece::Whole(source) },
                    false => self.open(input, source, progress),
                }
            }
        };
        self.turn += 1;
        Some((self.turn - 1, work))
    }

    /// The next input that is read once.
    fn next_source(&mut self) -> Option<(usize, &'s Source)> {
        loop {
            let (input, source) = self.sources.next()?;
            if !self.follow || self.followed.len() >= MOST_FOLLOWED || !can_be_followed(source) {
                return Some((input, source));
            }
            self.followed.push((input, source));
        }
    }

    /// Starts to follow files, each in a thread of its own. A file that cannot be opened is read as if
    /// it were not followed, which says why.
    fn start_following(&mut self, progress: &Progress) -> Option<(u64, Work<'s>)> {
        self.follow = false;
        let (sender, works) = sync_channel(WAITING);
        let (mut opened, mut left) = (Vec::new(), Vec::new());
        for (input, source) in std::mem::take(&mut self.followed) {
            let file = Followed::open(source, input);
            let started = file.is_some_and(|file| file.start(progress.wish().clone(), sender.clone()));
            if started { opened.push(input) } else { left.push((input, source)) }
        }
        let followed = opened.len();
        let watched = self.arrivals.take().is_some_and(|(arrivals, next)| {
            tail::watch(arrivals, next, followed, progress.wish().clone(), sender.clone())
        });
        progress.follows(followed, watched);
        if !watched && opened.is_empty() && left.is_empty() {
            return None;
        }
        self.current = Some(Current::Followed(Following { opened, left, works }));
        self.next(progress)
    }

    /// The next piece of the input in hand.
    fn go_on(&mut self, progress: &Progress) -> Option<Work<'s>> {
        match self.current.as_mut()? {
            Current::Parts(input, large, next) => {
                let index = *next;
                if index > 0 && index * PART >= large.plain.len() {
                    self.current = None;
                    return None;
                }
                *next += 1;
                Some(Work { input: *input, piece: Piece::Part(large.clone(), index) })
            }
            Current::Followed(following) => {
                let work = following.next();
                if work.is_none() {
                    self.current = None;
                }
                work
            }
            Current::Stream(input, batches, stopped) => loop {
                match batches.recv_timeout(PATIENCE) {
                    Ok(streamed) => return Some(Work { input: *input, piece: Piece::Batch(streamed) }),
                    Err(RecvTimeoutError::Timeout) if *stopped == Stopped::Ends || !progress.is_stopped() => {}
                    Err(RecvTimeoutError::Disconnected) if !progress.is_stopped() => {
                        let input = *input;
                        self.current = None;
                        return Some(Work::notice(input, Notice::Ended));
                    }
                    // A stream that was told to end did so before its time.
                    Err(_) => {
                        self.current = None;
                        return None;
                    }
                }
            },
        }
    }

    fn open(&mut self, input: usize, source: &Source, progress: &Progress) -> Work<'s> {
        let opened = match source::open_until(source, progress.wish()) {
            Ok(opened) => opened,
            Err(error) => return Work::notice(input, Notice::Failed(error)),
        };
        let framing = Framing::of(&opened.head);
        let look = Look { framing: framing.name(), problems: remarks::of(&opened.head) };
        let start = if framing.is_json() { RecordStart::learn(&opened.head) } else { RecordStart::default() };
        let opened = match opened.body {
            Body::Plain(plain) if !start.is_unknown() => {
                let parts = plain.len().div_ceil(PART).max(1);
                let hash = self.hashes.as_ref().map(|hashes| hashes.in_parts(&source.name, plain.mark(), parts));
                let large = Large { plain: Arc::new(plain), start, longest: opened.limits.record, hash };
                self.current = Some(Current::Parts(input, Arc::new(large), 0));
                return Work::notice(input, Notice::Opened(look));
            }
            body => Opened { body, ..opened },
        };
        let (sender, receiver) = sync_channel(WAITING);
        let framer = Framer::with_dates(opened, self.dates);
        // Not a scoped thread: one that waits for a terminal to say something must not hold up the end.
        let spawned = thread::Builder::new().name("input".to_owned()).spawn(move || stream(framer, &sender));
        match spawned {
            Ok(_) => {
                let stopped = if source.is_live() { Stopped::Ends } else { Stopped::Left };
                self.current = Some(Current::Stream(input, receiver, stopped));
                Work::notice(input, Notice::Opened(look))
            }
            Err(error) => {
                let reason = format!("no thread could be started for it: {error}");
                let error = InputError::Unreadable { path: source.name.clone(), reason };
                Work::notice(input, Notice::Failed(error))
            }
        }
    }
}

impl<'s> Following<'s> {
    fn next(&mut self) -> Option<Work<'s>> {
        if let Some((input, source)) = self.left.pop() {
            return Some(Work { input, piece: Piece::Whole(source) });
        }
        if let Some(input) = self.opened.pop() {
            return Some(Work::notice(input, Notice::Followed));
        }
        self.works.recv().ok()
    }
}

/// Whether records that are appended to it can be understood by themselves.
pub(super) fn can_be_followed(source: &Source) -> bool {
    let Some(Ok(opened)) = source.file().map(|_| source::open(source)) else { return false };
    matches!(opened.body, Body::Plain(_)) && Framing::of(&opened.head).is_json()
}

/// Cuts an input from front to back, until it ends or nobody wants more.
fn stream(mut framer: Framer, sender: &SyncSender<Streamed>) {
    let table = framer.name() == "csv";
    let mut taken = 0;
    let mut ended = false;
    while !ended {
        let batch = match catch_unwind(AssertUnwindSafe(|| framer.next_batch())) {
            Ok(batch) => {
                // What stands behind the last record belongs to the input too.
                ended = batch.is_none();
                batch.unwrap_or_default()
            }
            Err(_) => {
                let problems = vec![bug(0, framer.offset())];
                let _ = sender.send(Streamed {
                    batch: Batch { problems, ..Batch::default() },
                    offset: 0,
                    taken: 0,
                    table,
                    caught_up: false,
                    later: None,
                });
                return;
            }
        };
        let before = std::mem::replace(&mut taken, framer.taken());
        let taken_now = taken - before;
        let offset = framer.offset();
        let streamed = Streamed { batch, offset, taken: taken_now, table, caught_up: false, later: None };
        if sender.send(streamed).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::pipeline::{Options, run_watched};
    use crate::rules::Library;

    /// A file of so many bytes that is being followed, and everything that was to be said before its records.
    fn followed(folder: &std::path::Path, bytes: usize, test: impl FnOnce(&mut Feeder<'_>, &Progress)) {
        let path = folder.join("log.ndjson");
        let line = format!("{{\"text\":\"{}\"}}\n", "x".repeat(10_000));
        fs::write(&path, line.repeat(bytes / line.len())).unwrap();
        let sources = source::gather(std::slice::from_ref(&path)).sources;
        let pieces = sources.iter().map(|source| (0, source)).collect();
        let (mut feeder, progress) = (Feeder::new(pieces, true), Progress::default());
        assert!(matches!(feeder.next(&progress), Some((0, Work { input: 0, piece: Piece::Notice(Notice::Followed) }))));
        test(&mut feeder, &progress);
    }

    /// The size of a packed file says nothing of the memory that all of it takes.
    #[test]
    fn a_packed_file_is_read_bit_by_bit_however_small_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let line = "{\"text\":\"x\"}\n".repeat(1 << 20);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(line.as_bytes()).unwrap();
        fs::write(folder.path().join("a.log"), packed.finish().unwrap()).unwrap();
        fs::write(folder.path().join("b.log"), "{}\n").unwrap();
        let sources = source::gather(&[folder.path().to_owned()]).sources;
        assert!(sources.iter().all(|source| source.size.is_some_and(|size| size < PART)));
        let mut feeder = Feeder::new(sources.iter().enumerate().collect(), false);
        let works: Vec<Work<'_>> =
            std::iter::from_fn(|| feeder.next(&Progress::default())).map(|(_, work)| work).collect();
        let (last, before) = works.split_last().unwrap();
        assert!(matches!(last, Work { input: 1, piece: Piece::Whole(_) }));
        let is_streamed =
            |work: &Work<'_>| work.input == 0 && matches!(work.piece, Piece::Batch(_) | Piece::Notice(Notice::Ended));
        assert!(before.len() > 2 && before.iter().skip(1).all(is_streamed));
    }

    /// Bytes of the next batch; nothing if there is none.
    fn taken(feeder: &mut Feeder<'_>, progress: &Progress) -> Option<u64> {
        match feeder.next(progress)? {
            (_, Work { piece: Piece::Batch(streamed), .. }) => Some(streamed.taken),
            _ => panic!("only batches come of a file that is followed"),
        }
    }

    #[test]
    fn of_a_file_that_is_followed_no_more_is_read_than_somebody_is_waiting_for() {
        let folder = tempfile::tempdir().unwrap();
        followed(folder.path(), 16 << 20, |feeder, progress| {
            let mut sum = taken(feeder, progress).unwrap();
            // Time to read on in, for whoever would.
            thread::sleep(Duration::from_secs(1));
            OpenOptions::new().write(true).open(folder.path().join("log.ndjson")).unwrap().set_len(0).unwrap();
            // What had been read by then ends where the file became shorter.
            loop {
                match taken(feeder, progress).unwrap() {
                    0 => break,
                    more => sum += more,
                }
            }
            assert!(sum < 8 << 20, "{sum}");
        });
    }

    #[test]
    fn whoever_stops_following_has_what_was_read_and_is_not_held_up() {
        let folder = tempfile::tempdir().unwrap();
        followed(folder.path(), 16 << 20, |feeder, progress| {
            assert!(taken(feeder, progress).is_some());
            progress.stop();
            while taken(feeder, progress).is_some() {}
            assert!(feeder.next(progress).is_none());
        });
    }

    #[test]
    fn it_is_known_which_inputs_were_read_to_their_end() {
        let folder = tempfile::tempdir().unwrap();
        let line = format!("{{\"text\":\"{}\"}}\n", "x".repeat(10_000));
        let large = line.repeat(2 * usize::try_from(PART).unwrap() / line.len());
        for (name, text) in [("large.ndjson", &*large), ("small.ndjson", &*line), ("table.csv", "a,b\n1,2\n")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let (library, _) = Library::load(&[]);
        let read = |progress: &Progress| {
            let gathered = source::gather(&[folder.path().to_owned()]);
            let (analysis, _) = run_watched(gathered, &library, &Options::default(), progress);
            analysis.inputs.iter().map(|input| (input.complete, input.length)).collect::<Vec<_>>()
        };
        assert_eq!(read(&Progress::default()), [(true, Some(large.len() as u64)), (true, None), (true, None)]);
        let stopped = Progress::default();
        stopped.stop();
        assert_eq!(read(&stopped), [(false, None); 3]);
    }
}
