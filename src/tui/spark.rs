//! Small charts of one line: what failed at an application within a day.

use super::look::Glyphs;
use crate::analysis::{Analysis, Of, Series};
use crate::text::time::{DAY, Micros};

/// Parts that the day is cut into at most.
const PARTS: usize = 8;

/// Counts of the parts of a day, each as if it were a whole day, so that days that are cut in another
/// way can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spark(Vec<u64>);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// What failed.
    Failures,
    /// What was tried.
    Attempts,
}

impl Spark {
    /// The last day of the data, at an application; `None` if nothing was counted over time there.
    pub fn of(app: &str, what: Counted, analysis: &Analysis) -> Option<Spark> {
        // Series are in the order of applications, and of all things counted everything comes first.
        let start = analysis.series.partition_point(|series| *series.app < *app);
        let mut own = analysis.series.get(start..)?.iter().take_while(|series| *series.app == *app);
        let series = own.find(|series| series.of == Of::Everything)?;
        Some(Spark::of_series(series, what, analysis.last?))
    }

    fn of_series(series: &Series, what: Counted, last: Micros) -> Spark {
        let width = series.width.max(1);
        let end = last.div_euclid(width) * width + width;
        let is_even = |parts: &usize| {
            let parts = Micros::try_from(*parts).unwrap_or(1);
            DAY % parts == 0 && (DAY / parts) % width == 0
        };
        let parts = (1..=PARTS).rev().find(is_even).unwrap_or(1);
        let length = DAY / Micros::try_from(parts).unwrap_or(1);
        let mut counts = vec![0; parts];
        for point in series.points.iter().rev() {
            let at = series.start + width * Micros::from(point.bucket) - (end - DAY);
            let Some(count) = usize::try_from(at.div_euclid(length)).ok().and_then(|part| counts.get_mut(part)) else {
                break;
            };
            let value = match what {
                Counted::Failures => point.failures,
                Counted::Attempts => point.attempts,
            };
            *count += u64::from(value) * parts as u64;
        }
        Spark(counts)
    }

    /// The greatest count, for a scale that several share.
    pub fn peak(&self) -> u64 {
        self.0.iter().copied().max().unwrap_or_default()
    }

    /// The bars, on a scale that ends at `peak`.
    pub fn picture(&self, peak: u64, glyphs: &Glyphs) -> String {
        let levels = glyphs.bars.len() as u64;
        // One alone is never a full bar.
        let peak = peak.max(levels * self.0.len() as u64);
        let bar = |count: &u64| match count {
            0 => ".",
            count => {
                // Something is never shown as nothing.
                let level = (count * levels / peak).saturating_sub(1);
                usize::try_from(level).ok().and_then(|level| glyphs.bars.get(level)).copied().unwrap_or(".")
            }
        };
        self.0.iter().map(bar).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Mode, Point};
    use crate::text::time::{HOUR, parse};
    use crate::tui::look::{ASCII, FULL};

    fn series(width: Micros, failures: &[u32]) -> Series {
        let points = (0..).zip(failures).map(|(bucket, failures)| Point {
            bucket,
            failures: *failures,
            attempts: 1,
            ..Point::default()
        });
        Series {
            app: "Box".into(),
            app_id: None,
            provider: "okta",
            of: Of::Everything,
            mode: Mode::Rate,
            width,
            start: parse("2026-09-01T00:00:00Z").unwrap(),
            buckets: failures.len() as u32,
            before: Point::default(),
            points: points.collect(),
            dispersion: 1.0,
        }
    }

    #[test]
    fn it_is_the_last_day_and_what_is_older_does_not_count() {
        let mut failures = [0; 48];
        failures[20] = 1_000;
        (failures[24], failures[47]) = (40, 80);
        let series = series(HOUR, &failures);
        let last = series.start + 2 * DAY - 1;
        let spark = Spark::of_series(&series, Counted::Failures, last);
        assert_eq!(spark.picture(spark.peak(), &FULL), "▄......█");
        assert_eq!(spark.picture(spark.peak() * 2, &ASCII), ".......-");
        assert_eq!(Spark::of_series(&series, Counted::Attempts, last).0, [24; 8]);
    }

    #[test]
    fn buckets_that_do_not_fit_into_eight_parts_make_fewer() {
        let two_hours = series(2 * HOUR, &[1; 12]);
        let spark = Spark::of_series(&two_hours, Counted::Failures, two_hours.start + DAY - 1);
        assert_eq!(spark.0, [12; 6]);
    }

    #[test]
    fn a_single_failure_is_a_low_bar() {
        let spark = Spark(vec![0, 8]);
        assert_eq!(spark.picture(8, &FULL), ".▄");
        assert_eq!(Spark(vec![0, 0, 0, 0, 0, 0, 0, 8]).picture(8, &FULL), ".......▁");
    }
}
