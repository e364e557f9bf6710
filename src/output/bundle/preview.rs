//! What somebody sees before a bundle is written, and after.

use super::draft::Bundle;
use super::facts::Facts;
use super::page;
use super::redact::{Class, Recipient};
use crate::event::Provider;
use crate::output::page::{bytes, counted, number, shown};

/// Places of dropped fields that are listed.
const PLACES: usize = 40;

/// What the proof at the end says of every bundle.
pub const CHECKED: &str = "no secret and no name that was replaced is in the finished text";
/// What must not happen to who is who.
pub const KEEP_MAPPING: &str = "Do not send the .map.json file.";

/// What is done with a bundle.
pub const NEXT: &str =
    "read README.md in it, tick off ATTACHMENTS.md, then send the .zip. It holds a text to paste into their form.";

/// What is said where the sender wrote something.
pub fn own_words(facts: &Facts) -> Option<&'static str> {
    (facts.note.is_some() || !facts.tried.is_empty())
        .then_some("Your own words are in it as you wrote them, but for names that the logs know: read them once more.")
}

/// What is known of the recipient and the reader.
pub struct Terms {
    /// Who receives it.
    pub recipient: Recipient,
    /// In whose log most of it is.
    pub provider: Option<Provider>,
    /// Bytes that they take.
    pub takes: u64,
    /// Show values in clear beside what stands for them.
    pub pairs: bool,
}

/// What is inside, in numbers.
pub fn included(facts: &Facts) -> String {
    let (one, several) = facts.whom();
    let end = if several.ends_with('s') { "'" } else { "'s" };
    format!(
        "{} of {}, {}, {}, {}",
        number(facts.included.failures),
        facts.counted(facts.failures),
        counted(facts.included.stories, &format!("{one}'s story"), &format!("{several}{end} stories")),
        counted(facts.included.records, "record", "records"),
        counted(facts.included.changes, "change before it", "changes before it"),
    )
}

/// Exactly what would be inside.
pub fn inside(bundle: &Bundle, terms: &Terms) -> String {
    let mut text = format!("{}/  for {}\n", bundle.name, terms.recipient.who(terms.provider));
    text.push_str(&format!("  they get: {}\n", terms.recipient.gets(terms.provider)));
    text.push_str(&format!("  but not: {}\n\n", terms.recipient.does_not_get(bundle.account.groups_kept)));
    let longest = bundle.files.iter().map(|file| file.path.len()).max().unwrap_or(0);
    for file in &bundle.files {
        text.push_str(&format!("  {:longest$}  {}\n", file.path, bytes(file.bytes.len() as u64)));
    }
    text.push_str(&format!(
        "  together {} as a file; {} is allowed\n",
        bytes(bundle.archive.len() as u64),
        bytes(terms.takes)
    ));
    text.push_str("\nLeft out\n");
    left_out(bundle).iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    text.push_str("\nReplaced or masked\n");
    for class in Class::ALL {
        text.push_str(&format!("  {:>9}  {}\n", number(bundle.account.count(class)), class.words()));
        if terms.pairs {
            for pair in bundle.pairs.iter().filter(|pair| pair.class == class) {
                text.push_str(&format!("             {} becomes {}\n", shown(&pair.before), shown(&pair.after)));
            }
        }
    }
    let dropped = &bundle.account.dropped;
    if !dropped.is_empty() {
        text.push_str("\nFields of original records that are left out, since it is not known what they hold\n");
        for field in dropped.iter().take(PLACES) {
            text.push_str(&format!("  {:>9}  {}\n", number(field.count), shown(&field.path)));
        }
        let more = dropped.len().saturating_sub(PLACES);
        if more > 0 {
            text.push_str(&format!("  and {more} more, which redaction.json lists\n"));
        }
    }
    text.push_str(&format!("\nChecked: {CHECKED}.\n"));
    text.push_str(&format!("Content hash {}\n", bundle.content_sha256));
    text.push_str("Nothing was written. `--show README.md` prints a file; without --dry-run the bundle is written.\n");
    text
}

/// What is not inside, and how more of it would be.
fn left_out(bundle: &Bundle) -> Vec<String> {
    let mut lines = page::left_out(&bundle.facts);
    if bundle.account.withheld > 0 {
        let texts = counted(bundle.account.withheld, "text", "texts");
        lines.push(format!("{texts} withheld, since it could not be told what is in them."));
    }
    match bundle.facts.left_out.size_limit {
        Some(_) => lines.push(format!("{MORE_ROOM}.")),
        None if bundle.facts.left_out.failures > 0 => lines.push("--max-events allows more.".to_owned()),
        None => {}
    }
    lines
}

/// How there is room for everything.
const MORE_ROOM: &str = "--max-size allows more, if they take it; --since and --until make a bundle of a shorter time";

/// What is missing in a bundle because of how large it may be.
pub fn too_large(facts: &Facts) -> Option<String> {
    let left = &facts.left_out;
    let parts = [
        (left.failures, facts.counted(left.failures)),
        (left.story_events, counted(left.story_events, "event of stories", "events of stories")),
        (left.records_for_size, counted(left.records_for_size, "original record", "original records")),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    left.size_limit.map(|limit| format!("{}; the file may have {} at most", parts.join(", "), bytes(limit)))
}

/// What was written, and what to do with it.
pub fn written(bundle: &Bundle, terms: &Terms, path: &str, mapping: &str) -> String {
    let facts = &bundle.facts;
    let who = terms.recipient.who(terms.provider);
    let mut text = format!("{}  {} for {who}\n", shown(path), bytes(bundle.archive.len() as u64));
    text.push_str(&format!("  {}\n", included(facts)));
    if let Some(missing) = too_large(facts) {
        text.push_str(&format!("  left out: {missing}\n  {MORE_ROOM}\n"));
    }
    text.push_str(&format!("  checked: {CHECKED}\n"));
    text.push_str(&format!("  content hash, to read out on the phone:\n  {}\n", bundle.content_sha256));
    text.push_str(&format!("\nWho is who stays on this computer: {}\n{KEEP_MAPPING}\n", shown(mapping)));
    if let Some(words) = own_words(facts) {
        text.push_str(&format!("\n{words}\n"));
    }
    text.push_str(&format!("\nNext: {NEXT}\n"));
    text
}
