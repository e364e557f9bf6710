//! Failures over time as letters.

use super::look::Glyphs;
pub use crate::analysis::{Bar, Chart, Failures};

impl Chart {
    /// What stands in a row of `rows`, counted from the top, of each bar.
    pub fn row(&self, row: usize, rows: usize, glyphs: &Glyphs) -> Vec<&'static str> {
        let (peak, levels) = (self.peak().max(1), glyphs.bars.len() as u64);
        let below = (rows.saturating_sub(row + 1)) as u64 * levels;
        let full = glyphs.bars.last().copied().unwrap_or(" ");
        let cell = |bar: &Bar| {
            // Something is never shown as nothing.
            let height = (u128::from(bar.count) * rows as u128 * u128::from(levels) / u128::from(peak)) as u64;
            let height = height.max(u64::from(bar.count > 0));
            match height.saturating_sub(below) {
                0 => " ",
                part if part >= levels => full,
                part => glyphs.bars.get(part as usize - 1).copied().unwrap_or(full),
            }
        };
        self.bars.iter().map(cell).collect()
    }
}

#[cfg(test)]
mod tests;
