//! Many rules to one matcher.
//!
//! Each `[[match]]` of a rule becomes an [`Alternative`]. What a record must say in so many words
//! goes into one automaton for all rules, so that a text is read once; regular expressions are
//! compiled when one is first needed, since compiling all takes longer than reading a small log.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use foldhash::quality::RandomState;
use regex::bytes::{Regex, RegexBuilder};

use super::app_names::{AppName, AppNames, AppWord};
use super::fold::folded;
use super::model::{ByPlace, Match, Place, Rule, Severity, StatusSpec};
use super::needed::{self, Needed};
use crate::event::{Event, Outcome, Provider};
use crate::text::glob;

/// Texts that are searched for one literal after the other: to make the automaton takes as long as some twenty of
/// them, and a small log has no more.
const FEW: usize = 12;
/// Bytes of a text that is not searched so.
const SHORT: usize = 4096;
/// Largest compiled form of one regular expression.
const MAX_REGEX: usize = 1 << 20;

/// All rules, ready to be matched.
pub(super) struct Matcher {
    pub(super) alternatives: Vec<Alternative>,
    literals: Vec<Arc<str>>,
    automaton: OnceLock<Option<AhoCorasick>>,
    /// Texts that were looked into.
    asked: AtomicUsize,
    needed: OnceLock<Option<Needed>>,
}

/// One `[[match]]`: conditions that must all hold.
pub(super) struct Alternative {
    pub(super) rule: usize,
    pub(super) own: bool,
    pub(super) scope: u8,
    pub(super) severity: Severity,
    pub(super) spec: Arc<Match>,
    /// Whose logs it is about: those of all, if it names none.
    providers: Vec<Provider>,
    pub(super) statuses: Vec<(u16, u16)>,
    apps: Vec<AppWord>,
    other_apps: Vec<AppWord>,
    pub(super) contains: Vec<Texts>,
    pub(super) contains_all: Vec<Texts>,
    pub(super) lacks: Vec<Texts>,
    pub(super) regexes: Vec<(Place, Vec<Pattern>)>,
}

/// Texts of which one (or each, or none) must occur.
pub(super) struct Texts {
    pub(super) place: Place,
    pub(super) literals: Vec<Literal>,
}

/// A text that must occur, folded.
pub(super) struct Literal {
    /// Its position in the automaton, for the message and the remote words.
    pub(super) id: usize,
    /// Itself, for raw fields.
    pub(super) text: Arc<str>,
}

impl Texts {
    /// The texts themselves.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.literals.iter().map(|literal| &*literal.text)
    }

    /// Their positions in the automaton.
    pub(super) fn ids(&self) -> impl Iterator<Item = usize> {
        self.literals.iter().map(|literal| literal.id)
    }

    /// Whether they are looked for in what was said, and not in a field of the record.
    pub(super) fn is_said(&self) -> bool {
        !matches!(self.place, Place::Field(_))
    }
}

/// A regular expression that is compiled when it is first used.
pub(super) struct Pattern {
    source: String,
    compiled: OnceLock<Option<Regex>>,
    /// Words in small letters without which it does not match, once somebody asked for them.
    words: OnceLock<Option<Vec<String>>>,
}

/// A condition that cannot be used.
pub(super) struct Broken {
    /// Position of its rule.
    pub(super) rule: usize,
    /// The condition as it stands in the file, to find its line by.
    pub(super) words: String,
    /// What is wrong.
    pub(super) what: String,
}

/// What is wrong with a condition, before it is known of which rule it is.
struct Fault {
    words: String,
    what: String,
}

impl Pattern {
    fn new(source: &str) -> Pattern {
        Pattern { source: source.to_owned(), compiled: OnceLock::new(), words: OnceLock::new() }
    }

    fn compile(&self) -> Result<Regex, String> {
        let mut builder = RegexBuilder::new(&self.source);
        // Only letters of ASCII have two cases here, unless the pattern has others. With those of
        // all languages, compiling the built-in patterns takes a hundred milliseconds, not a few.
        builder.case_insensitive(true).unicode(!self.source.is_ascii()).size_limit(MAX_REGEX);
        builder.build().map_err(|error| {
            format!("the regular expression {} cannot be used: {}", start_of(&self.source), words_of(&error))
        })
    }

    /// As it stands in the rule.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        (self.compiled.get().is_some() || self.may_match(text))
            && self.regex().is_some_and(|regex| regex.is_match(text.as_bytes()))
    }

    /// Whether the text has the words that a match has. To compile the pattern takes longer.
    fn may_match(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.words().is_none_or(|words| words.iter().any(|word| text.contains(word)))
    }

    /// Words of which one is in every text that it matches, both in small letters; nothing if there are none.
    pub(super) fn words(&self) -> Option<&[String]> {
        self.words.get_or_init(|| needed::words(&self.source)).as_deref()
    }

    /// The part of the text that matches.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let found = self.regex()?.find(text.as_bytes())?;
        text.get(found.range())
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| self.compile().ok()).as_ref()
    }
}

/// What is wrong with a regular expression, in one line.
fn words_of(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => {
            "it is too large; use fewer or smaller repetitions, or the few words that carry the meaning with `contains`"
                .to_owned()
        }
        // A drawing with the pattern and a mark comes first, the reason last.
        other => {
            let text = other.to_string();
            let reason = text.lines().rev().find_map(|line| line.trim().strip_prefix("error: "));
            reason.unwrap_or(&text).replace('\n', " ")
        }
    }
}

/// A pattern as it is quoted: it may be a megabyte long.
fn start_of(pattern: &str) -> String {
    const SHOWN: usize = 80;
    match pattern.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", pattern.get(..end).unwrap_or_default()),
        None => format!("`{pattern}`"),
    }
}

/// A folded text, and which literals occur in it: one bit each.
#[derive(Default)]
pub(super) struct Hits {
    bits: Vec<u64>,
    text: Option<String>,
}

impl Hits {
    pub(super) fn has(&self, id: usize) -> bool {
        self.bits.get(id / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    /// The text as [`folded`] leaves it, if there is any.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The literals that occur.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let bits = |word: u64| (0..64).filter(move |bit| word >> bit & 1 == 1);
        let words = self.bits.iter().enumerate().filter(|(_, word)| **word != 0);
        words.flat_map(move |(at, word)| bits(*word).map(move |bit| at * 64 + bit))
    }
}

impl Matcher {
    /// Compiles what `conditions` gives of rules; gives also the rules whose conditions cannot be used, with the reason.
    pub(super) fn compile(rules: &[Rule], conditions: fn(&Rule) -> &[Arc<Match>]) -> (Matcher, Vec<Broken>) {
        let mut literals = Literals::default();
        let mut broken = Vec::new();
        let mut alternatives = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            for spec in conditions(rule) {
                match Alternative::compile(index, rule, spec, &mut literals) {
                    Ok(alternative) => alternatives.push(alternative),
                    Err(Fault { words, what }) => broken.push(Broken { rule: index, words, what }),
                }
            }
        }
        let (automaton, needed) = (OnceLock::new(), OnceLock::new());
        let asked = AtomicUsize::new(0);
        (Matcher { alternatives, literals: literals.in_order, automaton, asked, needed }, broken)
    }

    /// Regular expressions that cannot be used, of the rules that are to be tried: compiling takes a
    /// while, so what was compiled is kept.
    pub(super) fn broken_patterns(&self, tried: impl Fn(usize) -> bool) -> Vec<Broken> {
        let mut broken = Vec::new();
        for alternative in self.alternatives.iter().filter(|alternative| tried(alternative.rule)) {
            for pattern in alternative.regexes.iter().flat_map(|(_, patterns)| patterns) {
                let outcome = pattern.compile();
                if let Err(what) = &outcome {
                    let words = pattern.source.lines().next().unwrap_or_default().to_owned();
                    broken.push(Broken { rule: alternative.rule, words, what: what.clone() });
                }
                // Set already only if it was in use, and then to the same.
                let _ = pattern.compiled.set(outcome.ok());
            }
        }
        broken
    }

    /// What texts must hold for patterns to match, if any pattern has such words. Finding out takes longer than
    /// explaining a few hundred failures.
    pub(super) fn needed(&self) -> Option<&Needed> {
        self.needed.get_or_init(|| Needed::of(&self.alternatives)).as_ref()
    }

    /// How many literals there are.
    pub(super) fn texts(&self) -> usize {
        self.literals.len()
    }

    /// Of each literal, how many conditions ask for it.
    pub(super) fn uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.literals.len()];
        let lists = self.alternatives.iter().flat_map(|one| one.contains.iter().chain(&one.contains_all));
        for id in lists.flat_map(Texts::ids) {
            uses.get_mut(id).into_iter().for_each(|count| *count += 1);
        }
        uses
    }

    /// Which literals occur in a text.
    pub(super) fn hits(&self, text: Option<&str>) -> Hits {
        let Some(text) = text else { return Hits::default() };
        let text = folded(text);
        let is_one_of_few = self.asked.fetch_add(1, Ordering::Relaxed) < FEW && text.len() <= SHORT;
        let bits = if is_one_of_few { self.one_by_one(&text) } else { self.at_once(&text) };
        Hits { bits, text: Some(text) }
    }

    /// Looks for one literal after the other, which needs nothing to be made first.
    fn one_by_one(&self, text: &str) -> Vec<u64> {
        let found = self.literals.iter().enumerate().filter(|(_, literal)| text.contains(&***literal));
        self.bits(found.map(|(id, _)| id))
    }

    /// Looks for all literals at once.
    fn at_once(&self, text: &str) -> Vec<u64> {
        let automaton = self.automaton.get_or_init(|| {
            // Quick to make, and texts are short.
            let literals = self.literals.iter().map(|literal| &**literal);
            AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(literals).ok()
        });
        match automaton {
            Some(automaton) => self.bits(automaton.find_overlapping_iter(text).map(|found| found.pattern().as_usize())),
            None => self.one_by_one(text),
        }
    }

    fn bits(&self, found: impl Iterator<Item = usize>) -> Vec<u64> {
        let mut bits = vec![0; self.literals.len().div_ceil(64)];
        for id in found {
            if let Some(word) = bits.get_mut(id / 64) {
                *word |= 1 << (id % 64);
            }
        }
        bits
    }
}

/// The texts of all rules, folded, each once and with its position in the automaton.
#[derive(Default)]
struct Literals {
    positions: HashMap<Arc<str>, usize, RandomState>,
    in_order: Vec<Arc<str>>,
}

impl Literals {
    fn literal(&mut self, text: &str) -> Literal {
        let folded = folded(text);
        if let Some((text, id)) = self.positions.get_key_value(&*folded) {
            return Literal { id: *id, text: text.clone() };
        }
        let (text, id): (Arc<str>, usize) = (folded.into(), self.in_order.len());
        self.positions.insert(text.clone(), id);
        self.in_order.push(text.clone());
        Literal { id, text }
    }

    fn texts(&mut self, condition: &ByPlace) -> Vec<Texts> {
        let texts = condition.iter().map(|(place, words)| Texts {
            place: place.clone(),
            literals: words.iter().map(|word| self.literal(word)).collect(),
        });
        texts.collect()
    }
}

impl Alternative {
    fn compile(rule: usize, header: &Rule, spec: &Arc<Match>, literals: &mut Literals) -> Result<Alternative, Fault> {
        let statuses = spec.http_status.iter().map(bounds).collect::<Result<_, _>>()?;
        refuse_empty_texts(spec)?;
        Ok(Alternative {
            rule,
            own: !header.fallback,
            scope: scope(header),
            severity: header.severity,
            spec: spec.clone(),
            providers: providers(&spec.provider),
            statuses,
            apps: app_words(&spec.app)?,
            other_apps: app_words(&spec.app_lacks)?,
            contains: literals.texts(&spec.contains),
            contains_all: literals.texts(&spec.contains_all),
            lacks: literals.texts(&spec.lacks),
            regexes: patterns(&spec.regex),
        })
    }

    /// Whether all conditions hold that do not look into texts.
    pub(super) fn structure_fits(&self, event: &Event<'_>, app: &AppNames) -> bool {
        self.kind_fits(event) && self.type_fits(event) && self.reason_fits(event) && self.app_fits(app)
    }

    /// Whether it is told by a log that is asked for, and is an operation and outcome asked for.
    pub(super) fn kind_fits(&self, event: &Event<'_>) -> bool {
        let spec = &self.spec;
        self.outcome_fits(event)
            && self.provider_fits(event)
            && listed(&spec.dialect, Some(event.dialect))
            && (spec.operation.is_empty() || spec.operation.contains(&event.operation))
    }

    /// Whether it is told by one of the logs asked for, if any is.
    pub(super) fn provider_fits(&self, event: &Event<'_>) -> bool {
        self.is_told_by(event.provider)
    }

    /// Whether logs of this provider are among those asked for, if any are.
    pub(super) fn is_told_by(&self, provider: Provider) -> bool {
        self.providers.contains(&provider)
    }

    /// Whose logs it is about.
    pub(super) fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// Whether codes, status and phase are among those asked for, if any are.
    pub(super) fn reason_fits(&self, event: &Event<'_>) -> bool {
        let (spec, reason) = (&self.spec, &event.reason);
        self.status_fits(event)
            && listed(&spec.phase, reason.phase)
            && listed(&spec.scim_type, reason.scim_type)
            && self.code_fits(event)
    }

    /// Whether it ended in one of the ways asked for; a rule that does not say asks for failures.
    pub(super) fn outcome_fits(&self, event: &Event<'_>) -> bool {
        let wanted = &self.spec.outcome;
        if wanted.is_empty() { event.outcome == Outcome::Failure } else { wanted.contains(&event.outcome) }
    }

    /// Whether the answer has one of the statuses asked for, if any is.
    pub(super) fn status_fits(&self, event: &Event<'_>) -> bool {
        let in_range = |status: u16| self.statuses.iter().any(|(from, to)| (*from..=*to).contains(&status));
        self.statuses.is_empty() || event.reason.http_status.is_some_and(in_range)
    }

    /// Whether one of its codes is asked for, if any is.
    pub(super) fn code_fits(&self, event: &Event<'_>) -> bool {
        let wanted = &self.spec.code;
        wanted.is_empty()
            || event.reason.codes.iter().any(|code| wanted.iter().any(|wanted| glob::matches(wanted, code)))
    }

    /// Whether it is one of the kinds of event asked for, if any is.
    pub(super) fn type_fits(&self, event: &Event<'_>) -> bool {
        listed(&self.spec.event_type, event.event_type) && listed(&self.spec.legacy_type, event.legacy_type)
    }

    /// Whether it is one of the applications asked for, if any is, and none of those that are left out.
    pub(super) fn app_fits(&self, app: &AppNames) -> bool {
        self.is_for(app) && !self.leaves_out(app)
    }

    /// Whether it is one of the applications asked for, if any is.
    pub(super) fn is_for(&self, app: &AppNames) -> bool {
        self.apps.is_empty() || app.have_any(&self.apps)
    }

    /// Whether a text has the name of one of the applications asked for.
    pub(super) fn is_named_in(&self, text: &AppName) -> bool {
        self.apps.iter().any(|word| text.has(word))
    }

    /// Whether it is an application that shares a word with those asked for and is left out.
    pub(super) fn leaves_out(&self, app: &AppNames) -> bool {
        app.have_any(&self.other_apps)
    }

    /// Positions in the automaton of words of which one must occur in the message or the remote words.
    pub(super) fn words(&self) -> Option<impl Iterator<Item = usize>> {
        let mut lists = self.contains.iter().chain(&self.contains_all);
        lists.find(|texts| texts.is_said() && !texts.literals.is_empty()).map(Texts::ids)
    }

    /// Whether a condition looks into a field of the record that only this format has.
    pub(super) fn reads_fields(&self) -> bool {
        self.fields().next().is_some() || self.lacks.iter().any(|texts| matches!(texts.place, Place::Field(_)))
    }

    /// Whether it goes by a code or status of the answer, and so says what that means.
    pub(super) fn claims_a_code(&self) -> bool {
        let spec = &self.spec;
        let codes = [&spec.code, &spec.scim_type, &spec.legacy_type];
        self.own && (codes.iter().any(|codes| !codes.is_empty()) || !self.statuses.is_empty())
    }

    /// Paths of the fields that must have certain words in them.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        let places = self.contains.iter().chain(&self.contains_all).map(|texts| &texts.place);
        places.chain(self.regexes.iter().map(|(place, _)| place)).filter_map(|place| match place {
            Place::Field(path) => Some(path.as_str()),
            _ => None,
        })
    }
}

/// The providers that a list of their words asks for: all of them if it is empty.
fn providers(words: &[String]) -> Vec<Provider> {
    Provider::ALL.iter().copied().filter(|provider| listed(words, Some(provider.word()))).collect()
}

/// How exactly a rule says whom it is for: an application, a provider, or anybody.
fn scope(header: &Rule) -> u8 {
    match () {
        () if !header.apps.is_empty() => 3,
        () if !header.is_for_any_client() => 2,
        () => 1,
    }
}

/// The first and the last status.
fn bounds(status: &StatusSpec) -> Result<(u16, u16), Fault> {
    status.bounds().ok_or_else(|| Fault {
        words: status.to_string(),
        what: format!("the http_status `{status}` is neither a number nor a range such as \"500-599\""),
    })
}

fn refuse_empty_texts(spec: &Match) -> Result<(), Fault> {
    let mut wanted = spec.contains.values().chain(spec.contains_all.values()).flatten();
    if !wanted.any(|word| word.trim().is_empty()) {
        return Ok(());
    }
    let what = "an empty text in `contains` would match everything; remove it".to_owned();
    Err(Fault { words: "contains".to_owned(), what })
}

/// The words of applications, ready to be compared.
fn app_words(words: &[String]) -> Result<Vec<AppWord>, Fault> {
    let ready = |word: &String| {
        AppWord::new(word).ok_or_else(|| Fault {
            words: "app".to_owned(),
            what: format!("the app word `{word}` has no letter and no digit, so it names no application; remove it"),
        })
    };
    words.iter().map(ready).collect()
}

fn patterns(condition: &ByPlace) -> Vec<(Place, Vec<Pattern>)> {
    let of_place = |(place, sources): (&Place, &[String])| {
        (place.clone(), sources.iter().map(|source| Pattern::new(source)).collect())
    };
    condition.iter().map(of_place).collect()
}

/// Whether the value is on the list, or the list asks for nothing.
pub(super) fn listed(list: &[String], value: Option<&str>) -> bool {
    list.is_empty() || value.is_some_and(|value| list.iter().any(|item| glob::matches(item, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Library;

    #[test]
    fn a_list_of_providers_names_those_that_there_are_or_leaves_out_none() {
        let named = |words: &[&str]| providers(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(named(&[]), Provider::ALL);
        assert_eq!(named(&["scim", "Okta"]), [Provider::Okta, Provider::Scim]);
        assert_eq!(named(&["s*"]), [Provider::Scim, Provider::Snowflake, Provider::Slack, Provider::SailPoint]);
        assert_eq!(named(&["nobody"]), []);
    }

    #[test]
    fn texts_are_found_the_same_one_by_one_and_at_once() {
        let (library, _) = Library::load(&[]);
        let matcher = &library.matcher;
        let all = matcher.literals.join(" ");
        assert_eq!(matcher.one_by_one(&all), matcher.at_once(&all));
        for text in ["", "nothing of it", &matcher.literals[0], "error: the user already exists, error code 409"] {
            assert_eq!(matcher.one_by_one(text), matcher.at_once(text), "{text}");
        }
        // However many were asked for before.
        let hits: Vec<String> = (0..FEW * 2).map(|_| format!("{:?}", matcher.hits(Some(&all)).bits)).collect();
        assert!(hits.windows(2).all(|pair| pair[0] == pair[1]));
    }
}
