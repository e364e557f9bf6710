//! A plain text page: eighty columns, perhaps with colour, everything from logs made safe.

use crate::text::{sanitize, secret, width};

/// Columns of text output.
pub const COLUMNS: usize = 80;

/// Roles of text; colours follow from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Title,
    /// Trouble.
    Bad,
    /// Attention.
    Warn,
    /// All right.
    Good,
    /// Less important.
    Dim,
}

/// Collects lines.
#[derive(Debug)]
pub struct Page {
    out: String,
    color: bool,
}

impl Page {
    /// An empty page.
    pub fn new(color: bool) -> Page {
        Page { out: String::new(), color }
    }

    /// The text.
    pub fn finish(self) -> String {
        self.out
    }

    /// A piece in a tone, for use inside a line.
    pub fn tone(&self, tone: Tone, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Title => "1",
            Tone::Bad => "1;31",
            Tone::Warn => "33",
            Tone::Good => "32",
            Tone::Dim => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A line as it is.
    pub fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.out.push('\n');
    }

    /// A heading with a rule to the edge, on as many lines as it needs.
    pub fn heading(&mut self, text: &str) {
        let mut lines = width::wrap(&sanitize::line(text), COLUMNS - 3);
        let last = lines.pop().unwrap_or_default();
        let rule = "─".repeat(COLUMNS.saturating_sub(width::width(&last) + 3));
        lines.push(format!("{last} {rule}"));
        for (at, line) in lines.iter().enumerate() {
            let lead = if at == 0 { '─' } else { ' ' };
            let line = self.tone(Tone::Title, &format!("{lead} {line}"));
            self.line(&line);
        }
    }

    /// A paragraph in a tone.
    pub fn toned(&mut self, tone: Tone, text: &str) {
        for line in width::wrap(&sanitize::line(text), COLUMNS) {
            let line = self.tone(tone, &line);
            self.line(&line);
        }
    }

    /// A paragraph with a label in front; further lines are indented below the text.
    pub fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        // Words of rules come from files of strangers as well as words of logs.
        let text = &*sanitize::line(text);
        let label_width = width::width(label);
        let room = COLUMNS.saturating_sub(indent + label_width);
        for (number, line) in width::wrap(text, room).into_iter().enumerate() {
            let lead = if number == 0 { label.to_owned() } else { " ".repeat(label_width) };
            self.line(&format!("{}{lead}{line}", " ".repeat(indent)));
        }
    }
}

/// Text from a log, fit to be shown: secrets masked, control characters made visible.
pub fn shown(text: &str) -> String {
    sanitize::line(&secret::mask(text)).into_owned()
}

/// `1,234`
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `312 MiB`, `1.0 GiB`: rounded down, so that a part never looks like the whole.
pub fn bytes(count: u64) -> String {
    let mut unit = 1;
    for name in ["KiB", "MiB", "GiB", "TiB"] {
        if count / unit < 1024 {
            break;
        }
        unit *= 1024;
        if count / unit < 10 {
            return format!("{}.{} {name}", count / unit, count % unit * 10 / unit);
        }
        if count / unit < 1024 || name == "TiB" {
            return format!("{} {name}", number(count / unit));
        }
    }
    counted(count, "byte", "bytes")
}

/// `1 person`, `2 people`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_and_never_rounded_up() {
        let sizes = [0, 1, 1023, 1024, 10_239, 10_240, 327_155_712, (1 << 30) - 1, 1 << 30, 5 << 50];
        let words = sizes.map(bytes);
        let wanted = [
            "0 bytes",
            "1 byte",
            "1,023 bytes",
            "1.0 KiB",
            "9.9 KiB",
            "10 KiB",
            "312 MiB",
            "1,023 MiB",
            "1.0 GiB",
            "5,120 TiB",
        ];
        assert_eq!(words, wanted);
    }
}
