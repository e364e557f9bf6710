//! The loop: waits for something to happen, changes the model, draws what is different. Nothing else
//! happens on this thread: no search, no sort, no file, no other program. Jobs and errands have their own.

use std::io::{self, Write as _};
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
use super::jobs::{Desk, Job, News, Reader};
use super::model::{Model, Size};
use super::outside::{Errand, Outside, serve};
use super::update::{Effect, Msg, say, update};
use super::view;

/// Messages after which a frame is drawn, even if more wait.
const PATIENCE: usize = 256;

/// What only the thread that draws can do with the terminal, since nothing else may happen there meanwhile.
pub trait Console {
    /// Asks the terminal to take a text into its clipboard.
    ///
    /// # Errors
    /// What the terminal answers when it cannot be written to.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Stops the program until the shell brings it to the front again; false where nobody can.
    fn suspend(&mut self) -> bool;
}

/// Shows the model until the person leaves. The terminal is as it was before when this returns, also
/// after a panic.
///
/// # Errors
/// What the terminal answers when it cannot be read or written.
pub fn run(model: &mut Model, reader: Reader, outside: &mut dyn Outside, console: &mut dyn Console) -> io::Result<()> {
    let (happened, happens) = mpsc::channel();
    let news = happened.clone();
    model.data.rule_errors = Arc::new(reader.rule_errors.clone());
    if !reader.gathered.sources.is_empty() || !reader.paths.is_empty() {
        model.data.reading = Some(Reading::default());
    }
    let mut desk = Desk::new(reader, move |told: News| drop(news.send(Msg::News(told))));
    let end = happened.clone();
    outside.on_end(Box::new(move || drop(end.send(Msg::End))));
    restore_after_panic();
    take(model.has_mouse())?;
    let (errands, asked) = mpsc::channel();
    let answers = happened.clone();
    // What was asked for is still done once the screen is gone.
    let outcome = thread::scope(|scope| {
        let tell = move |answer| drop(answers.send(Msg::Answer(answer)));
        let servant = thread::Builder::new().name("errands".to_owned());
        let outside = &mut *outside;
        let serving = servant.spawn_scoped(scope, move || serve(&asked, outside, &tell));
        let outcome = serving.and_then(|_| {
            let mut hands = Hands { desk: &mut desk, errands: &errands, console };
            show(model, &mut hands, &happened, &happens)
        });
        let given_back = give_back();
        drop(errands);
        outcome.and(given_back)
    });
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

/// Takes the terminal, or leaves it as it was.
fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    let taken = execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
        .and_then(|()| if mouse { execute!(io::stdout(), EnableMouseCapture) } else { Ok(()) });
    if taken.is_err() {
        let _ = give_back();
    }
    taken
}

/// Where nothing can be written any more, the terminal still shows what is typed from now on.
fn give_back() -> io::Result<()> {
    let left = execute!(io::stdout(), DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let cooked = disable_raw_mode();
    left.and(cooked)
}

/// Who does what the model asks for.
struct Hands<'h> {
    desk: &'h mut Desk,
    errands: &'h Sender<Errand>,
    console: &'h mut dyn Console,
}

fn show(model: &mut Model, hands: &mut Hands<'_>, happened: &Sender<Msg>, happens: &Receiver<Msg>) -> io::Result<()> {
    let (columns, rows) = terminal::size()?;
    update(model, Msg::Resized(Size { columns: columns.into(), rows: rows.into() }));
    let mut canvas = Canvas::new(model.size())?;
    let keys = happened.clone();
    thread::Builder::new().name("keys".to_owned()).spawn(move || listen(&keys))?;
    // Where nothing was named, it is asked for first.
    if model.data.reading.is_some() {
        hands.desk.start(Job::Read);
    }
    canvas.draw(model)?;
    while let Ok(first) = happens.recv() {
        for message in std::iter::once(first).chain(happens.try_iter().take(PATIENCE)) {
            for effect in update(model, message) {
                bring_about(effect, model, hands, &mut canvas)?;
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

fn bring_about(effect: Effect, model: &mut Model, hands: &mut Hands<'_>, canvas: &mut Canvas) -> io::Result<()> {
    match effect {
        Effect::Start(job) => hands.desk.start(job),
        Effect::Ask(errand) => drop(hands.errands.send(errand)),
        Effect::CopyByTerminal(text, name) => match hands.console.copy(&text) {
            Ok(()) => {
                say(model, &format!("Sent {name} to your terminal's clipboard; not every terminal takes it."));
            }
            Err(error) => {
                say(model, &format!("{name} cannot be copied ({error}). Select it here."));
                model.show_text(&text);
            }
        },
        Effect::Suspend => {
            give_back()?;
            io::stdout().flush()?;
            let could = hands.console.suspend();
            take(model.has_mouse())?;
            *canvas = Canvas::new(model.size())?;
            if !could {
                say(model, "This system cannot stop a program for a while.");
            }
        }
        Effect::Redraw => *canvas = Canvas::new(model.size())?,
        Effect::Mouse(true) => execute!(io::stdout(), EnableMouseCapture)?,
        Effect::Mouse(false) => execute!(io::stdout(), DisableMouseCapture)?,
    }
    Ok(())
}
