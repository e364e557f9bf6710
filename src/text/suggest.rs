//! "Did you mean …?" for rule ids, applications and file names.

/// The candidate nearest to `given`, if it is near enough to be a slip of the finger.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = given.to_lowercase();
    // Two letters that are both wrong are another word, not a slip.
    let limit = match given.chars().count() {
        0..=3 => 1,
        letters => (letters / 3).max(2),
    };
    candidates
        .into_iter()
        .map(|candidate| (distance(&given, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace) between two texts.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut left_above = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let replaced = left_above + usize::from(x != *y);
            left = replaced.min(left + 1).min(above + 1);
            next.push(left);
            left_above = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }

    #[test]
    fn a_slip_is_found_and_a_stranger_is_not() {
        let ids = ["okta-remote-conflict", "entra-conflict"];
        assert_eq!(nearest("entra-conflcit", ids), Some("entra-conflict"));
        assert_eq!(nearest("something-else-entirely", ids), None);
        assert_eq!(nearest("urn", ["in", "on"]), None);
        assert_eq!(nearest("ap", ["app", "in"]), Some("app"));
    }
}
