//! Small charts of one line: the last 24 hours at an application.

use super::look::Glyphs;
use crate::analysis::{Health, Lately};

/// Counts of the parts of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spark<const PARTS: usize>([u64; PARTS]);

/// The last day at an application: what failed, or what was tried at one that went quiet, where
/// nothing fails any more.
pub fn of(health: Health, lately: &Lately) -> Spark<{ Lately::PARTS }> {
    Spark(lately.parts.map(|part| if health == Health::Quiet { part.attempts } else { part.failures }))
}

impl<const PARTS: usize> Spark<PARTS> {
    /// The greatest count, for a scale that several share.
    pub fn peak(&self) -> u64 {
        self.0.iter().copied().max().unwrap_or_default()
    }

    /// The bars, on a scale that ends at `peak`.
    pub fn picture(&self, peak: u64, glyphs: &Glyphs) -> String {
        let levels = glyphs.bars.len() as u64;
        // One alone is never a full bar.
        let peak = peak.max(levels);
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
    use crate::analysis::Part;
    use crate::tui::look::{ASCII, FULL};

    #[test]
    fn bars_share_a_scale_and_a_single_failure_is_a_low_one() {
        let spark = Spark([40, 0, 0, 80]);
        assert_eq!(spark.picture(spark.peak(), &FULL), "▄..█");
        assert_eq!(spark.picture(spark.peak() * 2, &ASCII), "_..-");
        assert_eq!(Spark([0, 0, 1]).picture(1, &FULL), "..▁");
    }

    #[test]
    fn of_an_app_that_went_quiet_one_sees_what_was_tried() {
        let mut lately = Lately::default();
        lately.parts[0] = Part { attempts: 9, failures: 1 };
        assert_eq!((of(Health::Quiet, &lately).peak(), of(Health::Degraded, &lately).peak()), (9, 1));
    }
}
