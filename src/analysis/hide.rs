//! The same analysis without names: everybody has a number, also inside of what messages quote.
//!
//! A name that only a message knows cannot be told from any other word, but a mail address can.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::people::Identity;
use super::{Analysis, Called, Evidence, Issue, Mention, Of, Trigger};
use crate::text::base64::decoded;
use crate::text::folded::{Folded, normal};
use crate::text::{names, secret};

/// Letters of the shortest name that is looked for inside of texts.
const SHORTEST: usize = 3;
/// Digits of the shortest number that is: a short one is a status, a count or a year.
const SHORTEST_NUMBER: usize = 6;
/// Words and bytes of the longest name that is looked for.
const WORDS: usize = 24;
const LONGEST: usize = 1_024;

static MAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)[\w.+'-]+(?:@|%40)[a-z0-9-]+(?:\.[a-z0-9-]+)+").ok());

/// What may be base64, which some requests hold a login in.
static BASE64: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_-]{12,}={0,2}").ok());

/// JSON fields that hold a part of somebody's name. A part alone is in too many other words to be looked
/// for elsewhere.
static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(\\*"(?:given|family|first|middle|last|nick)_?name\\*"\s*:\s*\\*")((?:[^"\\]|\\[^"\\])+)"#).ok()
});
/// What stands there instead, and in place of base64 that names somebody.
const HIDDEN_PART: &str = "‹name›";

impl Analysis {
    /// Gives everybody a number instead of names, logins and ids, in the order in which a report tells of
    /// them. Whoever is told of in several places has the same number in all of them.
    pub fn hide_names(&mut self) {
        let mut names = Names::default();
        let lists = &mut self.people;
        for list in [&mut lists.access_not_removed, &mut lists.waiting_for_access, &mut lists.out_of_date] {
            for person in list {
                let number = names.of(person.who.ids.iter().chain(&person.who.logins), Some(&person.user));
                person.user = called(number).into();
                person.who = Identity { label: person.user.clone(), ids: Vec::new(), logins: Vec::new() }.into();
            }
        }
        let mut issues: Vec<&mut Issue> = self.issues.iter_mut().chain(&mut self.unknown).collect();
        issues.iter_mut().for_each(|issue| names.number(issue));
        issues.iter_mut().for_each(|issue| names.hide(issue));
        for input in &mut self.inputs {
            input.problems.iter_mut().for_each(|problem| problem.detail = without_quote(&problem.detail));
            let problems = input.problems.iter_mut().map(|problem| &mut problem.detail);
            let texts = problems.chain([&mut input.name]).chain(&mut input.error).chain(&mut input.unknown_keys);
            texts.for_each(|text| names.hide_in(text));
        }
        let counted = self.series.iter_mut().map(|series| &mut series.of);
        let unusual = self.spikes.iter_mut().chain(&mut self.bursts).map(|spike| &mut spike.of);
        for of in counted.chain(unusual) {
            if let Of::Unknown(shape) = of {
                names.hide_in(shape);
            }
        }
        self.story.clear();
        self.asked.clear();
        self.names_hidden = true;
    }
}

/// What was wrong with a record, without what is quoted of it: that was cut off somewhere, and half a name is found by
/// nobody.
fn without_quote(detail: &str) -> String {
    match (detail.find('"'), detail.rfind('"')) {
        (Some(from), Some(to)) if from < to => {
            format!("{}\"…{}", detail.get(..from).unwrap_or_default(), detail.get(to..).unwrap_or_default())
        }
        _ => detail.to_owned(),
    }
}

fn called(number: u32) -> String {
    format!("person {number}")
}

/// Who has which number.
#[derive(Default)]
struct Names {
    /// Everything by which somebody is known, in small letters.
    known: HashMap<String, u32>,
    /// The same as it may stand in a text.
    in_texts: HashMap<String, u32>,
    count: u32,
}

impl Names {
    /// The number of somebody by ids and logins; by the label only where there is nothing else, since two
    /// people may be called the same.
    fn of<N: AsRef<str>>(&mut self, names: impl Iterator<Item = N>, label: Option<&str>) -> u32 {
        let names: Vec<String> = names.map(|name| normal(name.as_ref())).collect();
        let label = label.map(normal);
        let by_label = || label.as_ref().and_then(|label| self.known.get(label));
        let known = match names.iter().find_map(|name| self.known.get(name)) {
            None if names.is_empty() => by_label(),
            found => found,
        };
        let number = known.copied().unwrap_or(self.count + 1);
        self.count = self.count.max(number);
        for name in names.into_iter().chain(label) {
            self.remember(&name, number);
            self.known.entry(name).or_insert(number);
        }
        number
    }

    /// Notes in which forms a name may stand in a text.
    fn remember(&mut self, name: &str, number: u32) {
        let own = name.split_once('@').map(|(own, _)| own.to_owned());
        // Whoever signs in as `kim.lee` is called so.
        let is_word = |word: &str| word.chars().count() > 1 && word.chars().all(char::is_alphabetic);
        let called = own.as_deref().and_then(|own| own.split_once('.'));
        let called = called.filter(|(first, last)| is_word(first) && is_word(last));
        let mut forms = if own.is_some() { vec![name.to_owned()] } else { names::forms(name) };
        forms.extend(called.into_iter().flat_map(|(first, last)| names::forms(&format!("{first} {last}"))));
        for form in forms.iter().chain(&own) {
            let form = form.trim_matches(|letter: char| !letter.is_alphanumeric());
            let is_number = form.bytes().all(|byte| byte.is_ascii_digit());
            if form.len() < SHORTEST || (is_number && form.len() < SHORTEST_NUMBER) {
                continue;
            }
            for form in [form.to_owned(), form.replace('@', "%40")] {
                self.in_texts.entry(form).or_insert(number);
            }
        }
    }

    /// Numbers those of whom an issue tells, and calls them so.
    fn number(&mut self, issue: &mut Issue) {
        if let (Some(sentence), Some(Mention { at, who })) = (&mut issue.pattern, issue.mention.take()) {
            let number = self.of(who.ids.iter().chain(&who.logins), Some(&who.label));
            // At its place, since a login may be too short to be looked for.
            if sentence.get(at.clone()).is_some() {
                sentence.replace_range(at, &called(number));
            }
        }
        for example in &mut issue.examples {
            self.number_evidence(example);
        }
        for Trigger { change, .. } in &mut issue.triggers {
            if let Some(actor) = change.actor.as_mut().filter(|actor| &***actor != "system") {
                let number = self.of([&**actor].into_iter(), None);
                *actor = called(number).into();
            }
            if change.is_about_person
                && let Some(whom) = change.names.first().cloned()
            {
                let number = self.of([whom].into_iter(), None);
                let rest = change.names.iter().skip(1).cloned();
                change.names = [called(number).into()].into_iter().chain(rest).collect();
            }
        }
    }

    fn number_evidence(&mut self, evidence: &mut Evidence) {
        let Called { id, login, name } = std::mem::take(&mut evidence.called);
        if id.is_some() || login.is_some() || name.is_some() {
            let number = self.of(id.iter().chain(&login), name.as_deref());
            evidence.user = Some(called(number));
        }
        if let Some(side) = &mut evidence.other_side {
            self.number_evidence(&mut side.evidence);
        }
    }

    /// Hides names in the texts of an issue.
    fn hide(&mut self, issue: &mut Issue) {
        issue.pattern.iter_mut().chain(&mut issue.shape).for_each(|text| self.hide_in(text));
        issue.examples.iter_mut().for_each(|example| self.hide_evidence(example));
        for Trigger { change, .. } in &mut issue.triggers {
            change.what = self.hidden(&change.what).into();
            change.names = change.names.iter().map(|name| self.hidden(name).into()).collect();
        }
    }

    fn hide_evidence(&mut self, evidence: &mut Evidence) {
        let shortened = evidence.shortened;
        // A group may be called after somebody.
        evidence.user.iter_mut().for_each(|user| self.hide_in(user));
        for text in [&mut evidence.message, &mut evidence.remote].into_iter().flatten() {
            // The end of a text that was cut may be half a name.
            if let (true, Some(end)) = (shortened && text.ends_with('…'), text.rfind(char::is_whitespace)) {
                text.truncate(end);
                text.push_str(" …");
            }
            self.hide_in(text);
        }
        evidence.ids.values_mut().for_each(|id| self.hide_in(id));
        if let Some(side) = &mut evidence.other_side {
            self.hide_evidence(&mut side.evidence);
        }
    }

    fn hide_in(&mut self, text: &mut String) {
        *text = self.hidden(text);
    }

    /// A text with numbers in the place of names.
    fn hidden(&mut self, text: &str) -> String {
        // A secret that holds a name would not look like a secret any more.
        let text = secret::mask(text);
        let (Some(mail), Some(part), Some(base64)) = (MAIL.as_ref(), PART.as_ref(), BASE64.as_ref()) else {
            return "‹text withheld›".to_owned();
        };
        let opened = base64.replace_all(&text, |found: &Captures<'_>| {
            let run = found.get(0).map_or("", |found| found.as_str());
            let holds_name = |inner: &String| mail.is_match(inner) || self.without_known(inner) != *inner;
            if decoded(run).is_some_and(|inner| holds_name(&inner)) { HIDDEN_PART.to_owned() } else { run.to_owned() }
        });
        let known = self.without_known(&opened);
        let hidden = mail.replace_all(&known, |found: &Captures<'_>| {
            let address = found.get(0).map_or("", |found| found.as_str()).replace("%40", "@");
            called(self.of([address].into_iter(), None))
        });
        part.replace_all(&hidden, format!("${{1}}{HIDDEN_PART}")).into_owned()
    }

    fn without_known(&self, text: &str) -> String {
        let folded = Folded::of(text);
        // Of the same length, so that places are the same in both; what is no ASCII is in small letters by now.
        let small = folded.text.to_ascii_lowercase();
        let edges = edges(&small);
        let (mut out, mut searched, mut copied) = (String::with_capacity(text.len()), 0, 0);
        for (at, (start, _)) in edges.iter().enumerate().filter(|(_, (_, begins))| *begins) {
            if *start < searched {
                continue;
            }
            let ends = edges.get(at..).unwrap_or_default().iter().skip(1).filter(|(_, begins)| !begins);
            let ends = ends.map(|(end, _)| *end).take(WORDS).take_while(|end| end - start <= LONGEST);
            let ends: Vec<usize> = ends.collect();
            let found = ends.iter().rev().find_map(|end| Some((*end, self.in_texts.get(small.get(*start..*end)?)?)));
            if let Some((end, number)) = found {
                let end = with_bracket(&small, *start, end);
                let found = folded.original(*start..end);
                out.push_str(text.get(copied..found.start).unwrap_or_default());
                out.push_str(&called(*number));
                (searched, copied) = (end, found.end);
            }
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        out
    }
}

/// The end of a name with the bracket that `lee (kim)` ends with, which stands behind the last letter.
fn with_bracket(text: &str, start: usize, end: usize) -> usize {
    let is_open = text.get(start..end).is_some_and(|name| name.contains('('));
    if is_open && text.get(end..).is_some_and(|rest| rest.starts_with(')')) { end + 1 } else { end }
}

/// Where words begin (true) and end (false), in order. What follows `%22` begins too.
fn edges(text: &str) -> Vec<(usize, bool)> {
    let mut edges = Vec::new();
    let (mut inside, mut skip) = (false, 0);
    for (at, letter) in text.char_indices() {
        if at < skip {
            continue;
        }
        if letter == '%'
            && text.get(at + 1..at + 3).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            skip = at + 3;
        }
        let is_word = letter.is_alphanumeric();
        if is_word != inside {
            edges.push((at, is_word));
            inside = is_word;
        }
    }
    if inside {
        edges.push((text.len(), false));
    }
    edges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names() -> Names {
        let mut names = Names::default();
        names.of(["00u1a2b3c4d5", "Kim.Lee@example.com"].into_iter(), Some("Kim Lee"));
        names.of(["ab", "401", "10042777"].into_iter(), None);
        names
    }

    #[test]
    fn names_are_hidden_wherever_they_stand_in_a_text() {
        for (text, wanted) in [
            ("Error while creating user kim.lee@EXAMPLE.com: no", "Error while creating user person 1: no"),
            (
                "GET /Users?filter=userName+eq+%22kim.lee%40example.com%22",
                "GET /Users?filter=userName+eq+%22person 1%22",
            ),
            ("Kim Lee, (kim.lee) and 00U1A2B3C4D5", "person 1, (person 1) and person 1"),
            ("name=Kim+Lee&x=Kim%20Lee", "name=person 1&x=person 1"),
            ("LEE, KIM and Lee (Kim), Kim  Lee", "person 1 and person 1, person 1"),
            (
                r#"{"name":{"givenName":"Kim","familyName":"Lee"},\"firstName\":\"Kim\"}"#,
                r#"{"name":{"givenName":"‹name›","familyName":"‹name›"},\"firstName\":\"‹name›\"}"#,
            ),
            ("kim.leeway and akim.lee", "kim.leeway and akim.lee"),
            ("HTTP 401 of ab for 10042777", "HTTP 401 of ab for person 2"),
            ("copied to zoe@example.org and again to ZOE@example.org.", "copied to person 3 and again to person 3."),
            ("b64 a2ltLmxlZUBleGFtcGxlLmNvbQ== in it", "b64 ‹name› in it"),
            ("", ""),
        ] {
            assert_eq!(names().hidden(text), wanted);
        }
    }

    #[test]
    fn a_login_tells_the_name_that_messages_use() {
        let mut names = Names::default();
        names.of(["berta.oldfield@example.com", "it.x@example.com"].into_iter(), None);
        let text = "Berta Oldfield, OLDFIELD, BERTA and Oldfield's berta";
        assert_eq!(names.hidden(text), "person 1, person 1 and Oldfield's berta");
    }

    #[test]
    fn accents_hide_nobody_however_they_are_written() {
        let mut names = Names::default();
        names.of(["jörg.österreicher@example.com"].into_iter(), Some("Jörg Österreicher"));
        for text in [
            "JÖRG ÖSTERREICHER",
            "Jo\u{308}rg O\u{308}sterreicher",
            "Jorg Osterreicher",
            "Österreicher, Jörg",
            "JÖRG.ÖSTERREICHER@example.com",
        ] {
            assert_eq!(names.hidden(&format!("é {text}, no")), "é person 1, no");
        }
    }

    #[test]
    fn nothing_is_quoted_of_a_damaged_record() {
        let detail = r#"expected `,`, found " \"Kim Lee\", Quent" at byte 7 of it"#;
        assert_eq!(without_quote(detail), r#"expected `,`, found "…" at byte 7 of it"#);
        assert_eq!(without_quote("cut off"), "cut off");
    }

    #[test]
    fn a_secret_that_holds_a_name_stays_a_secret() {
        assert_eq!(names().hidden("password=kim.lee@example.com-2026"), "password=‹secret›");
    }

    #[test]
    fn one_person_has_one_number_and_two_of_one_name_have_two() {
        let mut names = names();
        assert_eq!(names.of(["KIM.LEE@example.com"].into_iter(), None), 1);
        assert_eq!(names.of(["other.kim@example.com"].into_iter(), Some("Kim Lee")), 3);
        assert_eq!(names.of(std::iter::empty::<&str>(), Some("Kim Lee")), 1);
    }

    proptest! {
        #[test]
        fn no_text_keeps_a_name_that_stands_apart(
            before in "(?s).{0,20}", left in "[ '\"(<=/:,]|%22", form in 0..6usize, right in "[ '\")>&/:,]", after in "(?s).{0,20}",
        ) {
            let forms = ["Kim.Lee@example.com", "kim.lee%40example.com", "KIM LEE", "Kim+Lee", "kim.lee", "00u1a2b3c4d5"];
            let form = forms[form];
            let text = format!("{before}{left}{form}{right}{after}");
            let hidden = names().hidden(&text).to_lowercase();
            prop_assert!(hidden.contains("person ") || hidden.contains("‹secret›"), "{hidden}");
            prop_assert!(!hidden.contains(&form.to_lowercase()), "{hidden}");
            // Doing it twice changes nothing.
            prop_assert_eq!(names().hidden(&names().hidden(&text)), names().hidden(&text));
        }

        #[test]
        fn a_text_without_names_stays(text in "[a-z (){}.:,%2=é日\u{1f600}-]{0,60}") {
            let known = ["kim", "lee", "00u", "ab"];
            prop_assume!(!known.iter().any(|name| text.contains(name)));
            prop_assume!(secret::mask(&text) == text);
            prop_assert_eq!(names().hidden(&text), text);
        }
    }
}
