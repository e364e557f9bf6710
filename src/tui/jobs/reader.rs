//! What is read, and with which rules.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bundle::Fresh;
use crate::pipeline::Options;
use crate::rules::{Complaint, Library};
use crate::source::{self, Gathered, Source};
use crate::tui::keymap::{Action, key_of};

/// Most bytes that events take unless somebody says otherwise: some twenty million events.
pub const MEMORY: usize = 2 << 30;

/// What is read, and how.
#[derive(Clone)]
pub struct Reader {
    /// What was named; empty for inputs that are part of the program.
    pub paths: Vec<PathBuf>,
    /// Logs that are part of the program, for whoever has none at hand.
    pub samples: Vec<Source>,
    /// What is read, and what cannot be.
    pub gathered: Gathered,
    /// The known issues.
    pub library: Arc<Library>,
    /// Folders of rules that are not part of the program.
    pub rule_folders: Vec<PathBuf>,
    /// The user's own folder of rules, which may be made while the screen is there.
    pub own_rules: Option<PathBuf>,
    /// Rule files that cannot be used.
    pub rule_errors: Vec<Complaint>,
    /// How the pipeline is run.
    pub options: Options,
    /// Most bytes that events may take.
    pub memory: usize,
    /// The folder that `~` stands for.
    pub home: Option<PathBuf>,
    /// Chance and time, which only a computer has.
    pub fresh: fn() -> Result<Fresh, String>,
}

impl Reader {
    /// The same with what there is by now.
    pub fn looked_up_again(&self) -> Reader {
        if self.paths.is_empty() || !self.is_lasting() {
            return self.clone();
        }
        Reader { gathered: source::gather(&self.paths).within(self.gathered.limits), ..self.clone() }
    }

    /// The same with files that came into followed folders meanwhile.
    pub fn up_to_date(&self) -> Reader {
        if self.options.follow { self.looked_up_again() } else { self.clone() }
    }

    /// The same with the rules that there are by now; as it is if they are the same.
    pub fn with_rules_of_now(self) -> Reader {
        let own = self.own_rules.iter().filter(|own| own.is_dir() && !self.rule_folders.contains(own));
        let rule_folders: Vec<PathBuf> = own.chain(&self.rule_folders).cloned().collect();
        if rule_folders.is_empty() {
            return self;
        }
        let (library, errors) = Library::load(&rule_folders);
        let rule_errors: Vec<Complaint> = errors.into_iter().map(Complaint::from).collect();
        if written(&library) == written(&self.library) && rule_errors == self.rule_errors {
            return self;
        }
        Reader { library: Arc::new(library), rule_folders, rule_errors, ..self }
    }

    /// A path as somebody typed it.
    pub fn path(&self, typed: &Path) -> PathBuf {
        match (typed.strip_prefix("~"), &self.home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => typed.to_owned(),
        }
    }

    /// The same with another file or folder.
    ///
    /// # Errors
    /// Why not, for the reader.
    pub fn with(&self, more: &[PathBuf]) -> Result<Reader, String> {
        if !self.is_lasting() {
            return Err("Standard input or a pipe can be read only once, so nothing can be added to it.".to_owned());
        }
        let more: Vec<PathBuf> = more.iter().map(|path| self.path(path)).collect();
        let new: Vec<PathBuf> = more.iter().filter(|path| !self.paths.contains(path)).cloned().collect();
        let names = more.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        if new.is_empty() {
            return Err(format!("{names} is among the inputs already. {} reads it again.", key_of(Action::Reread)));
        }
        let found = source::gather(&new);
        if found.sources.is_empty() {
            let nothing = || format!("{names}: there is no file in it that can be read");
            let why = found.errors.first().map_or_else(nothing, |refused| refused.error.to_string());
            let end = if why.ends_with('?') { "" } else { "." };
            return Err(format!("{}{end}", why.trim_end_matches('.')));
        }
        let paths: Vec<PathBuf> = self.paths.iter().cloned().chain(new).collect();
        // Together, so that no file is taken twice.
        let mut gathered = source::gather(&paths).within(self.gathered.limits);
        if self.paths.is_empty() {
            gathered.sources.splice(..0, self.gathered.sources.clone());
        }
        Ok(Reader { paths, gathered, ..self.clone() })
    }

    /// Whether it can be read more than once.
    pub fn is_lasting(&self) -> bool {
        self.gathered.is_lasting()
    }
}

/// All that the rules say, to tell whether they say the same.
fn written(library: &Library) -> Option<String> {
    serde_json::to_string(library.rules()).ok()
}
