//! One row of a table: where it ends, and its cells.
//!
//! Quoted cells may hold line ends, so a quote that is never closed swallows the rest of a file, or with
//! the next quote turns cells inside out. Whoever cuts rows needs to look at what such a row holds, which
//! a reader that gives whole rows does not let one do.

use std::borrow::Cow;

/// Length of the row at the start of `bytes` with its line end; `None` if it does not end there.
pub(super) fn end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = 0;
    // A quote opens a cell where the cell begins, and is a letter anywhere else.
    let mut cell = 0;
    loop {
        let rest = bytes.get(at..)?;
        if at == cell && rest.first() == Some(&b'"') {
            at = closing_quote(bytes, at + 1)? + 1;
            continue;
        }
        let found = at + memchr::memchr3(delimiter, b'\n', b'\r', rest)?;
        match bytes.get(found) {
            Some(b'\n') => return Some(found + 1),
            Some(b'\r') => match bytes.get(found + 1) {
                Some(b'\n') => return Some(found + 2),
                Some(_) => return Some(found + 1),
                // Whether it is one line end or half of one is seen when more is there.
                None => return None,
            },
            _ => (at, cell) = (found + 1, found + 1),
        }
    }
}

/// Whether the last cell of a row that does not end is quoted, and its quote not closed.
pub(super) fn is_open(bytes: &[u8], delimiter: u8) -> bool {
    let (mut at, mut cell) = (0, 0);
    while let Some(rest) = bytes.get(at..) {
        if at == cell && rest.first() == Some(&b'"') {
            match closing_quote(bytes, at + 1) {
                Some(close) => at = close + 1,
                None => return true,
            }
            continue;
        }
        match memchr::memchr(delimiter, rest) {
            Some(found) => (at, cell) = (at + found + 1, at + found + 1),
            None => return false,
        }
    }
    false
}

/// The place of the quote that ends a quoted cell; two of them are one that stands in it.
fn closing_quote(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// The cells of a whole row.
pub(super) fn cells(row: &[u8], delimiter: u8) -> Vec<Cow<'_, [u8]>> {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    let row = row.strip_suffix(b"\r").unwrap_or(row);
    let mut cells = Vec::new();
    let mut rest = row;
    loop {
        let (cell, behind) = cell(rest, delimiter);
        cells.push(cell);
        match behind {
            Some(behind) => rest = behind,
            None => return cells,
        }
    }
}

/// The first cell, and what stands behind its delimiter.
fn cell(row: &[u8], delimiter: u8) -> (Cow<'_, [u8]>, Option<&[u8]>) {
    let Some(quoted) = row.strip_prefix(b"\"") else {
        return match memchr::memchr(delimiter, row) {
            Some(at) => (Cow::Borrowed(row.get(..at).unwrap_or_default()), row.get(at + 1..)),
            None => (Cow::Borrowed(row), None),
        };
    };
    let close = closing_quote(quoted, 0).unwrap_or(quoted.len());
    let inner = quoted.get(..close).unwrap_or_default();
    let after = quoted.get(close + 1..).unwrap_or_default();
    let (tail, behind) = match memchr::memchr(delimiter, after) {
        Some(at) => (after.get(..at).unwrap_or_default(), after.get(at + 1..)),
        None => (after, None),
    };
    if !inner.contains(&b'"') && tail.is_empty() {
        return (Cow::Borrowed(inner), behind);
    }
    let mut text = Vec::with_capacity(inner.len() + tail.len());
    let mut doubled = false;
    for byte in inner {
        doubled = *byte == b'"' && !doubled;
        if !doubled {
            text.push(*byte);
        }
    }
    text.extend_from_slice(tail);
    (Cow::Owned(text), behind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let (mut rows, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let length = end(rest, b',').unwrap_or(rest.len());
            let (row, behind) = rest.split_at(length);
            if !row.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
                rows.push(cells(row, b',').into_iter().map(Cow::into_owned).collect());
            }
            rest = behind;
        }
        rows
    }

    /// Whether whole rows end there.
    fn rows_end_at(text: &[u8], at: usize) -> bool {
        let mut from = 0;
        while from < at {
            match end(&text[from..], b',') {
                Some(length) => from += length,
                None => return false,
            }
        }
        from == at
    }

    #[test]
    fn e1_cells_are_what_a_spreadsheet_wrote() {
        let text = b"a,\"b \"\"c\"\"\",\"d\r\ne\",\r\n\"f\"g,h\"i,\"\",j";
        let wanted: [&[&[u8]]; 2] = [&[b"a", b"b \"c\"", b"d\r\ne", b""], &[b"fg", b"h\"i", b"", b"j"]];
        assert_eq!(rows(text), wanted);
    }

    proptest! {
        /// The reader of a library that many tables were read with agrees.
        #[test]
        fn any_text_has_the_cells_that_others_find(text in r#"([a-c,"\r\n ]|""|,"|",){0,40}"#) {
            // A quote that is not closed is what they have no answer for.
            let last = (0..=text.len()).rev().find(|at| rows_end_at(text.as_bytes(), *at)).unwrap_or_default();
            prop_assume!(!is_open(&text.as_bytes()[last..], b','));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<Vec<u8>>> =
                reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
            prop_assert_eq!(rows(text.as_bytes()), theirs);
        }

        #[test]
        fn any_bytes_are_cut_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = (rows(&bytes), is_open(&bytes, b','));
        }
    }
}
