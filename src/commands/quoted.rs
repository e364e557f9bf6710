//! `provlens explain MESSAGE`: what an error means of which somebody has the message or the code, and no log.

use std::io::{self, Read as _};

use serde_json::json;

use super::{end, fail, print, print_json, setup, wanted};
use crate::cli::{ExplainArgs, Format};
use crate::exit::ExitStatus;
use crate::output::rules::meaning;
use crate::pipeline::quoted;
use crate::rules::{Library, Origin};

/// Most bytes of standard input.
const MOST_READ: u64 = 16 << 20;
/// Most bytes of a message: every rule looks at all of it.
const LONGEST: usize = 256 << 10;

/// Whether this is meant as a message or code, and not as the id of a rule: ids are small letters and hyphens.
pub(super) fn is_quoted(what: &str) -> bool {
    let is_of_id = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    what == "-" || !what.contains('-') || !what.chars().all(is_of_id)
}

/// Prints what the message may mean. A single word that means nothing is taken for a mistyped id.
pub(super) fn run(args: &ExplainArgs, library: &Library, status: ExitStatus) -> ExitStatus {
    match answer(args, library) {
        Ok(printed) => end(printed, status),
        Err(status) => status,
    }
}

fn answer(args: &ExplainArgs, library: &Library) -> Result<ExitStatus, ExitStatus> {
    let common = &args.common;
    let provider = common.provider.as_deref().map(wanted::known_provider).transpose()?;
    let words = if args.rule == "-" { standard_input()? } else { args.rule.clone() };
    if words.trim().is_empty() {
        return Err(fail(ExitStatus::Usage, "give the id of a rule, or the words of an error message"));
    }
    if words.len() > LONGEST {
        return Err(fail(ExitStatus::Usage, "that is too long for a message; give a log to `provlens report`"));
    }
    let origin = Origin { provider, app: common.app.as_deref(), ..Origin::default() };
    let meanings = meaning::telling(&quoted::meanings(&words, origin, library), library);
    if meanings.is_empty() && args.rule != "-" && !words.contains(char::is_whitespace) {
        let near = library.did_you_mean(&words);
        let what = format!("no rule has the id `{words}`{near}, and none knows it as a code or message");
        return Err(fail(ExitStatus::Usage, &format!("{what}; `provlens rules list` shows all")));
    }
    let color = setup::colored(common.color);
    Ok(match args.format {
        Format::Json => print_json(&json!({ "schema": "provlens/meanings/1", "meanings": meaning::told(&meanings) })),
        Format::Text if meanings.is_empty() => print(&meaning::unknown(library.nearest(&words), library, color)),
        Format::Text => print(&meaning::page(&meanings, color)),
    })
}

/// All of standard input, which is to be one record or message.
pub(super) fn standard_input() -> Result<String, ExitStatus> {
    let mut bytes = Vec::new();
    let outcome = io::stdin().lock().take(MOST_READ).read_to_end(&mut bytes);
    if let Err(error) = outcome {
        return Err(fail(ExitStatus::Input, &format!("standard input cannot be read: {error}")));
    }
    let text = String::from_utf8_lossy(&bytes);
    if text.trim().is_empty() {
        return Err(fail(ExitStatus::Input, "standard input is empty; give it one record or the words of a message"));
    }
    Ok(text.into_owned())
}
