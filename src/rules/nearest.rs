//! The rule whose words are most like a wording that no rule explains: a place to look, never an
//! explanation.

use std::collections::{BTreeSet, HashMap};

use super::load::Library;
use super::model::Place;

/// Shortest word that is compared.
const SHORTEST: usize = 3;
/// Below this nothing is alike, in hundredths.
const LEAST: u8 = 30;

/// A rule that looks for nearly the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// Position in the library.
    pub rule: usize,
    /// How alike, in tens of hundredths: words count the more, the fewer rules have them.
    pub alike: u8,
}

impl Library {
    /// The rule whose words are most like those of a message or its shape, if any are.
    pub fn nearest(&self, wording: &str) -> Option<Nearest> {
        let wanted = words(wording);
        let texts: Vec<(usize, BTreeSet<String>)> = self
            .rules()
            .iter()
            .enumerate()
            .flat_map(|(at, rule)| texts(rule).map(move |text| (at, words(text))))
            .collect();
        let mut rules_with: HashMap<&str, BTreeSet<usize>> = HashMap::new();
        for (rule, text) in &texts {
            for word in text {
                rules_with.entry(word).or_default().insert(*rule);
            }
        }
        let weight = |word: &String| {
            let having = rules_with.get(word.as_str()).map_or(0, BTreeSet::len);
            ((1 + self.rules().len()) as f64 / (1 + having) as f64).ln()
        };
        let alike = |text: &BTreeSet<String>| {
            let shared: f64 = wanted.intersection(text).map(weight).sum();
            let all: f64 = wanted.union(text).map(weight).sum();
            if all > 0.0 { shared / all } else { 0.0 }
        };
        let (rule, alike) = texts
            .iter()
            .map(|(rule, text)| (*rule, alike(text)))
            // Of equals the first.
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        // What is left out here would be invented precision.
        let alike = (alike * 10.0).floor() as u8 * 10;
        (alike >= LEAST).then_some(Nearest { rule, alike: alike.min(90) })
    }
}

/// What a rule looks for in messages and in the application's words.
fn texts(rule: &super::Rule) -> impl Iterator<Item = &str> {
    let lists = rule.matches.iter().flat_map(|wanted| wanted.contains.iter().chain(wanted.contains_all.iter()));
    let said = lists.filter(|(place, _)| !matches!(place, Place::Field(_)));
    said.flat_map(|(_, texts)| texts).map(String::as_str)
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST && !word.chars().all(char::is_uppercase))
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(wording: &str) -> Option<(String, u8)> {
        let (library, _) = Library::load(&[]);
        library.nearest(wording).map(|near| (library.rule(near.rule).unwrap().id.clone(), near.alike))
    }

    #[test]
    fn nearly_the_words_of_a_rule_lead_to_it_and_strange_ones_nowhere() {
        let (library, _) = Library::load(&[]);
        let long = |text: &&str| words(text).len() >= 5;
        let (rule, text) = library.rules().iter().find_map(|rule| Some((rule, texts(rule).find(long)?))).unwrap();
        let (found, alike) = nearest(&format!("{text} zyzzyva")).unwrap();
        assert_eq!(found, rule.id);
        assert!((LEAST..=90).contains(&alike), "{alike}");
        assert_eq!(nearest("zyzzyva quagga <NAME>"), None);
        assert_eq!(nearest(""), None);
    }

    #[test]
    fn marks_of_shapes_are_no_words() {
        assert_eq!(words("no seat for <NAME> at <ID>"), BTreeSet::from(["for".to_owned(), "seat".to_owned()]));
    }
}
