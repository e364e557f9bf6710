//! A file that somebody still writes to: what was appended since the last look, whatever became of
//! the file meanwhile.
//!
//! A file is known by its place on the disk and by its first bytes, since the place of a deleted file
//! is given to another one (reliability row G4). When another file has taken the name, the old one is
//! read to its end first, then the new one from its start; nothing is lost, and records that stand in
//! both are known as duplicates by whoever counts them.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::{KNOWN_BY, identity};

/// Bytes of one look.
const CHUNK: usize = 512 * 1024;

/// A file that is looked at again and again.
pub struct Tail {
    path: PathBuf,
    file: File,
    id: Option<(u64, u64)>,
    start: Vec<u8>,
    position: u64,
}

/// What a look at the file brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Bytes were appended to the buffer.
    More,
    /// Nothing new.
    Nothing,
    /// From here on it is another text, which begins at its start.
    Anew(Anew),
}

/// Why a file is read from its start again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// It became shorter.
    Cut,
    /// Another file has its name.
    Replaced,
}

impl Tail {
    /// Opens a file to be followed from its start.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(path: &Path) -> io::Result<Tail> {
        let file = File::open(path)?;
        let id = identity(path, &file.metadata()?);
        Ok(Tail { path: path.to_owned(), file, id, start: Vec::new(), position: 0 })
    }

    /// Whether nothing has its name any more. What was opened stays readable all the same.
    pub fn is_gone(&self) -> bool {
        fs::metadata(&self.path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    }

    /// Looks for more, which goes behind what the buffer has.
    ///
    /// # Errors
    /// What the operating system says; looking again later may be worth it.
    pub fn look(&mut self, buffer: &mut Vec<u8>) -> io::Result<Look> {
        let before = buffer.len();
        self.look_on(buffer).inspect_err(|_| {
            buffer.truncate(before);
            self.open_again();
        })
    }

    fn look_on(&mut self, buffer: &mut Vec<u8>) -> io::Result<Look> {
        if let Some(anew) = self.became_another()? {
            return Ok(Look::Anew(anew));
        }
        let before = buffer.len();
        self.file.by_ref().take(CHUNK as u64).read_to_end(buffer)?;
        let read = buffer.get(before..).unwrap_or_default();
        if self.position < KNOWN_BY as u64 {
            let missing = KNOWN_BY.saturating_sub(self.start.len()).min(read.len());
            self.start.extend_from_slice(read.get(..missing).unwrap_or_default());
        }
        self.position += read.len() as u64;
        Ok(if read.is_empty() { Look::Nothing } else { Look::More })
    }

    /// Whether the file that is read, or the one that has its name, is another one now. The old one is
    /// read to its end before.
    fn became_another(&mut self) -> io::Result<Option<Anew>> {
        let length = self.file.metadata()?.len();
        if length < self.position {
            self.begin_again(None)?;
            return Ok(Some(Anew::Cut));
        }
        if length > self.position {
            // The same length with other first bytes is another text, too.
            return if self.starts_the_same()? { Ok(None) } else { self.begin_again(None).map(|()| Some(Anew::Cut)) };
        }
        // A name that leads nowhere for a moment is what a rotation looks like in between.
        let Ok(now) = fs::metadata(&self.path) else { return Ok(None) };
        // Opening a pipe would wait for its sender.
        if !now.is_file() {
            return Ok(None);
        }
        if identity(&self.path, &now) == self.id && self.starts_the_same()? {
            return Ok(None);
        }
        let Ok(file) = File::open(&self.path) else { return Ok(None) };
        // What came into the old one between the two looks is read before it is left.
        if self.file.metadata()?.len() > self.position {
            return Ok(None);
        }
        self.begin_again(Some(file))?;
        Ok(Some(Anew::Replaced))
    }

    /// After a share came back, what was opened before is often dead for ever, and its name leads to the
    /// file. Whether that is still the same text is seen at the next look.
    fn open_again(&mut self) {
        let opened = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.position))?;
            Ok((identity(&self.path, &file.metadata()?), file))
        });
        if let Ok((id, file)) = opened {
            (self.id, self.file) = (id, file);
        }
    }

    fn starts_the_same(&mut self) -> io::Result<bool> {
        if self.start.is_empty() {
            return Ok(true);
        }
        let mut now = vec![0; self.start.len()];
        self.file.seek(SeekFrom::Start(0))?;
        let outcome = self.file.read_exact(&mut now);
        self.file.seek(SeekFrom::Start(self.position))?;
        match outcome {
            Ok(()) => Ok(now == self.start),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn begin_again(&mut self, other: Option<File>) -> io::Result<()> {
        if let Some(file) = other {
            self.id = identity(&self.path, &file.metadata()?);
            self.file = file;
        }
        self.file.seek(SeekFrom::Start(0))?;
        (self.position, self.start) = (0, Vec::new());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn append(path: &Path, text: &str) {
        fs::OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Everything that looking brings, with a mark where another text begins.
    fn all(tail: &mut Tail) -> String {
        let mut text = String::new();
        loop {
            let mut buffer = Vec::new();
            match tail.look(&mut buffer).unwrap() {
                Look::More => text.push_str(&String::from_utf8(buffer).unwrap()),
                Look::Anew(Anew::Cut) => text.push_str("|cut|"),
                Look::Anew(Anew::Replaced) => text.push_str("|replaced|"),
                Look::Nothing => return text,
            }
        }
    }

    #[test]
    fn g1_what_is_appended_is_seen_as_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "one\ntw");
        let mut tail = Tail::open(&path).unwrap();
        assert_eq!(all(&mut tail), "one\ntw");
        append(&path, "o\n");
        assert_eq!((all(&mut tail), all(&mut tail)), ("o\n".to_owned(), String::new()));
    }

    #[test]
    fn g2_a_rotated_file_is_read_to_its_end_before_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "a1\n");
        let mut tail = Tail::open(&path).unwrap();
        assert_eq!(all(&mut tail), "a1\n");
        append(&path, "a2\n");
        fs::rename(&path, folder.path().join("log.1")).unwrap();
        assert_eq!(all(&mut tail), "a2\n");
        append(&folder.path().join("log.1"), "a3\n");
        append(&path, "b1\n");
        assert_eq!(all(&mut tail), "a3\n|replaced|b1\n");
    }

    #[test]
    fn g2_a_hundred_rotations_under_load_lose_and_double_nothing() {
        const TURNS: usize = 100;
        const LINES: usize = 40;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "");
        let mut tail = Tail::open(&path).unwrap();
        // A file that is gone before anybody could have seen it is nobody's fault.
        let (seen, turn) = std::sync::mpsc::channel();
        let (log, old) = (path.clone(), folder.path().join("log.1"));
        let writer = std::thread::spawn(move || {
            for number in 0..TURNS {
                for line in 0..LINES {
                    append(&log, &format!("{number}-{line}\n"));
                }
                fs::rename(&log, &old).unwrap();
                // Whoever had it open goes on writing for a moment.
                append(&old, &format!("{number}-late\n"));
                append(&log, "");
                turn.recv().unwrap();
            }
        });
        let (mut text, mut turns) = (Vec::new(), 0);
        while turns < TURNS {
            if let Look::Anew(why) = tail.look(&mut text).unwrap() {
                assert_eq!(why, Anew::Replaced);
                turns += 1;
                seen.send(()).unwrap();
            }
        }
        writer.join().unwrap();
        let lines =
            |number| (0..LINES).map(move |line| format!("{number}-{line}\n")).chain([format!("{number}-late\n")]);
        let wanted: String = (0..TURNS).flat_map(lines).collect();
        assert!(String::from_utf8(text).unwrap() == wanted);
    }

    #[test]
    fn g3_a_file_that_was_cut_is_read_from_its_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "long line\n");
        let mut tail = Tail::open(&path).unwrap();
        all(&mut tail);
        fs::write(&path, "new\n").unwrap();
        assert_eq!(all(&mut tail), "|cut|new\n");
        // As long as before, with other words.
        fs::write(&path, "other line\n").unwrap();
        assert_eq!(all(&mut tail), "|cut|other line\n");
    }

    #[test]
    fn g4_a_file_at_the_place_of_a_deleted_one_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "first\n");
        let mut tail = Tail::open(&path).unwrap();
        all(&mut tail);
        for turn in 0..20 {
            fs::remove_file(&path).unwrap();
            append(&path, &format!("turn {turn}\n"));
            assert_eq!(all(&mut tail), format!("|replaced|turn {turn}\n"));
        }
    }

    #[test]
    fn g5_a_file_that_is_gone_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "a\n");
        let mut tail = Tail::open(&path).unwrap();
        all(&mut tail);
        assert!(!tail.is_gone());
        fs::remove_file(&path).unwrap();
        assert_eq!(all(&mut tail), "");
        assert!(tail.is_gone());
        append(&path, "b\n");
        assert_eq!(all(&mut tail), "|replaced|b\n");
        assert!(!tail.is_gone());
    }

    #[test]
    fn g5_a_folder_that_is_gone_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs").join("log");
        fs::create_dir(path.parent().unwrap()).unwrap();
        append(&path, "a\n");
        let mut tail = Tail::open(&path).unwrap();
        all(&mut tail);
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
        assert_eq!(all(&mut tail), "");
        // What has the name meanwhile is no log.
        fs::create_dir_all(&path).unwrap();
        assert_eq!(all(&mut tail), "");
        fs::remove_dir(&path).unwrap();
        append(&path, "b\n");
        assert_eq!(all(&mut tail), "|replaced|b\n");
    }

    /// As on a share that went away and came back: what was opened before can never be read again.
    #[cfg(unix)]
    #[test]
    fn g5_a_file_that_could_not_be_read_for_a_while_is_read_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "first\n");
        let mut tail = Tail::open(&path).unwrap();
        all(&mut tail);
        append(&path, "second\n");
        let mut buffer = b"half of ".to_vec();
        tail.file = File::open(folder.path()).unwrap();
        tail.look(&mut buffer).unwrap_err();
        assert_eq!(buffer, b"half of ");
        assert_eq!(all(&mut tail), "second\n");
        // Another text is known for one.
        fs::write(&path, "other words\n").unwrap();
        tail.file = File::open(folder.path()).unwrap();
        tail.look(&mut buffer).unwrap_err();
        assert_eq!(all(&mut tail), "|cut|other words\n");
    }
}
