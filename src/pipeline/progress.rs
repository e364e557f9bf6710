//! How far a run is, and the wish to stop it: shared with whoever shows the one and has the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counters of a run that is going on.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    bytes: AtomicU64,
    records: AtomicU64,
    stop: Arc<AtomicBool>,
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
