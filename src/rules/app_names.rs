//! The words of an application's names.
//!
//! An admin may call an application anything, so rules name it by words: `box` is in "Box Production", but not
//! in "Dropbox". Words are compared without what stands between them, so that `iam identity center` is also
//! found in `aws_iam_identity_center`.

use crate::event::Event;

/// The names of an event's application. The id of an instance is not among them: it is random letters, which
/// hold any short word sooner or later.
pub(super) struct AppNames([Option<AppName>; 2]);

impl AppNames {
    pub(super) fn of(event: &Event<'_>) -> AppNames {
        AppNames([event.app.name.map(AppName::label), event.app.kind.map(AppName::technical)])
    }

    /// What somebody calls an application, without an event.
    pub(super) fn called(name: Option<&str>) -> AppNames {
        AppNames([name.map(AppName::label), None])
    }

    /// Whether one of the names has one of these words.
    pub(super) fn have_any(&self, words: &[AppWord]) -> bool {
        self.0.iter().flatten().any(|name| words.iter().any(|word| name.has(word)))
    }
}

/// What a rule calls an application: letters and digits only, in small letters.
#[derive(Clone, Debug)]
pub struct AppWord(String);

impl AppWord {
    /// Nothing if there is no letter and no digit, which every name would have.
    pub fn new(word: &str) -> Option<AppWord> {
        let letters: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        (!letters.is_empty()).then_some(AppWord(letters))
    }
}

/// One name: its letters and digits in small letters, and where among them words begin and end.
pub struct AppName {
    letters: String,
    edges: Vec<usize>,
}

/// Whose name it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Label,
    Technical,
}

impl AppName {
    /// What an admin calls it. Capitals alone do not part words: LucidLink is another company than Lucid.
    pub fn label(name: &str) -> AppName {
        AppName::split(name, Style::Label)
    }

    /// What the identity provider calls it. Here they do: `slackOutDelta`.
    pub fn technical(name: &str) -> AppName {
        AppName::split(name, Style::Technical)
    }

    fn split(name: &str, style: Style) -> AppName {
        let mut split = AppName { letters: String::with_capacity(name.len()), edges: vec![0] };
        let mut before = None;
        let mut rest = name.chars();
        while let Some(c) = rest.next() {
            if before.is_none_or(|before| is_edge(before, c, rest.clone().next(), style)) {
                split.edge();
            }
            if c.is_alphanumeric() {
                split.letters.extend(c.to_lowercase());
            }
            before = Some(c);
        }
        split.edge();
        split
    }

    fn edge(&mut self) {
        if self.edges.last() != Some(&self.letters.len()) {
            self.edges.push(self.letters.len());
        }
    }

    /// Whether the word is one of its words, or several of them that follow each other.
    pub fn has(&self, word: &AppWord) -> bool {
        let starts = self.edges.iter().filter_map(|start| Some((start, self.letters.get(*start..)?)));
        let mut ends = starts.filter(|(_, rest)| rest.starts_with(&word.0)).map(|(start, _)| start + word.0.len());
        ends.any(|end| self.edges.binary_search(&end).is_ok())
    }
}

/// Whether a word ends before `c`.
fn is_edge(before: char, c: char, next: Option<char>, style: Style) -> bool {
    let is_upper = |c: char| c.is_uppercase();
    match () {
        () if !before.is_alphanumeric() || !c.is_alphanumeric() => true,
        () if before.is_numeric() != c.is_numeric() => true,
        // Several capitals are a word of their own: "AWSProd", "GitHubEMU".
        () if !is_upper(before) => is_upper(c) && (style == Style::Technical || next.is_some_and(is_upper)),
        () => is_upper(c) && next.is_some_and(char::is_lowercase),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Provider;

    fn has(name: &AppName, word: &str) -> bool {
        name.has(&AppWord::new(word).unwrap())
    }

    #[test]
    fn a_label_has_whole_words() {
        for (name, word) in [
            ("Box", "box"),
            ("Box Production", "box"),
            ("EU-Box (new)", "Box"),
            ("box.com", "box"),
            ("Box2", "box"),
            ("AWSProd", "aws"),
            ("GitHubEMU", "github"),
            ("GitHubEMU", "github emu"),
            ("GitHub Enterprise Managed User", "managed user"),
            ("AWS IAM Identity Center", "iam identity center"),
            ("AWSIAMIdentityCenter", "aws iam identity center"),
            ("Office 365", "office365"),
            ("Office365 Corporate", "office 365"),
            ("1Password Business", "1password"),
            ("Snipe-IT", "snipe"),
            ("Büro Ärger", "ärger"),
        ] {
            assert!(has(&AppName::label(name), word), "{name} {word}");
        }
        for (name, word) in [
            ("Dropbox", "box"),
            ("DropBox", "box"),
            ("ZoomInfo", "zoom"),
            ("LucidLink", "lucid"),
            ("BeeKeeper", "keeper"),
            ("Infor Lawson", "aws"),
            ("Boxer", "box"),
            ("Ärgernis", "gernis"),
            ("", "box"),
            ("--", "box"),
        ] {
            assert!(!has(&AppName::label(name), word), "{name} {word}");
        }
    }

    #[test]
    fn a_technical_name_has_words_that_begin_with_capitals() {
        for (name, word) in [
            ("slackOutDelta", "slack"),
            ("DropboxSCIMOutDelta", "dropbox"),
            ("AD2AADProvisioning", "AD2AAD"),
            ("WorkdayWriteback", "workday"),
            ("WorkdayWriteback", "Workday writeback"),
            ("Workday2AD", "workday"),
            ("GitHubEnterpriseManagedUser", "managed user"),
            ("githubenterprisemanageduser", "GitHub Enterprise Managed User"),
            ("aws_iam_identity_center", "iam identity center"),
            ("active_directory", "active directory"),
        ] {
            assert!(has(&AppName::technical(name), word), "{name} {word}");
        }
        for (name, word) in [("boxnet", "box"), ("AAD2ADGroupProvisioning", "AD2AD"), ("inforlawson", "aws")] {
            assert!(!has(&AppName::technical(name), word), "{name} {word}");
        }
    }

    #[test]
    fn what_has_no_letters_is_no_word() {
        assert!(AppWord::new(" - ").is_none());
    }

    #[test]
    fn the_id_of_an_instance_says_nothing() {
        let mut event = Event::unrecorded(Provider::Okta, "okta-system-log");
        event.app.name = Some("Payroll One");
        event.app.id = Some("0oa1-aws-7x");
        let words = |word: &str| AppWord::new(word).into_iter().collect::<Vec<_>>();
        assert!(AppNames::of(&event).have_any(&words("payroll")));
        assert!(!AppNames::of(&event).have_any(&words("aws")));
    }
}
