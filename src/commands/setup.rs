//! From the arguments that all reading commands share to an analysis.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::library::Loaded;
use super::wanted::Wanted;
use super::watch::{self, Following, Watch};
use super::{clock, fail, library, spikes, warn};
use crate::analysis::Analysis;
use crate::cli::{Color, Common, Dates, Size};
use crate::decode::PLAIN_TEXT;
use crate::error::{InputError, ProblemKind};
use crate::event::Sink;
use crate::exit::ExitStatus;
use crate::output::page::counted;
use crate::output::report::text::Style;
use crate::pipeline::hashes::Hashes;
use crate::pipeline::{DateOrder, Options};
use crate::rules::{Complaint, Library, LoadError};
use crate::source::{self, Gathered, Limits, Source};
use crate::text::time;
use crate::tui::jobs::{MEMORY, Reader};

/// Inputs named one by one of which the same is to be said.
const REFUSALS: usize = 5;

/// An analysis and what is needed to print it.
pub(super) struct Ready {
    pub(super) analysis: Analysis,
    pub(super) library: Library,
    pub(super) style: Style,
    pub(super) status: ExitStatus,
    /// Inputs of which nobody knows what is in them. Those that were named are told already.
    pub(super) unread: Vec<String>,
}

impl Ready {
    /// The exit status if printing ended with `printed`; says so if it was not the whole.
    pub(super) fn end(&self, printed: ExitStatus) -> ExitStatus {
        match (&self.analysis.covered, printed) {
            (_, ExitStatus::Usage) => printed,
            (Some(covered), _) => fail(ExitStatus::Interrupted, &watch::interrupted(&self.analysis, covered)),
            (None, ExitStatus::Ok) => self.status,
            (None, _) => printed,
        }
    }
}

/// Everything that is known before the logs are read.
pub(super) struct Prepared {
    pub(super) gathered: Gathered,
    pub(super) library: Library,
    /// Folders of rules that are not part of the program, and what is wrong in them.
    rule_folders: Vec<PathBuf>,
    rule_errors: Vec<LoadError>,
    pub(super) style: Style,
    options: Options,
    /// The rule that is asked for, if it is found among several events.
    pattern: Option<usize>,
    /// How loading the rules went.
    rules: ExitStatus,
    watch: Watch,
}

/// Reads everything and analyses it.
pub(super) fn ready(paths: &[PathBuf], common: &Common, person: Option<&str>) -> Result<Ready, ExitStatus> {
    ready_from(gather(paths, common)?, common, person)
}

/// The same on sources that were found already.
pub(super) fn ready_from(gathered: Gathered, common: &Common, person: Option<&str>) -> Result<Ready, ExitStatus> {
    Ok(Prepared::new(gathered, common, person)?.run(common, None))
}

/// Gets everything ready to read.
pub(super) fn prepare(paths: &[PathBuf], common: &Common) -> Result<Prepared, ExitStatus> {
    Prepared::new(gather(paths, common)?, common, None)
}

/// The same on sources that were found already.
pub(super) fn prepare_from(gathered: Gathered, common: &Common) -> Result<Prepared, ExitStatus> {
    Prepared::new(gathered, common, None)
}

/// The same where nothing is to be read yet.
pub(super) fn prepare_nothing(common: &Common) -> Result<Prepared, ExitStatus> {
    prepare_from(Gathered::default(), common)
}

fn gather(paths: &[PathBuf], common: &Common) -> Result<Gathered, ExitStatus> {
    let limits = limits(common);
    if paths.is_empty() {
        if io::stdin().is_terminal() {
            return Err(fail(
                ExitStatus::Usage,
                "which log? Give a file or a folder, or pipe one in. `provlens demo` shows what it looks like",
            ));
        }
        return Ok(Gathered { sources: vec![Source::stdin()], ..Gathered::default() }.within(limits));
    }
    Ok(source::gather(paths).within(limits))
}

impl Prepared {
    fn new(gathered: Gathered, common: &Common, person: Option<&str>) -> Result<Prepared, ExitStatus> {
        let style = style(common.color, common.zone())?;
        let unusual = spikes::settings(&common.spikes, &style.zone)?;
        let strict = common.strict || common.library.all_of_them;
        let Loaded { library, status: rules, errors: rule_errors } =
            library::load_and_keep_errors(&common.library, strict, common.quiet);
        let watch = Watch::start(common.quiet);
        let Wanted { filter, pattern } =
            Wanted::of(common, &library, &style.zone, || newest(&gathered, &library, &watch, common))?;
        let options = Options {
            threads: common.threads,
            filter,
            person: person.map(str::to_owned),
            known: None,
            follow: false,
            now: clock::now(),
            clock: Some(clock::now),
            spikes: unusual,
            dates: dates(common),
            hashes: None,
        };
        let rule_folders = library::folders(&common.library);
        Ok(Prepared { gathered, library, rule_folders, rule_errors, style, options, pattern, rules, watch })
    }

    /// Refuses to look at single events where the issue that is asked for shows in several only.
    pub(super) fn refuse_patterns(&self) -> Result<(), ExitStatus> {
        let Some(rule) = self.pattern.and_then(|rule| self.library.rule(rule)) else { return Ok(()) };
        let id = &rule.id;
        Err(fail(
            ExitStatus::Usage,
            &format!(
                "--issue {id}: it is found in several events together, and no single event shows it; `provlens report --issue {id}` does"
            ),
        ))
    }

    /// The same, going on with files that somebody still writes to.
    pub(super) fn following(mut self, follow: bool) -> Prepared {
        self.options.follow = follow;
        self
    }

    /// The same, with hashes of what is read anyway.
    pub(super) fn hashing(mut self, hashes: &Hashes) -> Prepared {
        self.options.hashes = Some(hashes.clone());
        self
    }

    /// For the screen, which reads when it wants.
    pub(super) fn into_reader(self, paths: &[PathBuf]) -> (Reader, Watch) {
        let reader = Reader {
            paths: paths.to_vec(),
            samples: Vec::new(),
            gathered: self.gathered,
            library: Arc::new(self.library),
            rule_folders: self.rule_folders,
            own_rules: None,
            rule_errors: self.rule_errors.into_iter().map(Complaint::from).collect(),
            options: self.options,
            memory: MEMORY,
            home: None,
            fresh: super::bundle::fresh,
        };
        (reader, self.watch)
    }

    /// Reads on until it is stopped, and shows `each` what is known by then, once a second if there is
    /// anything new and for as long as it wants more.
    pub(super) fn run_following(self, common: &Common, each: &mut Following<'_>) -> Ready {
        let Prepared { gathered, library, style, options, rules, watch, .. } = self;
        let (analysis, errors) = watch.run_following(gathered, &library, &options, each);
        let status = ended(&analysis, &errors, rules, common);
        Ready { analysis, library, style, status, unread: unread(&errors) }
    }

    /// Reads everything and analyses it, while a sink is shown every event.
    pub(super) fn run(self, common: &Common, sink: Option<&mut dyn Sink>) -> Ready {
        let Prepared { gathered, library, style, mut options, pattern, rules, watch, .. } = self;
        let sources = options.person.as_ref().map(|_| gathered.sources.clone()).unwrap_or_default();
        let is_lasting = gathered.is_lasting();
        let (mut analysis, errors) = watch.run_into(gathered, &library, &options, sink);
        // What came before it was known who is who is found by reading once more.
        if let ([who], true, None) = (&*analysis.asked, analysis.story_is_incomplete, &analysis.covered)
            && is_lasting
        {
            options.known = Some(who.clone());
            let (again, _) = watch.run(Gathered { sources, ..Gathered::default() }, &library, &options);
            (analysis.story, analysis.asked) = (again.story, again.asked);
            (analysis.story_is_incomplete, analysis.covered) = (false, again.covered);
        }
        if pattern.is_some() {
            analysis.issues.retain(|issue| issue.rule == pattern);
            analysis.unknown.clear();
        }
        if !common.quiet
            && let Some(words) = library::greedy(&analysis, &library)
        {
            warn(&words);
        }
        let status = ended(&analysis, &errors, rules, common);
        Ready { analysis, library, style, status, unread: unread(&errors) }
    }
}

pub(super) fn style(color: Color, zone: &str) -> Result<Style, ExitStatus> {
    let Some(zone) = time::zone(zone) else {
        return Err(fail(
            ExitStatus::Usage,
            &format!("--tz {zone}: no such time zone; use a name such as Europe/Berlin or UTC"),
        ));
    };
    Ok(Style { color: colored(color), zone })
}

/// Whether to use colour.
pub(super) fn colored(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// How much of an input is taken.
fn limits(common: &Common) -> Limits {
    let record = common.limits.max_record.and_then(|Size(bytes)| usize::try_from(bytes).ok());
    let unpacked = common.limits.max_input.map(|Size(bytes)| bytes);
    Limits { record: record.unwrap_or(Limits::USUAL.record), unpacked }
}

/// What dates begin with, if somebody said so.
fn dates(common: &Common) -> Option<DateOrder> {
    common.dates.map(|dates| match dates {
        Dates::Dmy => DateOrder::DayFirst,
        Dates::Mdy => DateOrder::MonthFirst,
    })
}

/// The newest time in the logs, for bounds that count back from it.
fn newest(
    gathered: &Gathered,
    library: &Library,
    watch: &Watch,
    common: &Common,
) -> Result<Option<time::Micros>, ExitStatus> {
    if !gathered.is_lasting() {
        return Err(fail(
            ExitStatus::Usage,
            "standard input or a pipe can be read only once, so a time such as `2h` before its newest event cannot be known; give a date or a time",
        ));
    }
    let copy = Gathered { sources: gathered.sources.clone(), ..Gathered::default() };
    let options = Options { now: clock::now(), dates: dates(common), ..Options::default() };
    let (analysis, _) = watch.run(copy, library, &options);
    // Bounds that count back from any other event would leave out the wrong ones.
    if analysis.covered.is_some() {
        return Err(fail(
            ExitStatus::Interrupted,
            "interrupted while the newest event was looked for, from which --since, --until and --filter count back; nothing is shown",
        ));
    }
    Ok(analysis.last)
}

/// What may be logs and could not be opened.
fn unread(errors: &[InputError]) -> Vec<String> {
    errors.iter().filter(|error| error.may_hide_a_log()).map(|error| error.path().to_owned()).collect()
}

/// How the run ended. Inputs that could not be used weigh more than rule files, of which `rules` tells.
fn ended(analysis: &Analysis, errors: &[InputError], rules: ExitStatus, common: &Common) -> ExitStatus {
    match judge(analysis, errors, common) {
        ExitStatus::Ok => rules,
        status => status,
    }
}

/// Whether all that was named could be used.
fn judge(analysis: &Analysis, errors: &[InputError], common: &Common) -> ExitStatus {
    let named = |path: &str| analysis.inputs.iter().find(|input| input.name == path).is_none_or(|input| input.named);
    let mut refusals = Refusals::default();
    for error in errors {
        let is_listed = !error.may_hide_a_log() && is_beside_a_log(error.path(), analysis);
        if named(error.path()) && !is_listed || common.strict {
            let told = error.to_string();
            let why = told.strip_prefix(error.path()).unwrap_or(&told).to_owned();
            refusals.tell(&told, why);
        }
    }
    for input in analysis.inputs.iter().filter(|input| input.named && input.error.is_none()) {
        if input.problem_counts.contains_key(&ProblemKind::TooLarge) {
            let why = format!("{}; the rest of it was not read", limits(common).words());
            refusals.tell(&format!("{}: {why}", input.name), why);
        } else if input.records > 0 && input.records == input.unreadable {
            let why = "nothing in it could be read; `provlens inputs` says why";
            refusals.tell(&format!("{}: {why}", input.name), why.to_owned());
        } else if input.records > 0
            && input.unrecognised + input.unreadable == input.records
            && !is_beside_a_log(&input.name, analysis)
        {
            let keys = input.unknown_keys.as_deref().unwrap_or_default();
            let why = "not a provisioning log that is known";
            let known = "docs/log-formats.md lists the exports that are read";
            let alone =
                if keys == PLAIN_TEXT { "; of a message alone, `provlens explain \"MESSAGE\"` knows more" } else { "" };
            refusals.tell(&format!("{}: {why}; fields seen: {keys}; {known}{alone}", input.name), why.to_owned());
        }
    }
    let mut status = refusals.end();
    if common.strict && analysis.totals.unreadable > 0 {
        let unreadable = counted(analysis.totals.unreadable, "record", "records");
        fail(ExitStatus::Input, &format!("{unreadable} could not be read (--strict)"));
        status = ExitStatus::Input;
    }
    status
}

/// Inputs that cannot be used, as they are told: where the same is to be said of many, as of the members of an
/// archive, the first ones are named and the rest is counted.
#[derive(Default)]
struct Refusals {
    counts: BTreeMap<String, usize>,
}

impl Refusals {
    /// Tells of one. `why` is what is to be said of others too.
    fn tell(&mut self, what: &str, why: String) {
        let count = self.counts.entry(why).or_default();
        *count += 1;
        if *count <= REFUSALS {
            fail(ExitStatus::Input, what);
        }
    }

    fn end(self) -> ExitStatus {
        for (why, count) in &self.counts {
            let more = count.saturating_sub(REFUSALS) as u64;
            if more > 0 {
                let inputs = counted(more, "more input", "more inputs");
                warn(&format!("{inputs} of which the same is to be said: {}", why.trim_start_matches(": ")));
            }
        }
        if self.counts.is_empty() { ExitStatus::Ok } else { ExitStatus::Input }
    }
}

/// Whether it lies in an archive that also has a log. Who names an archive means the logs in it, as with a
/// folder; what else lies there is listed.
fn is_beside_a_log(name: &str, analysis: &Analysis) -> bool {
    let mut ends = name.match_indices('!').filter_map(|(at, _)| name.get(..=at));
    let Some(archive) = ends.find(|archive| Path::new(archive.trim_end_matches('!')).is_file()) else { return false };
    analysis.inputs.iter().any(|input| input.name.starts_with(archive) && input.dialect().is_some())
}
