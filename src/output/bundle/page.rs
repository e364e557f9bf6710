//! `README.md`: the page that a support engineer reads first. It answers what they would ask back, in the
//! order in which they ask, with times in UTC and the ids that their own systems know.

use super::attach::Cleaned;
use super::facts::{Example, Facts, LeftOut, Wording};
use super::manifest;
use super::recipient::Support;
use super::redact::Recipient;
use crate::output::markdown::code;
use crate::output::page::{bytes, counted, number};

/// The heading of what is pasted into a form.
const FORM: &str = "## Text for your form";
/// Letters of a form's subject line.
const SUBJECT: usize = 120;
/// Letters of a form's description.
const DESCRIPTION: usize = 3_000;

/// What else the page tells that is no fact of the case.
pub(super) struct About<'a> {
    /// Whose bundle it is.
    pub recipient: Recipient,
    /// Sentences about what was hidden.
    pub hidden: &'a [String],
    /// The names of the files, with what they hold.
    pub files: &'a [(String, &'static str)],
}

/// The page.
pub(super) fn page(facts: &Facts, about: &About<'_>) -> String {
    let mut page = Vec::new();
    let mut line = |text: String| page.push(text);
    line(format!("# {}\n", title(facts)));
    for (label, text) in answers(facts, about.recipient) {
        line(format!("- **{label}:** {text}"));
    }
    line("\n## The error, as it was said\n".to_owned());
    if facts.errors.is_empty() {
        line("The logs name no error.".to_owned());
    }
    facts.errors.iter().for_each(|wording| line(format!("- {}", said(wording))));
    line("\n## Examples to look up\n".to_owned());
    facts.examples.iter().for_each(|found| line(format!("- {}", example(found))));
    line("\n## What we already did\n".to_owned());
    if !facts.is_noted() {
        line("Nothing was noted down.".to_owned());
    }
    facts.tried.iter().for_each(|step| line(format!("- {}", code(step))));
    if let Some(note) = &facts.note {
        line(format!("- Note: {}", code(note)));
    }
    line("\n## What we ask you to do\n".to_owned());
    line(ask(facts, about.recipient));
    line(format!("\n{FORM}\n"));
    line(form(facts, about.recipient));
    line("\n## What is in this archive\n".to_owned());
    about.files.iter().for_each(|(path, what)| line(format!("- `{path}`: {what}")));
    line(format!(
        "- `{}` and `{}`: a hash of every file; `sha256sum -c {}` checks them",
        manifest::PATH,
        manifest::SUMS,
        manifest::SUMS
    ));
    line("\n## What was left out and hidden\n".to_owned());
    left_out(facts).into_iter().chain(about.hidden.iter().cloned()).for_each(|text| line(format!("- {text}")));
    line(format!("\nMade by Provlens {}. All times are UTC.\n", env!("CARGO_PKG_VERSION")));
    page.join("\n")
}

fn title(facts: &Facts) -> String {
    let apps: Vec<String> = facts.apps.iter().take(3).filter_map(|app| app.name.as_deref()).map(code).collect();
    let at = if apps.is_empty() { String::new() } else { format!(" at {}", apps.join(", ")) };
    format!("{}{at}", facts.problem.title)
}

/// The first questions, with their answers.
fn answers(facts: &Facts, recipient: Recipient) -> Vec<(&'static str, String)> {
    let unknown = || "not in the logs".to_owned();
    let org = match (&*facts.tenants, Support::of(facts.problem.provider)) {
        ([], Support::Okta) => "the log does not name the Okta address; we add it when we open the case".to_owned(),
        ([], Support::Microsoft | Support::Another) => unknown(),
        (tenants, _) => tenants.iter().map(|tenant| code(tenant)).collect::<Vec<_>>().join(", "),
    };
    let apps: Vec<String> = facts
        .apps
        .iter()
        .map(|app| {
            let name = app.name.as_deref().map_or_else(|| "no application named".to_owned(), code);
            let id = app.id.as_deref().map(|id| format!(" (instance {})", code(id))).unwrap_or_default();
            format!("{name}{id}: {}", facts.counted(app.failures))
        })
        .collect();
    let time = |at: &Option<String>| at.clone().unwrap_or_else(|| "time unknown".to_owned());
    let state = match facts.state {
        Some("ongoing") if facts.all_failed => "yes, it still fails".to_owned(),
        Some("ongoing") => "yes".to_owned(),
        Some("quiet") if facts.still_broken == 0 => {
            "not known: nothing was tried in the last day of the logs".to_owned()
        }
        Some("quiet") => "people are still affected, but nothing was tried in the last day of the logs".to_owned(),
        Some(_) if facts.all_failed && facts.people == 0 => "no, what failed has succeeded since".to_owned(),
        Some(_) if facts.all_failed => "no, everybody for whom it failed has succeeded since".to_owned(),
        Some(_) => "no".to_owned(),
        None if facts.people == 0 => "not known: no log says whether it works by now".to_owned(),
        None => "no person is known to be still affected".to_owned(),
    };
    let mut answers = vec![
        ("Organisation", org),
        ("Application", if apps.is_empty() { unknown() } else { apps.join("; ") }),
        ("Problem", format!("{} (`{}`){}", facts.problem.title, facts.problem.id, cause(facts))),
        (
            if facts.all_failed { "First and last failure" } else { "First and last event" },
            format!("{} to {} (UTC)", time(&facts.first), time(&facts.last)),
        ),
        ("Still going on", state),
        ("Affected", format!("{}; {}", affected(facts), facts.counted(facts.failures))),
    ];
    if let Some(reference) = &facts.reference {
        answers.insert(0, ("Case", code(reference)));
    }
    // A vendor knows us by the name of our tenant there, which the sender adds.
    let names_us = match recipient {
        Recipient::IdpSupport => true,
        Recipient::AppVendor => false,
        Recipient::Internal => !facts.tenants.is_empty(),
    };
    answers.retain(|(label, _)| *label != "Organisation" || names_us);
    answers
}

/// Whom and what it concerns.
fn affected(facts: &Facts) -> String {
    let people = (facts.people > 0).then(|| {
        let people = counted(facts.people, "person", "people");
        format!("{people}, {} still affected at the end of the logs", number(facts.still_broken))
    });
    let groups = (facts.groups > 0).then(|| counted(facts.groups, "group", "groups"));
    let named: Vec<String> = people.into_iter().chain(groups).collect();
    if named.is_empty() { "the logs name nobody".to_owned() } else { named.join("; ") }
}

fn cause(facts: &Facts) -> String {
    facts.problem.cause.as_ref().map(|cause| format!(". {cause}")).unwrap_or_default()
}

fn said(wording: &Wording) -> String {
    let mut parts = Vec::new();
    if let Some(status) = wording.http_status {
        parts.push(format!("HTTP {status}"));
    }
    for (label, text) in [("scimType", &wording.scim_type), ("code", &wording.code)] {
        if let Some(text) = text {
            parts.push(format!("{label} {}", code(text)));
        }
    }
    if let Some(words) = &wording.words {
        parts.push(code(words));
    }
    let words = if parts.is_empty() { "no code and no words".to_owned() } else { parts.join(", ") };
    format!("{}: {words}", counted(wording.failures, "time", "times"))
}

fn example(example: &Example) -> String {
    let mut parts =
        vec![example.time.clone().unwrap_or_else(|| "time unknown".to_owned()), example.operation.to_owned()];
    parts.extend(example.subject.as_deref().map(|who| format!("of {}", code(who))));
    parts.extend(example.app.as_deref().map(|app| format!("at {}", code(app))));
    parts.extend(example.call.map(|call| format!("(usually {})", code(call))));
    let status = example.http_status.map(|status| format!("answered with HTTP {status}"));
    let ids = example.ids.iter().map(|(name, id)| format!("{name} {}", code(id)));
    let known: Vec<String> = status.into_iter().chain(ids).collect();
    format!("{}: {}", parts.join(" "), if known.is_empty() { "no ids".to_owned() } else { known.join(", ") })
}

fn ask(facts: &Facts, recipient: Recipient) -> String {
    let look = match recipient {
        Recipient::IdpSupport => {
            "Please look up the events named above in your systems and tell us why they fail and what has to be changed, on our side or on yours."
        }
        Recipient::AppVendor => {
            "Please look up the calls named above in your logs, by time, kind of call and status, and tell us why they were answered like this and what has to be changed, on your side or on ours."
        }
        Recipient::Internal => "Please see whether you can fix this, and tell those who are affected.",
    };
    // The condition of the rule: whether it holds, only the sender knows, and says so by what was done.
    match facts.request.when.as_ref().filter(|_| facts.is_noted()) {
        Some(when) => format!("{look} Such a problem is handed on if this holds: {when}"),
        None => look.to_owned(),
    }
}

/// What is pasted into a form, as plain text.
fn form(facts: &Facts, recipient: Recipient) -> String {
    let app = facts.apps.iter().find_map(|app| app.name.as_deref()).map(|app| format!("{app}: ")).unwrap_or_default();
    let subject = cut(&one_line(&format!("{app}{}", facts.problem.title)), SUBJECT);
    let mut lines = vec![format!("Subject: {subject}"), String::new()];
    for (label, text) in answers(facts, recipient) {
        lines.push(format!("{label}: {}", text.replace('`', "")));
    }
    for wording in facts.errors.iter().take(1) {
        lines.push(format!("Error: {}", said(wording).replace('`', "")));
    }
    for found in &facts.examples {
        lines.push(format!("Example: {}", example(found).replace('`', "")));
    }
    for step in &facts.tried {
        lines.push(format!("Already done: {}", one_line(step)));
    }
    lines.push(ask(facts, recipient));
    let text = cut(&lines.join("\n"), DESCRIPTION);
    // A fence that is longer than any run of the same mark in the text.
    let longest = text.split(|c| c != '~').map(str::len).max().unwrap_or(0).max(2);
    let fence = "~".repeat(longest + 1);
    format!("{fence}\n{text}\n{fence}")
}

/// The text for a form in a finished page.
pub(super) fn form_in(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once(&format!("\n{FORM}\n\n"))?;
    let (fence, rest) = rest.split_once('\n')?;
    let (text, _) = rest.split_once(&format!("\n{fence}\n"))?;
    fence.starts_with("~~~").then_some(text)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What is not in the bundle, and why, in sentences.
pub(super) fn left_out(facts: &Facts) -> Vec<String> {
    let mut told: Vec<String> = facts.left_out.size_limit.map(too_large).into_iter().collect();
    told.push(failures_left_out(facts));
    told.extend(stories_left_out(facts));
    told.extend(records_left_out(&facts.left_out));
    told.extend(facts.attachments.iter().map(removed_from));
    if facts.left_out.changes > 0 {
        let changes = counted(facts.left_out.changes, "change", "changes");
        told.push(format!("{changes} of configuration before the latest ones."));
    }
    told
}

/// First of all, since most of what follows is so because of it.
fn too_large(limit: u64) -> String {
    format!(
        "The file may have {} at most, so not everything is in it. Who needs what is missing asks the sender for a bundle \
         of a shorter time, or for a larger one.",
        bytes(limit)
    )
}

fn failures_left_out(facts: &Facts) -> String {
    if facts.left_out.failures == 0 {
        return format!("No {} is left out: {} told one by one.", facts.what().0, all(facts.failures));
    }
    format!(
        "Of {}, {} are told one by one: the first, the last, and some of every wording between them.",
        facts.counted(facts.failures),
        number(facts.included.failures)
    )
}

fn stories_left_out(facts: &Facts) -> Option<String> {
    let (left, included) = (&facts.left_out, &facts.included);
    let (one, several) = facts.whom();
    (included.stories > 0).then(|| {
        format!(
            "Stories of {} with {} besides the {}; {} of theirs left out.",
            counted(included.stories, one, several),
            counted(included.story_events, "event", "events"),
            facts.what().1,
            number(left.story_events)
        )
    })
}

fn records_left_out(left: &LeftOut) -> Vec<String> {
    let originals = |count| counted(count, "original record", "original records");
    let reasons = [
        (
            left.records_without_policy,
            "of a log format of which it is not settled what may be shown; they are told as normalised events only",
        ),
        (
            left.records_for_size,
            "left out so that the file is not too large; their events are told as far as there was room",
        ),
    ];
    let kept_back = reasons.into_iter().filter(|(count, _)| *count > 0);
    let mut told: Vec<String> = kept_back.map(|(count, why)| format!("{}: {why}.", originals(count))).collect();
    let unreadable = left.records_unreadable.iter();
    told.extend(unreadable.map(|(why, count)| format!("{} could not be read again: {why}.", originals(*count))));
    if left.unreadable_in_exports > 0 {
        let records = counted(left.unreadable_in_exports, "record", "records");
        told.push(format!("{records} of the exports could not be read at all."));
    }
    told
}

/// What is not in an attachment any more.
fn removed_from(added: &Cleaned) -> String {
    if added.unchecked {
        return format!("`{}` goes along as it is; nobody checked it for names and secrets.", added.path);
    }
    format!(
        "`{}`: {}; removed were {} cookies, {} headers, {} values of queries and {} bodies.",
        added.path,
        counted(added.requests, "request", "requests"),
        number(added.cookies_removed),
        number(added.headers_removed),
        number(added.query_values_removed),
        number(added.bodies_removed)
    )
}

fn all(count: u64) -> String {
    match count {
        1 => "the only one is".to_owned(),
        count => format!("all {} are", number(count)),
    }
}

/// The check list of what the sender adds by hand.
pub(super) fn attachments(facts: &Facts, recipient: Recipient) -> String {
    let mut items: Vec<String> = Vec::new();
    match (recipient, Support::of(facts.problem.provider)) {
        (Recipient::IdpSupport, Support::Okta) => {
            items.push(
                "The address of your Okta organisation, such as `https://company.okta.com`: the log does not name it."
                    .to_owned(),
            );
            items.push("Access for support, if they ask for it: Okta admin console > Settings > Account > Give access to Okta support.".to_owned());
            items.push("Priority and what it means for your company.".to_owned());
        }
        (Recipient::IdpSupport, Support::Microsoft) => {
            items.push("The result of provisioning on demand for one person of the list: Enterprise applications > the app > Provisioning > Provision on demand, all steps with their details.".to_owned());
            items.push("The attribute mappings: Provisioning > Mappings > Show advanced options > Review your schema here > Download.".to_owned());
        }
        (Recipient::AppVendor, _) => {
            items.push("The name of your tenant or workspace at the vendor.".to_owned());
            items.push("The address of the SCIM endpoint, without its token.".to_owned());
        }
        (Recipient::IdpSupport, Support::Another) | (Recipient::Internal, _) => {}
    }
    let mut text = "# What to add by hand\n\nTick what you have added; do not send passwords or tokens.\n".to_owned();
    let mut list = |heading: &str, items: &[String]| {
        if !items.is_empty() {
            text.push_str(&format!("\n{heading}\n\n"));
            items.iter().for_each(|item| text.push_str(&format!("- [ ] {item}\n")));
        }
    };
    list("The logs do not hold this:", &items);
    let conditions: Vec<String> = facts.request.when.iter().map(|when| first_large(when)).collect();
    list("Hand this on only if it is so, and note what you did (`--tried`):", &conditions);
    let evidence: Vec<String> = facts.request.evidence.iter().map(|item| first_large(item)).collect();
    list(
        "For this issue they also look at the following; README.md and timeline.csv have what the logs hold of it:",
        &evidence,
    );
    text
}

fn first_large(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
