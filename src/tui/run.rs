//! The loop: waits for something to happen, changes the model, draws what is different. Nothing else
//! happens on this thread: no file, no search, no sort.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use crossterm::cursor::Show;
use crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event, KeyEventKind,
    MouseEventKind,
};
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::data::Reading;
use super::draft::RuleFile;
use super::jobs::{Desk, Job, News, Reader};
use super::memory::Memory;
use super::model::{Model, Size};
use super::saved::View;
use super::update::{Effect, Msg, look_at, say, update};
use super::view;

/// Messages after which a frame is drawn, even if more wait.
const PATIENCE: usize = 256;

/// What the screen asks of the computer around it.
pub trait Outside {
    /// Puts a text into the clipboard; a sentence that tells what is known of that.
    ///
    /// # Errors
    /// Why it cannot; the text is shown then, so that it can be selected.
    fn copy(&mut self, text: &str, name: &str) -> Result<String, String>;

    /// Opens an address; a sentence that tells what was done.
    fn open(&mut self, address: &str) -> String;

    /// Keeps what is remembered of this visit.
    ///
    /// # Errors
    /// Why it cannot be kept.
    fn keep(&mut self, memory: &Memory) -> Result<(), String>;

    /// What was kept of these inputs, and what is to be told of it; `None` if nothing is kept of them.
    fn opened(&mut self, paths: &[PathBuf]) -> Option<(Memory, Option<String>)>;

    /// Keeps what is looked at under a name; a sentence that says where.
    ///
    /// # Errors
    /// Why it cannot.
    fn save_view(&mut self, name: &str, view: &View) -> Result<String, String>;

    /// What was kept under a name.
    ///
    /// # Errors
    /// Why there is none; without a name, which there are.
    fn open_view(&mut self, name: &str) -> Result<View, String>;

    /// Stops the program until the shell brings it to the front again; false where nobody can.
    fn suspend(&mut self) -> bool;

    /// Writes a rule file beside the user's own rules; a sentence that says where, and how to check it.
    ///
    /// # Errors
    /// Why it cannot. A file that is there is never written over.
    fn write_rule(&mut self, file: &RuleFile) -> Result<String, String>;

    /// Calls `end` once the program is asked to end.
    fn on_end(&mut self, end: Box<dyn Fn() + Send>);
}

/// Shows the model until the person leaves. The terminal is as it was before when this returns, also
/// after a panic.
///
/// # Errors
/// What the terminal answers when it cannot be read or written.
pub fn run(model: &mut Model, reader: Reader, outside: &mut dyn Outside) -> io::Result<()> {
    let (happened, happens) = mpsc::channel();
    let news = happened.clone();
    model.data.rule_errors = Arc::new(reader.rule_errors.clone());
    if !reader.sources.is_empty() || !reader.paths.is_empty() {
        model.data.reading = Some(Reading::default());
    }
    let mut desk = Desk::new(reader, move |told: News| drop(news.send(Msg::News(told))));
    let end = happened.clone();
    outside.on_end(Box::new(move || drop(end.send(Msg::End))));
    restore_after_panic();
    take(model.has_mouse())?;
    let outcome = show(model, &mut desk, outside, &happened, &happens);
    give_back()?;
    if model.see() {
        // Whoever runs the screen tells why it could not.
        let _ = outside.keep(model.memory());
    }
    outcome
}

/// The thread that draws is the only one whose panic ends the program.
fn restore_after_panic() {
    let (drawing, before) = (thread::current().id(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == drawing {
            let _ = give_back();
            before(panic);
        }
    }));
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse { execute!(io::stdout(), EnableMouseCapture) } else { Ok(()) }
}

fn give_back() -> io::Result<()> {
    execute!(io::stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show)?;
    disable_raw_mode()
}

fn show(
    model: &mut Model,
    desk: &mut Desk,
    outside: &mut dyn Outside,
    happened: &Sender<Msg>,
    happens: &Receiver<Msg>,
) -> io::Result<()> {
    let (columns, rows) = terminal::size()?;
    update(model, Msg::Resized(Size { columns: columns.into(), rows: rows.into() }));
    let mut canvas = Canvas::new(model.size())?;
    let keys = happened.clone();
    thread::Builder::new().name("keys".to_owned()).spawn(move || listen(&keys))?;
    // Where nothing was named, it is asked for first.
    if model.data.reading.is_some() {
        desk.start(Job::Read);
    }
    canvas.draw(model)?;
    while let Ok(first) = happens.recv() {
        for message in std::iter::once(first).chain(happens.try_iter().take(PATIENCE)) {
            for effect in update(model, message) {
                bring_about(effect, model, desk, outside, &mut canvas)?;
            }
            if model.is_over() {
                return Ok(());
            }
        }
        canvas.draw(model)?;
    }
    Ok(())
}

/// What is on the terminal.
///
/// It knows the size from the model and never asks the terminal for anything: an answer would come in
/// between the keys, which another thread waits for.
struct Canvas(Terminal<CrosstermBackend<io::Stdout>>);

impl Canvas {
    /// An empty one.
    fn new(size: Size) -> io::Result<Canvas> {
        execute!(io::stdout(), Clear(ClearType::All))?;
        let options = TerminalOptions { viewport: Viewport::Fixed(view::area(size)) };
        Terminal::with_options(CrosstermBackend::new(io::stdout()), options).map(Canvas)
    }

    fn draw(&mut self, model: &Model) -> io::Result<()> {
        // A slow line shows whole frames.
        queue!(io::stdout(), BeginSynchronizedUpdate)?;
        self.0.draw(|frame| {
            view::draw(model, frame.buffer_mut());
            if let Some(at) = view::cursor(model) {
                frame.set_cursor_position(at);
            }
        })?;
        execute!(io::stdout(), EndSynchronizedUpdate)
    }
}

/// Waits for keys until nobody listens any more.
fn listen(keys: &Sender<Msg>) {
    loop {
        let message = match event::read() {
            // Windows also tells of keys that are let go.
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => Msg::Key(key),
            Ok(Event::Paste(text)) => Msg::Paste(text),
            Ok(Event::Mouse(event)) if event.kind != MouseEventKind::Moved => Msg::Mouse(event),
            Ok(Event::Resize(columns, rows)) => Msg::Resized(Size { columns: columns.into(), rows: rows.into() }),
            Ok(_) => continue,
            // The terminal is gone.
            Err(_) => Msg::End,
        };
        let is_over = matches!(message, Msg::End);
        if keys.send(message).is_err() || is_over {
            return;
        }
    }
}

fn bring_about(
    effect: Effect,
    model: &mut Model,
    desk: &mut Desk,
    outside: &mut dyn Outside,
    canvas: &mut Canvas,
) -> io::Result<()> {
    match effect {
        Effect::Start(job) => desk.start(job),
        Effect::Copy(text, name) => match outside.copy(&text, &name) {
            Ok(words) => say(model, &words),
            Err(why) => {
                say(model, &why);
                model.show_text(&text);
            }
        },
        Effect::Open(address) => {
            let words = outside.open(&address);
            say(model, &words);
        }
        Effect::Keep(memory) => {
            if let Err(why) = outside.keep(&memory) {
                say(model, &why);
            }
        }
        Effect::Suspend => {
            give_back()?;
            io::stdout().flush()?;
            let could = outside.suspend();
            take(model.has_mouse())?;
            *canvas = Canvas::new(model.size())?;
            if !could {
                say(model, "This system cannot stop a program for a while.");
            }
        }
        Effect::Redraw => *canvas = Canvas::new(model.size())?,
        Effect::Opened(paths) => {
            if let Some((memory, told)) = outside.opened(&paths) {
                // What was done before more inputs came is about these, too.
                model.memory = memory.with(std::mem::take(&mut model.memory));
                told.iter().for_each(|words| say(model, words));
                if model.memory != Memory::default() {
                    bring_about(Effect::Keep(model.memory.clone()), model, desk, outside, canvas)?;
                }
            }
        }
        Effect::SaveView(name, view) => {
            let (Ok(words) | Err(words)) = outside.save_view(&name, &view);
            say(model, &words);
        }
        Effect::OpenView(name) => match outside.open_view(&name) {
            Ok(view) => {
                for effect in look_at(model, &view) {
                    bring_about(effect, model, desk, outside, canvas)?;
                }
            }
            Err(words) => say(model, &words),
        },
        Effect::WriteRule(file) => {
            let (Ok(words) | Err(words)) = outside.write_rule(&file);
            say(model, &words);
        }
        Effect::Mouse(true) => execute!(io::stdout(), EnableMouseCapture)?,
        Effect::Mouse(false) => execute!(io::stdout(), DisableMouseCapture)?,
    }
    Ok(())
}
