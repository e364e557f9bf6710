//! What the first bytes of an input say about all of it: an export that lost fields on its way.

use crate::decode;
use crate::error::{Problem, ProblemKind};
use crate::frame;

/// What PowerShell writes in place of what is nested deeper than it was told to go.
const CUT_BRANCHES: [&[u8]; 3] = [b"\"System.Object[]\"", b"\"System.Collections.Hashtable\"", b"\"@{"];

/// What is to be said of an input that begins like this.
pub(super) fn of(head: &[u8]) -> Vec<Problem> {
    let columns = frame::columns(head);
    let missing = decode::missing_columns(&columns);
    let missing = (!missing.is_empty()).then(|| {
        let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        let what = format!("the table has no column {}; download it again with all columns", names.join(", "));
        problem(0, head, what)
    });
    let what = "this export lost its nested fields: PowerShell writes two levels only; export it again with `ConvertTo-Json -Depth 20`";
    let cut = cut_branch(head).map(|at| problem(at, head, what.to_owned()));
    missing.into_iter().chain(cut).collect()
}

fn problem(at: usize, head: &[u8], detail: String) -> Problem {
    let line = 1 + head.iter().take(at).filter(|byte| **byte == b'\n').count() as u64;
    Problem { line, offset: at as u64, kind: ProblemKind::MissingField, detail, lost: false }
}

/// Where the first branch is that was cut off. It is the whole of a text; a message that quotes one is not.
fn cut_branch(head: &[u8]) -> Option<usize> {
    let is_whole = |at: usize, mark: &[u8]| {
        let before = head.get(..at).unwrap_or_default().trim_ascii_end();
        let is_value = matches!(before.last(), Some(b':' | b'[' | b',' | b'\n'));
        let named = |rest: &[u8]| rest.iter().find(|byte| !byte.is_ascii_alphanumeric()) == Some(&b'=');
        is_value && (!mark.ends_with(b"@{") || head.get(at + mark.len()..).is_some_and(named))
    };
    let first = |mark: &&[u8]| memchr::memmem::find_iter(head, mark).find(|at| is_whole(*at, mark));
    CUT_BRANCHES.iter().filter_map(first).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c3_branches_that_powershell_cut_off_are_found() {
        for text in [
            "{\n  \"steps\":  \"System.Object[]\"\n}",
            "[{\"by\":\"@{id=x; displayName=y}\"}]",
            "{\"by\":\"System.Collections.Hashtable\"}",
            "{\"steps\":[\"@{name=a}\"]}",
            "\"a\",\"b\",\"c\"\n\"1\",\"System.Object[]\",\"2\"\n",
        ] {
            let found = of(text.as_bytes());
            assert!(found.len() == 1 && found[0].detail.contains("-Depth 20"), "{text}: {found:?}");
        }
        for text in [
            "{\"message\":\"cannot convert \\\"System.Object[]\\\" to text\"}",
            "{\"message\":\"@{ is how it begins\"}",
            "{\"a\":\"@{\"}",
        ] {
            assert_eq!(of(text.as_bytes()), [], "{text}");
        }
    }

    #[test]
    fn e3_a_column_that_is_needed_and_not_there_is_named() {
        let said =
            |header: &str| of(header.as_bytes()).iter().map(|problem| problem.detail.clone()).collect::<String>();
        assert_eq!(said("ID,Date,Change ID,Job ID,Action,Status\n"), "");
        assert!(said("ID,Change ID,Job ID,Action,Status\n").contains("no column `Date`;"));
        assert!(said("ID,Date,Change ID,Job ID,Status\n").contains("no column `Action`;"));
        assert!(said("ID,Change ID,Job ID,Action\n").contains("no column `Date`, `Status`;"));
        assert_eq!(said("Change ID,Name,Type,Status,Description\n"), "", "another table");
    }
}
