//! How an issue goes on: rising, steady, falling, none lately.

use super::look::Glyphs;
use crate::analysis::{Analysis, Issue, Of, Series};

/// Parts that the covered time is cut into.
const PARTS: usize = 4;

/// Failures in each quarter of the covered time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trend([u64; PARTS]);

/// The trend of an issue, if its failures were counted over time.
pub fn of(issue: &Issue, analysis: &Analysis) -> Option<Trend> {
    let wanted = match (issue.rule, &issue.shape) {
        (Some(rule), _) => Of::Rule(rule),
        (None, Some(shape)) => Of::Unknown(shape.clone()),
        (None, None) => return None,
    };
    let app = issue.app.as_deref()?;
    let series = analysis.series.iter().find(|series| *series.app == *app && series.of == wanted)?;
    Some(Trend::in_quarters(series))
}

impl Trend {
    fn in_quarters(series: &Series) -> Trend {
        let mut parts = [0; PARTS];
        for point in &series.points {
            let part = point.bucket as usize * PARTS / (series.buckets as usize).max(1);
            if let Some(sum) = parts.get_mut(part.min(PARTS - 1)) {
                *sum += u64::from(point.failures);
            }
        }
        Trend(parts)
    }

    /// The word for it: the last quarter compared with the others.
    pub fn word(self) -> &'static str {
        let Trend([a, b, c, last]) = self;
        let before = a + b + c;
        match () {
            // Not "over": the issue beside it may be said to go on, since nothing has succeeded since.
            () if last == 0 => "none lately",
            () if before == 0 => "new",
            () if last * 3 >= before * 2 => "rising",
            () if last * 6 <= before => "falling",
            () => "steady",
        }
    }

    /// Four bars and an arrow.
    pub fn picture(self, glyphs: &Glyphs) -> String {
        let Trend(parts) = self;
        let most = parts.iter().copied().max().unwrap_or_default().max(1);
        let top = glyphs.bars.len();
        let mut out = String::new();
        for part in parts {
            // Something is never shown as nothing.
            let bar = usize::try_from(part * top as u64 / most).unwrap_or_default().saturating_sub(1);
            out.push_str(if part == 0 { "." } else { glyphs.bars.get(bar).copied().unwrap_or(".") });
        }
        out.push_str(self.arrow(glyphs).unwrap_or("."));
        out
    }

    /// The sign for it, if it goes on.
    pub fn arrow(self, glyphs: &Glyphs) -> Option<&'static str> {
        match self.word() {
            "rising" | "new" => Some(glyphs.rising),
            "steady" => Some(glyphs.steady),
            "falling" => Some(glyphs.falling),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::look::{ASCII, FULL};

    #[test]
    fn the_last_quarter_is_compared_with_the_others() {
        for (parts, word, full, ascii) in [
            ([10, 20, 60, 80], "rising", "▁▂▆█↑", "__=#^"),
            ([3, 3, 3, 3], "steady", "████→", "####~"),
            ([50, 30, 10, 2], "falling", "█▄▁▁↓", "#-__v"),
            ([0, 0, 0, 7], "new", "...█↑", "...#^"),
            ([0, 0, 9, 0], "none lately", "..█..", "..#.."),
        ] {
            let trend = Trend(parts);
            assert_eq!(
                (trend.word(), trend.picture(&FULL), trend.picture(&ASCII)),
                (word, full.to_owned(), ascii.to_owned())
            );
        }
    }
}
