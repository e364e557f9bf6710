//! What stands in a message where its shape has `<NAME>`, `<ID>` and the like.

/// The marks that a shape can have.
const MARKS: [&str; 6] = ["<URL>", "<MAIL>", "<ID>", "<TIME>", "<NAME>", "<N>"];

/// A piece of a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'s> {
    Words(&'s str),
    Mark(&'static str),
}

/// A shape taken apart, to be compared with many messages.
#[derive(Clone, Debug)]
pub struct Shape<'s>(Vec<Piece<'s>>);

impl<'s> Shape<'s> {
    /// Takes a shape apart.
    pub fn new(shape: &'s str) -> Shape<'s> {
        let mut pieces = Vec::new();
        let mut rest = shape;
        while let Some((at, mark)) = first_mark(rest) {
            let (words, behind) = rest.split_at(at);
            if !words.is_empty() {
                pieces.push(Piece::Words(words));
            }
            pieces.push(Piece::Mark(mark));
            rest = behind.get(mark.len()..).unwrap_or_default();
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest));
        }
        Shape(pieces)
    }

    /// Its marks in order.
    pub fn marks(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter_map(|piece| if let Piece::Mark(mark) = piece { Some(*mark) } else { None })
    }

    /// What a message has in place of each mark, without quotation marks around it; `None` if the message
    /// has another shape. Of marks with no words between them the last one has everything.
    pub fn values(&self, message: &str) -> Option<Vec<String>> {
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut values = Vec::new();
        let mut rest = message.as_str();
        for (at, piece) in self.0.iter().enumerate() {
            match piece {
                Piece::Words(words) if at == 0 => rest = rest.strip_prefix(words)?,
                // The mark before it took them.
                Piece::Words(_) => {}
                Piece::Mark(_) => {
                    let (value, behind) = match self.0.get(at + 1) {
                        Some(Piece::Words(words)) => rest.split_once(words)?,
                        Some(Piece::Mark(_)) => ("", rest),
                        None => (rest, ""),
                    };
                    values.push(value.trim_matches(['\'', '"', '`']).to_owned());
                    rest = behind;
                }
            }
        }
        Some(values)
    }
}

fn first_mark(text: &str) -> Option<(usize, &'static str)> {
    MARKS.into_iter().filter_map(|mark| Some((text.find(mark)?, mark))).min()
}

#[cfg(test)]
mod tests {
    use super::super::shape;
    use super::*;

    fn values(message: &str) -> Option<Vec<String>> {
        Shape::new(&shape(message)).values(message)
    }

    #[test]
    fn what_was_masked_is_found_again() {
        let message = "User 'Ann Lee' (ann@example.com)  not found, id 12345";
        assert_eq!(Shape::new(&shape(message)).marks().collect::<Vec<_>>(), ["<NAME>", "<MAIL>", "<N>"]);
        assert_eq!(values(message).unwrap(), ["Ann Lee", "ann@example.com", "12345"]);
        assert_eq!(values("no marks at all").unwrap(), [""; 0]);
    }

    #[test]
    fn another_shape_has_none() {
        assert_eq!(Shape::new("seat <N> is taken").values("no seat"), None);
        assert_eq!(Shape::new("<N> seats").values("12 chairs"), None);
    }

    #[test]
    fn a_shape_that_was_cut_fits_the_beginning() {
        assert_eq!(Shape::new("seat <N> is ta").values("seat 4 is taken").unwrap(), ["4"]);
    }

    #[test]
    fn of_marks_side_by_side_the_last_one_has_all() {
        assert_eq!(Shape::new("x <ID><N> y").values("x 17 y").unwrap(), ["", "17"]);
    }
}
