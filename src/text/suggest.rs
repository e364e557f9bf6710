//! "Did you mean …?" for rule ids, applications and file names.

/// Edits that a name may be further away than the nearest one, or its beginning at all, and be meant as well.
const ALIKE: usize = 2;
/// Bytes of a beginning that tells which names are meant.
const BEGINNING: usize = 8;

/// The candidate nearest to `given`, if it is near enough to be a slip of the finger.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(given, candidates).min().map(|(_, candidate)| candidate)
}

/// The same, as many as `most`, the nearest first: of names that are alike, each may be meant. If none is near, those
/// that begin so: the rest of a long name is easily forgotten.
pub fn nearest_few<'a>(given: &str, candidates: impl Iterator<Item = &'a str> + Clone, most: usize) -> Vec<&'a str> {
    let mut found: Vec<(usize, &str)> = near(given, candidates.clone()).collect();
    if found.is_empty() && given.len() >= BEGINNING {
        let given = given.to_lowercase();
        let start = |name: &'a str| Some((distance(&given, &name.get(..given.len())?.to_lowercase()), name));
        found = candidates.filter_map(start).filter(|(distance, _)| *distance <= ALIKE).collect();
    }
    found.sort_unstable();
    let nearest = found.first().map_or(0, |(distance, _)| *distance);
    let alike = found.into_iter().take_while(|(distance, _)| *distance <= nearest + ALIKE);
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
        let few = |given: &str| nearest_few(given, ids.into_iter(), 2);
        assert_eq!(few("okta-push-conflct"), ["okta-push-conflict", "okta-pull-conflict"]);
        assert!(few("something-else-entirely").is_empty());
    }

    #[test]
    fn of_a_name_that_ends_too_early_the_whole_ones_are_found() {
        let ids = ["okta-remote-conflict-user-exists", "okta-remote-forbidden", "entra-conflict"];
        assert_eq!(nearest_few("okta-remote-conflct", ids.into_iter(), 3), ["okta-remote-conflict-user-exists"]);
        assert!(nearest_few("okta", ids.into_iter(), 3).is_empty(), "that may be any of them");
    }
}
