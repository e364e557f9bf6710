//! A time that can be read is printed as text that is read as the same time; whatever a standard reader and ours both
//! read, they read as the same; and the clock on the wall never goes wrong.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use provlens::text::time::{self, DAY, Micros};

use super::input::{Input, text};

/// 9000-01-01: what is later means "never".
const END: Micros = 221_845_392_000 * time::SECOND;

pub(crate) fn run(data: &[u8]) {
    let words = text(data);
    if let Some(at) = time::parse(&words) {
        assert!((0..END).contains(&at), "{at}");
        printed(at);
        // A leap second is the next second here, and the one before there.
        if let Ok(stamp) = words.trim().parse::<Timestamp>()
            && !words.contains(":60")
            && !words.contains('[')
        {
            assert_eq!(stamp.as_microsecond(), at, "{words:?}");
        }
    }
    let berlin = time::zone("Europe/Berlin").unwrap_or(TimeZone::UTC);
    for zone in [&TimeZone::UTC, &berlin] {
        if let Some(bound) = time::parse_bound(&words, Some(20_000 * DAY), zone) {
            drop((time::minute(bound, zone), time::second(bound, zone), time::end_of_day(&words, zone)));
        }
    }
    let mut input = Input(data);
    let (one, two) = (input.i64().rem_euclid(END), input.i64().rem_euclid(END));
    printed(one);
    // Seconds and an offset: in UTC the order of the words is that of the times.
    let words = [one, two].map(|at| time::second(at, &TimeZone::UTC));
    let seconds = [one, two].map(|at| at.div_euclid(time::SECOND));
    assert_eq!(words[0].cmp(&words[1]), seconds[0].cmp(&seconds[1]), "{words:?}");
}

fn printed(at: Micros) {
    let words = time::rfc3339(at);
    assert_eq!(time::parse(&words), Some(at), "{words}");
}
