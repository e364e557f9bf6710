//! A filter taken apart: the conditions that must all hold, one by one.

use super::field::Field;
use super::tree::{Filter, Node, Term};

impl Filter {
    /// The conditions that must all hold, each as a filter of its own, in their order.
    pub fn parts(&self) -> Vec<Filter> {
        let nodes = match &self.root {
            Node::All(nodes) => nodes.as_slice(),
            node => std::slice::from_ref(node),
        };
        nodes.iter().map(|node| self.part(node)).collect()
    }

    /// The term that it is, if it is a single one that says what is wanted.
    pub fn only_term(&self) -> Option<&Term> {
        match &self.root {
            Node::Term(at) => self.terms.get(*at),
            _ => None,
        }
    }

    /// Whether it is a single term that says what is wanted of this field.
    pub fn is_about(&self, field: Field) -> bool {
        self.only_term().is_some_and(|term| term.field() == field)
    }

    /// What it does not let through.
    pub fn opposite(self) -> Filter {
        let Filter { root, terms } = self;
        match root {
            Node::Not(node) => Filter { root: *node, terms },
            node => Filter { root: Node::Not(Box::new(node)), terms },
        }
    }

    fn part(&self, node: &Node) -> Filter {
        let mut terms = Vec::new();
        let root = self.copied(node, &mut terms);
        Filter { root, terms }
    }

    /// The same node for terms that are put into a list of their own.
    fn copied(&self, node: &Node, terms: &mut Vec<Term>) -> Node {
        let mut all = |nodes: &[Node]| nodes.iter().map(|node| self.copied(node, terms)).collect();
        match node {
            Node::All(nodes) => Node::All(all(nodes)),
            Node::Any(nodes) => Node::Any(all(nodes)),
            Node::Not(node) => Node::Not(Box::new(self.copied(node, terms))),
            Node::Term(at) => {
                terms.extend(self.terms.get(*at).cloned());
                Node::Term(terms.len().saturating_sub(1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::filter::Vocabulary;

    fn parts(text: &str) -> Vec<String> {
        let filter = Filter::parse(text, &Vocabulary::default()).unwrap();
        filter.parts().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_must_hold_at_once_is_taken_apart_and_nothing_else() {
        assert_eq!(
            parts("app:sales,slack -status:ok (a or b c) x"),
            ["app:sales,slack", "-status:ok", "a or b c", "x"]
        );
        assert_eq!(parts("status:ok or app:x"), ["status:ok or app:x"]);
        assert_eq!(parts(""), [""; 0]);
    }

    #[test]
    fn parts_put_together_are_the_same_filter() {
        for text in ["app:x -(a or b) after:6h", "a or b", "(a or b) c", "-x"] {
            let filter = Filter::parse(text, &Vocabulary::default()).unwrap();
            let again = filter.parts().into_iter().fold(Filter::default(), Filter::and);
            assert_eq!(again.to_string(), filter.to_string());
        }
    }

    #[test]
    fn a_single_term_says_what_it_is_about() {
        let of = |text: &str| Filter::parse(text, &Vocabulary::default()).unwrap();
        assert!(of("app:x,y").is_about(Field::App) && !of("-app:x").is_about(Field::App));
        assert_eq!(of("app:x").opposite().to_string(), "-app:x");
        assert_eq!(of("-app:x").opposite().to_string(), "app:x");
    }
}
