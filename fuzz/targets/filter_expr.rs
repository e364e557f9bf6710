//! Any text is a filter, or it is told where it is not one; and a filter is printed as text that is read as the same
//! filter.

use jiff::tz::TimeZone;
use provlens::event::Provider;
use provlens::event::filter::{Filter, Vocabulary, complete};
use provlens::text::time::DAY;

use super::input::{is_harmless, text};

pub(crate) fn run(data: &[u8]) {
    let text = text(data);
    let vocabulary = Vocabulary { providers: &[Provider::Okta, Provider::Entra], issues: &[("a-rule", "A rule")] };
    match Filter::parse(&text, &vocabulary) {
        Err(mistake) => {
            let span = mistake.span.clone();
            assert!(span.start <= span.end && span.end <= text.len(), "{mistake:?} in {text:?}");
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{mistake:?} in {text:?}");
            for columns in [0, 40, 80] {
                let shown = mistake.under(" Filter  ", &text, columns);
                assert!(shown.chars().all(|letter| letter == '\n' || is_harmless(letter)), "{shown:?}");
            }
        }
        Ok(filter) => {
            let printed = filter.to_string();
            let again = Filter::parse(&printed, &vocabulary)
                .unwrap_or_else(|mistake| panic!("{printed:?}, printed of {text:?}, is no filter: {mistake:?}"));
            assert_eq!(again.to_string(), printed, "of {text:?}");
            assert_eq!(again.terms().len(), filter.terms().len(), "{printed:?} of {text:?}");
            let fixed = |filter: Filter| {
                let fixed = filter.at(Some(20_000 * DAY), &TimeZone::UTC);
                (fixed.within(), fixed.is_open(), fixed.needs_newest())
            };
            assert_eq!(fixed(again), fixed(filter), "{printed:?} of {text:?}");
        }
    }
    for cursor in [0, text.len() / 2, text.len()] {
        let completion = complete(&text, cursor, &[]);
        let replace = completion.replace;
        assert!(text.get(replace.clone()).is_some(), "{replace:?} of {text:?}");
    }
}
