//! Commands of GitHub Actions, and the summary of a step.

use super::finding::Finding;
use super::text::{headline_of, title};
use super::verdict::{Hit, Judged, Status, Verdict, Waived};
use super::{View, inert};
use crate::output::page::{counted, number};
use crate::text::width::truncate;

/// GitHub shows ten errors and ten warnings of a step; the last one says how many more there are.
const SHOWN: usize = 9;
/// Columns of a message.
const MESSAGE: usize = 1_000;
/// Rows of the summary.
const ROWS: usize = 500;
/// Above 1024 KiB GitHub refuses the whole summary.
const MAX_SUMMARY_BYTES: usize = 1_000 * 1_024;

/// What is printed: the verdict, and a command for each finding that fails.
pub fn render(view: &View<'_>) -> String {
    let mut out = headline_of(view);
    let mut errors: Vec<String> = Vec::new();
    if let Verdict::Withheld(_, why) = &view.checked.verdict {
        errors.push(command("error", "provlens check: not evaluated", why));
    }
    for judged in view.checked.ended(Status::Failed) {
        if judged.gate.adds_up() {
            errors.push(sum(judged, view));
        } else {
            errors.extend(judged.failing().filter_map(|hit| error(judged, hit, view)));
        }
    }
    let mut warnings: Vec<String> = Vec::new();
    if !matches!(view.checked.verdict, Verdict::Withheld(..)) {
        let missing = view.checked.ended(Status::NotEvaluated);
        warnings
            .extend(missing.map(|judged| command("warning", &format!("not evaluated: {}", judged.gate), &judged.why)));
    }
    warnings.extend(view.checked.waived().filter_map(|Waived { judged, hit, waiver }| {
        let waiver = view.checked.waivers.entries().get(waiver)?;
        let finding = view.checked.findings.get(hit.finding)?;
        let until = format!("{}; waived until {} ({})", hit.what, waiver.until, waiver.reason);
        Some(command("warning", &format!("waived: {}: {}", judged.gate, heading(finding)), &until))
    }));
    for (kind, commands) in [("error", errors), ("warning", warnings)] {
        let more = commands.len().saturating_sub(SHOWN);
        // Ten of ten can be shown as they are.
        let shown = if more == 1 { SHOWN + 1 } else { SHOWN };
        commands.iter().take(shown).for_each(|line| out.push_str(line));
        if more > 1 {
            let count = counted(more as u64, "finding", "findings");
            out.push_str(&command(kind, "provlens check", &format!("and {count} more")));
        }
    }
    for remark in &view.checked.remarks {
        out.push_str(&format!("note: {}\n", inert(remark)));
    }
    out
}

fn heading(finding: &Finding) -> String {
    format!("{}: {}", View::app(finding), truncate(&finding.title, 100))
}

/// One command for all that a sum is made of.
fn sum(judged: &Judged, view: &View<'_>) -> String {
    let parts = view.parts(judged).join("; ");
    command("error", &format!("failed: {}", judged.gate), &format!("{}. Most of them: {parts}", judged.why))
}

fn error(judged: &Judged, hit: &Hit, view: &View<'_>) -> Option<String> {
    let finding = view.checked.findings.get(hit.finding)?;
    let step = finding.step.as_ref().map(|step| format!(". Do: {step}")).unwrap_or_default();
    let text = format!("{}{step} ({}; {}; {})", hit.what, judged.gate, finding.key.rule, hit.why());
    Some(command("error", &heading(finding), &text))
}

/// One command on a line of its own. Whatever log or rule it tells of, it stays one.
fn command(kind: &str, title: &str, text: &str) -> String {
    let title = truncate(&inert(title), MESSAGE);
    let text = truncate(&inert(text), MESSAGE);
    format!("::{kind} title={}::{}\n", escape_property(&title), escape_text(&text))
}

/// As GitHub's own tools write the text of a command.
fn escape_text(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same of a property, which a colon or a comma would end.
fn escape_property(text: &str) -> String {
    escape_text(text).replace(':', "%3A").replace(',', "%2C")
}

/// The summary of the step in Markdown, in at most so many bytes as are left in its file.
pub fn summary(view: &View<'_>, already: u64) -> String {
    let mut out =
        format!("### {}\n\n| gate | status | why |\n| --- | --- | --- |\n", markdown(headline_of(view).trim_end()));
    for judged in &view.checked.gates {
        out.push_str(&row(&[&judged.gate.name, judged.status.word(), &judged.why]));
    }
    let rows: Vec<String> = view.checked.failing().filter_map(|(judged, hit)| summary_row(judged, hit, view)).collect();
    if !rows.is_empty() {
        out.push_str("\n| app | finding | what | why it failed |\n| --- | --- | --- | --- |\n");
        rows.iter().take(ROWS).for_each(|row| out.push_str(row));
    }
    let left = rows.len().saturating_sub(ROWS) as u64;
    if left > 0 {
        out.push_str(&format!("\nand {} more\n", number(left)));
    }
    for remark in &view.checked.remarks {
        out.push_str(&format!("\nNote: {}\n", markdown(remark)));
    }
    out.push('\n');
    cut(out, MAX_SUMMARY_BYTES.saturating_sub(usize::try_from(already).unwrap_or(usize::MAX)))
}

fn summary_row(judged: &Judged, hit: &Hit, view: &View<'_>) -> Option<String> {
    let finding = view.checked.findings.get(hit.finding)?;
    let why = format!("{}: {}", judged.gate, hit.why());
    Some(row(&[&View::app(finding), &title(finding), &hit.what, &why]))
}

fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| markdown(&truncate(cell, MESSAGE))).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// Whole lines in at most so many bytes, and a word that there were more.
fn cut(text: String, room: usize) -> String {
    const MORE: &str = "\n(cut: the summary is too long for GitHub)\n";
    if text.len() <= room {
        return text;
    }
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        if out.len() + line.len() + MORE.len() > room {
            break;
        }
        out.push_str(line);
    }
    if out.len() + MORE.len() <= room {
        out.push_str(MORE);
    }
    out
}

/// Text that shows in Markdown as it is: no markup, no link, nobody called.
fn markdown(text: &str) -> String {
    // An invisible joiner ends an address or a name where GitHub would begin one.
    const JOINER: char = '\u{2060}';
    let mut out = String::new();
    for c in inert(text).chars() {
        match c {
            '@' | '#' => out.extend([c, JOINER]),
            '.' if out.ends_with("www") => out.extend([JOINER, c]),
            '/' if out.ends_with(':') => out.extend([JOINER, c]),
            c if c.is_ascii_punctuation()
                && !matches!(c, '.' | ',' | '-' | ':' | ';' | '/' | '%' | '?' | '\'' | '(' | ')' | '=') =>
            {
                out.extend(['\\', c]);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command as the runner reads it: name, properties, text.
    fn parse(line: &str) -> (String, Vec<(String, String)>, String) {
        let rest = line.strip_prefix("::").unwrap();
        let (head, text) = rest.split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let decode = |text: &str, pairs: &[(&str, &str)]| {
            pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
        };
        let in_text = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
        let in_property = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
        let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
        let properties = properties.map(|(name, value)| (name.to_owned(), decode(value, &in_property))).collect();
        (name.to_owned(), properties, decode(text, &in_text))
    }

    #[test]
    fn i5_a_command_stays_one_whatever_is_in_it() {
        for hostile in ["::add-mask::x", "a\n::error::b", "100%, really: 50%0A", "\u{1b}[2J", "##[group]x", "a,file=b"]
        {
            let line = command("error", hostile, hostile);
            assert_eq!(line.matches('\n').count(), 1);
            let (name, properties, text) = parse(line.trim_end());
            assert_eq!((name.as_str(), properties.len()), ("error", 1), "{line}");
            assert_eq!((properties[0].0.as_str(), &properties[0].1), ("title", &inert(hostile)), "{line}");
            assert_eq!(text, inert(hostile));
            assert!(!line.trim_start_matches("::").replacen("::", "", 1).contains("::"), "{line}");
            assert!(!line.contains("##["), "{line}");
        }
    }

    #[test]
    fn a_summary_calls_nobody_and_has_no_link_of_a_log() {
        let text = markdown("[x](https://e.example) @everyone <img> | `c` #12 www.e.example");
        assert_eq!(
            text,
            "\\[x\\](https:\u{2060}//e.example) @\u{2060}everyone \\<img\\> \\| \\`c\\` #\u{2060}12 www\u{2060}.e.example"
        );
    }

    #[test]
    fn a_summary_is_cut_between_lines_and_says_so() {
        let text = "line\n".repeat(100);
        assert_eq!(cut(text.clone(), 500), text);
        let short = cut(text, 100);
        assert!(short.len() <= 100 && short.starts_with("line\nline\n") && short.ends_with("too long for GitHub)\n"));
        assert_eq!(cut("line\n".to_owned(), 3), "");
    }
}
