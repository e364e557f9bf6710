//! Tables of a bundle: for spreadsheets of strangers, so every cell is quoted and none is a formula.

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use crate::output::csv::guarded;

/// Rows that are added one by one.
pub(super) struct Table {
    rows: Writer<Vec<u8>>,
}

impl Table {
    /// A table with these names of columns.
    pub(super) fn new(columns: &[&str]) -> Table {
        let rows = WriterBuilder::new()
            .quote_style(QuoteStyle::Always)
            .terminator(Terminator::CRLF)
            .flexible(true)
            .from_writer(Vec::new());
        let mut table = Table { rows };
        table.row(columns);
        table
    }

    /// Adds a row.
    pub(super) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        // Memory takes whatever is written to it.
        let _ = self.rows.write_record(cells.iter().map(|cell| guarded(cell.as_ref()).into_owned()));
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        String::from_utf8(self.rows.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_quoted_and_none_is_a_formula() {
        let mut table = Table::new(&["a", "b"]);
        table.row(&["=1+1", "say \"no\""]);
        assert_eq!(table.finish(), "\"a\",\"b\"\r\n\"'=1+1\",\"say \"\"no\"\"\"\r\n");
    }
}
