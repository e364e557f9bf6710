//! `provlens tui`: the screen.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;

use super::memory::{self, Claim, Kept};
use super::setup::Prepared;
use super::watch::Watch;
use super::{crash, demo, fail, library, looks, plain, setup, views, warn};
use crate::cli::{Common, ScreenArgs};
use crate::exit::ExitStatus;
use crate::output::whole::{self, WriteError};
use crate::source::Gathered;
use crate::tui::draft::{RuleFile, Stage};
use crate::tui::jobs::Reader;
use crate::tui::keymap::{self, Action, key_of};
use crate::tui::memory::Memory;
use crate::tui::model::{Look, Model, Size};
use crate::tui::outside::Outside;
use crate::tui::saved::View;
use crate::tui::{Console, run as show};

/// Whether the terminal can show a screen.
pub(super) fn can_show() -> bool {
    env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The screen on the samples that are part of the program.
pub(super) fn run_on_samples(common: &Common) -> ExitStatus {
    let gathered = Gathered { sources: demo::sources(), ..Gathered::default() };
    let prepared = match setup::prepare_from(gathered, common) {
        Ok(prepared) => prepared,
        Err(status) => return status,
    };
    begin(prepared, &[], common, &ScreenArgs::default(), None)
}

pub(super) fn run(paths: &[PathBuf], common: &Common, screen: ScreenArgs, follow: bool) -> ExitStatus {
    if screen.plain || (!can_show() && io::stdout().is_terminal() && io::stdin().is_terminal()) {
        return plain::run(paths, common);
    }
    if !io::stdout().is_terminal() {
        return fail(ExitStatus::Usage, "the screen needs a terminal; `provlens report` prints the same as text");
    }
    if !can_show() {
        let what = "this terminal cannot show a screen (TERM=dumb); `provlens report` prints the same as text";
        return fail(ExitStatus::Usage, what);
    }
    let view = match screen.view.as_deref().map(views::open).transpose() {
        Ok(view) => view,
        Err(why) => return fail(ExitStatus::Usage, &format!("--view: {why}")),
    };
    let asks = paths.is_empty() && io::stdin().is_terminal();
    let prepared = if asks { setup::prepare_nothing(common) } else { setup::prepare(paths, common) };
    let prepared = match prepared {
        Ok(prepared) => prepared.following(follow),
        Err(status) => return status,
    };
    begin(prepared, paths, common, &screen, view)
}

/// Shows what was prepared; where that is nothing, it is asked for.
fn begin(
    prepared: Prepared,
    paths: &[PathBuf],
    common: &Common,
    screen: &ScreenArgs,
    view: Option<View>,
) -> ExitStatus {
    let (theme, wrong) = match looks::theme(common.color, screen.theme.as_deref()) {
        Ok(theme) => theme,
        Err(why) => return fail(ExitStatus::Usage, &format!("--theme: {why}")),
    };
    let look = Look { theme, glyphs: looks::glyphs(screen.glyphs), zone: looks::zone(common.tz.as_deref()) };
    let (reader, watch) = prepared.into_reader(paths);
    let asks = reader.gathered.sources.is_empty() && paths.is_empty();
    let own_rules = if common.library.no_user_rules { None } else { library::own_folder() };
    let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(PathBuf::from);
    let memory = screen.memory.map_or(reader.memory, |size| usize::try_from(size.0).unwrap_or(usize::MAX));
    let reader = Reader { samples: demo::sources(), own_rules, home, memory, ..reader };
    let (kept, memory, told) = opened(paths);
    let mut model = Model::new(reader.library.clone(), memory, look, Size::LEAST);
    let keys = looks::keys();
    for words in told.into_iter().chain(wrong).chain(keys.as_ref().err().cloned()) {
        model.say(&words);
    }
    keymap::use_own(keys.unwrap_or_default());
    if let Some(view) = view {
        model.look_at(&view);
    }
    if asks {
        model.ask_for_inputs(memory::recent());
    }
    if screen.no_mouse {
        model.without_mouse();
    }
    let mut outside = Computer { watch, kept, unkept: None, told_to_end: Arc::default() };
    crash::beside_a_screen();
    match show(&mut model, reader, &mut outside, &mut OwnTerminal) {
        Ok(()) => {
            if let Some(why) = outside.unkept {
                warn(&why);
            }
            match outside.told_to_end.load(Ordering::Relaxed) {
                true => ExitStatus::Interrupted,
                false => ExitStatus::Ok,
            }
        }
        Err(error) => fail(ExitStatus::Input, &format!("the terminal cannot be used: {error}")),
    }
}

/// Where what is remembered of these inputs is kept, what was kept there, and what is to be told of it.
fn opened(paths: &[PathBuf]) -> (Option<(Kept, Claim)>, Memory, Option<String>) {
    let Some(kept) = Kept::of(paths) else { return (None, Memory::default(), None) };
    // Whoever has the claim may still be writing until it is given.
    let claim = kept.claim();
    let (memory, told) = kept.load();
    match claim {
        Some(claim) => (Some((kept, claim)), memory, told),
        None => {
            let words =
                "These logs are open in another screen of Provlens. Notes and ticks that you make here are not kept.";
            (None, memory, Some(words.to_owned()))
        }
    }
}

/// The computer that the program runs on.
struct Computer {
    watch: Watch,
    /// Where what is remembered is kept, if it is, and the right to write there.
    kept: Option<(Kept, Claim)>,
    /// Why it was not, the last time.
    unkept: Option<String>,
    /// It was a signal that ended it, not a key.
    told_to_end: Arc<AtomicBool>,
}

/// Programs that take a text for the clipboard, each with the variable that says that it can be used.
const CLIPBOARDS: &[(&str, &[&str], Option<&str>)] = &[
    ("pbcopy", &[], None),
    ("clip.exe", &[], None),
    ("wl-copy", &[], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard"], Some("DISPLAY")),
    ("xsel", &["--clipboard", "--input"], Some("DISPLAY")),
];

/// How long such a program may take, and how often it is looked at. Some end only with the next copy; others
/// wait for a display that does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(5);

impl Outside for Computer {
    fn copy(&mut self, text: &str) -> bool {
        let is_remote = env::var_os("SSH_CONNECTION").is_some() || env::var_os("SSH_TTY").is_some();
        let is_usable = |needs: Option<&str>| needs.is_none_or(|needs| env::var_os(needs).is_some());
        let mut usable = CLIPBOARDS.iter().filter(|(.., needs)| is_usable(*needs));
        !is_remote && usable.any(|(program, args, _)| hand_to(program, args, text, PATIENCE).is_ok())
    }

    fn open(&mut self, address: &str) -> bool {
        let has_display = cfg!(any(windows, target_os = "macos"))
            || env::var_os("DISPLAY").is_some()
            || env::var_os("WAYLAND_DISPLAY").is_some();
        let (program, before): (&str, &[&str]) = match () {
            () if cfg!(windows) => ("rundll32", &["url.dll,FileProtocolHandler"]),
            () if cfg!(target_os = "macos") => ("open", &[]),
            () => ("xdg-open", &[]),
        };
        let mut opener = Command::new(program);
        opener.args(before).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        has_display && opener.spawn().is_ok()
    }

    fn keep(&mut self, memory: &Memory) -> Result<(), String> {
        let outcome = self.kept.as_ref().map_or(Ok(()), |(kept, _)| kept.save(memory));
        self.unkept = outcome.clone().err();
        outcome
    }

    fn opened(&mut self, paths: &[PathBuf]) -> Option<(Memory, Option<String>)> {
        // What is claimed of the inputs before is not needed any more, and may be claimed again.
        self.kept = None;
        let there_may_be = Kept::of(paths).is_some();
        let (kept, memory, told) = opened(paths);
        self.kept = kept;
        there_may_be.then_some((memory, told))
    }

    fn save_view(&mut self, name: &str, view: &View) -> Result<String, String> {
        views::save(name, view)
    }

    fn open_view(&mut self, name: &str) -> Result<View, String> {
        views::open(name)
    }

    fn write_rule(&mut self, file: &RuleFile) -> Result<String, String> {
        let Some(folder) = library::own_folder() else {
            return Err("There is no folder for rules of your own. Name one with PROVLENS_RULES.".to_owned());
        };
        let path = folder.join(format!("{}.toml", file.id));
        fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}.", folder.display()))?;
        whole::write_new(&path, file.text.as_bytes()).map_err(|error| match error {
            WriteError::IsThere(path) => {
                format!("{} is there already and was left as it is. Go on with it, or rename it.", path.display())
            }
            error => format!("{error}."),
        })?;
        Ok(format!("Written: {}. {}", path.display(), what_now(file.stage)))
    }

    fn on_end(&mut self, end: Box<dyn Fn() + Send>) {
        let told = self.told_to_end.clone();
        self.watch.tell(Box::new(move || {
            told.store(true, Ordering::Relaxed);
            end();
        }));
    }
}

/// What is to be done with a rule file that was written.
fn what_now(stage: Stage) -> String {
    match stage {
        Stage::Draft => "It is not used before you fill in its words.".to_owned(),
        Stage::Whole => format!(
            "Change it as you like; it takes the place of the built-in one once you read the inputs again ({}).",
            key_of(Action::Reread)
        ),
    }
}

/// The terminal that the screen is on.
struct OwnTerminal;

impl Console for OwnTerminal {
    fn copy(&mut self, text: &str) -> io::Result<()> {
        #[cfg(debug_assertions)]
        crash::on_purpose(text);
        by_terminal(text)
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> bool {
        nix::sys::signal::raise(nix::sys::signal::Signal::SIGTSTP).is_ok()
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> bool {
        false
    }
}

/// Gives a text to a program, which is ended if it does not take it in time.
fn hand_to(program: &str, args: &[&str], text: &str, patience: Duration) -> io::Result<()> {
    let mut taker = Command::new(program);
    taker.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut taker = taker.spawn()?;
    if let Some(mut input) = taker.stdin.take() {
        let text = text.to_owned();
        // A program that does not read would hold up whoever writes; this ends with it.
        thread::Builder::new().spawn(move || input.write_all(text.as_bytes()))?;
    }
    for _ in 0..patience.as_millis() / GLANCE.as_millis() {
        if let Some(status) = taker.try_wait()? {
            return if status.success() { Ok(()) } else { Err(io::ErrorKind::Other.into()) };
        }
        thread::sleep(GLANCE);
    }
    taker.kill()?;
    taker.wait()?;
    Err(io::ErrorKind::TimedOut.into())
}

/// Asks the terminal to take a text (OSC 52), through tmux and screen if they are between.
fn by_terminal(text: &str) -> io::Result<()> {
    let bare = format!("\x1b]52;c;{}\x07", BASE64.encode(text));
    let term = env::var("TERM").unwrap_or_default();
    let sequence = match () {
        () if env::var_os("TMUX").is_some() => format!("\x1bPtmux;{}\x1b\\", bare.replace('\x1b', "\x1b\x1b")),
        () if term.starts_with("screen") => format!("\x1bP{bare}\x1b\\"),
        () => bare,
    };
    let mut out = io::stdout().lock();
    out.write_all(sequence.as_bytes())?;
    out.flush()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_not_called_a_draft() {
        assert!(what_now(Stage::Draft).starts_with("It is not used before"));
        let copy = what_now(Stage::Whole);
        assert!(copy.contains("takes the place of the built-in one") && copy.ends_with("(R)."), "{copy}");
    }

    #[test]
    fn a_program_that_never_takes_the_text_is_ended() {
        let text = "x".repeat(1 << 20);
        let short = Duration::from_millis(50);
        assert!(hand_to("sh", &["-c", "cat > /dev/null"], &text, PATIENCE).is_ok());
        assert!(hand_to("false", &[], &text, PATIENCE).is_err());
        let error = hand_to("sleep", &["600"], &text, short).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
