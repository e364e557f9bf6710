//! A filter as text again: in one way of writing, which is read as the same filter.

use std::fmt;

use super::field::{Field, status_word};
use super::pattern::{Form, Pattern};
use super::tree::{Filter, Node, Term, Value};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node(&self.root, Place::Top, f)
    }
}

/// Where a node stands, which decides about its parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    /// Between `or`s.
    Group,
    /// Where only a term can stand.
    Term,
}

impl Filter {
    fn node(&self, node: &Node, place: Place, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (nodes, between, inner) = match node {
            Node::Term(at) => return self.terms.get(*at).map_or(Ok(()), |term| write!(f, "{term}")),
            Node::Not(node) => {
                if place == Place::Term {
                    f.write_str("(")?;
                }
                f.write_str("-")?;
                self.node(node, Place::Term, f)?;
                return if place == Place::Term { f.write_str(")") } else { Ok(()) };
            }
            Node::All(nodes) => (nodes, " ", Place::Group),
            Node::Any(nodes) => (nodes, " or ", Place::Group),
        };
        let any = matches!(node, Node::Any(_));
        let bare = place == Place::Top || (place == Place::Group && !any);
        if !bare {
            f.write_str("(")?;
        }
        for (at, node) in nodes.iter().enumerate() {
            if at > 0 {
                f.write_str(between)?;
            }
            self.node(node, inner, f)?;
        }
        if bare { Ok(()) } else { f.write_str(")") }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field != Field::Any {
            write!(f, "{}:", self.field.name())?;
        }
        // The quotes tell that a path up to a later slash is none.
        let quoted = self.values.iter().any(begins_like_an_expression);
        for (at, value) in self.values.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            match value {
                Value::Text(pattern) => text(self.field, pattern, quoted, f)?,
                Value::Above(number) => write!(f, ">{number}")?,
                Value::Below(number) => write!(f, "<{number}")?,
                Value::Outcome(outcome) => f.write_str(status_word(*outcome))?,
                Value::Operation(operation) => f.write_str(operation.word())?,
                Value::Unknown => f.write_str("unknown")?,
                Value::NoIssue => f.write_str("none")?,
                Value::State(state) => f.write_str(state.word())?,
                Value::Time(when, _) => f.write_str(&quoted_if_needed(self.field, &when.to_string()))?,
            }
        }
        Ok(())
    }
}

/// Whether it is printed with a slash in front, though it is no expression: a path with a star.
fn begins_like_an_expression(value: &Value) -> bool {
    let Value::Text(pattern) = value else { return false };
    pattern.form == Form::Wildcard && pattern.text.starts_with('/')
}

fn text(field: Field, pattern: &Pattern, quoted: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let word = || if quoted { in_quotes(&pattern.text) } else { quoted_if_needed(field, &pattern.text) };
    match pattern.form {
        Form::Plain => f.write_str(&word()),
        Form::Exact => write!(f, "={}", word()),
        Form::Wildcard => f.write_str(&pattern.text),
        Form::Regex => write!(f, "/{}/", pattern.text),
    }
}

/// A text as a word where that is surely read as the same, else as a phrase.
pub(super) fn quoted_if_needed(field: Field, text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_.@+#".contains(c) || (c == ':' && field.is_time());
    let reserved: &[&str] = match field {
        Field::Any => &["and", "or", "not"],
        Field::Issue => &["unknown", "none"],
        _ => &[],
    };
    let is_reserved = reserved.iter().any(|word| word.eq_ignore_ascii_case(text));
    if text.is_empty() || text.starts_with('-') || is_reserved || !text.chars().all(is_plain) {
        in_quotes(text)
    } else {
        text.to_owned()
    }
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
