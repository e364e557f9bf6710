//! Spans of time in words.

use super::time::{DAY, HOUR, Micros, SECOND};

const MINUTE: Micros = 60 * SECOND;

/// `38 min`: as short as it is useful, and never less than it was.
pub fn words(span: Micros) -> String {
    let up = |unit: Micros| span / unit + Micros::from(span % unit > 0);
    match span {
        _ if span <= 0 => "0 s".to_owned(),
        _ if span <= MINUTE => format!("{} s", up(SECOND)),
        _ if span <= 2 * HOUR => format!("{} min", up(MINUTE)),
        _ if span <= 2 * DAY => {
            let minutes = up(MINUTE);
            match minutes % 60 {
                0 => format!("{} h", minutes / 60),
                rest => format!("{} h {rest} min", minutes / 60),
            }
        }
        _ => format!("{} days", up(DAY)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short_and_never_less_than_they_were() {
        let spans =
            [0, 1, SECOND, 59 * SECOND + 1, 61 * SECOND, 38 * MINUTE, 2 * HOUR, 2 * HOUR + 1, 5 * HOUR, 49 * HOUR];
        let words = spans.map(words);
        let wanted = ["0 s", "1 s", "1 s", "60 s", "2 min", "38 min", "120 min", "2 h 1 min", "5 h", "3 days"];
        assert_eq!(words, wanted);
    }
}
