//! A bug that ends the program: said in a sentence, with a report for whoever repairs it.
//!
//! Nothing of a log is in either. The words of a panic may quote one, so they are left out: the place in
//! the program is enough.

use std::backtrace::Backtrace;
use std::env::consts;
use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{clock, fail, memory};
use crate::exit::ExitStatus;
use crate::output::whole;
use crate::text::time;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where the thread that all others work for failed, and how it came there.
static FAILED: Mutex<Option<(String, String)>> = Mutex::new(None);
/// Nothing may be written to the terminal beside the screen.
static SCREEN: AtomicBool = AtomicBool::new(false);
/// A thread that works for another one failed, which that one survived.
static SURVIVED: AtomicBool = AtomicBool::new(false);

/// Does the work of a command. If a bug ends it, that is said, and where the report is.
pub(super) fn guarded(work: impl FnOnce() -> ExitStatus) -> ExitStatus {
    let main = thread::current().id();
    panic::set_hook(Box::new(move |panic| {
        let place = place(panic);
        if thread::current().id() == main {
            let way = Backtrace::force_capture().to_string();
            *FAILED.lock().unwrap_or_else(PoisonError::into_inner) = Some((place, way));
        } else if !SCREEN.load(Ordering::Relaxed) {
            // The work goes on without the record on which it failed, which is told with the results.
            if !SURVIVED.swap(true, Ordering::Relaxed) {
                tell_survived(&place);
            }
        }
    }));
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    let failed = FAILED.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (outcome, failed) {
        (Err(_), failed) => {
            let (place, way) = failed.unwrap_or_default();
            fail(ExitStatus::Input, &told(&place, write(memory::folder().as_deref(), &place, &way)))
        }
        // This thread does the same work as the others.
        (Ok(status), Some((place, _))) => {
            if !SURVIVED.swap(true, Ordering::Relaxed) {
                tell_survived(&place);
            }
            after_a_bug(status)
        }
        (Ok(status), None) if SURVIVED.load(Ordering::Relaxed) => after_a_bug(status),
        (Ok(status), None) => status,
    }
}

/// What comes of a run that lost records to a bug is no success.
fn after_a_bug(status: ExitStatus) -> ExitStatus {
    if status == ExitStatus::Ok { ExitStatus::Input } else { status }
}

/// Said once, however many records it is met with.
fn tell_survived(place: &str) {
    let _ = writeln!(io::stderr(), "provlens: a bug of version {VERSION} at {place}; please report this line");
}

/// So that tests see what becomes of the terminal, of other records and of words of a log when something fails.
#[cfg(debug_assertions)]
#[allow(clippy::panic, reason = "that is what it is for")]
pub(super) fn on_purpose(text: &str) {
    if std::env::var_os("PROVLENS_DEBUG_PANIC").is_some() {
        panic!("{text}");
    }
}

/// From now on a screen is shown.
pub(super) fn beside_a_screen() {
    SCREEN.store(true, Ordering::Relaxed);
}

fn place(panic: &PanicHookInfo<'_>) -> String {
    panic.location().map_or_else(|| "a place unknown".to_owned(), ToString::to_string)
}

/// Writes the report; `None` if there is nowhere to write it.
fn write(folder: Option<&Path>, place: &str, way: &str) -> Option<PathBuf> {
    let folder = folder?;
    let now = clock::now().map(|now| time::rfc3339(now).replace([':', '.'], "-")).unwrap_or_default();
    let path = folder.join(format!("crash-{now}.txt"));
    let text = format!(
        "Provlens {VERSION} on {} {} was ended by a bug at {place}.\nNothing of a log is in this file.\n\n{way}\n",
        consts::OS,
        consts::ARCH
    );
    memory::make(folder).ok()?;
    whole::write(&path, text.as_bytes(), &[]).ok()?;
    Some(path)
}

fn told(place: &str, report: Option<PathBuf>) -> String {
    let report = match report {
        Some(path) => format!(
            "{} says how it came there and has nothing of your logs in it: please send it to whoever looks after Provlens",
            path.display()
        ),
        None => "please report this line".to_owned(),
    };
    format!("a bug of version {VERSION} at {place} ended the program; your logs are as they were. {report}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_report_is_for_its_owner_only() {
        use std::fs;
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("provlens");
        let path = write(Some(&state), "src/x.rs:1:2", "here").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("a bug at src/x.rs:1:2.") && text.ends_with("\nhere\n"), "{text}");
        assert!(told("x", Some(path.clone())).contains(path.to_str().unwrap()));
    }

    #[test]
    fn m3_without_a_folder_the_line_itself_is_the_report() {
        assert_eq!(write(None, "", ""), None);
        assert!(told("src/x.rs:1:2", None).ends_with("please report this line"));
    }
}
