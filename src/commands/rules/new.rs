//! `provlens rules new`: the start of a rule for a failure that no rule explains.

use std::path::{Path, PathBuf};

use bumpalo::Bump;

use crate::cli::RulesNewArgs;
use crate::commands::{fail, library, print, quoted, setup, warn};
use crate::decode::{self, Decoded, Wanted};
use crate::event::Event;
use crate::exit::ExitStatus;
use crate::json;
use crate::output::rules::skeleton::{Draft, rule_file};
use crate::output::whole::{self, WriteError};
use crate::pipeline::examples;
use crate::rules::{Example, Library};
use crate::source;
use crate::tui::draft::drafts;
use crate::unknown;

pub(super) fn run(args: &RulesNewArgs) -> ExitStatus {
    let drafts = match args.from.as_str() {
        "-" => from_standard_input(args).map(|draft| vec![draft]),
        cluster => from_cluster(cluster, args),
    };
    let drafts = match drafts {
        Ok(drafts) => drafts,
        Err(status) => return status,
    };
    let Some((first, more)) = drafts.split_first() else {
        return fail(ExitStatus::Input, "its records could not be read once more; have the files changed?");
    };
    let target = match Target::of(args, first) {
        Ok(target) => target,
        Err(what) => return fail(ExitStatus::Usage, &what),
    };
    let text = rule_file(&target.id, first, more);
    match target.file {
        None => print(&text),
        Some(file) => write(&file, &text),
    }
}

/// Where the rule goes.
struct Target {
    id: String,
    file: Option<PathBuf>,
}

impl Target {
    fn of(args: &RulesNewArgs, draft: &Draft) -> Result<Target, String> {
        let is_file = |path: &Path| path.extension().is_some_and(|ending| ending == "toml");
        let stem = args.output.as_deref().filter(|path| is_file(path)).and_then(Path::file_stem);
        let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
        let id = match (&args.id, stem) {
            (Some(id), Some(stem)) if *id != stem => {
                return Err(format!("the id `{id}` and the file's name `{stem}` differ; give one of the two"));
            }
            (Some(id), _) => id.clone(),
            (None, Some(stem)) => stem,
            (None, None) => draft.id(),
        };
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(format!("`{id}` is no id: use small letters, digits and hyphens"));
        }
        let file = match &args.output {
            Some(path) if is_file(path) => Some(path.clone()),
            Some(path) if path.is_dir() => Some(path.join(format!("{id}.toml"))),
            Some(path) => {
                return Err(format!("{}: neither a folder that exists nor the name of a .toml file", path.display()));
            }
            None => None,
        };
        Ok(Target { id, file })
    }
}

/// Writes a file that is not there yet: somebody's rule is never lost.
fn write(file: &Path, text: &str) -> ExitStatus {
    let name = file.display();
    match whole::write_new(file, text.as_bytes()) {
        Ok(()) => {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let folder = folder.display();
            print(&format!(
                "written to {name}\nfill in the words, then: provlens rules lint --rules {folder}; provlens rules test --rules {folder}\n"
            ))
        }
        Err(WriteError::IsThere(_)) => {
            fail(ExitStatus::Usage, &format!("{name}: there is such a file already; choose another name with --id"))
        }
        Err(error) => fail(ExitStatus::Input, &error.to_string()),
    }
}

/// Drafts from the records that the report keeps as examples of a cluster.
fn from_cluster(cluster: &str, args: &RulesNewArgs) -> Result<Vec<Draft>, ExitStatus> {
    if args.paths.is_empty() || args.paths.iter().any(|path| source::is_live(path)) {
        let what = "name the files in which the cluster was found; standard input or a pipe can be read only once";
        return Err(fail(ExitStatus::Usage, what));
    }
    let ready = setup::ready(&args.paths, &args.common, None)?;
    let is_wanted = |shape: &str| unknown::cluster_id(shape) == cluster;
    let found = ready.analysis.unknown.iter().filter(|issue| issue.shape.as_deref().is_some_and(is_wanted));
    let places: Vec<(&str, u64)> = found
        .flat_map(|issue| &issue.examples)
        .filter_map(|example| Some((ready.analysis.inputs.get(example.input)?.name.as_str(), example.offset)))
        .collect();
    if places.is_empty() {
        let all: Vec<String> =
            ready.analysis.unknown.iter().filter_map(|issue| issue.shape.as_deref()).map(unknown::cluster_id).collect();
        let what = match all.as_slice() {
            [] => format!("no cluster `{cluster}`: rules explain every failure in these logs"),
            all => format!("no cluster `{cluster}` in these logs; there are {}", all.join(", ")),
        };
        return Err(fail(ExitStatus::Usage, &what));
    }
    Ok(drafts(&source::gather(&args.paths).sources, &places, &is_wanted))
}

/// A draft from one record, or from the words of a message.
fn from_standard_input(args: &RulesNewArgs) -> Result<Draft, ExitStatus> {
    let text = quoted::standard_input()?;
    let text = text.trim();
    let (library, _) = library::load(&args.common.library, false, args.common.quiet);
    let arena = Bump::new();
    if text.starts_with('{') || text.starts_with('[') {
        let value = json::parse(text.as_bytes(), &arena).map_err(|failure| {
            let what = format!("the record is not valid JSON: {}, at byte {} of it", failure.wrong, failure.at);
            fail(ExitStatus::Input, &what)
        })?;
        let mut draft = None;
        decode::open_envelopes(value, &arena, &mut |record| {
            if let (None, Decoded::Event(event)) = (&draft, decode::decode(record, Wanted::All, &arena)) {
                remark(&event, &library);
                draft = Some(Draft::of(&event, Some(text)));
            }
        });
        return draft.ok_or_else(|| {
            fail(ExitStatus::Input, "no event about provisioning in it; `provlens inputs` says what a file is")
        });
    }
    let provider = args.common.provider.clone();
    let example = Example { provider, message: Some(text.to_owned()), ..Example::default() };
    let event =
        examples::event(&example, &arena).map_err(|what| fail(ExitStatus::Usage, &format!("--provider: {what}")))?;
    remark(&event, &library);
    Ok(Draft::of(&event, None))
}

/// Says so if there is a rule already.
fn remark(event: &Event<'_>, library: &Library) {
    let rule = library.explain(event).and_then(|finding| library.rule(finding.rule));
    if let Some(rule) = rule {
        warn(&format!("the rule {} explains this already; `provlens rules show {}` shows it", rule.id, rule.id));
    }
}
