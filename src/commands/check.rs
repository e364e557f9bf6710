//! `provlens check`: the gate for a pipeline.

use std::collections::HashSet;
use std::env;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{fail, print, setup, spikes, watch};
use crate::analysis::Analysis;
use crate::cli::{CheckArgs, CheckFormat, Common};
use crate::exit::ExitStatus;
use crate::output::check::baseline::{self, Baseline, Days, Learning};
use crate::output::check::gate::{self, Gate};
use crate::output::check::judge::{self, Asked, Before};
use crate::output::check::verdict::{Trouble, Verdict};
use crate::output::check::waivers::Waivers;
use crate::output::check::{View, github, json, junit, prometheus, sarif, slack, teams, text};
use crate::output::whole;
use crate::rules::{Library, Severity};
use crate::source::Gathered;
use crate::text::{glob, sanitize};
use crate::unknown;

/// Where GitHub Actions wants the summary of a step.
const SUMMARY_VARIABLE: &str = "GITHUB_STEP_SUMMARY";
/// Largest baseline or file of waivers; a baseline of ten thousand keys takes a tenth of it.
const MAX_BYTES: u64 = 64 << 20;

pub(super) fn run(args: &CheckArgs) -> ExitStatus {
    match checked(args) {
        Ok(status) | Err(status) => status,
    }
}

fn checked(args: &CheckArgs) -> Result<ExitStatus, ExitStatus> {
    let (mut asked, min_severity) = asked(args)?;
    let old = old_baseline(args)?;
    let mut common = args.common.clone();
    common.library.all_of_them = true;
    let prepared = setup::prepare(&args.paths, &common)?;
    let gathered = prepared.gathered.clone();
    let ready = prepared.run(&common, None);
    rules_exist(&asked.gates, &ready.library)?;
    asked.trouble = trouble(&ready);
    asked.unread.clone_from(&ready.unread);
    let checked = judge::judge(&ready.analysis, &ready.library, &asked);
    let view = View {
        checked: &checked,
        analysis: &ready.analysis,
        library: &ready.library,
        min_severity,
        zone: &ready.style.zone,
    };
    let inputs = inputs(gathered, &ready.analysis);
    let mut written = true;
    for report in &args.report {
        written &= save(&report.path, rendered(&view, report.format, false)?.as_bytes(), &inputs);
    }
    if let (Some(path), true) = (&args.save_baseline, is_judged(&checked.verdict)) {
        let learning = if args.learn_spikes { Learning::Everything } else { Learning::Calm };
        let learnt = baseline::learn(old.as_ref(), &ready.analysis, &ready.library, learning, &Days::of(&asked.spikes));
        let file = learnt.text().map_err(|error| fail(ExitStatus::Input, &format!("the baseline: {error}")))?;
        written &= save(path, file.as_bytes(), &inputs);
    }
    if args.format == CheckFormat::Github {
        written &= summarise(&view);
    }
    let printed = print(&rendered(&view, args.format, ready.style.color)?);
    if !written || printed != ExitStatus::Ok {
        // Whoever reads the console learns the verdict though a file with it is missing.
        let headline = text::headline_of(&view);
        fail(ExitStatus::Input, headline.trim_start_matches("provlens ").trim_end());
    }
    Ok(match status(&checked.verdict) {
        ended @ (ExitStatus::Usage | ExitStatus::Interrupted) => ended,
        _ if !written || printed != ExitStatus::Ok => ExitStatus::Input,
        ended => ended,
    })
}

/// What is asked for, before anything is read.
fn asked(args: &CheckArgs) -> Result<(Asked, Option<Severity>), ExitStatus> {
    let usage = |what: String| fail(ExitStatus::Usage, &what);
    let baseline = args.baseline.as_ref().or(args.baseline_if_exists.as_ref());
    let gates = if args.fail_on.is_empty() {
        gate::usual(baseline.is_some())
    } else {
        let lists = args.fail_on.iter().map(|list| gate::parse(list)).collect::<Result<Vec<_>, _>>();
        lists.and_then(|lists| gate::together(lists.concat())).map_err(|what| usage(format!("--fail-on: {what}")))?
    };
    let before = match (baseline, read_if_there(baseline.map(PathBuf::as_path))?) {
        (None, _) => Before::NotAsked,
        (Some(path), None) if args.baseline.is_some() => {
            return Err(usage(format!(
                "--baseline {path}: no such file; --save-baseline {path} writes one, --baseline-if-exists does without it",
                path = path.display()
            )));
        }
        (Some(path), None) => Before::Missing(path.display().to_string()),
        (Some(path), Some(text)) => Before::Known(Box::new(parse_baseline(path, &text)?)),
    };
    let waivers = match &args.allow {
        None => Waivers::default(),
        Some(path) => {
            let text = read_if_there(Some(path))?;
            let text = text.ok_or_else(|| usage(format!("--allow {}: no such file", path.display())))?;
            Waivers::parse(&text).map_err(|what| usage(format!("--allow {}: {what}", path.display())))?
        }
    };
    if !(0.0..=100.0).contains(&args.max_unreadable) {
        return Err(usage(format!("--max-unreadable {}: a share from 0 to 100 is expected", args.max_unreadable)));
    }
    let min_severity = match &args.min_severity {
        None => None,
        Some(word) => Some(
            gate::severity(word)
                .ok_or_else(|| usage(format!("--min-severity {word}: there are critical, high, medium, low, info")))?,
        ),
    };
    let asked = Asked {
        gates,
        before,
        waivers,
        allow_empty: args.allow_empty,
        max_unreadable: args.max_unreadable,
        require_all: args.require_all_gates,
        trouble: None,
        unread: Vec::new(),
        spikes: spikes::settings(&args.common.spikes, &setup::style(args.common.color, args.common.zone())?.zone)?,
        narrowed: narrowed(&args.common),
    };
    Ok((asked, min_severity))
}

/// The baseline that is to be added to.
fn old_baseline(args: &CheckArgs) -> Result<Option<Baseline>, ExitStatus> {
    let Some(path) = &args.save_baseline else { return Ok(None) };
    // Said before a long run rather than after it.
    whole::may_write(path, &[], whole::Old::IsReplaced).map_err(|error| fail(ExitStatus::Input, &error.to_string()))?;
    read_if_there(Some(path))?.map(|text| parse_baseline(path, &text)).transpose()
}

fn parse_baseline(path: &Path, text: &str) -> Result<Baseline, ExitStatus> {
    Baseline::parse(text).map_err(|what| fail(ExitStatus::Usage, &format!("{} {what}", path.display())))
}

/// The text of a file; `None` if there is none.
fn read_if_there(path: Option<&Path>) -> Result<Option<String>, ExitStatus> {
    let Some(path) = path else { return Ok(None) };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(ExitStatus::Usage, &format!("{}: cannot be read: {error}", path.display()))),
    };
    let mut text = String::new();
    match file.take(MAX_BYTES + 1).read_to_string(&mut text) {
        Ok(length) if length as u64 > MAX_BYTES => {
            Err(fail(ExitStatus::Usage, &format!("{}: larger than any file of its kind", path.display())))
        }
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(fail(ExitStatus::Usage, &format!("{}: cannot be read: {error}", path.display()))),
    }
}

/// Flags that leave out a part of the logs, as one would write them.
fn narrowed(common: &Common) -> Vec<String> {
    let flags = [
        ("--since", &common.since),
        ("--until", &common.until),
        ("--app", &common.app),
        ("--user", &common.user),
        ("--provider", &common.provider),
        ("--issue", &common.issue),
        ("--filter", &common.filter),
    ];
    flags.iter().filter_map(|(flag, value)| Some(format!("{flag} {}", value.as_ref()?))).collect()
}

/// A gate on a rule that does not exist would never fail.
fn rules_exist(gates: &[Gate], library: &Library) -> Result<(), ExitStatus> {
    for gate in gates {
        let Some(pattern) = &gate.rule else { continue };
        let is_rule = library.rules().iter().any(|rule| glob::matches(pattern, &rule.id));
        let is_cluster = unknown::is_cluster_id(pattern);
        let words = crate::output::check::finding::WORDS;
        if !is_rule && !is_cluster && !words.iter().any(|word| glob::matches(pattern, word)) {
            let near = library.did_you_mean(pattern);
            return Err(fail(ExitStatus::Usage, &format!("--fail-on {gate}: no rule is called {pattern}{near}")));
        }
    }
    Ok(())
}

/// What keeps the data from being judged.
fn trouble(ready: &setup::Ready) -> Option<(Trouble, String)> {
    if let Some(covered) = &ready.analysis.covered {
        return Some((Trouble::Interrupted, watch::interrupted(&ready.analysis, covered)));
    }
    match ready.status {
        ExitStatus::Usage => Some((
            Trouble::Rules,
            "a rule file is broken, so findings may be missing; `provlens rules test` says which".to_owned(),
        )),
        ExitStatus::Ok => None,
        _ => Some((
            Trouble::Input,
            "an input could not be used, so findings may be missing; `provlens inputs` says which".to_owned(),
        )),
    }
}

/// Files that were read and must not be written over. What lies in a folder and is no log, such as the
/// report of the last run, may.
fn inputs(mut gathered: Gathered, analysis: &Analysis) -> Vec<PathBuf> {
    let logs = analysis.inputs.iter().filter(|input| input.named || input.dialect().is_some());
    let logs: HashSet<&str> = logs.map(|input| &*input.name).collect();
    gathered.sources.retain(|source| logs.contains(&*source.name));
    gathered.files()
}

fn save(path: &Path, bytes: &[u8], inputs: &[PathBuf]) -> bool {
    match whole::write(path, bytes, inputs) {
        Ok(()) => true,
        Err(error) => {
            fail(ExitStatus::Input, &error.to_string());
            false
        }
    }
}

fn rendered(view: &View<'_>, format: CheckFormat, color: bool) -> Result<String, ExitStatus> {
    match format {
        CheckFormat::Text => Ok(text::render(view, color)),
        CheckFormat::Json => as_json(&json::value(view)),
        CheckFormat::Junit => Ok(junit::render(view)),
        CheckFormat::Sarif => as_json(&sarif::document(view)),
        CheckFormat::Github => Ok(github::render(view)),
        CheckFormat::Prometheus => Ok(prometheus::render(view)),
        CheckFormat::Slack => as_json(&slack::payload(view)),
        CheckFormat::Teams => as_json(&teams::payload(view)),
    }
}

fn as_json(value: &impl Serialize) -> Result<String, ExitStatus> {
    let failed = |error: serde_json::Error| fail(ExitStatus::Input, &format!("cannot write the output: {error}"));
    let mut text = serde_json::to_string_pretty(value).map_err(failed)?;
    text.push('\n');
    Ok(sanitize::json(&text).into_owned())
}

/// Adds to the summary of the step, if GitHub runs it. The file is GitHub's, and others add to it too.
fn summarise(view: &View<'_>) -> bool {
    let Some(path) = env::var_os(SUMMARY_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return true;
    };
    let added = File::options().append(true).create(true).open(&path).and_then(|mut file| {
        let already = file.metadata()?.len();
        file.write_all(github::summary(view, already).as_bytes())
    });
    if let Err(error) = &added {
        fail(ExitStatus::Input, &format!("{SUMMARY_VARIABLE} {}: cannot be written: {error}", path.display()));
    }
    added.is_ok()
}

/// A run whose verdict stands may teach the baseline.
fn is_judged(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Passed | Verdict::Failed | Verdict::Unjudged)
}

fn status(verdict: &Verdict) -> ExitStatus {
    match verdict {
        Verdict::Passed | Verdict::Unjudged => ExitStatus::Ok,
        Verdict::Failed => ExitStatus::Failed,
        Verdict::Withheld(Trouble::Rules, _) => ExitStatus::Usage,
        Verdict::Withheld(Trouble::Interrupted, _) => ExitStatus::Interrupted,
        Verdict::Withheld(Trouble::Input | Trouble::NoData | Trouble::Gates, _) => ExitStatus::Input,
    }
}
