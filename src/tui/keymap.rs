//! The one table of what can be done: key bar, help and search for commands are drawn from it.
//!
//! Every action has a letter, a usual key beside it, and a name. Single letters do not reach us on
//! Cyrillic or Greek keyboards, so everything also works with arrows, Enter, Esc, Tab, Space and
//! function keys, and a letter that arrives as the Cyrillic or Greek one of the same key counts.

mod own;

use std::sync::OnceLock;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal, $group:ident, $label:literal, $sentence:literal, [$($key:literal),*];)+) => {
        /// Something a person can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($(#[$doc])* $action),+ }

        /// All actions, in the order of help.
        pub static ACTIONS: &[Entry] = &[$(Entry {
            action: Action::$action,
            name: $name,
            group: Group::$group,
            label: $label,
            sentence: $sentence,
            keys: &[$($key),*],
        }),+];
    };
}

/// Under which heading help lists an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Possible on some screens only.
    Here,
    /// Moving about.
    Move,
    /// Finding and narrowing down.
    Find,
    /// The flat row of screens.
    Screens,
    /// The program as a whole.
    Program,
}

impl Action {
    /// The action that shows a screen of the flat row.
    pub const TABS: [Action; 7] =
        [Action::Tab1, Action::Tab2, Action::Tab3, Action::Tab4, Action::Tab5, Action::Tab6, Action::Tab7];
}

impl Group {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::Here => "Here",
            Group::Move => "Move",
            Group::Find => "Find and narrow down",
            Group::Screens => "Screens",
            Group::Program => "The program",
        }
    }
}

/// One action in the table.
#[derive(Debug)]
pub struct Entry {
    /// The action itself.
    pub action: Action,
    /// What it is called where commands are found by name.
    pub name: &'static str,
    /// Where help lists it.
    pub group: Group,
    /// Two words at most, for the key bar.
    pub label: &'static str,
    /// What it does, for help.
    pub sentence: &'static str,
    /// The first one is shown in the key bar.
    pub keys: &'static [&'static str],
}

actions! {
    /// Into what is under the cursor.
    Open = "open", Here, "open", "open what the cursor is on", ["Enter"];
    /// Its events.
    Events = "events of this", Here, "events", "show the events of this", ["v"];
    /// Its people.
    People = "people of this", Here, "people", "show the people affected", ["p"];
    /// The person under the cursor.
    Person = "person of this", Here, "person", "open the story of this person", ["u"];
    /// The issue of what is under the cursor.
    Issue = "issue of this", Here, "issue", "open the issue of this, with its steps", ["i"];
    /// To the next step or match.
    Next = "next step or match", Here, "next", "go to the next step or match", ["n", "F4"];
    /// To the one before.
    Previous = "step or match before", Here, "before", "go to the step or match before", ["N", "Shift+F4"];
    /// Tick, fold or pause what is under the cursor.
    Tick = "tick", Here, "tick", "tick, fold or pause what the cursor is on", ["Space"];
    /// Other order.
    Sort = "sort", Here, "sort", "sort by another column", ["s"];
    /// The same order backwards.
    Reverse = "reverse", Here, "reverse", "sort the other way round", ["S"];
    /// Which columns are shown.
    Columns = "columns", Here, "columns", "show other columns", ["K"];
    /// Only what is like this.
    Keep = "keep value", Here, "keep value", "show only rows with this value", ["f"];
    /// Nothing that is like this.
    Drop = "drop value", Here, "drop value", "hide the rows with this value", ["F"];
    /// The same event among all others.
    InContext = "show in context", Here, "context", "show this event among all others", ["."];
    /// Nearer.
    ZoomIn = "zoom in", Here, "zoom in", "show a shorter time", ["z"];
    /// Farther.
    ZoomOut = "zoom out", Here, "zoom out", "show a longer time", ["Z"];
    /// To the time before.
    Earlier = "earlier", Here, "earlier", "show the time before", ["["];
    /// To the time after.
    Later = "later", Here, "later", "show the time after", ["]"];
    /// Long lines are broken.
    Wrap = "wrap", Here, "wrap", "break long lines, or cut them", ["w"];
    /// Remember it.
    Mark = "mark", Here, "mark", "mark it, or take the mark away", ["m"];
    /// What was remembered.
    Marks = "marks", Here, "marks", "show what you marked", ["'"];
    /// Words of one's own.
    Note = "note", Here, "note", "write a note; on Inputs, add a file", ["a"];
    /// Put it last.
    Dismiss = "dismiss", Here, "dismiss", "take it off the list, it stays counted (D: show it)", ["d"];
    /// What was put last.
    Dismissed = "show dismissed", Here, "dismissed", "show or hide what you dismissed", ["D"];
    /// A rule of one's own from this.
    NewRule = "rule", Here, "new rule", "start a rule of your own from this", ["r"];
    /// Whether a rule finds its own examples.
    RunTests = "run tests", Here, "run tests", "run the rule's own examples", ["T"];
    /// A reference.
    Link = "link", Here, "link", "open a reference, or copy its address", ["o"];
    /// Into the clipboard.
    Copy = "copy", Here, "copy", "copy", ["c", "y", "Ctrl+Ins"];
    /// All of it into the clipboard.
    CopyAll = "copy record", Here, "copy record", "copy the whole record", ["C"];
    /// Where it is into the clipboard.
    CopyPath = "copy path", Here, "copy path", "copy the name of the field", ["P"];
    /// Into a file.
    Export = "export", Here, "export", "save what is listed to a file", ["e"];
    /// More room for the detail.
    Larger = "larger", Here, "larger", "more room for what is beside or below the list", ["+"];
    /// Less room for the detail.
    Smaller = "smaller", Here, "smaller", "less room for what is beside or below the list", ["-"];
    /// For support.
    Bundle = "bundle", Here, "bundle", "make a bundle for support", ["b"];
    /// One line up.
    Up = "up", Move, "up", "one line up", ["Up", "k"];
    /// One line down.
    Down = "down", Move, "down", "one line down", ["Down", "j"];
    /// One page up.
    PageUp = "page up", Move, "page up", "one page up", ["PgUp", "Ctrl+U"];
    /// One page down.
    PageDown = "page down", Move, "page down", "one page down", ["PgDn", "Ctrl+D"];
    /// To the first line.
    First = "first", Move, "first", "to the first line", ["Home", "g"];
    /// To the last line.
    Last = "last", Move, "last", "to the last line", ["End", "G"];
    /// Sideways, or fold.
    Left = "left", Move, "left", "to the left, or fold", ["Left", "h"];
    /// Sideways, or unfold.
    Right = "right", Move, "right", "to the right, or unfold", ["Right", "l"];
    /// The next part of the screen.
    NextPart = "next part", Move, "next part", "to the next part of the screen", ["Tab"];
    /// The part before.
    PreviousPart = "part before", Move, "part before", "to the part before", ["Shift+Tab"];
    /// Back to where one came from.
    Back = "back", Move, "back", "back to where you came from", ["Esc", "Backspace"];
    /// Back, and from a first screen out of the program.
    Quit = "back or leave", Move, "leave", "back; twice on a first screen, leave", ["q"];
    /// Type a filter.
    Filter = "filter", Find, "filter", "filter: words, or app: user: status: issue: after: before:", ["/", "Ctrl+F", "F3"];
    /// No filter.
    ClearFilter = "clear filter", Find, "clear filter", "show everything again", ["x"];
    /// A shorter time.
    TimeRange = "time range", Find, "time", "show a part of the time only", ["t"];
    /// The first screen.
    Tab1 = "overview", Screens, "overview", "is anything wrong, and where do I start?", ["1"];
    /// The second screen.
    Tab2 = "issues", Screens, "issues", "what kinds of trouble are there?", ["2"];
    /// The third screen.
    Tab3 = "events", Screens, "events", "show me the lines", ["3"];
    /// The fourth screen.
    Tab4 = "people", Screens, "people", "what happened to this person?", ["4"];
    /// The fifth screen.
    Tab5 = "unknown", Screens, "unknown", "what has nobody described yet?", ["5"];
    /// The sixth screen.
    Tab6 = "rules", Screens, "rules", "what does the program know?", ["6"];
    /// The seventh screen.
    Tab7 = "inputs", Screens, "inputs", "did it read everything?", ["7"];
    /// Everything that can be done.
    Help = "help", Program, "Help", "what can be done here", ["?", "F1"];
    /// Everything by its name.
    Commands = "commands", Program, "commands", "find any action by its name", [":", "Ctrl+P", "F2"];
    /// Local time or UTC.
    Zone = "local time or utc", Program, "time zone", "local time or UTC, everywhere at once", ["L"];
    /// From the start.
    Reread = "read again", Program, "read again", "read the inputs again", ["R", "F5"];
    /// Followed files.
    Pause = "pause", Program, "pause", "hold back what comes of followed files, or go on", ["F9"];
    /// Who gets the mouse.
    Mouse = "mouse", Program, "mouse", "give the mouse to the terminal, to select text", ["M"];
    /// What was said before.
    Messages = "messages", Program, "messages", "read the messages of this session again", ["F8"];
    /// To the shell and back.
    Suspend = "suspend", Program, "suspend", "back to the shell, until fg", ["Ctrl+Z"];
    /// The end.
    Leave = "leave", Program, "leave", "leave at once", ["Ctrl+C", "F10"];
}

/// What the table says of an action.
pub fn entry(action: Action) -> Option<&'static Entry> {
    ACTIONS.iter().find(|entry| entry.action == action)
}

pub use own::Own;

/// Keys of one's own. There is one keyboard, so they are set once, before anything is shown.
static OWN: OnceLock<Own> = OnceLock::new();

/// Uses other keys from now on.
pub fn use_own(own: Own) {
    // Nobody sets them a second time.
    let _ = OWN.set(own);
}

/// The keys of an action, the one that is shown first.
pub fn keys_of(entry: &'static Entry) -> impl Iterator<Item = &'static str> {
    OWN.get_or_init(Own::default).of(entry)
}

/// The key that is shown for an action.
pub fn key_of(action: Action) -> &'static str {
    entry(action).and_then(|entry| keys_of(entry).next()).unwrap_or_default()
}

/// The action of a key.
pub fn action(key: &KeyEvent) -> Option<Action> {
    let name = name(key)?;
    ACTIONS.iter().find(|entry| keys_of(entry).any(|key| key == name)).map(|entry| entry.action)
}

/// How a key is called in the table: `Ctrl+U`, `Shift+Tab`, `g`.
fn name(key: &KeyEvent) -> Option<String> {
    if key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let bare = match key.code {
        KeyCode::Enter => "Enter".to_owned(),
        KeyCode::Esc => "Esc".to_owned(),
        KeyCode::Backspace => "Backspace".to_owned(),
        KeyCode::Up => "Up".to_owned(),
        KeyCode::Down => "Down".to_owned(),
        KeyCode::Left => "Left".to_owned(),
        KeyCode::Right => "Right".to_owned(),
        KeyCode::PageUp => "PgUp".to_owned(),
        KeyCode::PageDown => "PgDn".to_owned(),
        KeyCode::Home => "Home".to_owned(),
        KeyCode::End => "End".to_owned(),
        KeyCode::Insert => "Ins".to_owned(),
        KeyCode::Tab => "Tab".to_owned(),
        KeyCode::BackTab => return Some("Shift+Tab".to_owned()),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(letter) if key.modifiers.contains(KeyModifiers::CONTROL) => {
            latin(letter).to_ascii_uppercase().to_string()
        }
        // Its case says whether Shift was held.
        KeyCode::Char(letter) => return Some(latin(letter).to_string()),
        _ => return None,
    };
    let mut name = String::new();
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        name.push_str("Ctrl+");
    }
    if key.modifiers.contains(KeyModifiers::SHIFT) {
        name.push_str("Shift+");
    }
    name.push_str(&bare);
    Some(name)
}

/// The Latin letter on the key that gave a Cyrillic or Greek one.
fn latin(letter: char) -> char {
    const FOREIGN: &str = "йцукенгшщзфывапролдячсмитьςερτυθιοπασδφγηξκλζχψωβνμ";
    const LATIN: &str = "qwertyuiopasdfghjklzxcvbnmwertyuiopasdfghjklzxcvbnm";
    let small = letter.to_lowercase().next().unwrap_or(letter);
    let Some(found) = FOREIGN.chars().zip(LATIN.chars()).find(|(foreign, _)| *foreign == small) else { return letter };
    if letter.is_uppercase() { found.1.to_ascii_uppercase() } else { found.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
        action(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn no_key_does_two_things() {
        let mut keys: Vec<&str> = ACTIONS.iter().flat_map(|entry| entry.keys).copied().collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn every_action_works_without_a_letter_or_has_a_name() {
        for entry in ACTIONS {
            assert!(!entry.keys.is_empty() && !entry.name.is_empty() && entry.label.split(' ').count() <= 2);
        }
    }

    #[test]
    fn keys_are_found_by_name() {
        assert_eq!(pressed(KeyCode::Char('j'), KeyModifiers::NONE), Some(Action::Down));
        assert_eq!(pressed(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Action::Last));
        assert_eq!(pressed(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Leave));
        assert_eq!(pressed(KeyCode::F(4), KeyModifiers::SHIFT), Some(Action::Previous));
        assert_eq!(pressed(KeyCode::BackTab, KeyModifiers::SHIFT), Some(Action::PreviousPart));
        assert_eq!(pressed(KeyCode::Char('x'), KeyModifiers::ALT), None);
    }

    #[test]
    fn letters_of_other_layouts_count_as_their_keys() {
        assert_eq!(pressed(KeyCode::Char('о'), KeyModifiers::NONE), Some(Action::Down));
        assert_eq!(pressed(KeyCode::Char('κ'), KeyModifiers::NONE), Some(Action::Up));
        assert_eq!(pressed(KeyCode::Char('П'), KeyModifiers::SHIFT), Some(Action::Last));
    }
}
