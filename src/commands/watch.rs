//! What somebody sees of a run while it lasts, and how they end it.
//!
//! The first interrupt ends the run with what it has, since a report of the first half of a large
//! log is often all that is needed; the second one ends the program.

use std::io::{self, IsTerminal as _};
use std::ops::ControlFlow;
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::analysis::{Analysis, Covered};
use crate::error::InputError;
use crate::event::Sink;
use crate::exit::ExitStatus;
use crate::output::page::{counted, number};
use crate::output::report::text;
use crate::output::whole;
use crate::pipeline::{self, Options, Progress};
use crate::rules::Library;
use crate::source::Gathered;

/// How often the progress is drawn: often enough to look alive.
const TICK: Duration = Duration::from_millis(125);
/// How often somebody who follows files is told.
const LIVE_TICK: Duration = Duration::from_secs(1);
/// Ticks before it is drawn at all, one second: nothing flashes for a small input.
const SILENT: u32 = 8;

/// Somebody who hears of the wish to stop.
type Heard = Box<dyn Fn() + Send>;

/// Somebody who is shown what is known by now, and says whether they want more.
pub(super) type Following<'f> = dyn FnMut(&Analysis, &Library) -> ControlFlow<()> + Send + 'f;

/// Watches the runs of one command.
pub(super) struct Watch {
    /// Carries the wish to stop, which all runs share.
    stop: Arc<Progress>,
    /// No run is left that could be stopped.
    over: Arc<AtomicBool>,
    /// Progress is shown.
    shown: bool,
    /// Whoever wants to hear of the wish instead.
    instead: Arc<Mutex<Option<Heard>>>,
}

impl Watch {
    /// From now on an interrupt stops the runs.
    pub(super) fn start(quiet: bool) -> Watch {
        let watch = Watch {
            stop: Arc::default(),
            over: Arc::default(),
            shown: !quiet && io::stderr().is_terminal(),
            instead: Arc::default(),
        };
        let (stop, over, instead) = (watch.stop.clone(), watch.over.clone(), watch.instead.clone());
        // Fails where a signal is ignored already, as under `nohup`. That wish comes first, and an
        // interrupt that is not ignored then does what it does to any program.
        let _ = ctrlc::try_set_handler(move || {
            if let Some(instead) = &*instead.lock().unwrap_or_else(PoisonError::into_inner) {
                return instead();
            }
            if stop.is_stopped() || over.load(Ordering::Relaxed) {
                whole::abandon();
                process::exit(ExitStatus::Interrupted.number().into());
            }
            stop.stop();
        });
        watch
    }

    /// Tells somebody else of the wish from now on, and does nothing by itself.
    pub(super) fn tell(&self, instead: Heard) {
        *self.instead.lock().unwrap_or_else(PoisonError::into_inner) = Some(instead);
    }

    /// Runs, and shows how far it is.
    pub(super) fn run(&self, gathered: Gathered, library: &Library, options: &Options) -> (Analysis, Vec<InputError>) {
        self.run_into(gathered, library, options, None)
    }

    /// The same with files that are followed: `each` is shown what is known, once a second if there is
    /// anything new, from when everything was read that the files had at the start.
    pub(super) fn run_following(
        &self,
        gathered: Gathered,
        library: &Library,
        options: &Options,
        each: &mut Following<'_>,
    ) -> (Analysis, Vec<InputError>) {
        let progress = &self.stop.of_next_run();
        let (running, ended) = mpsc::channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                while ended.recv_timeout(LIVE_TICK) == Err(RecvTimeoutError::Timeout) {
                    let sums = if progress.is_caught_up() { progress.sums_so_far() } else { None };
                    if let Some(sums) = sums {
                        let rank = |rule| library.rule(rule).map_or(0, |rule| rule.severity as u8);
                        if each(&sums.finish(rank), library).is_break() {
                            return progress.stop();
                        }
                    }
                }
            });
            let outcome = pipeline::run_into(gathered, library, options, progress, None);
            drop(running);
            outcome
        })
    }

    /// The same, while a sink is shown every event.
    pub(super) fn run_into(
        &self,
        gathered: Gathered,
        library: &Library,
        options: &Options,
        sink: Option<&mut dyn Sink>,
    ) -> (Analysis, Vec<InputError>) {
        let progress = &self.stop.of_next_run();
        let (running, ended) = mpsc::channel();
        thread::scope(|scope| {
            if self.shown {
                // Without a thread to show it, a run is as good.
                let _ = thread::Builder::new().spawn_scoped(scope, move || show(progress, &ended));
            }
            let outcome = pipeline::run_into(gathered, library, options, progress, sink);
            drop(running);
            outcome
        })
    }
}

impl Drop for Watch {
    /// What remains is printing, which a single interrupt may end.
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Draws the progress until the other end of `running` is gone, which wakes it at once.
fn show(progress: &Progress, running: &Receiver<()>) {
    // It counts from the start, so that the rate is right when it is first shown.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let mut ticks = 0;
    while running.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) && !progress.is_stopped() {
        let total = progress.total();
        if total > 0 {
            bar.set_length(total);
        }
        bar.set_message(counted(progress.records(), "record", "records"));
        bar.set_position(progress.bytes());
        ticks += 1;
        if ticks == SILENT {
            bar.set_style(style(total));
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.tick();
    }
    bar.finish_and_clear();
}

/// A bar if it is known how much there is.
fn style(total: u64) -> ProgressStyle {
    let template = match total {
        0 => "{spinner} {bytes}, {msg}, {bytes_per_sec}",
        _ => "{bar:12} {bytes} of {total_bytes}, {msg}, {bytes_per_sec}, {eta} left",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// What is said of a run that was interrupted.
pub(super) fn interrupted(analysis: &Analysis, covered: &Covered) -> String {
    let mut words =
        format!("interrupted after {}: what is shown covers the inputs up to there", text::covered(covered));
    if let Some(input) = analysis.inputs.iter().rfind(|input| input.records > 0) {
        let name = if input.name == "-" { "standard input" } else { &input.name };
        words.push_str(&format!("; {name} was read up to byte {}", number(input.bytes)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::InputAccount;

    fn input(name: &str, bytes: u64, records: u64) -> InputAccount {
        InputAccount { name: name.to_owned(), bytes, records, ..InputAccount::default() }
    }

    #[test]
    fn the_last_input_that_was_begun_is_named() {
        let inputs = vec![input("a.ndjson", 7, 1), input("okta.ndjson", 327_155_712, 9), input("z.ndjson", 0, 0)];
        let analysis = Analysis { inputs, ..Analysis::default() };
        let covered = Covered { bytes: 327_155_719, of: Some(1 << 30) };
        assert_eq!(
            interrupted(&analysis, &covered),
            "interrupted after 312 MiB of 1.0 GiB (30%): what is shown covers the inputs up to there; okta.ndjson was read up to byte 327,155,712"
        );
    }

    #[test]
    fn where_nobody_knows_how_much_there_is_no_part_is_given() {
        let analysis = Analysis { inputs: vec![input("-", 2048, 3)], ..Analysis::default() };
        assert_eq!(
            interrupted(&analysis, &Covered { bytes: 2048, of: None }),
            "interrupted after 2.0 KiB: what is shown covers the inputs up to there; standard input was read up to byte 2,048"
        );
        let nothing = interrupted(&Analysis::default(), &Covered { bytes: 0, of: None });
        assert_eq!(nothing, "interrupted after 0 bytes: what is shown covers the inputs up to there");
    }
}
