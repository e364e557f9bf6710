//! `provlens person`: one person's story in order.

use super::{fail, print, print_json, setup, warn};
use crate::cli::{PersonArgs, PersonFormat};
use crate::exit::ExitStatus;
use crate::output::person::{Story, json, markdown, text};

/// Names listed where several people fit.
const LISTED: usize = 10;

pub(super) fn run(args: &PersonArgs) -> ExitStatus {
    let ready = match setup::ready(&args.paths, &args.common, Some(&args.login)) {
        Ok(ready) => ready,
        Err(status) => return status,
    };
    let analysis = &ready.analysis;
    if let [_, _, ..] = &*analysis.asked {
        let mut names: Vec<&str> = analysis.asked.iter().map(|who| &*who.label).collect();
        names.sort_unstable();
        let more = if names.len() > LISTED { format!(" and {} more", names.len() - LISTED) } else { String::new() };
        names.truncate(LISTED);
        let what = format!(
            "{} people are called `{}`: {}{more}; give the login or id of one",
            analysis.asked.len(),
            args.login,
            names.join(", ")
        );
        return fail(ExitStatus::Usage, &what);
    }
    if analysis.story.is_empty() && analysis.covered.is_some() {
        let status = fail(
            ExitStatus::Interrupted,
            &format!("nothing is about `{}` in the part of these logs that was read", args.login),
        );
        return ready.end(status);
    }
    if analysis.story.is_empty() {
        return fail(
            ExitStatus::Usage,
            &format!(
                "nothing in these logs is about `{}`; give the full login, id or display name (`report --user PART` finds parts of one)",
                args.login
            ),
        );
    }
    if analysis.story_is_incomplete && !args.common.quiet {
        let what = "standard input or a pipe can be read only once; records before it was known who is who may be missing, so give files instead";
        warn(what);
    }
    let story = Story::of(analysis, &args.login);
    let printed = match args.format {
        PersonFormat::Text => print(&text::render(&story, analysis, &ready.library, &ready.style)),
        PersonFormat::Markdown => print(&markdown::render(&story, analysis, &ready.library, &ready.style)),
        PersonFormat::Json => print_json(&json::value(&story, &args.login, analysis, &ready.library)),
    };
    ready.end(printed)
}
