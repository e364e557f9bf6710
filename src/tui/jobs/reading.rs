//! Reading everything, with what is known meanwhile told now and then.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::{News, Reader};
use crate::event::store::Store;
use crate::event::{Entry, Outcome, Sink};
use crate::pipeline::{self, Progress};
use crate::rules::Library;
use crate::tui::data::{Events, Live, Reading};

/// How often reading is told of.
const TICK: Duration = Duration::from_millis(200);
/// The first time, so that there are numbers at once.
const FIRST_TICK: Duration = Duration::from_millis(100);
/// Ticks of a minute.
const TICKS: usize = 300;
/// While files are followed, a copy is made once there is one event more for so many.
const LIVE_SHARE: u32 = 20_000;
/// Events of the first copy that is shown while reading goes on. Later ones are half as large again
/// each, so that copying takes a fixed part of the time, whatever the size.
const FIRST_COPY: u32 = 10_000;

/// Events after which it is looked how much memory they take.
const WEIGHED: u32 = 1 << 12;

/// Reads everything, and tells now and then what is known so far.
pub(super) fn read(reader: &Reader, progress: &Arc<Progress>, tell: &(dyn Fn(News) + Send + Sync)) {
    let copies = Arc::new(Copies::default());
    let mut events = Gathering::new(reader.memory, copies.clone(), progress.clone());
    let (running, ended) = mpsc::channel::<()>();
    let outcome = thread::scope(|scope| {
        let library = &reader.library;
        scope.spawn(move || {
            let mut tick = FIRST_TICK;
            let mut minute = VecDeque::new();
            while ended.recv_timeout(tick) == Err(RecvTimeoutError::Timeout) {
                tick = TICK;
                tell_so_far(progress, library, &copies, &mut minute, tell);
            }
        });
        let outcome =
            pipeline::run_into(reader.gathered.clone(), &reader.library, &reader.options, progress, Some(&mut events));
        drop(running);
        outcome
    });
    let (analysis, errors) = outcome;
    // A run that was stopped because another one began is not told of.
    if analysis.covered.is_none() || Arc::strong_count(progress) > 2 {
        tell(News::Unusable(Arc::new(errors.iter().map(ToString::to_string).collect())));
        tell(News::Read(Arc::new(analysis), Arc::new(Events::of(std::mem::take(&mut events.store)))));
    }
}

fn tell_so_far(
    progress: &Progress,
    library: &Library,
    copies: &Copies,
    minute: &mut VecDeque<Live>,
    tell: &(dyn Fn(News) + Send + Sync),
) {
    let records = progress.records();
    let is_live = progress.is_caught_up() && (records == 0 || copies.whole.load(Ordering::Acquire));
    // What was there at the start is shown before anything can be new.
    let copy = copies.copy.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(store) = copy {
        tell(News::EventsSoFar(Arc::new(Events::of(store))));
    }
    if is_live {
        if minute.len() >= TICKS {
            minute.pop_front();
        }
        let now = Live { records, failed: copies.failed.load(Ordering::Relaxed) };
        minute.push_back(now);
        tell(News::Live(now.since(minute.front().copied().unwrap_or(now))));
    } else {
        tell(News::Reading(Reading { bytes: progress.bytes(), of: progress.total(), records }));
    }
    if let Some(builder) = progress.sums_so_far() {
        tell(News::SoFar(Arc::new(builder.finish(|rule| library.rule(rule).map_or(0, |rule| rule.severity as u8)))));
    }
}

/// What is shown while reading goes on.
#[derive(Default)]
struct Copies {
    /// The newest copy, until it is taken.
    copy: Mutex<Option<Store>>,
    /// All that followed files had at the start was copied.
    whole: AtomicBool,
    /// Failures so far.
    failed: AtomicU64,
}

/// Keeps all events, and now and then a copy for whoever looks at them meanwhile.
struct Gathering {
    store: Store,
    /// Most bytes of the store.
    memory: usize,
    copied: u32,
    copies: Arc<Copies>,
    progress: Arc<Progress>,
}

impl Gathering {
    fn new(memory: usize, copies: Arc<Copies>, progress: Arc<Progress>) -> Gathering {
        Gathering { store: Store::default(), memory, copied: 0, copies, progress }
    }

    /// Keeps the newer events where there is no room for all.
    fn make_room(&mut self) {
        if self.store.len().is_multiple_of(WEIGHED) && self.store.bytes() > self.memory {
            self.store.keep_newer_half();
            self.copied = self.copied.min(self.store.len());
        }
    }

    fn copy(&mut self) {
        self.copied = self.store.len();
        *self.copies.copy.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.store.clone());
    }
}

impl Sink for Gathering {
    fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        self.store.push(entry);
        if entry.outcome == Outcome::Failure {
            self.copies.failed.fetch_add(1, Ordering::Relaxed);
        }
        self.make_room();
        let events = self.store.len();
        if events >= FIRST_COPY && events.saturating_sub(self.copied) >= self.copied / 2 {
            self.copy();
        }
        ControlFlow::Continue(())
    }

    fn expect(&mut self, texts: &mut dyn Iterator<Item = &str>) {
        self.store.expect(texts);
    }

    fn pause(&mut self) {
        // Of a large store a copy for each new event would be too dear.
        let enough = self.copied / LIVE_SHARE;
        if !self.progress.is_caught_up() {
            return;
        }
        if self.store.len() - self.copied > enough {
            self.copy();
        }
        self.copies.whole.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Place, Provider};

    #[test]
    fn where_there_is_no_room_the_oldest_events_are_counted_only() {
        const LIMIT: usize = 1 << 20;
        let mut events = Gathering::new(LIMIT, Arc::default(), Arc::default());
        for number in 0..60_000 {
            let place = Place { path: "log", offset: number * 600, length: 600, ..Place::default() };
            let entry = Entry { time: Some(number as i64), ..Entry::new(place, Provider::Okta, "okta-system-log") };
            assert!(events.event(&entry).is_continue());
        }
        let (held, older) = (u64::from(events.store.len()), events.store.left_out().older);
        assert_eq!(held + older, 60_000);
        assert!(older > 20_000 && held > 10_000, "{held} held");
        assert!(events.store.rows().filter_map(|row| row.time()).eq(older as i64..60_000), "the newest stay, in order");
        let copy = events.copies.copy.lock().unwrap().take().unwrap();
        assert!(copy.len() > 5_000, "and are shown meanwhile: {}", copy.len());
    }
}
