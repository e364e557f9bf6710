//! Errands: what is asked of the computer around the screen, such as its clipboard and the files of one's
//! own. They are run on a thread of their own, one after the other as they were asked for, so that neither a
//! slow disk nor a program that takes its time holds up a key.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

use super::draft::RuleFile;
use super::memory::Memory;
use super::saved::View;

/// What can be asked of the computer around the screen; every one of it may take its time.
pub trait Outside: Send {
    /// Gives a text to a program for the clipboard; false where there is none that takes it.
    fn copy(&mut self, text: &str) -> bool;

    /// Opens an address; false where nothing can.
    fn open(&mut self, address: &str) -> bool;

    /// Keeps what is remembered of this visit.
    ///
    /// # Errors
    /// Why it cannot be kept.
    fn keep(&mut self, memory: &Memory) -> Result<(), String>;

    /// What was kept of these inputs, and what is to be told of it; `None` if nothing is kept of them.
    fn opened(&mut self, paths: &[PathBuf]) -> Option<(Memory, Option<String>)>;

    /// Keeps what is looked at under a name; a sentence that says where.
    ///
    /// # Errors
    /// Why it cannot.
    fn save_view(&mut self, name: &str, view: &View) -> Result<String, String>;

    /// What was kept under a name.
    ///
    /// # Errors
    /// Why there is none; without a name, which there are.
    fn open_view(&mut self, name: &str) -> Result<View, String>;

    /// Writes a rule file beside the user's own rules; a sentence that says where.
    ///
    /// # Errors
    /// Why it cannot. A file that is there is never written over.
    fn write_rule(&mut self, file: &RuleFile) -> Result<String, String>;

    /// Calls `end` once the program is asked to end.
    fn on_end(&mut self, end: Box<dyn Fn() + Send>);
}

/// Something to be done outside of the screen.
#[derive(Debug)]
pub enum Errand {
    /// A text for the clipboard, and what it is called.
    Copy(String, String),
    /// An address for the system's opener.
    Open(String),
    /// What is to be kept of this visit.
    Keep(Memory),
    /// These are the inputs now.
    Opened(Vec<PathBuf>),
    /// Keeps what is looked at under a name.
    SaveView(String, View),
    /// Looks at what was kept under a name.
    OpenView(String),
    /// A rule file for the user's own rules.
    WriteRule(RuleFile),
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Something that somebody should know.
    Said(String),
    /// No program takes the text, which is called so, for the clipboard.
    NotCopied(String, String),
    /// What was kept of the inputs that there are now, and what is to be told of it.
    Opened(Option<(Memory, Option<String>)>),
    /// What was kept under a name.
    View(View),
}

/// Runs errands until nobody can ask for one any more.
pub(super) fn serve(asked: &Receiver<Errand>, outside: &mut dyn Outside, tell: &dyn Fn(Answer)) {
    while let Ok(errand) = asked.recv() {
        let answer = catch_unwind(AssertUnwindSafe(|| run(errand, outside))).unwrap_or_else(|_| {
            let words = "A bug ended this; everything else goes on. Please report what you had asked for.";
            Some(Answer::Said(words.to_owned()))
        });
        answer.into_iter().for_each(tell);
    }
}

fn run(errand: Errand, outside: &mut dyn Outside) -> Option<Answer> {
    let said = |words: String| Some(Answer::Said(words));
    match errand {
        Errand::Copy(text, name) => Some(copy(text, name, outside)),
        Errand::Open(address) if outside.open(&address) => said(format!("Opened {address}")),
        Errand::Open(address) => Some(copy(address.clone(), address, outside)),
        Errand::Keep(memory) => outside.keep(&memory).err().and_then(said),
        Errand::Opened(paths) => Some(Answer::Opened(outside.opened(&paths))),
        Errand::SaveView(name, view) => {
            let (Ok(words) | Err(words)) = outside.save_view(&name, &view);
            said(words)
        }
        Errand::OpenView(name) => match outside.open_view(&name) {
            Ok(view) => Some(Answer::View(view)),
            Err(words) => said(words),
        },
        Errand::WriteRule(file) => {
            let (Ok(words) | Err(words)) = outside.write_rule(&file);
            said(words)
        }
    }
}

fn copy(text: String, name: String, outside: &mut dyn Outside) -> Answer {
    match outside.copy(&text) {
        true => Answer::Said(format!("Copied {name}.")),
        false => Answer::NotCopied(text, name),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::tui::draft::Stage;

    /// A computer without a clipboard, on which rule files are a bug.
    struct Poor;

    impl Outside for Poor {
        fn copy(&mut self, _: &str) -> bool {
            false
        }

        fn open(&mut self, address: &str) -> bool {
            address.starts_with("https:")
        }

        fn keep(&mut self, _: &Memory) -> Result<(), String> {
            Err("no room".to_owned())
        }

        fn opened(&mut self, _: &[PathBuf]) -> Option<(Memory, Option<String>)> {
            None
        }

        fn save_view(&mut self, name: &str, _: &View) -> Result<String, String> {
            Ok(format!("kept as {name}"))
        }

        fn open_view(&mut self, _: &str) -> Result<View, String> {
            Ok(View::default())
        }

        fn write_rule(&mut self, _: &RuleFile) -> Result<String, String> {
            panic!("a bug")
        }

        fn on_end(&mut self, _: Box<dyn Fn() + Send>) {}
    }

    #[test]
    fn errands_are_answered_in_their_order_and_a_bug_ends_one_of_them() {
        let (asks, asked) = channel();
        let rule = RuleFile { id: String::new(), text: String::new(), stage: Stage::Draft };
        for errand in [
            Errand::Copy("text".to_owned(), "it".to_owned()),
            Errand::Open("https://example.com".to_owned()),
            Errand::WriteRule(rule),
            Errand::Keep(Memory::default()),
            Errand::SaveView("x".to_owned(), View::default()),
            Errand::Opened(Vec::new()),
        ] {
            asks.send(errand).unwrap();
        }
        drop(asks);
        let (tells, told) = channel();
        serve(&asked, &mut Poor, &|answer| tells.send(format!("{answer:?}")).unwrap());
        drop(tells);
        let told: Vec<String> = told.iter().collect();
        let wanted =
            ["NotCopied", "Opened https://example.com", "A bug ended this", "no room", "kept as x", "Opened(None)"];
        assert_eq!(told.len(), wanted.len());
        assert!(told.iter().zip(wanted).all(|(told, wanted)| told.contains(wanted)), "{told:?}");
    }
}
