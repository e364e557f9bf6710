//! From the text to the tree.

use std::ops::Range;

use super::field::{FIELDS, Field};
use super::mistake::{Mistake, brief};
use super::tree::{Filter, Node, Term, all, any};
use super::value::{Raw, value};
use crate::event::Provider;
use crate::text::suggest;

/// Longest filter, in bytes: more than anybody writes, and far less than what is pasted by mistake.
const MAX_LENGTH: usize = 8 * 1024;
/// Deepest nesting of parentheses.
const MAX_DEPTH: usize = 32;
/// Most values in a filter.
const MAX_VALUES: usize = 500;
/// Most regular expressions in a filter: each may take a millisecond and a megabyte to compile.
const MAX_EXPRESSIONS: usize = 16;

/// What there is to name, for whoever mistypes it. What is not given is not checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vocabulary<'v> {
    /// Providers that may be named.
    pub providers: &'v [Provider],
    /// Ids and titles of known issues.
    pub issues: &'v [(&'v str, &'v str)],
}

impl Filter {
    /// Reads a filter. Its times hold for no event until [`Filter::at`] has fixed them.
    ///
    /// # Errors
    /// The first mistake, with the place in the text and what would be right.
    pub fn parse(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Filter, Mistake> {
        if text.len() > MAX_LENGTH {
            let sentence = format!("the filter is {} bytes long; {MAX_LENGTH} are the most", text.len());
            return Err(Mistake::new(0..0, sentence));
        }
        let mut parser = Parser { text, at: 0, terms: Vec::new(), values: 0, expressions: 0, vocabulary };
        let root = parser.filter(0)?;
        match parser.peek() {
            None => Ok(Filter { root, terms: parser.terms }),
            // Nothing else ends a filter early.
            Some(_) => Err(Mistake::new(
                parser.at..parser.at + 1,
                "this ) closes nothing; to look for it, put the text in quotes",
            )),
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    terms: Vec<Term>,
    values: usize,
    expressions: usize,
    vocabulary: &'t Vocabulary<'t>,
}

impl<'t> Parser<'t> {
    fn filter(&mut self, depth: usize) -> Result<Node, Mistake> {
        let mut groups = vec![self.group(depth)?];
        while let Some(or) = self.keyword("or") {
            if matches!(groups.last(), Some(Node::All(nodes)) if nodes.is_empty()) {
                return Err(lonely(or, "before", "or"));
            }
            self.at = or.end;
            let group = self.group(depth)?;
            if matches!(&group, Node::All(nodes) if nodes.is_empty()) {
                return Err(lonely(or, "behind", "or"));
            }
            groups.push(group);
        }
        Ok(any(groups))
    }

    fn group(&mut self, depth: usize) -> Result<Node, Mistake> {
        let mut nodes = Vec::new();
        loop {
            self.skip_space();
            if self.is_at_end_of_group() {
                return Ok(all(nodes));
            }
            if let Some(and) = self.keyword("and") {
                if nodes.is_empty() {
                    return Err(lonely(and, "before", "and"));
                }
                self.at = and.end;
                self.skip_space();
                if self.is_at_end_of_group() || self.keyword("and").is_some() {
                    return Err(lonely(and, "behind", "and"));
                }
            }
            nodes.push(self.term(depth)?);
        }
    }

    fn term(&mut self, depth: usize) -> Result<Node, Mistake> {
        let not = self.not()?;
        let node = match self.peek() {
            Some('(') => self.parentheses(depth)?,
            Some('"') => {
                let start = self.at;
                let text = self.phrase()?;
                self.end_of_value()?;
                self.add(Field::Any, start, Raw::Plain { text, quoted: true })?
            }
            _ => self.word()?,
        };
        Ok(if not { Node::Not(Box::new(node)) } else { node })
    }

    /// Takes `-` or `not`.
    fn not(&mut self) -> Result<bool, Mistake> {
        let (not, word) = match (self.peek(), self.keyword("not")) {
            (Some('-'), _) => (self.at..self.at + 1, "-"),
            (_, Some(not)) => (not, "not"),
            _ => return Ok(false),
        };
        self.at = not.end;
        let spaced = self.skip_space();
        let missing = self.is_at_end_of_group() || self.keyword("and").is_some() || self.keyword("not").is_some();
        if missing || (spaced && word == "-") {
            let sentence = match word {
                "-" => "a - stands right before what is not wanted, as in -status:ok; to look for it, write \"-\"",
                _ => "a not stands before what is not wanted, as in not status:ok; to look for the word, write \"not\"",
            };
            return Err(Mistake::new(not, sentence));
        }
        Ok(true)
    }

    fn parentheses(&mut self, depth: usize) -> Result<Node, Mistake> {
        let open = self.at..self.at + 1;
        if depth >= MAX_DEPTH {
            return Err(Mistake::new(open, format!("parentheses are nested more than {MAX_DEPTH} deep")));
        }
        self.at = open.end;
        let node = self.filter(depth + 1)?;
        if self.peek() != Some(')') {
            return Err(Mistake::new(open, "this ( is not closed; to look for it, put the text in quotes"));
        }
        self.at += 1;
        match &node {
            Node::All(nodes) if nodes.is_empty() => {
                Err(Mistake::new(open.start..self.at, "there is nothing between the parentheses"))
            }
            _ => Ok(node),
        }
    }

    /// A word, or a field and its values.
    fn word(&mut self) -> Result<Node, Mistake> {
        let start = self.at;
        let word = self.rest_of_word(&[]);
        let Some((name, _)) = word.split_once(':').filter(|(name, _)| is_name(name)) else {
            let text = self.bare(&[])?.to_owned();
            return self.add(Field::Any, start, Raw::Plain { text, quoted: false });
        };
        let end = start + name.len() + 1;
        let Some(field) = Field::from_name(name) else {
            let near = Field::meant_by(name)
                .or_else(|| suggest::nearest(name, FIELDS.iter().map(|about| about.name)))
                .map(|near| format!("{near}:"));
            let sentence = format!("there is no field \"{}:\"", brief(name));
            let advice = format!("To look for the text, put it in quotes: \"{}\"", brief(word));
            let fields = FIELDS.iter().map(|about| format!("{}:", about.name));
            return Err(Mistake::new(start..end, sentence).meaning(near).advise(advice).choose(fields));
        };
        self.at = end;
        let position = self.terms.len();
        let mut from = start;
        loop {
            let raw = self.raw(field, start)?;
            if from == start {
                self.add(field, start, raw)?;
            } else {
                self.add_value(position, from, raw)?;
            }
            if self.peek() != Some(',') {
                return Ok(Node::Term(position));
            }
            self.at += 1;
            from = self.at;
        }
    }

    /// One value of a field, as it is written.
    fn raw(&mut self, field: Field, start: usize) -> Result<Raw, Mistake> {
        let raw = match self.peek() {
            Some('"') => Raw::Plain { text: self.phrase()?, quoted: true },
            Some('=') => {
                self.at += 1;
                let text = if self.peek() == Some('"') { self.phrase()? } else { self.bare(&[','])?.to_owned() };
                Raw::Exact(text)
            }
            Some(sign @ ('>' | '<')) => {
                self.at += 1;
                let text = self.bare(&[','])?.to_owned();
                if sign == '>' { Raw::Above(text) } else { Raw::Below(text) }
            }
            // The name of a file begins with a slash too.
            Some('/') if field != Field::In || self.is_expression_in_a_word() => Raw::Regex(self.expression(start)?),
            _ => Raw::Plain { text: self.bare(&[','])?.to_owned(), quoted: false },
        };
        if raw.text().is_empty() {
            let example = FIELDS.iter().find(|about| about.field == field).map_or("", |about| about.example);
            let sentence = match self.text.get(..self.at).is_some_and(|before| before.ends_with(',')) {
                true => format!(
                    "there is nothing behind the comma; values follow without a space, as in {}:a,b",
                    field.name()
                ),
                false => format!("a value follows {}: directly, as in {example}", field.name()),
            };
            return Err(Mistake::new(start..self.at, sentence));
        }
        self.end_of_value()?;
        Ok(raw)
    }

    fn add(&mut self, field: Field, start: usize, raw: Raw) -> Result<Node, Mistake> {
        self.terms.push(Term { field, values: Vec::new(), span: start..self.at });
        let position = self.terms.len() - 1;
        self.add_value(position, start, raw)?;
        Ok(Node::Term(position))
    }

    fn add_value(&mut self, position: usize, start: usize, raw: Raw) -> Result<(), Mistake> {
        let span = start..self.at;
        self.values += 1;
        self.expressions += usize::from(matches!(raw, Raw::Regex(_)));
        if self.values > MAX_VALUES {
            return Err(Mistake::new(span, format!("a filter has at most {MAX_VALUES} values")));
        }
        if self.expressions > MAX_EXPRESSIONS {
            return Err(Mistake::new(span, format!("a filter has at most {MAX_EXPRESSIONS} patterns between slashes")));
        }
        if let Some(term) = self.terms.get_mut(position) {
            term.values.push(value(term.field, raw, span, self.vocabulary)?);
            term.span.end = self.at;
        }
        Ok(())
    }

    /// A text between quotes, in which `\"` is a quote and `\\` a backslash.
    fn phrase(&mut self) -> Result<String, Mistake> {
        let start = self.at;
        let mut text = String::new();
        let mut letters = self.text.get(start + 1..).unwrap_or_default().char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' if text.is_empty() => {
                    return Err(Mistake::new(start..start + 2, "there is nothing between the quotes"));
                }
                '"' => {
                    self.at = start + 1 + at + 1;
                    return Ok(text);
                }
                // Any other backslash stands for itself: names of Windows domains and paths have them.
                '\\' => match letters.clone().next() {
                    Some((_, escaped @ ('"' | '\\'))) => {
                        letters.next();
                        text.push(escaped);
                    }
                    _ => text.push('\\'),
                },
                letter => text.push(letter),
            }
        }
        Err(Mistake::new(start..self.text.len(), "the quote is not closed"))
    }

    /// Whether what stands here begins and ends with a slash.
    fn is_expression(&self) -> bool {
        let Some(end) = self.end_of_expression() else { return false };
        self.text.get(end + 1..).and_then(|rest| rest.chars().next()).is_none_or(|next| ends_word(next) || next == ',')
    }

    /// The same, where what follows the first slash of a path may not reach into other words.
    fn is_expression_in_a_word(&self) -> bool {
        let text = self.end_of_expression().and_then(|end| self.text.get(self.at..end));
        text.is_some_and(|text| !text.contains(|c: char| c == '"' || c.is_whitespace())) && self.is_expression()
    }

    /// The position of the slash that ends an expression.
    fn end_of_expression(&self) -> Option<usize> {
        let mut escaped = true;
        let mut letters = self.text.get(self.at..)?.char_indices();
        letters.find_map(|(at, letter)| {
            let ends = letter == '/' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends.then_some(self.at + at)
        })
    }

    /// A regular expression between slashes.
    fn expression(&mut self, start: usize) -> Result<String, Mistake> {
        let Some(end) = self.end_of_expression().filter(|_| self.is_expression()) else {
            let span = start..self.at + self.rest_of_word(&[]).len();
            let sentence = "a pattern stands between two slashes, with \\/ for a slash in it; to look for the text, put it in quotes";
            return Err(Mistake::new(span, sentence));
        };
        let text = self.text.get(self.at + 1..end).unwrap_or_default().to_owned();
        if text.is_empty() {
            return Err(Mistake::new(start..end + 1, "there is nothing between the slashes"));
        }
        self.at = end + 1;
        Ok(text)
    }

    /// A word without quotes, up to a space, a parenthesis or what else ends it; may be empty.
    fn bare(&mut self, ends: &[char]) -> Result<&'t str, Mistake> {
        let word = self.rest_of_word(ends);
        let span = self.at..self.at + word.len();
        if let Some(quote) = word.chars().next().filter(|first| "“”„«»".contains(*first)) {
            return Err(Mistake::new(span, format!("a phrase stands between straight quotes, \"…\", not {quote}")));
        }
        if word.contains('"') {
            return Err(Mistake::new(
                span,
                "a quote stands in the word; put all of it in quotes, with \\\" for the quote",
            ));
        }
        self.at = span.end;
        Ok(word)
    }

    fn rest_of_word(&self, ends: &[char]) -> &'t str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find(|letter| ends_word(letter) || ends.contains(&letter)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    fn end_of_value(&self) -> Result<(), Mistake> {
        match self.peek() {
            Some(next) if !ends_word(next) && next != ',' => Err(Mistake::new(
                self.at..self.at + next.len_utf8(),
                "a space must stand between this and what is before it",
            )),
            _ => Ok(()),
        }
    }

    /// Where this word stands, if it comes next.
    fn keyword(&self, word: &str) -> Option<Range<usize>> {
        let next = self.rest_of_word(&[]);
        next.eq_ignore_ascii_case(word).then(|| self.at..self.at + next.len())
    }

    fn is_at_end_of_group(&self) -> bool {
        matches!(self.peek(), None | Some(')')) || self.keyword("or").is_some()
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Whether there was any.
    fn skip_space(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.len() - rest.trim_start().len();
        self.at += length;
        length > 0
    }
}

fn ends_word(letter: char) -> bool {
    letter.is_whitespace() || letter == '(' || letter == ')'
}

/// Whether what stands before a colon looks like the name of a field, unlike in `12:30`.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_' || b == b'-')
}

fn lonely(span: Range<usize>, side: &str, word: &str) -> Mistake {
    Mistake::new(span, format!("there is nothing {side} this {word}; to look for the word, write \"{word}\""))
}
