//! What a screen may look like: roles of text and sets of glyphs. No screen names a colour.

#[cfg(test)]
mod contrast;

use ratatui::style::{Color, Modifier, Style};

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $letter:literal, $name:literal;)+) => {
        /// What a piece of text is for; how it looks follows from it.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Role {
            /// Everything else, in the terminal's own colours.
            #[default]
            Text,
            $($(#[$doc])* $role),+
        }

        impl Role {
            /// All of them.
            pub const ALL: &[Role] = &[Role::Text, $(Role::$role),+];

            /// What it is called in a file.
            pub fn name(self) -> &'static str {
                match self { Role::Text => "text", $(Role::$role => $name),+ }
            }

            /// The letter that stands for the role where a test shows roles.
            pub fn letter(self) -> char {
                match self { Role::Text => '.', $(Role::$role => $letter),+ }
            }
        }
    };
}

roles! {
    /// Labels, hints, what was skipped.
    Quiet = 'd', "quiet";
    /// Titles, the tab in front, counts that matter.
    Strong = 'b', "strong";
    /// Failed, as glyph and word.
    Failed = 'f', "failed";
    /// Warnings and what is degraded.
    Warning = 'w', "warning";
    /// In order.
    Ok = 'o', "ok";
    /// What no rule describes yet.
    New = 'n', "new";
    /// An app that says nothing any more.
    Silent = 'q', "quiet-app";
    /// Words that made a rule match.
    Match = 'm', "match";
    /// References.
    Link = 'l', "link";
    /// Lines between parts.
    Frame = '-', "frame";
}

/// Which colours may be used: of the terminal's own sixteen only, so that the person's palette decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colors {
    /// Readable on dark and on light, as far as the same colour can be on both.
    #[default]
    Neutral,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// None: bold, underline and reverse only.
    Mono,
}

impl Colors {
    /// All of them.
    pub const ALL: [Colors; 4] = [Colors::Neutral, Colors::Dark, Colors::Light, Colors::Mono];

    /// How a role looks. Nothing is green: many people cannot tell it from red.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        let colored = |neutral: Color, dark: Color, light: Color| match self {
            Colors::Neutral => plain.fg(neutral),
            Colors::Dark => plain.fg(dark),
            Colors::Light => plain.fg(light),
            Colors::Mono => plain,
        };
        let blue = || colored(Color::Blue, Color::LightBlue, Color::Blue);
        match role {
            Role::Text => plain,
            Role::Quiet | Role::Frame if self == Colors::Mono => plain,
            Role::Quiet | Role::Frame => plain.add_modifier(Modifier::DIM),
            Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Failed => colored(Color::Red, Color::LightRed, Color::Red).add_modifier(Modifier::BOLD),
            Role::Warning if self == Colors::Mono => plain.add_modifier(Modifier::UNDERLINED),
            // Yellow cannot be read on white.
            Role::Warning => colored(Color::Magenta, Color::LightYellow, Color::Magenta),
            Role::Ok => blue(),
            // Nor can cyan.
            Role::New => colored(Color::Cyan, Color::LightCyan, Color::Magenta).add_modifier(Modifier::BOLD),
            Role::Silent => blue().add_modifier(Modifier::BOLD),
            Role::Match => plain.add_modifier(Modifier::UNDERLINED),
            Role::Link => blue().add_modifier(Modifier::UNDERLINED),
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
    bars: &["_", "-", "=", "#"],
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
