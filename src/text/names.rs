//! In which forms logs write the name of a person.

use std::iter;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Words of the longest name whose words are put into another order: a stranger writes names of a hundred words, and
/// their forms take the square of that.
const MOST_WORDS: usize = 8;

/// What stands between the words of a name in addresses, ids and pages.
const JOINTS: [&str; 7] = ["%20", "+", "&nbsp;", ".", "_", "-", ""];

/// Letters that are no other letter with an accent, and what stands for them where there are none.
const LETTERS: [(char, &str); 8] =
    [('ł', "l"), ('ø', "o"), ('đ', "d"), ('ð', "d"), ('þ', "th"), ('ß', "ss"), ('æ', "ae"), ('œ', "oe")];
/// How German writes its letters with dots where there are none.
const DOTTED: [(char, &str); 3] = [('ä', "ae"), ('ö', "oe"), ('ü', "ue")];

/// All forms of a name as [`super::folded::normal`] makes it, the name itself among them.
pub fn forms(name: &str) -> Vec<String> {
    let mut forms = vec![name.to_owned()];
    for spelling in spellings(name) {
        let words: Vec<&str> = spelling.split(' ').collect();
        // Which of three words are the family's is not to be told.
        let splits = if words.len() <= MOST_WORDS { 1..words.len() } else { 0..0 };
        for at in splits {
            let (first, last) = words.split_at(at);
            let (first, last) = (first.join(" "), last.join(" "));
            forms.extend([", ", ",", " "].iter().map(|sign| format!("{last}{sign}{first}")));
            forms.push(format!("{last} ({first})"));
        }
        if words.len() > 1 {
            forms.extend(JOINTS.iter().map(|joint| words.join(joint)));
        }
        forms.push(spelling);
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The words in order, with and without accents and hyphens.
fn spellings(name: &str) -> Vec<String> {
    let ordered = match name.split_once(", ") {
        Some((last, first)) if !first.contains(',') => format!("{first} {last}"),
        _ => name.to_owned(),
    };
    let mut spellings = vec![plain(&ordered, &[]), plain(&ordered, &DOTTED), ordered];
    let open: Vec<String> = spellings.iter().map(|spelling| spelling.replace('-', " ")).collect();
    spellings.extend(open);
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

/// The same without accents. Scripts in which a mark makes another syllable keep theirs.
fn plain(text: &str, letters: &[(char, &'static str)]) -> String {
    if text.is_ascii() || text.chars().any(|c| c >= '\u{2e80}') {
        return text.to_owned();
    }
    let known = |c: char| letters.iter().chain(&LETTERS).find(|(letter, _)| *letter == c).map(|(_, plain)| *plain);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match known(c) {
            Some(plain) => out.push_str(plain),
            None => out.extend(iter::once(c).nfd().filter(|c| !is_combining_mark(*c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_the_forms_that_logs_write() {
        for (name, wanted) in [
            ("bob smith", "smith (bob)"),
            ("anne o'neil", "o'neil, anne"),
            ("doe, john", "john doe"),
            ("doe, john", "doe, john"),
            ("maría josé garcía-lópez", "maria jose garcia lopez"),
            ("maría josé garcía-lópez", "garcía-lópez, maría josé"),
            ("łukasz żółć", "zolc lukasz"),
            ("jörg österreicher", "joerg.oesterreicher"),
            ("jörg österreicher", "jorg osterreicher"),
        ] {
            assert!(forms(name).iter().any(|form| form == wanted), "{name}: {:?}", forms(name));
        }
    }

    #[test]
    fn a_name_of_very_many_words_has_few_forms() {
        let name = "a ".repeat(100_000);
        let size: usize = forms(name.trim()).iter().map(String::len).sum();
        assert!(size < 20 * name.len(), "{size}");
        assert!(forms("a b c d e f g h").iter().any(|form| form == "h, a b c d e f g"));
    }

    #[test]
    fn one_word_is_itself_and_a_syllable_stays_what_it_is() {
        assert_eq!(forms("smith"), ["smith"]);
        assert_eq!(forms("がが"), ["がが"]);
    }
}
