//! Which rules a command uses: the built-in ones, those in the user's folder, and those named.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use super::fail;
use crate::analysis::Analysis;
use crate::cli::LibraryArgs;
use crate::exit::ExitStatus;
use crate::output::page::number;
use crate::rules::{Library, LoadError};

/// Names another folder than the usual one for the user's rules; empty, none.
const FOLDER_VARIABLE: &str = "PROVLENS_RULES";

/// Most errors about rule files that are told before a report. A folder that holds something else
/// has thousands.
const TOLD: usize = 10;

/// Percent of all failures that no single rule of one's own is expected to explain, and of how many at least.
const GREEDY: u64 = 90;
const GREEDY_FROM: u64 = 20;

/// The library, with what is wrong with it.
pub(super) struct Loaded {
    pub(super) library: Library,
    /// Whether broken rule files matter.
    pub(super) status: ExitStatus,
    pub(super) errors: Vec<LoadError>,
}

/// Loads the library. Broken rule files are told and left out; the status says whether that matters.
pub(super) fn load(args: &LibraryArgs, strict: bool, quiet: bool) -> (Library, ExitStatus) {
    let Loaded { library, status, .. } = load_and_keep_errors(args, strict, quiet);
    (library, status)
}

/// The same, for whoever also shows what is wrong with rule files.
pub(super) fn load_and_keep_errors(args: &LibraryArgs, strict: bool, quiet: bool) -> Loaded {
    let (library, errors) = Library::load(&folders(args));
    let status = match () {
        // What was named on the command line could not be used.
        () if errors.iter().any(|error| error.folder) => ExitStatus::Input,
        () if strict && !errors.is_empty() => ExitStatus::Usage,
        () => ExitStatus::Ok,
    };
    if !quiet || status != ExitStatus::Ok {
        tell(&errors);
    }
    Loaded { library, status, errors }
}

/// The folders of rules that are not part of the program; a later one wins.
pub(super) fn folders(args: &LibraryArgs) -> Vec<PathBuf> {
    let user = if args.no_user_rules { None } else { user_folder() };
    user.into_iter().chain(args.rules.iter().cloned()).collect()
}

/// The position of a rule, or an error that suggests one.
pub(super) fn known_rule(library: &Library, id: &str) -> Result<usize, ExitStatus> {
    library.find(id).ok_or_else(|| {
        let near = library.did_you_mean(id);
        fail(ExitStatus::Usage, &format!("no rule has the id `{id}`{near}; `provlens rules list` shows all"))
    })
}

/// What is said of a rule of the user's own that explains nearly everything: it may say less than was meant.
pub(super) fn greedy(analysis: &Analysis, library: &Library) -> Option<String> {
    let failures: u64 = analysis.issues.iter().chain(&analysis.unknown).map(|issue| issue.failures).sum();
    if failures < GREEDY_FROM {
        return None;
    }
    let mut of_rule: BTreeMap<usize, u64> = BTreeMap::new();
    for issue in &analysis.issues {
        let own = issue.rule.filter(|rule| library.is_own(*rule));
        own.into_iter().for_each(|rule| *of_rule.entry(rule).or_default() += issue.failures);
    }
    let (rule, count) = of_rule.into_iter().max_by_key(|(_, count)| *count)?;
    let percent = count * 100 / failures;
    let id = &library.rule(rule)?.id;
    (percent >= GREEDY).then(|| {
        format!(
            "your rule {id} explains {percent}% of {} failures; if it should not, `provlens rules test` and a \
             counterexample in it show where it goes too far",
            number(failures)
        )
    })
}

fn tell(errors: &[LoadError]) {
    for error in errors.iter().take(TOLD) {
        fail(ExitStatus::Usage, &error.to_string());
    }
    if errors.len() > TOLD {
        let more = errors.len() - TOLD;
        fail(ExitStatus::Usage, &format!("{more} more errors in rule files; `provlens rules test` lists all"));
    }
}

/// The user's own folder of rules, if it is there.
fn user_folder() -> Option<PathBuf> {
    // Whoever names one wants to hear that it does not exist.
    own_folder().filter(|folder| env::var_os(FOLDER_VARIABLE).is_some() || folder.is_dir())
}

/// Where the user's own rules are, or would be.
pub(super) fn own_folder() -> Option<PathBuf> {
    match env::var_os(FOLDER_VARIABLE) {
        Some(named) => (!named.is_empty()).then(|| PathBuf::from(named)),
        None => Some(configuration()?.join("provlens").join("rules")),
    }
}

/// Where programs keep a user's configuration.
pub(super) fn configuration() -> Option<PathBuf> {
    // A relative path would mean another folder at each place; the convention is to ignore it.
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let below_home = |path: &str| absolute("HOME").map(|home| home.join(Path::new(path)));
    absolute("XDG_CONFIG_HOME").or_else(|| match env::consts::OS {
        "windows" => absolute("APPDATA"),
        "macos" => below_home("Library/Application Support"),
        _ => below_home(".config"),
    })
}
