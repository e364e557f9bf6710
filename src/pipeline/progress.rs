//! How far a run is, and the wish to stop it: shared with whoever shows the one and has the other.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::analysis::Builder;

/// Counters of a run that is going on.
#[derive(Default)]
pub struct Progress {
    total: AtomicU64,
    bytes: AtomicU64,
    records: AtomicU64,
    stop: Arc<AtomicBool>,
    /// Somebody wants to have the sums so far.
    asked: AtomicBool,
    /// Something else than records came: an input, or what is said of one.
    news: AtomicBool,
    /// Records that were there when they were last given.
    given_at: AtomicU64,
    given: Mutex<Option<Box<Builder>>>,
    /// Something is followed.
    follows: AtomicBool,
    /// Files that are followed, and those of them whose end was reached once.
    followed: AtomicUsize,
    pub(super) caught_up: AtomicUsize,
}

impl Progress {
    /// Counters of a further run, which the same wish stops.
    pub fn of_next_run(&self) -> Progress {
        Progress { stop: self.stop.clone(), ..Progress::default() }
    }

    /// Bytes on the disk of all inputs; 0 if one of them does not say.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Bytes on the disk of what was read.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Records that were added up.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// Asks the run to end with what it has.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The sums of a moment ago, if they are others than those that were given last; asks for further
    /// ones. Copying them takes a moment in which nothing is added, so while there is much to read it is
    /// done only once there is a fifth more: it then takes a fixed part of the time, whatever the size.
    pub fn sums_so_far(&self) -> Option<Builder> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (now, then) = (self.records(), self.given_at.load(Ordering::Relaxed));
        let grown = if self.is_caught_up() { 1 } else { then / 5 };
        if self.news.swap(false, Ordering::Relaxed) || (now > then && now - then >= grown) {
            self.asked.store(true, Ordering::Relaxed);
        }
        given.map(|builder| *builder)
    }

    /// Whether files are followed, and all that they had at the start was read.
    pub fn is_caught_up(&self) -> bool {
        let followed = self.followed.load(Ordering::Relaxed);
        self.follows.load(Ordering::Relaxed) && self.caught_up.load(Ordering::Relaxed) >= followed
    }

    /// So many files are followed from now on, and folders in which others may appear if `watched`.
    pub(super) fn follows(&self, files: usize, watched: bool) {
        self.followed.store(files, Ordering::Relaxed);
        self.follows.store(watched || files > 0, Ordering::Relaxed);
    }

    /// Something is to be told of an input, which those who look at the sums want to know also if no record came.
    pub(super) fn input_has_news(&self) {
        self.news.store(true, Ordering::Relaxed);
    }

    /// Gives the sums to whoever asked for them.
    pub(super) fn offer(&self, builder: &Builder) {
        if self.asked.swap(false, Ordering::Relaxed) {
            self.given_at.store(builder.records(), Ordering::Relaxed);
            *self.given.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(builder.clone()));
        }
    }

    /// The wish, for inputs that would be waited for.
    pub(super) fn wish(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    pub(super) fn set_total(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    pub(super) fn read(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn set_records(&self, records: u64) {
        self.records.store(records, Ordering::Relaxed);
    }
}
