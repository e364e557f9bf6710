//! Files that are followed: each has a thread that looks for more, cuts it into records, and sends
//! them on. A record is sent once it is whole; half of one waits for its other half. One more thread
//! looks for files that come into the folders that were named.
//!
//! Looking four times a second costs next to nothing and is soon enough for a person. What an operating
//! system tells of changes would come a moment sooner, and not at all from a network share, so that
//! looking would have to stay.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use super::feed::{MOST_FOLLOWED, Notice, Piece, Streamed, Work, can_be_followed};
use crate::error::{Problem, ProblemKind};
use crate::frame::{Batch, Cut};
use crate::source::{Anew, Arrivals, Limits, Look, Source, Tail};

/// How long a file is left alone that had nothing new.
const PAUSE: Duration = Duration::from_millis(250);
/// Looks that a file must be missing for: a rotation takes its name away for a moment only.
const MISSED: u32 = 4;
/// The longest pause for one that cannot be read.
const LONGEST: Duration = Duration::from_secs(8);

/// Pauses between two looks for files that came: two seconds.
const PAUSES: usize = 8;

/// A file that is followed.
pub(super) struct Followed {
    pub(super) path: PathBuf,
    pub(super) tail: Tail,
    /// Its position among the inputs.
    pub(super) input: usize,
    /// Its name, if it was not among the inputs at the start.
    pub(super) later: Option<Arc<str>>,
    limits: Limits,
}

impl Followed {
    /// Opens a file to be followed.
    pub(super) fn open(source: &Source, input: usize) -> Option<Followed> {
        let path = source.file()?.to_owned();
        Some(Followed { tail: Tail::open(&path).ok()?, path, input, later: None, limits: source.limits() })
    }

    /// Starts the thread that follows it; false if there is none.
    pub(super) fn start(self, stop: Arc<AtomicBool>, to: SyncSender<Work<'static>>) -> bool {
        thread::Builder::new().name("followed".to_owned()).spawn(move || self.follow(&stop, &to)).is_ok()
    }

    /// Follows it until the run is stopped or nobody listens.
    fn follow(mut self, stop: &AtomicBool, to: &SyncSender<Work<'static>>) {
        let mut cut = Cut::within(self.limits);
        let mut buffer = Vec::new();
        let mut pause = PAUSE;
        let mut caught_up = false;
        let mut absence = Absence::default();
        while !stop.load(Ordering::Relaxed) {
            let mut batch = Batch::default();
            let before = buffer.len();
            let mut taken = 0;
            match self.tail.look(&mut buffer) {
                Ok(Look::More) => {
                    taken = (buffer.len() - before) as u64;
                    cut.records(&mut buffer, false, &mut batch);
                    pause = PAUSE;
                }
                Ok(Look::Nothing) => {
                    // Whoever was there at the start is waited for.
                    let first = !std::mem::replace(&mut caught_up, true) && self.later.is_none();
                    let gone = absence.news(self.tail.is_gone());
                    let works = self.nothing_new(first, gone, &cut);
                    if works.into_iter().any(|work| to.send(work).is_err()) {
                        return;
                    }
                    thread::sleep(pause);
                    continue;
                }
                Ok(Look::Anew(why)) => {
                    cut.records(&mut buffer, true, &mut batch);
                    batch.problems.push(remark(&cut, &self.path, why));
                    cut = Cut::within(self.limits);
                }
                Err(error) => {
                    if pause == PAUSE {
                        batch.problems.push(cannot_read(&cut, &error));
                    }
                    pause = (pause * 2).min(LONGEST);
                    thread::sleep(pause);
                }
            }
            if to.send(self.records(batch, taken, false, &cut)).is_err() {
                return;
            }
        }
        let mut batch = Batch::default();
        cut.records(&mut buffer, true, &mut batch);
        let _ = to.send(self.records(batch, 0, false, &cut));
    }

    /// An empty piece of work, which gives those who asked for the sums an occasion to get them, and whether the file
    /// is gone, if that is news.
    fn nothing_new(&self, caught_up: bool, gone: Option<bool>, cut: &Cut) -> impl IntoIterator<Item = Work<'static>> {
        let nothing = self.records(Batch::default(), 0, caught_up, cut);
        let gone = gone.map(|gone| Work::notice(self.input, Notice::Gone(gone)));
        [Some(nothing), gone].into_iter().flatten()
    }

    fn records(&self, batch: Batch, taken: u64, caught_up: bool, cut: &Cut) -> Work<'static> {
        let later = self.later.clone();
        let streamed = Streamed { batch, offset: cut.offset(), taken, table: false, caught_up, later };
        Work { input: self.input, piece: Piece::Batch(streamed) }
    }
}

/// Whether a file is missing, which is told once it lasts.
#[derive(Default)]
struct Absence {
    looks: u32,
    is_told: bool,
}

impl Absence {
    /// Takes what a look found; whether the file is gone, if that is news.
    fn news(&mut self, is_missing: bool) -> Option<bool> {
        self.looks = if is_missing { self.looks.saturating_add(1) } else { 0 };
        let is_gone = self.looks >= MISSED;
        (std::mem::replace(&mut self.is_told, is_gone) != is_gone).then_some(is_gone)
    }
}

/// Starts the thread that looks for files that come, and follows those; their positions are counted
/// from `next`. False if there is none.
pub(super) fn watch(
    arrivals: Arrivals,
    next: usize,
    followed: usize,
    stop: Arc<AtomicBool>,
    to: SyncSender<Work<'static>>,
) -> bool {
    let work = move || look_for_more(arrivals, next, followed, &stop, &to);
    thread::Builder::new().name("arrivals".to_owned()).spawn(work).is_ok()
}

fn look_for_more(
    mut arrivals: Arrivals,
    mut next: usize,
    mut followed: usize,
    stop: &Arc<AtomicBool>,
    to: &SyncSender<Work<'static>>,
) {
    loop {
        for _ in 0..PAUSES {
            thread::sleep(PAUSE);
            if stop.load(Ordering::Relaxed) {
                return;
            }
        }
        for source in arrivals.look() {
            let opened = match () {
                () if followed >= MOST_FOLLOWED => Err(format!("{MOST_FOLLOWED} files are followed already")),
                () if !can_be_followed(&source) => Err("it is no plain file of JSON records".to_owned()),
                () => Followed::open(&source, next).ok_or_else(|| "it cannot be opened".to_owned()),
            };
            let why = opened.as_ref().err().map(|why| {
                format!("it came while its folder was followed, and {why}; reading everything again takes it in")
            });
            // The input is told of before anything in it.
            if to.send(Work::notice(next, Notice::Came(source.name.clone(), why))).is_err() {
                return;
            }
            if let Ok(file) = opened {
                Followed { later: Some(source.name.into()), ..file }.start(stop.clone(), to.clone());
                followed += 1;
            }
            next += 1;
        }
    }
}

/// Says that the file cannot be read at the moment.
fn cannot_read(cut: &Cut, error: &io::Error) -> Problem {
    let detail = format!("it cannot be read at the moment ({error}); what was read is kept, and it is tried again");
    Problem { line: cut.line(), offset: cut.offset(), kind: ProblemKind::Limit, detail, lost: false }
}

/// Says that the file is another one now.
fn remark(cut: &Cut, path: &Path, why: Anew) -> Problem {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let detail = match why {
        Anew::Cut => format!(
            "{name} became shorter, so it is read from its start again; records seen before are not counted twice"
        ),
        Anew::Replaced => format!(
            "another file is called {name} now; the old one was read to its end, and the new one is read from its start"
        ),
    };
    Problem { line: cut.line(), offset: cut.offset(), kind: ProblemKind::Limit, detail, lost: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g5_that_a_file_is_gone_is_told_once_and_not_while_it_is_rotated() {
        let mut absence = Absence::default();
        let looks = [true, true, false, true, true, true, true, true, false, false];
        let told: Vec<Option<bool>> = looks.into_iter().map(|is_missing| absence.news(is_missing)).collect();
        assert_eq!(told, [None, None, None, None, None, None, Some(true), None, Some(false), None]);
    }
}
