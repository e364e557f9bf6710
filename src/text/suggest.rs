//! "Did you mean …?" for rule ids, applications and file names.

/// How many more edits than to the nearest one a name is away that may be meant as well.
const ALIKE: usize = 2;

/// The candidate nearest to `given`, if it is near enough to be a slip of the finger.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(given, candidates).min().map(|(_, candidate)| candidate)
}

/// The same, as many as `most`, the nearest first: of names that are alike, each may be meant.
pub fn nearest_few<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let mut near: Vec<(usize, &str)> = near(given, candidates).collect();
    near.sort_unstable();
    let nearest = near.first().map_or(0, |(distance, _)| *distance);
    let alike = near.into_iter().take_while(|(distance, _)| *distance <= nearest + ALIKE);
    alike.take(most).map(|(_, candidate)| candidate).collect()
}

/// The candidates that are near enough, with how far they are.
fn near<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = (usize, &'a str)> {
    let given = given.to_lowercase();
    // Two letters that are both wrong are another word, not a slip.
    let limit = match given.chars().count() {
        0..=3 => 1,
        letters => (letters / 3).max(2),
    };
    candidates
        .into_iter()
        .map(move |candidate| (distance(&given, &candidate.to_lowercase()), candidate))
        .filter(move |(distance, _)| *distance <= limit)
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
    use super::{distance, nearest, nearest_few};

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

    #[test]
    fn the_nearest_ones_come_first() {
        let ids = ["okta-push-failed", "okta-push-conflict", "okta-pull-conflict", "entra-conflict"];
        assert_eq!(nearest_few("okta-push-conflct", ids, 2), ["okta-push-conflict", "okta-pull-conflict"]);
        assert!(nearest_few("something-else-entirely", ids, 2).is_empty());
    }
}
