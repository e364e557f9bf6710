//! The command line as types; no behaviour.

mod bundle;
mod explain;
mod limits;
mod report;
mod screen;
mod size;
mod spikes;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use bundle::{BundleArgs, BundleCommand, For, MakeArgs, RevealArgs, VerifyArgs};
pub use explain::ExplainArgs;
pub use limits::LimitArgs;
pub use report::{PageArgs, ReportFormat, ReportTable};
pub use screen::{GlyphSet, ScreenArgs, TuiArgs};
pub use size::Size;
pub use spikes::{Sensitivity, SpikeArgs};

/// Tells you why people are not getting (or not losing) access, and what to do about it.
///
/// Give it the log you exported from Okta, Microsoft Entra or a SCIM server: a file, a folder, or
/// standard input. Nothing leaves this computer.
#[derive(Debug, Parser)]
#[command(name = "provlens", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without it, the screen where there is a terminal, and `report` elsewhere.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Inputs for both.
    #[command(flatten)]
    pub report: ReportArgs,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// Sub-commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is wrong, for whom, since when, and what to do
    Report(ReportArgs),
    /// The screen: the same, to look around in
    Tui(TuiArgs),
    /// The same on built-in sample logs, to see what it looks like
    Demo(DemoArgs),
    /// What was recognised, read and skipped, file by file
    Inputs(InputsArgs),
    /// One known issue in full; with a log, with its evidence; or what an error message means
    Explain(ExplainArgs),
    /// The gate for a pipeline: exit code 1 if the logs cross a line you set
    Check(CheckArgs),
    /// Evidence of one issue for whoever must fix it, without secrets and names
    Bundle(BundleArgs),
    /// One person's story, all applications
    Person(PersonArgs),
    /// Every event, normalised and classified, for programs and spreadsheets
    Events(EventsArgs),
    /// Events counted by what they say, and over time
    Count(CountArgs),
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

/// What a date begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dates {
    /// With the day.
    Dmy,
    /// With the month.
    Mdy,
}

/// Which rules: the built-in ones, those of the user's folder, and those named here.
#[derive(Args, Clone, Debug, Default)]
pub struct LibraryArgs {
    /// Also use the rule files in this folder; may be given several times
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Leave out the rules of your configuration folder, so that everybody gets the same result
    #[arg(long)]
    pub no_user_rules: bool,
    /// Every broken rule file is an error, as it is where a missing finding would be a pass.
    #[arg(skip)]
    pub all_of_them: bool,
}

/// Which inputs, which events, how to print: the same for all commands that read logs.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// Only events from this time on: a time, a date, or 2h / 7d before the newest event; what names no zone is meant
    /// in that of --tz
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only events before this time (a date includes that day), read as --since is
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Only applications whose name contains this
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// Only people whose login, id or name contains this
    #[arg(long, value_name = "LOGIN")]
    pub user: Option<String>,
    /// Only this provider: okta, entra, aws, scim, github, google …
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Only this known issue
    #[arg(long, value_name = "RULE")]
    pub issue: Option<String>,
    /// Only events that this filter lets through, such as 'status:failed app:sales after:6h'
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true)]
    pub filter: Option<String>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub library: LibraryArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
    /// Show and read times in this zone, such as Europe/Berlin; days begin as they do there [default: UTC, and on the
    /// screen the zone of this computer]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
    /// What dates such as 3/4/2026 in a table begin with, where no date of the file tells
    #[arg(long, value_enum, value_name = "ORDER")]
    pub dates: Option<Dates>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub limits: LimitArgs,
    /// Any unreadable record is an error (exit code 3)
    #[arg(long)]
    pub strict: bool,
    /// Print no remarks on standard error
    #[arg(long, short)]
    pub quiet: bool,
    /// Worker threads
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub spikes: SpikeArgs,
}

impl Common {
    /// The zone of times, where nobody's own zone is meant.
    pub fn zone(&self) -> &str {
        self.tz.as_deref().unwrap_or("UTC")
    }
}

/// Arguments of `report`.
#[derive(Args, Clone, Debug, Default)]
pub struct ReportArgs {
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub page: PageArgs,
    /// Go on with files that grow, until you stop it; the report then tells each new incident in a line
    #[arg(long)]
    pub follow: bool,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `demo`.
#[derive(Args, Clone, Debug, Default)]
pub struct DemoArgs {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub page: PageArgs,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
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

/// Formats of `check`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people.
    #[default]
    Text,
    /// The report with gates and verdict.
    Json,
    /// JUnit XML: a suite for each application, a case for each gate and rule.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Commands of GitHub Actions, and a summary of the step.
    Github,
    /// For the textfile collector of the node exporter.
    Prometheus,
    /// A message for Slack; sending it is up to you.
    Slack,
    /// A message for Microsoft Teams; sending it is up to you.
    Teams,
}

/// `FORMAT=FILE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// How to write.
    pub format: CheckFormat,
    /// Where.
    pub path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<ReportFile, String> {
        let (format, path) = text.split_once('=').ok_or("write it as FORMAT=FILE, such as junit=provlens.xml")?;
        let format = CheckFormat::from_str(format, false).map_err(|_| {
            format!("`{format}` is no format; there are text, json, junit, sarif, github, prometheus, slack, teams")
        })?;
        if path.is_empty() {
            return Err("the file is missing; write it as FORMAT=FILE, such as junit=provlens.xml".to_owned());
        }
        Ok(ReportFile { format, path: PathBuf::from(path) })
    }
}

/// Arguments of `check`.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = CHECK_HELP)]
pub struct CheckArgs {
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// What fails the run, with commas between; without it `spike`, with a baseline `spike,new-issue,regression`
    ///
    /// spike, ongoing-spike, new-issue, regression, silence, unknown, access-not-removed,
    /// severity>=high, failures>100, rate>5%, people>20, or none. Each may have a scope:
    /// spike@app:Workday*, failures>0@rule:okta-remote-*
    #[arg(long, value_name = "LIST")]
    pub fail_on: Vec<String>,
    /// Compare with this file, written by --save-baseline
    #[arg(long, value_name = "FILE", conflicts_with = "baseline_if_exists")]
    pub baseline: Option<PathBuf>,
    /// The same; if there is no such file yet, gates that need it are not evaluated
    #[arg(long, value_name = "FILE")]
    pub baseline_if_exists: Option<PathBuf>,
    /// Write what is usual to this file, or add to what it has
    #[arg(long, value_name = "FILE")]
    pub save_baseline: Option<PathBuf>,
    /// Let the baseline learn spikes too: it is so from now on
    #[arg(long, requires = "save_baseline")]
    pub learn_spikes: bool,
    /// Findings that are known and accepted until a day: a TOML file of [[allow]] with app, rule, until, reason
    #[arg(long, value_name = "FILE")]
    pub allow: Option<PathBuf>,
    /// Logs without provisioning events are no error
    #[arg(long)]
    pub allow_empty: bool,
    /// Most records in a hundred that may be unreadable; above 1, a log may also be cut off
    #[arg(long, value_name = "PCT", default_value = "1")]
    pub max_unreadable: f64,
    /// A gate that cannot be evaluated is an error (exit code 3)
    #[arg(long)]
    pub require_all_gates: bool,
    /// Also show findings that fail nothing, from this severity on; it never moves a gate
    #[arg(long, value_name = "SEVERITY")]
    pub min_severity: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
    /// Also write a file in a format; may be given several times
    #[arg(long, value_name = "FORMAT=FILE")]
    pub report: Vec<ReportFile>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

const CHECK_HELP: &str = "\
Exit codes:
  0    no gate failed
  1    a gate failed: the logs crossed a line you set
  2    wrong usage, or a broken rule file, baseline or file of --allow
  3    not judged: an input could not be read or is cut off, nothing was in it, a report could not be written
  130  interrupted";

/// Formats of `person`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PersonFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For tickets and wikis.
    Markdown,
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
    pub format: PersonFormat,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Where a table goes, and how its cells are written.
#[derive(Args, Clone, Debug)]
pub struct TableArgs {
    /// Write to this file, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write CSV cells as they are in the log, even where a spreadsheet would take them for formulas
    #[arg(long)]
    pub csv_raw: bool,
}

/// Formats of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EventsFormat {
    /// A JSON object a line.
    #[default]
    Ndjson,
    /// For spreadsheets.
    Csv,
    /// For DuckDB, pandas and the like; columns with types.
    Parquet,
}

/// Arguments of `events`.
#[derive(Args, Clone, Debug)]
pub struct EventsArgs {
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// How to write
    #[arg(long, value_enum, default_value_t)]
    pub format: EventsFormat,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub table: TableArgs,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Formats of counted events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CountFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For DuckDB, pandas and the like.
    Parquet,
}

/// Arguments of `count`.
#[derive(Args, Clone, Debug)]
pub struct CountArgs {
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// What to count by, such as app,rule,outcome
    ///
    /// The fields are provider, dialect, event_type, operation, outcome, app, app_id, user, subject_kind,
    /// actor, rule, title, severity, category, owner, certainty, cluster, code, phase, http_status,
    /// scim_type, input.
    #[arg(long, value_name = "FIELD,...", required = true, value_delimiter = ',')]
    pub by: Vec<String>,
    /// Steps of time as well: 15m, 1h, 1d, 1w; days and weeks begin as --tz says
    #[arg(long, value_name = "STEP")]
    pub every: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: CountFormat,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub table: TableArgs,
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
    List(RulesListArgs),
    /// One rule in full
    Show(RulesShowArgs),
    /// For one event: which rules matched, which won and why, and which nearly matched
    Explain(RulesExplainArgs),
    /// Prove every rule's examples against the whole library
    Test(RulesCheckArgs),
    /// Check the words of rules: short, clear, and complete
    Lint(RulesCheckArgs),
    /// How much of a log the rules explain: by rule, what is left, which rules were never needed
    Coverage(RulesCoverageArgs),
    /// Write the start of a rule for a failure that no rule explains
    New(RulesNewArgs),
    /// The JSON Schema of a rule file, for editors that complete and check it
    Schema,
    /// Write a Markdown page for each rule, and an index
    Docs(RulesDocsArgs),
}

/// How those commands print that read rules and no logs.
#[derive(Args, Clone, Debug, Default)]
pub struct PrintArgs {
    /// When to use colour
    #[arg(long, value_enum, default_value_t)]
    pub color: Color,
    /// A broken rule file is an error (exit code 2)
    #[arg(long)]
    pub strict: bool,
    /// Print no remarks on standard error
    #[arg(long, short)]
    pub quiet: bool,
}

/// Arguments of `rules list`.
#[derive(Args, Clone, Debug)]
pub struct RulesListArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub library: LibraryArgs,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub print: PrintArgs,
}

/// Arguments of `rules show`.
#[derive(Args, Clone, Debug)]
pub struct RulesShowArgs {
    /// Its id
    pub id: String,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub library: LibraryArgs,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub print: PrintArgs,
}

/// Arguments of `rules explain`.
#[derive(Args, Clone, Debug)]
pub struct RulesExplainArgs {
    /// FILE:LINE for one record, FILE for all of it, - for standard input, or an id that the event carries
    #[arg(value_name = "FILE:LINE|ID|-")]
    pub what: String,
    /// Logs in which to look for the id
    pub paths: Vec<PathBuf>,
    /// Show all rules that nearly matched, not only the nearest
    #[arg(long)]
    pub all: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub library: LibraryArgs,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub print: PrintArgs,
}

/// Arguments of `rules test` and `rules lint`.
#[derive(Args, Clone, Debug)]
pub struct RulesCheckArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub library: LibraryArgs,
}

/// Arguments of `rules coverage`.
#[derive(Args, Clone, Debug)]
pub struct RulesCoverageArgs {
    /// Files, folders, or - for standard input
    pub paths: Vec<PathBuf>,
    /// Name the rules that nothing in these logs needed
    #[arg(long)]
    pub never: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `rules new`.
#[derive(Args, Clone, Debug)]
pub struct RulesNewArgs {
    /// A cluster, as `report` names it (u-1a2b3c4d5e6f7a8b), or - for one record or message from standard input
    #[arg(long, value_name = "CLUSTER|-")]
    pub from: String,
    /// Logs in which to look for the cluster
    pub paths: Vec<PathBuf>,
    /// Id of the new rule: small letters, digits and hyphens
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Write to this file, or to <id>.toml in this folder; no file is overwritten
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `rules docs`.
#[derive(Args, Clone, Debug)]
pub struct RulesDocsArgs {
    /// Folder to write into; it is made if need be
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub library: LibraryArgs,
}
