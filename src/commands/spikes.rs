//! What the user says counts as a spike.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fail;
use crate::analysis::spikes::Settings;
use crate::cli::{Sensitivity, SpikeArgs};
use crate::exit::ExitStatus;
use crate::text::time::{DAY, HOUR, Micros};

/// A minute, the unit of the shortest periods.
const MINUTE: Micros = HOUR / 60;
/// A spike has so many failures at least.
const FEWEST: u64 = 5;
/// Bytes of the largest file of holidays.
const LARGEST: u64 = 1 << 20;

/// The settings that the arguments ask for; days are those of the zone.
pub(super) fn settings(args: &SpikeArgs, zone: &TimeZone) -> Result<Settings, ExitStatus> {
    let wrong = |what: String| Err(fail(ExitStatus::Usage, &what));
    if args.min_failures < FEWEST {
        return wrong(format!(
            "--min-failures {}: fewer than {FEWEST} failures more than usual are never a spike; use {FEWEST} or more",
            args.min_failures
        ));
    }
    if !(args.min_ratio >= 1.0 && args.min_ratio.is_finite()) {
        return wrong(format!("--min-ratio {}: use a number from 1 on, such as 2 or 3.5", args.min_ratio));
    }
    let bucket = match &args.bucket {
        None => None,
        Some(text) => match length(text) {
            Some(length) => Some(length),
            None => {
                return wrong(format!(
                    "--bucket {text}: use a length from 15m to 24h that divides a day, such as 30m, 1h or 6h"
                ));
            }
        },
    };
    let holidays = match &args.holidays {
        None => BTreeSet::new(),
        Some(path) => match holidays(path) {
            Ok(holidays) => holidays,
            Err(what) => return wrong(format!("--holidays {}: {what}", path.display())),
        },
    };
    Ok(Settings {
        alpha: match args.sensitivity {
            Sensitivity::Low => 1e-6,
            Sensitivity::Normal => 1e-5,
            Sensitivity::High => 1e-4,
        },
        min_failures: args.min_failures,
        min_ratio: args.min_ratio,
        bucket,
        holidays,
        zone: zone.clone(),
    })
}

/// `15m`, `2h`, `1d`, if days can be divided by it.
fn length(text: &str) -> Option<Micros> {
    let unit = text.chars().last()?;
    let count: Micros = text.get(..text.len() - unit.len_utf8())?.parse().ok()?;
    let unit = match unit {
        'm' => MINUTE,
        'h' => HOUR,
        'd' => DAY,
        _ => return None,
    };
    let length = count.checked_mul(unit)?;
    ((15 * MINUTE..=DAY).contains(&length) && DAY % length == 0).then_some(length)
}

/// The dates of a file, one on each line; `#` starts a remark.
fn holidays(path: &Path) -> Result<BTreeSet<Date>, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > LARGEST {
        return Err("too large for a list of holidays".to_owned());
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut dates = BTreeSet::new();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let date = line.parse().map_err(|_| format!("line {number}: `{line}` is no date such as 2026-12-25"))?;
        dates.insert(date);
    }
    Ok(dates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_divide_a_day() {
        let minutes = |text: &str| length(text).map(|length| length / MINUTE);
        assert_eq!(["15m", "1h", "90m", "24h", "1d"].map(minutes), [15, 60, 90, 1440, 1440].map(Some));
        for text in ["", "h", "10m", "7h", "25h", "2d", "1w", "-1h", "1 h", "99999999999999999h", "ü"] {
            assert_eq!(length(text), None, "{text}");
        }
    }

    #[test]
    fn a_higher_sensitivity_asks_for_less() {
        let alpha = |sensitivity| {
            let args = SpikeArgs { sensitivity, ..SpikeArgs::default() };
            settings(&args, &TimeZone::UTC).unwrap().alpha
        };
        assert!(alpha(Sensitivity::Low) < alpha(Sensitivity::Normal));
        assert_eq!(alpha(Sensitivity::Normal), Settings::default().alpha);
        assert!(alpha(Sensitivity::Normal) < alpha(Sensitivity::High));
    }

    #[test]
    fn holidays_are_dates_with_remarks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("holidays");
        fs::write(&path, "\u{feff}2026-12-25  # Christmas\n\n# more\n2027-01-01\n").unwrap();
        assert_eq!(holidays(&path).unwrap().len(), 2);
        fs::write(&path, "2026-12-25\nEaster\n").unwrap();
        assert_eq!(holidays(&path), Err("line 2: `Easter` is no date such as 2026-12-25".to_owned()));
        assert!(holidays(&folder.path().join("none")).is_err());
    }
}
