//! Files that are followed: each has a thread that looks for more, cuts it into records, and sends
//! them on. A record is sent once it is whole; half of one waits for its other half.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use super::feed::Streamed;
use crate::error::{Problem, ProblemKind};
use crate::frame::{Batch, Cut};
use crate::source::{Anew, Look, Tail};

/// How long a file is left alone that had nothing new.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause for one that cannot be read.
const LONGEST: Duration = Duration::from_secs(8);

/// Follows a file until the run is stopped or nobody listens.
pub(super) fn follow(path: &Path, mut tail: Tail, input: usize, stop: &AtomicBool, to: &Sender<(usize, Streamed)>) {
    let mut cut = Cut::default();
    let mut buffer = Vec::new();
    let mut pause = PAUSE;
    let mut caught_up = false;
    while !stop.load(Ordering::Relaxed) {
        let mut batch = Batch::default();
        let before = buffer.len();
        let mut taken = 0;
        match tail.look(&mut buffer) {
            Ok(Look::More) => {
                taken = (buffer.len() - before) as u64;
                cut.records(&mut buffer, false, &mut batch);
                pause = PAUSE;
            }
            Ok(Look::Nothing) => {
                // An empty piece of work gives those who asked for the sums an occasion to get them.
                let first = !std::mem::replace(&mut caught_up, true);
                if to.send((input, Streamed { caught_up: first, ..streamed(batch, 0, &cut) })).is_err() {
                    return;
                }
                thread::sleep(pause);
                continue;
            }
            Ok(Look::Anew(why)) => {
                cut.records(&mut buffer, true, &mut batch);
                batch.problems.push(remark(&cut, path, why));
                cut = Cut::default();
            }
            Err(error) => {
                if pause == PAUSE {
                    let detail = format!(
                        "it cannot be read at the moment ({error}); what was read is kept, and it is tried again"
                    );
                    batch.problems.push(Problem { detail, ..remark(&cut, path, Anew::Cut) });
                }
                pause = (pause * 2).min(LONGEST);
                thread::sleep(pause);
            }
        }
        if to.send((input, streamed(batch, taken, &cut))).is_err() {
            return;
        }
    }
    let mut batch = Batch::default();
    cut.records(&mut buffer, true, &mut batch);
    let _ = to.send((input, streamed(batch, 0, &cut)));
}

fn streamed(batch: Batch, taken: u64, cut: &Cut) -> Streamed {
    Streamed { batch, offset: cut.offset(), taken, table: false, caught_up: false }
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
