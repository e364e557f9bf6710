//! Names of files and folders that a bundle is made of: plain, whatever they are made from.

use super::case::Case;
use super::facts::{self, Facts};

/// The name of the folder and of the archive: never of what a log says.
pub(super) fn name(case: &Case<'_>, facts: &Facts) -> String {
    let stamp: String =
        facts::stamp(Some(case.created)).unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    let (day, rest) = stamp.split_once('T').unwrap_or((&stamp, ""));
    let time = rest.get(..6).unwrap_or(rest);
    format!("provlens-bundle-{}-{}t{time}z", slug(&facts.problem.id), day)
}

/// Lower-case letters, digits and dashes, and not too many; the dot of an ending stays.
pub fn slug(text: &str) -> String {
    let (stem, ending) = match text.rsplit_once('.') {
        Some((stem, ending))
            if (1..=6).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            (stem, format!(".{}", ending.to_ascii_lowercase()))
        }
        _ => (text, String::new()),
    };
    let mut slug = String::new();
    for c in stem.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug: String = slug.trim_end_matches('-').chars().take(60).collect();
    let reserved = ["con", "prn", "aux", "nul"].contains(&&*slug)
        || slug.len() == 4 && ["com", "lpt"].iter().any(|start| slug.starts_with(start));
    match (slug.is_empty(), reserved) {
        (true, _) => format!("file{ending}"),
        (_, true) => format!("file-{slug}{ending}"),
        _ => format!("{slug}{ending}"),
    }
}

/// The last part of a path, whatever system wrote it.
pub(super) fn base_name(name: &str) -> String {
    match name {
        "-" => "standard-input".to_owned(),
        name => name.rsplit(['/', '\\', '!']).next().unwrap_or(name).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i9_names_of_files_are_plain_whatever_they_are_made_of() {
        let cases = [
            ("../../etc/passwd", "etc-passwd"),
            ("okta 2026.json", "okta-2026.json"),
            ("a\0b", "a-b"),
            ("aux", "file-aux"),
            ("AUX.txt", "file-aux.txt"),
            ("com1.log", "file-com1.log"),
            ("...", "file"),
            ("", "file"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("trailing.", "trailing"),
        ];
        for (text, wanted) in cases {
            assert_eq!(slug(text), wanted, "{text:?}");
        }
        assert!(slug(&"x".repeat(500)).len() <= 60);
    }

    #[test]
    fn only_the_last_part_of_a_path_is_told() {
        assert_eq!(base_name("/home/ann/okta.json"), "okta.json");
        assert_eq!(base_name("C:\\Users\\ann\\okta.json"), "okta.json");
        assert_eq!(base_name("logs.zip!inner/okta.json"), "okta.json");
        assert_eq!(base_name("-"), "standard-input");
    }
}
