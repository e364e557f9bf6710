//! A person at a terminal: presses keys, looks at the screen, waits until something is there.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How often one looks, and how often before one gives up: half a minute, for slow machines.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: usize = 1_500;

/// What the terminal was told besides letters.
#[derive(Default)]
pub(crate) struct Told {
    pub titles: usize,
    pub copied: Vec<Vec<u8>>,
}

impl vt100::Callbacks for Told {
    fn set_window_title(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.titles += 1;
    }

    fn set_window_icon_name(&mut self, _: &mut vt100::Screen, _: &[u8]) {
        self.titles += 1;
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.copied.push(data.to_vec());
    }
}

type Parser = vt100::Parser<Told>;

/// What the program says before and behind a picture, which a terminal then shows at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Bytes of a picture that has not come to its end: nobody ever sees half of one.
#[derive(Default)]
struct Picture(Vec<u8>);

impl Picture {
    /// What can be shown now that these bytes have come, too.
    fn add(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.0.extend_from_slice(bytes);
        let last = |mark: &[u8]| self.0.windows(mark.len()).rposition(|bytes| bytes == mark);
        let begun = last(BEGIN).filter(|begin| last(END).is_none_or(|end| end < *begin));
        // A mark may itself be cut in two.
        let cut = || (1..BEGIN.len()).rev().find(|length| self.0.ends_with(&BEGIN[..*length]));
        let whole = begun.unwrap_or_else(|| self.0.len() - cut().unwrap_or(0));
        self.0.drain(..whole).collect()
    }
}

#[test]
fn a_picture_is_shown_whole_wherever_its_bytes_are_cut() {
    let text = [b"one".as_slice(), BEGIN, b"two", END, b"three", BEGIN, b"four", END].concat();
    let count = |bytes: &[u8], mark: &[u8]| bytes.windows(mark.len()).filter(|bytes| *bytes == mark).count();
    for cut in 0..=text.len() {
        let mut picture = Picture::default();
        let shown = picture.add(&text[..cut]);
        assert_eq!(count(&shown, BEGIN), count(&shown, END), "{cut}");
        assert!((1..BEGIN.len()).all(|length| !shown.ends_with(&BEGIN[..length])), "{cut}");
        assert_eq!([shown, picture.add(&text[cut..])].concat(), text, "{cut}");
    }
}

/// The program in a terminal.
pub(crate) struct App {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    parser: Arc<Mutex<Parser>>,
    bytes: Arc<Mutex<Vec<u8>>>,
    /// Where it keeps what it remembers, unless it is told another place.
    _home: tempfile::TempDir,
}

/// What the program is started with.
pub(crate) struct Start<'s> {
    pub args: &'s [&'s str],
    pub size: (u16, u16),
    pub env: &'s [(&'s str, &'s str)],
    /// A shell command whose output is the program's standard input.
    pub piped: Option<&'s str>,
}

impl Default for Start<'_> {
    fn default() -> Self {
        Start { args: &["tui", "samples"], size: (80, 24), env: &[], piped: None }
    }
}

impl App {
    pub(crate) fn start(start: &Start<'_>) -> App {
        let (columns, rows) = start.size;
        let pair = native_pty_system().openpty(PtySize { rows, cols: columns, ..PtySize::default() }).unwrap();
        let program = env!("CARGO_BIN_EXE_provlens");
        let mut command = match start.piped {
            None => CommandBuilder::new(program),
            Some(piped) => {
                let mut shell = CommandBuilder::new("sh");
                shell.args(["-c", &format!("{piped} | exec \"$0\" \"$@\""), program]);
                shell
            }
        };
        command.args(start.args);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        command.env_clear();
        let home = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        for (name, value) in [
            ("PATH", path.as_str()),
            ("HOME", text(home.path())),
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            // So that no real clipboard is touched.
            ("SSH_CONNECTION", "test"),
        ] {
            command.env(name, value);
        }
        for (name, value) in start.env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let keys = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let size = |length| NonZeroU16::new(length).unwrap();
        let parser = Arc::new(Mutex::new(Parser::new_with_callbacks(size(rows), size(columns), 0, Told::default())));
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (to, all) = (parser.clone(), bytes.clone());
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            let mut picture = Picture::default();
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                all.lock().unwrap().extend_from_slice(&buffer[..count]);
                to.lock().unwrap().process(&picture.add(&buffer[..count]));
            }
            // Whoever ended in the middle of one leaves the rest as it is.
            to.lock().unwrap().process(&picture.0);
        });
        App { child, master: pair.master, keys, parser, bytes, _home: home }
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> String {
        self.parser.lock().unwrap().screen().contents()
    }

    /// All bytes so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }

    pub(crate) fn with_terminal<T>(&self, look: impl FnOnce(&vt100::Screen, &Told) -> T) -> T {
        let parser = self.parser.lock().unwrap();
        look(parser.screen(), parser.callbacks())
    }

    pub(crate) fn process(&self) -> i32 {
        i32::try_from(self.child.process_id().unwrap()).unwrap()
    }

    /// Presses keys, as a terminal sends them.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// Waits until the screen has this text.
    pub(crate) fn sees(&mut self, text: &str) -> &mut Self {
        self.waits_until(&format!("sees {text:?}"), |app| app.screen().contains(text))
    }

    /// Waits until the screen does not have this text any more.
    pub(crate) fn sees_no(&mut self, text: &str) -> &mut Self {
        self.waits_until(&format!("sees no {text:?}"), |app| !app.screen().contains(text))
    }

    pub(crate) fn waits_until(&mut self, what: &str, is_so: impl Fn(&App) -> bool) -> &mut Self {
        for _ in 0..LOOKS {
            if is_so(self) {
                return self;
            }
            thread::sleep(LOOK);
        }
        panic!("never {what}:\n{}", self.screen());
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        let size = |length| NonZeroU16::new(length).unwrap();
        self.parser.lock().unwrap().screen_mut().set_size(size(rows), size(columns));
        self.master.resize(PtySize { rows, cols: columns, ..PtySize::default() }).unwrap();
        self
    }

    /// Waits for the end; the exit code.
    pub(crate) fn ends(&mut self) -> u32 {
        for _ in 0..LOOKS {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What was written last is still on its way.
                self.waits_until("the terminal is given back", |app| {
                    app.with_terminal(|screen, _| !screen.alternate_screen())
                });
                return status.exit_code();
            }
            thread::sleep(LOOK);
        }
        panic!("does not end:\n{}", self.screen());
    }

    /// Whether the terminal is as it was before the program.
    pub(crate) fn is_given_back(&self) -> bool {
        self.with_terminal(|screen, _| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        })
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// A file of a folder, as text for arguments.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
