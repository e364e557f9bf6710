//! The command line as types; no behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Tells you why people are not getting (or not losing) access, and what to do about it.
///
/// Give it the log you exported from Okta, Microsoft Entra or a SCIM server: a file, a folder, or
/// standard input. Nothing leaves this computer.
#[derive(Debug, Parser)]
#[command(name = "provlens", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without it, `report`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Inputs for `report`.
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Sub-commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is wrong, for whom, since when, and what to do
    Report(ReportArgs),
    /// The same on built-in sample logs, to see what it looks like
    Demo(DemoArgs),
    /// What was recognised, read and skipped, file by file
    Inputs(InputsArgs),
    /// One known issue in full; with a log, with its evidence
    Explain(ExplainArgs),
    /// One person's story, all applications
    Person(PersonArgs),
    /// The library of known issues
    Rules(RulesArgs),
    /// Print a completion script for your shell
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// Formats of most commands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// If the output is a terminal and NO_COLOR is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which inputs, which events, how to print: the same for all commands that read logs.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// Only events from this time on: a time, a date, or 2h / 7d before the newest event
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only events before this time (a date includes that day)
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Only applications whose name contains this
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// Only people whose login, id or name contains this
    #[arg(long, value_name = "LOGIN")]
    pub user: Option<String>,
    /// Only this provider: okta, entra, aws, scim
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only this known issue
    #[arg(long, value_name = "RULE")]
    pub issue: Option<String>,
    /// Also use the rule files in this folder
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
    /// Show times in this zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub tz: String,
    /// Any unreadable record is an error (exit code 3)
    #[arg(long)]
    pub strict: bool,
    /// Print no remarks on standard error
    #[arg(long, short)]
    pub quiet: bool,
    /// Worker threads
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Arguments of `report`.
#[derive(Args, Clone, Debug, Default)]
pub struct ReportArgs {
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `demo`.
#[derive(Args, Clone, Debug, Default)]
pub struct DemoArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// When to use colour
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
}

/// Arguments of `inputs`.
#[derive(Args, Clone, Debug)]
pub struct InputsArgs {
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// Id of a rule; `provlens rules list` shows them
    pub rule: String,
    /// Logs to take evidence from
    pub paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `person`.
#[derive(Args, Clone, Debug)]
pub struct PersonArgs {
    /// Login, id or full display name
    pub login: String,
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `rules`.
#[derive(Args, Clone, Debug)]
pub struct RulesArgs {
    /// What to do with the library.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// Sub-commands of `rules`.
#[derive(Clone, Debug, Subcommand)]
pub enum RulesCommand {
    /// All rules, a line each
    List {
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Also use the rule files in this folder
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// One rule in full
    Show {
        /// Its id
        id: String,
        /// How to print
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Also use the rule files in this folder
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// For one record: which rules matched, which won, and why
    Explain {
        /// A file with one or more records, FILE:LINE for one of them, or - for standard input
        input: String,
        /// Also use the rule files in this folder
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
    /// Prove every rule's examples against the whole library
    Test {
        /// Also use the rule files in this folder
        #[arg(long, value_name = "DIR")]
        rules: Vec<PathBuf>,
    },
}
