//! `provlens tui`: the screen.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::tz::TimeZone;

use super::memory::{self, Kept};
use super::watch::Watch;
use super::{demo, fail, library, plain, setup, views};
use crate::cli::{Color, Common, GlyphSet, ScreenArgs};
use crate::exit::ExitStatus;
use crate::text::time;
use crate::tui::draft::RuleFile;
use crate::tui::jobs::Reader;
use crate::tui::look::{ASCII, BASIC, Colors, FULL, Glyphs};
use crate::tui::memory::Memory;
use crate::tui::model::{Look, Model, Size};
use crate::tui::saved::View;
use crate::tui::{Outside, run as show};

/// Whether the terminal can show a screen.
pub(super) fn can_show() -> bool {
    env::var_os("TERM").is_none_or(|term| term != "dumb")
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
        Ok(prepared) => prepared,
        Err(status) => return status,
    };
    let local = match &*common.tz {
        // Reports are in UTC unless asked otherwise; a screen is for the person in front of it.
        "UTC" => TimeZone::system(),
        name => time::zone(name).unwrap_or(TimeZone::UTC),
    };
    let look = Look { colors: colors(common.color), glyphs: glyphs(screen.glyphs), local };
    let (reader, watch) = prepared.following(follow).into_reader(paths);
    let reader = Reader { samples: demo::sources(), ..reader };
    let kept = Kept::of(paths);
    let (memory, told) = kept.as_ref().map(Kept::load).unwrap_or_default();
    let mut model = Model::new(reader.library.clone(), memory, look, Size::LEAST);
    if let Some(words) = told {
        model.say(&words);
    }
    if let Some(view) = view {
        model.look_at(&view);
    }
    if asks {
        model.ask_for_inputs(memory::recent());
    }
    if screen.no_mouse {
        model.without_mouse();
    }
    let mut outside = Computer { watch, kept, unkept: None };
    match show(&mut model, reader, &mut outside) {
        Ok(()) => {
            if let Some(why) = outside.unkept {
                fail(ExitStatus::Ok, &why);
            }
            ExitStatus::Ok
        }
        Err(error) => fail(ExitStatus::Input, &format!("the terminal cannot be used: {error}")),
    }
}

fn colors(wanted: Color) -> Colors {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    match wanted {
        Color::Always => Colors::Neutral,
        Color::Never => Colors::Mono,
        Color::Auto if set("NO_COLOR").is_some() => Colors::Mono,
        Color::Auto if set("CLICOLOR").is_some_and(|value| value == "0") => Colors::Mono,
        Color::Auto => Colors::Neutral,
    }
}

fn glyphs(wanted: Option<GlyphSet>) -> &'static Glyphs {
    match wanted {
        Some(GlyphSet::Full) => &FULL,
        Some(GlyphSet::Basic) => &BASIC,
        Some(GlyphSet::Ascii) => &ASCII,
        // The old console sets none of these; its successors and everything else say what they are.
        None if cfg!(windows) && env::var_os("WT_SESSION").is_none() && env::var_os("TERM_PROGRAM").is_none() => &BASIC,
        None if cfg!(windows) => &FULL,
        None => {
            let locale =
                ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(env::var_os).find(|value| !value.is_empty());
            let name = locale.map(|locale| locale.to_string_lossy().to_lowercase()).unwrap_or_default();
            if name.contains("utf-8") || name.contains("utf8") { &FULL } else { &ASCII }
        }
    }
}

/// The computer that the program runs on.
struct Computer {
    watch: Watch,
    /// Where what is remembered is kept, if it is.
    kept: Option<Kept>,
    /// Why it was not, the last time.
    unkept: Option<String>,
}

/// Programs that take a text for the clipboard, each with the variable that says that it can be used.
const CLIPBOARDS: &[(&str, &[&str], Option<&str>)] = &[
    ("pbcopy", &[], None),
    ("clip.exe", &[], None),
    ("wl-copy", &[], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard"], Some("DISPLAY")),
    ("xsel", &["--clipboard", "--input"], Some("DISPLAY")),
];

/// Longest text that terminals take as a whole.
const MOST_BY_TERMINAL: usize = 74_000;

impl Outside for Computer {
    fn copy(&mut self, text: &str, name: &str) -> Result<String, String> {
        let remote = env::var_os("SSH_CONNECTION").is_some() || env::var_os("SSH_TTY").is_some();
        let usable = |needs: &Option<&str>| needs.is_none_or(|needs| env::var_os(needs).is_some());
        if !remote {
            for (program, args, _) in CLIPBOARDS.iter().filter(|(.., needs)| usable(needs)) {
                if hand_to(program, args, text).is_ok() {
                    return Ok(format!("Copied {name}."));
                }
            }
        }
        if text.len() > MOST_BY_TERMINAL {
            return Err(format!("{name} is too long for the terminal's clipboard. Select it here, or save it with e."));
        }
        match by_terminal(text) {
            Ok(()) => Ok(format!("Sent {name} to your terminal's clipboard; not every terminal takes it.")),
            Err(error) => Err(format!("{name} cannot be copied ({error}). Select it here.")),
        }
    }

    fn open(&mut self, address: &str) -> String {
        let display = cfg!(any(windows, target_os = "macos"))
            || env::var_os("DISPLAY").is_some()
            || env::var_os("WAYLAND_DISPLAY").is_some();
        let (program, before): (&str, &[&str]) = match () {
            () if cfg!(windows) => ("rundll32", &["url.dll,FileProtocolHandler"]),
            () if cfg!(target_os = "macos") => ("open", &[]),
            () => ("xdg-open", &[]),
        };
        let mut opener = Command::new(program);
        opener.args(before).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if display && opener.spawn().is_ok() {
            return format!("Opened {address}");
        }
        match self.copy(address, "the address") {
            Ok(words) => format!("{words} {address}"),
            Err(_) => address.to_owned(),
        }
    }

    fn keep(&mut self, memory: &Memory) -> Result<(), String> {
        let outcome = self.kept.as_ref().map_or(Ok(()), |kept| kept.save(memory));
        self.unkept = outcome.clone().err();
        outcome
    }

    fn opened(&mut self, paths: &[PathBuf]) -> Option<(Memory, Option<String>)> {
        // What was begun with other inputs goes on where it was.
        if self.kept.is_some() {
            return None;
        }
        self.kept = Kept::of(paths);
        self.kept.as_ref().map(Kept::load)
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> bool {
        nix::sys::signal::raise(nix::sys::signal::Signal::SIGTSTP).is_ok()
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> bool {
        false
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
        let cannot = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                format!("{} is there already and was left as it is. Go on with it, or rename it.", path.display())
            }
            _ => format!("{} cannot be written: {error}.", path.display()),
        };
        fs::create_dir_all(&folder).map_err(cannot)?;
        let mut out = OpenOptions::new().write(true).create_new(true).open(&path).map_err(cannot)?;
        out.write_all(file.text.as_bytes()).map_err(cannot)?;
        Ok(format!("Written: {}. Edit it, then check it with: provlens rules lint", path.display()))
    }

    fn on_end(&mut self, end: Box<dyn Fn() + Send>) {
        self.watch.tell(end);
    }
}

fn hand_to(program: &str, args: &[&str], text: &str) -> io::Result<()> {
    let mut taker = Command::new(program);
    taker.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut taker = taker.spawn()?;
    if let Some(mut input) = taker.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    if taker.wait()?.success() { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
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
