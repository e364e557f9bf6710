//! What a screen may look like: roles of text and sets of glyphs. No screen names a colour.

use ratatui::style::{Color, Modifier, Style};

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $letter:literal),+ $(,)?) => {
        /// What a piece of text is for; how it looks follows from it.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Role {
            /// Everything else, in the terminal's own colours.
            #[default]
            Text,
            $($(#[$doc])* $role),+
        }

        impl Role {
            /// The letter that stands for the role where a test shows roles.
            pub fn letter(self) -> char {
                match self { Role::Text => '.', $(Role::$role => $letter),+ }
            }
        }
    };
}

roles! {
    /// Labels, hints, what was skipped.
    Quiet = 'd',
    /// Titles, the tab in front, counts that matter.
    Strong = 'b',
    /// Failed, as glyph and word.
    Failed = 'f',
    /// Warnings and what is degraded.
    Warning = 'w',
    /// In order.
    Ok = 'o',
    /// What no rule describes yet.
    New = 'n',
    /// An app that says nothing any more.
    Silent = 'q',
    /// Words that made a rule match.
    Match = 'm',
    /// References.
    Link = 'l',
    /// Lines between parts.
    Frame = '-',
}

/// Which colours may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colors {
    /// The terminal's own sixteen, readable on dark and on light.
    #[default]
    Neutral,
    /// None: bold, underline and reverse only.
    Mono,
}

impl Colors {
    /// How a role looks.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        let colored = |color: Color| match self {
            Colors::Neutral => plain.fg(color),
            Colors::Mono => plain,
        };
        match role {
            Role::Text => plain,
            Role::Quiet | Role::Frame => match self {
                Colors::Neutral => plain.add_modifier(Modifier::DIM),
                Colors::Mono => plain,
            },
            Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Failed => colored(Color::Red).add_modifier(Modifier::BOLD),
            // Yellow cannot be read on white.
            Role::Warning => match self {
                Colors::Neutral => plain.fg(Color::Magenta),
                Colors::Mono => plain.add_modifier(Modifier::UNDERLINED),
            },
            // Not green: many people cannot tell it from red.
            Role::Ok => colored(Color::Blue),
            Role::New => colored(Color::Cyan).add_modifier(Modifier::BOLD),
            Role::Silent => colored(Color::Blue).add_modifier(Modifier::BOLD),
            Role::Match => plain.add_modifier(Modifier::UNDERLINED),
            Role::Link => colored(Color::Blue).add_modifier(Modifier::UNDERLINED),
        }
    }
}

/// Signs of one set. None of them has a form as emoji, whose width terminals disagree about, and
/// none is Braille, which screen readers would read out.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Glyphs {
    pub failed: &'static str,
    pub warning: &'static str,
    pub ok: &'static str,
    pub skipped: &'static str,
    pub new: &'static str,
    /// Bars from the lowest to the highest.
    pub bars: &'static [&'static str],
    pub rising: &'static str,
    pub steady: &'static str,
    pub falling: &'static str,
    pub folded: &'static str,
    pub open: &'static str,
    pub across: &'static str,
    pub down: &'static str,
    /// How the line of a heading begins.
    pub lead: &'static str,
    pub cut: &'static str,
    /// Between two facts on a line.
    pub dot: &'static str,
    /// The part of a bar that is not meant.
    pub track: &'static str,
    /// Points to the left, at what made a rule match.
    pub points: &'static str,
    /// In front of what a reader marked.
    pub marked: &'static str,
    /// Too little is known to say.
    pub little: &'static str,
    /// Where the axes of a chart meet.
    pub corner: &'static str,
    /// The part of a bar of progress that is still to come.
    pub still: &'static str,
}

/// For terminals that say UTF-8.
pub static FULL: Glyphs = SIGNS;

/// For the old console of Windows, whose font has the WGL4 characters only.
pub static BASIC: Glyphs = Glyphs { skipped: "○", bars: &["▄", "█"], folded: "►", open: "▼", ..SIGNS };

/// The whole set, from which [`BASIC`] differs in a few signs.
const SIGNS: Glyphs = Glyphs {
    failed: "×",
    warning: "▲",
    ok: "●",
    skipped: "◦",
    new: "?",
    bars: &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    rising: "↑",
    steady: "→",
    falling: "↓",
    folded: "▸",
    open: "▾",
    across: "─",
    down: "│",
    lead: "─ ",
    cut: "…",
    dot: " · ",
    track: "▒",
    points: "◄",
    marked: "•",
    little: "·",
    corner: "└",
    still: "░",
};

/// For everything else.
pub static ASCII: Glyphs = Glyphs {
    failed: "X",
    warning: "!",
    ok: "*",
    skipped: "o",
    new: "?",
    bars: &[".", "-", "=", "#"],
    rising: "^",
    steady: "~",
    falling: "v",
    folded: "+",
    open: "-",
    across: "-",
    down: "|",
    lead: "-- ",
    cut: "...",
    dot: ", ",
    track: "-",
    points: "<",
    marked: "*",
    little: ".",
    corner: "+",
    still: ".",
};
