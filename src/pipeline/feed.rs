//! What there is to do, piece by piece, in the order of the inputs.
//!
//! A large plain file is divided into parts of equal size that any thread can read by itself; a
//! small file is one piece; everything that can only be read from front to back (compressed, UTF-16,
//! tables, text, standard input) has a thread of its own that unpacks and cuts it, and its batches
//! are the pieces.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::progress::Progress;
use super::{PART, bug, tail};
use crate::error::InputError;
use crate::frame::{Batch, Framer, Framing, RecordStart};
use crate::source::{self, Body, Opened, Plain, Source, Tail};

/// Batches that wait for a worker, of an input that has a thread of its own.
const WAITING: usize = 4;
/// How long a wait for the next batch lasts before the wish to stop is looked at.
const PATIENCE: Duration = Duration::from_millis(100);

/// Most files that are followed at once; further ones are read once.
const MOST_FOLLOWED: usize = 64;

/// A piece of work.
pub(super) enum Work<'s> {
    /// A small file, from opening it to its last record.
    Whole(usize, &'s Source),
    /// One part of a large file.
    Part(usize, Arc<Large>, u64),
    /// Records that were cut already.
    Batch(usize, Streamed),
    /// An input whose other pieces follow.
    Opened(usize, &'static str),
    /// An input that cannot be read.
    Failed(usize, InputError),
}

impl Work<'_> {
    /// The position of its input.
    pub(super) fn input(&self) -> usize {
        match self {
            Work::Whole(input, _)
            | Work::Part(input, ..)
            | Work::Batch(input, _)
            | Work::Opened(input, _)
            | Work::Failed(input, _) => *input,
        }
    }
}

/// A file that is read in parts.
pub(super) struct Large {
    pub(super) plain: Arc<Plain>,
    /// How its records begin.
    pub(super) start: RecordStart,
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
}

/// Gives out the pieces.
pub(super) struct Feeder<'s> {
    sources: std::vec::IntoIter<(usize, &'s Source)>,
    current: Option<Current>,
    turn: u64,
    /// Files that somebody still writes to are followed.
    follow: bool,
    /// Those; they come once everything else was read.
    followed: Vec<(usize, &'s Source)>,
}

enum Current {
    Parts(usize, Arc<Large>, u64),
    Stream(usize, Receiver<Streamed>, Stopped),
    /// Followed files, all at once; first they are said to be open.
    Followed(Vec<usize>, Receiver<(usize, Streamed)>),
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
        Feeder { sources: sources.into_iter(), current: None, turn: 0, follow, followed: Vec::new() }
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
                match source.size.is_some_and(|size| size <= PART) {
                    true => Work::Whole(input, source),
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
        let (sender, receiver) = channel();
        let mut opened = Vec::new();
        let mut left = Vec::new();
        for (input, source) in std::mem::take(&mut self.followed) {
            let tail = source.file().and_then(|path| Some((path.to_owned(), Tail::open(path).ok()?)));
            let (sender, stop) = (sender.clone(), progress.wish().clone());
            let started = tail.is_some_and(|(path, tail)| {
                let work = move || tail::follow(&path, tail, input, &stop, &sender);
                thread::Builder::new().name("followed".to_owned()).spawn(work).is_ok()
            });
            if started { opened.push(input) } else { left.push((input, source)) }
        }
        progress.followed.store(opened.len(), Ordering::Relaxed);
        if opened.is_empty() && left.is_empty() {
            return None;
        }
        if !opened.is_empty() {
            self.current = Some(Current::Followed(opened, receiver));
        }
        (self.sources, self.follow) = (left.into_iter(), false);
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
                Some(Work::Part(*input, large.clone(), index))
            }
            Current::Followed(opened, batches) => {
                if let Some(input) = opened.pop() {
                    return Some(Work::Opened(input, "json"));
                }
                match batches.recv() {
                    Ok((input, streamed)) => Some(Work::Batch(input, streamed)),
                    Err(_) => {
                        self.current = None;
                        None
                    }
                }
            }
            Current::Stream(input, batches, stopped) => loop {
                match batches.recv_timeout(PATIENCE) {
                    Ok(streamed) => return Some(Work::Batch(*input, streamed)),
                    Err(RecvTimeoutError::Timeout) if *stopped == Stopped::Ends || !progress.is_stopped() => {}
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
            Err(error) => return Work::Failed(input, error),
        };
        let framing = Framing::of(&opened.head);
        let start = if framing.is_json() { RecordStart::learn(&opened.head) } else { RecordStart::default() };
        let opened = match opened.body {
            Body::Plain(plain) if !start.is_unknown() => {
                let large = Large { plain: Arc::new(plain), start };
                self.current = Some(Current::Parts(input, Arc::new(large), 0));
                return Work::Opened(input, framing.name());
            }
            body => Opened { body, ..opened },
        };
        let (sender, receiver) = sync_channel(WAITING);
        let framer = Framer::new(opened);
        // Not a scoped thread: one that waits for a terminal to say something must not hold up the end.
        let spawned = thread::Builder::new().name("input".to_owned()).spawn(move || stream(framer, &sender));
        match spawned {
            Ok(_) => {
                let stopped = if source.is_live() { Stopped::Ends } else { Stopped::Left };
                self.current = Some(Current::Stream(input, receiver, stopped));
                Work::Opened(input, framing.name())
            }
            Err(error) => {
                let reason = format!("no thread could be started for it: {error}");
                Work::Failed(input, InputError::Unreadable { path: source.name.clone(), reason })
            }
        }
    }
}

/// Whether records that are appended to it can be understood by themselves.
fn can_be_followed(source: &Source) -> bool {
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
                });
                return;
            }
        };
        let before = std::mem::replace(&mut taken, framer.taken());
        let streamed = Streamed { batch, offset: framer.offset(), taken: taken - before, table, caught_up: false };
        if sender.send(streamed).is_err() {
            return;
        }
    }
}
