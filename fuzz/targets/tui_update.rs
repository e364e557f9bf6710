//! Any keys, sizes, pastes, clicks and news keep the screen whole: every state can be drawn at every size, as wide as
//! the terminal and with nothing in it that steers one.

use std::sync::{Arc, OnceLock};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::tz::TimeZone;
use provlens::analysis::Analysis;
use provlens::event::store::Store;
use provlens::pipeline::{self, Options, Progress};
use provlens::rules::Library;
use provlens::source::{Gathered, Source};
use provlens::text::width::width;
use provlens::tui::data::{Events, Reading};
use provlens::tui::jobs::News;
use provlens::tui::keymap::ACTIONS;
use provlens::tui::look::{ASCII, BASIC, Colors, FULL};
use provlens::tui::memory::Memory;
use provlens::tui::model::{Look, Model, Size, Zone};
use provlens::tui::update::{Msg, update};
use provlens::tui::view;
use ratatui::buffer::Buffer;

use super::input::{Input, is_harmless, text};

/// Most things that happen in one run.
const MOST: usize = 200;

struct Read {
    library: Arc<Library>,
    analysis: Arc<Analysis>,
    events: Arc<Events>,
}

fn read() -> &'static Read {
    static READ: OnceLock<Read> = OnceLock::new();
    READ.get_or_init(|| {
        let library = Library::load(&[]).0;
        let log = include_bytes!("../../samples/okta-system-log.ndjson");
        let sources = vec![Source::built_in("sample", log)];
        let options = Options { threads: Some(1), ..Options::default() };
        let mut store = Store::default();
        let gathered = Gathered { sources, ..Gathered::default() };
        let (analysis, _) = pipeline::run_into(gathered, &library, &options, &Progress::default(), Some(&mut store));
        Read { library: Arc::new(library), analysis: Arc::new(analysis), events: Arc::new(Events::of(store)) }
    })
}

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let glyphs = [&FULL, &BASIC, &ASCII][usize::from(input.byte() % 3)];
    let look = Look { theme: Colors::Neutral.into(), glyphs, zone: Zone::local(TimeZone::UTC) };
    let start = Size { columns: 80, rows: 24 };
    let mut model = Model::new(Arc::clone(&read().library), Memory::default(), look, start);
    for _ in 0..MOST {
        if input.is_empty() || model.is_over() {
            break;
        }
        drop(update(&mut model, message(&mut input)));
    }
    draw(&model);
    for size in [(1, 1), (20, 5), (44, 12), (80, 24), (200, 60)] {
        update(&mut model, Msg::Resized(Size { columns: size.0, rows: size.1 }));
        draw(&model);
    }
}

fn message(input: &mut Input<'_>) -> Msg {
    let kind = input.byte();
    let place = input.byte();
    match kind % 16 {
        0 => Msg::Resized(Size { columns: usize::from(place), rows: usize::from(input.byte() % 80) }),
        1 => Msg::Paste(text(input.take(usize::from(place)))),
        2 => {
            let kinds = [
                MouseEventKind::Down(MouseButton::Left),
                MouseEventKind::Up(MouseButton::Left),
                MouseEventKind::Drag(MouseButton::Left),
                MouseEventKind::ScrollDown,
                MouseEventKind::ScrollUp,
            ];
            let kind = kinds[usize::from(input.byte()) % kinds.len()];
            let (column, row) = (u16::from(place), u16::from(input.byte()));
            Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
        }
        3 => Msg::News(match place % 4 {
            0 => News::Read(Arc::clone(&read().analysis), Arc::clone(&read().events)),
            1 => News::SoFar(Arc::clone(&read().analysis)),
            2 => News::Reading(Reading::default()),
            _ => News::Said(text(input.take(20))),
        }),
        4..=9 => Msg::Act(ACTIONS[usize::from(place) % ACTIONS.len()].action),
        10 => Msg::Key(KeyEvent::new(code(place), KeyModifiers::CONTROL)),
        _ => Msg::Key(KeyEvent::new(code(place), KeyModifiers::NONE)),
    }
}

fn code(place: u8) -> KeyCode {
    match place {
        0 => KeyCode::Enter,
        1 => KeyCode::Esc,
        2 => KeyCode::Backspace,
        3 => KeyCode::Delete,
        4 => KeyCode::Left,
        5 => KeyCode::Right,
        6 => KeyCode::Up,
        7 => KeyCode::Down,
        8 => KeyCode::Home,
        9 => KeyCode::End,
        10 => KeyCode::PageUp,
        11 => KeyCode::PageDown,
        12 => KeyCode::Tab,
        13 => KeyCode::BackTab,
        14..=25 => KeyCode::F(place - 13),
        26..=31 => KeyCode::Char(['é', '日', '\u{1b}', '\u{202e}', '\u{301}', '…'][usize::from(place - 26)]),
        other => KeyCode::Char(char::from(other & 0x7f)),
    }
}

fn draw(model: &Model) {
    let size = model.size();
    let rows = view::rows(model);
    assert!(!size.is_enough() || rows.len() == size.rows, "{} rows of {size:?}", rows.len());
    for row in &rows {
        let pieces = row.pieces(size.columns);
        let across: usize = pieces.iter().map(|piece| width(&piece.text)).sum();
        assert_eq!(across, size.columns, "{:?}", pieces.iter().map(|piece| piece.text.as_str()).collect::<String>());
        for piece in &pieces {
            assert!(piece.text.chars().all(is_harmless), "{:?}", piece.text);
        }
    }
    view::draw(model, &mut Buffer::empty(view::area(size)));
}
