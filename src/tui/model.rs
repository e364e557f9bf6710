//! What the screen shows: data, where one is, and how it looks. No input, no output, no clock.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::data::{Data, Events};
use super::filtering::Filtering;
use super::input::Line;
use super::look::Glyphs;
use super::memory::{Memory, Seen};
use super::saved::View;
use super::screen::{Context, Page, Tab, help, issue, start};
use super::theme::Theme;
use crate::analysis::Analysis;
use crate::rules::Library;

/// How a terminal wants to be written to.
#[derive(Clone, Debug)]
pub struct Look {
    /// Colours by the role of a text.
    pub theme: Theme,
    /// Signs that the terminal can show.
    pub glyphs: &'static Glyphs,
    /// The zone of all times.
    pub zone: Zone,
}

/// The zone that times are shown in, and whether UTC is asked for instead.
#[derive(Clone, Debug)]
pub struct Zone {
    /// The zone of the computer, or the one that was asked for.
    pub own: TimeZone,
    /// What it is called.
    pub name: String,
    /// UTC is shown instead, until it is switched back.
    pub in_utc: bool,
}

impl Zone {
    /// The zone of the computer.
    pub fn local(own: TimeZone) -> Zone {
        Zone { own, name: "local time".to_owned(), in_utc: false }
    }

    /// A zone that was asked for by its name.
    pub fn named(name: &str, own: TimeZone) -> Zone {
        Zone { own, name: name.to_owned(), in_utc: false }
    }

    /// The one in use.
    pub fn now(&self) -> TimeZone {
        if self.in_utc { TimeZone::UTC } else { self.own.clone() }
    }

    /// What that is called.
    pub fn words(&self) -> &str {
        if self.in_utc { "UTC" } else { &self.name }
    }
}

/// Columns and rows of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Size {
    pub columns: usize,
    pub rows: usize,
}

impl Size {
    /// The least that can be worked with.
    pub const LEAST: Size = Size { columns: 40, rows: 10 };
    /// Lines of the head: where one is, what was read, the filter.
    pub const HEAD: usize = 3;

    /// Whether there is room for anything.
    pub fn is_enough(self) -> bool {
        self.columns >= Size::LEAST.columns && self.rows >= Size::LEAST.rows
    }

    /// Whether lists have room for a strip about the row that the cursor is on.
    pub fn has_strip(self) -> bool {
        self.columns >= 80 && self.rows >= 24
    }

    /// Whether there is room for two parts side by side.
    pub fn is_wide(self) -> bool {
        self.columns >= 110 && self.rows >= 30
    }

    /// Rows between the three head lines and the key bar. The last of them stays empty, for messages.
    pub fn body(self) -> usize {
        self.rows.saturating_sub(Size::HEAD + 1)
    }
}

/// A page, and the filter that comes back with the one below it.
pub(super) struct Layer {
    pub(super) page: Box<dyn Page>,
    pub(super) filter_below: Option<String>,
}

/// What lies over the page in front.
pub(super) enum Overlay {
    Help(help::State),
    /// A line of text is asked for.
    Question(&'static str, Line),
    /// Text to be selected by hand, or to be read.
    Text(Vec<String>),
}

/// The newest of what came while it was held back.
#[derive(Default)]
pub(super) struct Held {
    pub(super) analysis: Option<Arc<Analysis>>,
    pub(super) events: Option<Arc<Events>>,
}

/// Everything that a frame is drawn from.
pub struct Model {
    pub(super) data: Data,
    pub(super) memory: Memory,
    pub(super) look: Look,
    pub(super) size: Size,
    pub(super) tab: Tab,
    /// For each tab its screen, and the pages that are stacked on it.
    pub(super) stacks: [Vec<Layer>; Tab::COUNT],
    pub(super) filtering: Filtering,
    pub(super) overlay: Option<Overlay>,
    /// Said once, above the key bar, until the next key.
    pub(super) toast: Option<String>,
    /// Everything that was said.
    pub(super) messages: Vec<String>,
    /// What comes of followed files is held back.
    pub(super) held: Option<Held>,
    /// How much larger what is beside or below lists is than usual.
    pub(super) detail: isize,
    /// The mouse is ours.
    pub(super) mouse: bool,
    pub(super) over: bool,
    /// `q` was pressed on a first screen; once more leaves.
    pub(super) leaving: bool,
    /// Inputs of which it is not known yet what was kept of them.
    pub(super) opening: usize,
}

impl Model {
    /// The first screen, before anything was read.
    pub fn new(library: Arc<Library>, memory: Memory, look: Look, size: Size) -> Model {
        Model {
            stacks: first_screens(),
            data: Data::nothing(library),
            memory,
            look,
            size,
            tab: Tab::default(),
            filtering: Filtering::default(),
            overlay: None,
            toast: None,
            messages: Vec::new(),
            held: None,
            detail: 0,
            mouse: true,
            over: false,
            leaving: false,
            opening: 0,
        }
    }

    /// Closes everything that was opened.
    pub(super) fn close_pages(&mut self) {
        self.stacks = first_screens();
    }

    /// Whether the program should end.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Columns and rows of the terminal.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What is remembered of this visit.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Says something above the key bar.
    pub fn say(&mut self, words: &str) {
        super::update::say(self, words);
    }

    /// Begins with what was kept under a name.
    pub fn look_at(&mut self, view: &View) {
        // There is nothing to look for yet; the filter is used once there is.
        super::update::look_at(self, view);
    }

    /// Begins with a page that asks for inputs, and offers those that were looked at before.
    pub fn ask_for_inputs(&mut self, recent: Vec<Vec<PathBuf>>) {
        let page = Box::new(start::State::new(recent));
        if let Some(stack) = self.stack_mut() {
            *stack = vec![Layer { page, filter_below: None }];
        }
    }

    /// Remembers what is there now, by which the next visit tells what is new; false if that is not
    /// known, since nothing was read or not all, or if what was kept before would be lost.
    pub(super) fn see(&mut self) -> bool {
        let whole = &self.data.whole;
        if self.opening > 0 || self.data.reading.is_some() || whole.covered.is_some() || whole.totals.events == 0 {
            return false;
        }
        let context = self.context();
        let issues = whole.issues.iter().chain(&whole.unknown);
        let issues = issues.map(|issue| (issue::key(issue, &context), issue.events)).collect();
        self.memory.seen = Seen { until: whole.last, issues };
        true
    }

    /// Shows a text that is to be selected by hand.
    pub fn show_text(&mut self, text: &str) {
        self.overlay = Some(Overlay::Text(text.lines().map(str::to_owned).collect()));
    }

    /// Leaves the mouse to the terminal from the start.
    pub fn without_mouse(&mut self) {
        self.mouse = false;
    }

    /// Whether the mouse is ours.
    pub fn has_mouse(&self) -> bool {
        self.mouse
    }

    /// The zone of all times on screen.
    pub(super) fn zone(&self) -> TimeZone {
        self.look.zone.now()
    }

    /// Pages from the first screen of the tab to the one in front.
    pub(super) fn stack(&self) -> &[Layer] {
        self.stacks.get(self.tab as usize).map_or(&[], Vec::as_slice)
    }

    /// The page in front.
    pub(super) fn top(&self) -> Option<&dyn Page> {
        self.stack().last().map(|layer| &*layer.page)
    }

    pub(super) fn stack_mut(&mut self) -> Option<&mut Vec<Layer>> {
        self.stacks.get_mut(self.tab as usize)
    }

    /// What pages may look at.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            data: &self.data,
            memory: &self.memory,
            filter: &self.filtering.text,
            glyphs: self.look.glyphs,
            zone: self.zone(),
            size: self.size,
            detail: self.detail,
        }
    }
}

/// Of each tab the screen that it begins with.
fn first_screens() -> [Vec<Layer>; Tab::COUNT] {
    Tab::ALL.map(|tab| vec![Layer { page: tab.page(), filter_below: None }])
}
