//! Where things stand in a rule file, so that a complaint can name the line.

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

/// The parts of a rule file that complaints are about.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts {
    id: Option<Spanned<IgnoredAny>>,
    title: Option<Spanned<IgnoredAny>>,
    cause: Option<Spanned<IgnoredAny>>,
    verify: Option<Spanned<IgnoredAny>>,
    sources: Option<Spanned<IgnoredAny>>,
    escalate: Option<Spanned<IgnoredAny>>,
    fix: Vec<Spanned<IgnoredAny>>,
    look_alikes: Vec<Spanned<IgnoredAny>>,
    instead_of: Vec<Spanned<IgnoredAny>>,
    example: Vec<Spanned<IgnoredAny>>,
    counterexample: Vec<Spanned<IgnoredAny>>,
}

/// A part of a rule file.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Part {
    Id,
    Title,
    Cause,
    Verify,
    Sources,
    Escalate,
    /// A step, from 0.
    Fix(usize),
    /// A look-alike, from 0.
    LookAlike(usize),
    /// An `[[instead_of]]`, from 0.
    InsteadOf(usize),
    /// An `[[example]]`, from 0.
    Example(usize),
    /// A `[[counterexample]]`, from 0.
    Counterexample(usize),
}

/// Lines of the parts of one rule file.
pub struct Places<'t> {
    text: &'t str,
    parts: Parts,
}

impl<'t> Places<'t> {
    /// Those of a file that was read as a rule before.
    pub fn of(text: &'t str) -> Places<'t> {
        Places { text, parts: toml::from_str(text).unwrap_or_default() }
    }

    /// The line, from 1, in which a part starts.
    pub fn line(&self, part: Part) -> Option<usize> {
        let parts = &self.parts;
        let place = match part {
            Part::Id => parts.id.as_ref(),
            Part::Title => parts.title.as_ref(),
            Part::Cause => parts.cause.as_ref(),
            Part::Verify => parts.verify.as_ref(),
            Part::Sources => parts.sources.as_ref(),
            Part::Escalate => parts.escalate.as_ref(),
            Part::Fix(at) => parts.fix.get(at),
            Part::LookAlike(at) => parts.look_alikes.get(at),
            Part::InsteadOf(at) => parts.instead_of.get(at),
            Part::Example(at) => parts.example.get(at),
            Part::Counterexample(at) => parts.counterexample.get(at),
        };
        super::load::line_at(self.text, place?.span().start)
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Places};

    #[test]
    fn parts_are_found_by_line() {
        let text = "id = \"a\"\ntitle = \"b\"\nfix = [\n  \"one\",\n  \"two\",\n]\n\n[escalate]\nto = \"x\"\n\n[[example]]\nabout = \"first\"\n\n[[example]]\nabout = \"second\"\n";
        let places = Places::of(text);
        let parts = [Part::Id, Part::Title, Part::Fix(1), Part::Escalate, Part::Example(0), Part::Example(1)];
        assert_eq!(parts.map(|part| places.line(part)), [1, 2, 5, 8, 11, 14].map(Some));
        assert_eq!(places.line(Part::Cause), None);
    }
}
