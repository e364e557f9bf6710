//! How an issue goes on: rising, steady, falling, none lately.

use super::look::Glyphs;
use crate::analysis::{Analysis, Issue, Of, Series, State};

/// Parts that the covered time is cut into.
const PARTS: usize = 4;

/// Failures in each quarter of the covered time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trend {
    parts: [u64; PARTS],
    /// Everyone for whom it failed has since succeeded: then it does not rise, however late it was.
    is_over: bool,
}

/// The trend of an issue, if its failures were counted over time.
pub fn of(issue: &Issue, analysis: &Analysis) -> Option<Trend> {
    let wanted = match (issue.rule, &issue.shape) {
        (Some(rule), _) => Of::Rule(rule),
        (None, Some(shape)) => Of::Unknown(shape.clone()),
        (None, None) => return None,
    };
    let app = issue.app.as_deref()?;
    let series = analysis.series.iter().find(|series| *series.app == *app && series.of == wanted)?;
    let parts = in_quarters(series)?;
    Some(Trend { parts, is_over: issue.state == State::Recovered })
}

impl Trend {
    /// The word for it: the last quarter compared with the others.
    pub fn word(self) -> &'static str {
        let [a, b, c, last] = self.parts;
        let before = a + b + c;
        match () {
            () if self.is_over => "recovered",
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
        let parts = self.parts;
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

/// `None` where all is in one bucket: there is nothing to compare it with.
fn in_quarters(series: &Series) -> Option<[u64; PARTS]> {
    // Logs cover only a part of the bucket before the first one; it counts if anything was in it.
    let has_before = series.before.attempts + series.before.failures > 0;
    let buckets = u64::from(series.buckets) + u64::from(has_before);
    if buckets < 2 {
        return None;
    }
    let before = Some((0, series.before.failures)).filter(|_| has_before);
    let points = series.points.iter().map(|point| (point.bucket + u32::from(has_before), point.failures));
    let mut parts = [0; PARTS];
    for (bucket, failures) in before.into_iter().chain(points) {
        let bucket = u64::from(bucket).min(buckets - 1);
        for (part, sum) in (0..).zip(&mut parts) {
            *sum += u64::from(failures) * shared(bucket, part, buckets);
        }
    }
    Some(parts)
}

/// How much of a bucket lies in one of the parts, where a bucket is `PARTS` long and a part as long as there are
/// buckets: so also few buckets are divided fairly.
fn shared(bucket: u64, part: u64, buckets: u64) -> u64 {
    let length = PARTS as u64;
    let start = (bucket * length).max(part * buckets);
    let end = ((bucket + 1) * length).min((part + 1) * buckets);
    end.saturating_sub(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Point;
    use crate::tui::look::{ASCII, FULL};
    use crate::tui::tests::series;

    #[test]
    fn few_periods_are_divided_fairly() {
        let word = |before: u32, periods: &[u32]| {
            let points =
                (0..).zip(periods).map(|(bucket, failures)| Point { bucket, failures: *failures, ..Point::default() });
            let few = Series {
                buckets: periods.len() as u32,
                before: Point { failures: before, ..Point::default() },
                points: points.collect(),
                ..series(Of::Rule(0), [0; 4])
            };
            in_quarters(&few).map(|parts| Trend { parts, is_over: false }.word())
        };
        assert_eq!(word(0, &[1]), None, "one period is compared with nothing");
        assert_eq!(word(15, &[15]), Some("steady"), "the period that is covered in part counts too");
        assert_eq!(word(0, &[15, 15]), Some("steady"));
        assert_eq!(word(0, &[13, 14, 13]), Some("steady"));
        assert_eq!(word(0, &[1, 14, 30]), Some("rising"));
        assert_eq!(word(0, &[9, 9, 0]), Some("none lately"));
        assert_eq!(word(0, &[8, 8, 8, 8, 8]), Some("steady"));
        assert_eq!(word(0, &[0, 0, 0, 7]), Some("new"));
    }

    #[test]
    fn the_last_quarter_is_compared_with_the_others() {
        for (parts, word, full, ascii) in [
            ([10, 20, 60, 80], "rising", "▁▂▆█↑", "__=#^"),
            ([3, 3, 3, 3], "steady", "████→", "####~"),
            ([50, 30, 10, 2], "falling", "█▄▁▁↓", "#-__v"),
            ([0, 0, 0, 7], "new", "...█↑", "...#^"),
            ([0, 0, 9, 0], "none lately", "..█..", "..#.."),
        ] {
            let trend = Trend { parts, is_over: false };
            assert_eq!(
                (trend.word(), trend.picture(&FULL), trend.picture(&ASCII)),
                (word, full.to_owned(), ascii.to_owned())
            );
        }
    }

    #[test]
    fn what_is_over_does_not_rise() {
        let trend = Trend { parts: [0, 0, 0, 7], is_over: true };
        assert_eq!((trend.word(), trend.picture(&FULL)), ("recovered", "...█.".to_owned()));
    }
}
