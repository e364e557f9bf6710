//! `provlens bundle verify` and `provlens bundle reveal`.

use std::fs::File;
use std::io::Read as _;

use serde::Serialize;

use super::key;
use crate::cli::{Format, RevealArgs, VerifyArgs};
use crate::commands::{end, fail, print, print_json};
use crate::exit::ExitStatus;
use crate::output::bundle::{self, Mapping};
use crate::output::page::shown;
use crate::pipeline::hashes;

/// Largest archive that is looked at.
const MAX_BYTES: u64 = 256 << 20;

pub(super) fn verify(args: &VerifyArgs) -> ExitStatus {
    checked(args).unwrap_or_else(|status| status)
}

fn checked(args: &VerifyArgs) -> Result<ExitStatus, ExitStatus> {
    let path = args.bundle.display();
    let mut bytes = Vec::new();
    let read = File::open(&args.bundle).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| fail(ExitStatus::Input, &format!("{path}: cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(fail(ExitStatus::Input, &format!("{path}: it is larger than 256 MiB, which no bundle is")));
    }
    let mapping = args.map.as_deref().map(|path| mapping(path, "--map")).transpose()?;
    let mut exports = Vec::new();
    for input in &args.inputs {
        let hash = hashes::of(input);
        let hash = hash.map_err(|error| {
            fail(ExitStatus::Input, &format!("--inputs {}: cannot be read: {error}", input.display()))
        })?;
        exports.push((input.display().to_string(), hash));
    }
    let verdict = bundle::verify(&bytes, mapping.as_ref(), &exports)
        .map_err(|why| fail(ExitStatus::Input, &format!("{path}: {why}")))?;
    let status = if verdict.is_passed() { ExitStatus::Ok } else { ExitStatus::Failed };
    let printed = match args.format {
        Format::Json => print_json(&value(&verdict)),
        Format::Text => print(&text(&verdict, &path.to_string())),
    };
    Ok(end(printed, status))
}

fn mapping(path: &std::path::Path, what: &str) -> Result<Mapping, ExitStatus> {
    Mapping::read(&key::text(path, what)?).map_err(|why| fail(ExitStatus::Input, &format!("{}: {why}", path.display())))
}

fn text(verdict: &bundle::Verdict, path: &str) -> String {
    let mut text = String::new();
    for check in &verdict.checks {
        let word = match (check.wrong.is_empty(), &check.remark) {
            (false, _) => "WRONG ",
            (true, Some(_)) => "note  ",
            (true, None) => "ok    ",
        };
        text.push_str(&format!("{word} {}\n", check.what));
        for wrong in check.wrong.iter().chain(&check.remark) {
            text.push_str(&format!("       {}\n", shown(wrong)));
        }
    }
    let path = shown(path);
    if verdict.is_passed() {
        let hash = verdict.content_sha256.as_deref().map(shown).unwrap_or_default();
        text.push_str(&format!(
            "\n{path} is what was packed. Its content hash, to compare with the sender's:\n{hash}\n"
        ));
    } else {
        text.push_str(&format!("\n{path} is not what was packed, or holds what it must not. Do not rely on it; ask the sender for it again.\n"));
    }
    text
}

/// The verdict for programs.
#[derive(Serialize)]
struct Value<'a> {
    schema: &'static str,
    passed: bool,
    content_sha256: Option<&'a str>,
    checks: Vec<Checked<'a>>,
}

#[derive(Serialize)]
struct Checked<'a> {
    what: &'static str,
    passed: bool,
    wrong: &'a [String],
    remark: Option<&'a str>,
}

fn value(verdict: &bundle::Verdict) -> Value<'_> {
    let checks = verdict.checks.iter().map(|check| Checked {
        what: check.what,
        passed: check.wrong.is_empty(),
        wrong: &check.wrong,
        remark: check.remark.as_deref(),
    });
    Value {
        schema: "provlens/bundle-verdict/1",
        passed: verdict.is_passed(),
        content_sha256: verdict.content_sha256.as_deref(),
        checks: checks.collect(),
    }
}

pub(super) fn reveal(args: &RevealArgs) -> ExitStatus {
    let mapping = match mapping(&args.map, "") {
        Ok(mapping) => mapping,
        Err(status) => return status,
    };
    let found = mapping.reveal(&args.pseudonym);
    if found.is_empty() {
        let sentence =
            format!("{}: nobody is called `{}` in the bundle that it belongs to", args.map.display(), args.pseudonym);
        return fail(ExitStatus::Usage, &sentence);
    }
    match args.format {
        Format::Json => print_json(&found),
        Format::Text => {
            let lines = found.iter().map(|value| {
                format!("{}  {}  ({})\n", shown(&value.pseudonym), shown(&value.value), shown(&value.class))
            });
            print(&lines.collect::<String>())
        }
    }
}
