//! The arguments of the screen.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Common, Size};

/// Arguments of `tui`.
#[derive(Args, Clone, Debug, Default)]
pub struct TuiArgs {
    /// Files or folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// Go on with files that grow
    #[arg(long)]
    pub follow: bool,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// How the screen looks and is worked with.
#[derive(Args, Clone, Debug, Default)]
pub struct ScreenArgs {
    /// No screen: a dialogue of plain lines, for screen readers
    #[arg(long)]
    pub plain: bool,
    /// Begin with a view that you kept with `:save view NAME`
    #[arg(long, value_name = "NAME")]
    pub view: Option<String>,
    /// Which signs the screen uses; by default those that the terminal has
    #[arg(long, value_enum, value_name = "SET")]
    pub glyphs: Option<GlyphSet>,
    /// Colours: neutral, dark, light or mono, or a file of your own; by default the file theme.toml in the folder of
    /// your configuration, if it is there
    #[arg(long, value_name = "NAME|FILE")]
    pub theme: Option<String>,
    /// Most memory that events may take, 2GiB by default; of more events the oldest are counted and not listed
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<Size>,
    /// Leave the mouse to the terminal
    #[arg(long)]
    pub no_mouse: bool,
}

/// Signs of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GlyphSet {
    /// For terminals that show UTF-8.
    Full,
    /// For the old console of Windows.
    Basic,
    /// Letters and marks of ASCII only.
    Ascii,
}
