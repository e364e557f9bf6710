//! Takes an archive apart. It is what a stranger sent: nothing is written anywhere, and every size has a limit.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::output::bundle::archive::File;

/// Most files of an archive.
const MOST_FILES: usize = 10_000;
/// Most bytes of all its files.
const MOST_BYTES: u64 = 1 << 30;

/// What an archive holds.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// The name of the top folder.
    pub(super) top: String,
    /// The files below it.
    pub(super) files: Vec<File>,
    /// What is wrong with the archive itself, each in a sentence.
    pub(super) wrong: Vec<String>,
}

/// Takes an archive apart.
///
/// # Errors
/// A sentence if it is no archive that can be read.
pub(super) fn unpack(bytes: &[u8]) -> Result<Unpacked, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|_| "it is no zip archive, or one that is cut off: get it again from whoever has it".to_owned())?;
    if archive.len() > MOST_FILES {
        return Err(format!("it has {} files; a bundle has a few dozen", archive.len()));
    }
    let mut members = Members::default();
    for index in 0..archive.len() {
        match archive.by_index(index) {
            Ok(member) => members.add(index + 1, member)?,
            Err(error) => members.wrong.push(format!("file {} cannot be read: {error}", index + 1)),
        }
    }
    members.look_over();
    let Members { files, mut wrong, tops, .. } = members;
    wrong.extend(beside_members(&archive, bytes));
    Ok(Unpacked { top: tops.into_iter().next().unwrap_or_default(), files, wrong })
}

/// The members of an archive as far as they were unpacked.
#[derive(Default)]
struct Members {
    files: Vec<File>,
    wrong: Vec<String>,
    /// First parts of the names.
    tops: BTreeSet<String>,
    names: BTreeSet<String>,
    folders: BTreeSet<String>,
    /// Bytes of all files.
    unpacked: u64,
}

impl Members {
    /// Unpacks the next member; an error if all together are too large to go on.
    fn add<R: Read>(&mut self, number: usize, mut member: ZipFile<'_, R>) -> Result<(), String> {
        let Ok(name) = member.name().map(Cow::into_owned) else {
            self.wrong.push(format!("file {number} has a name that cannot be read"));
            return Ok(());
        };
        if !member.comment().is_empty() {
            self.wrong.push(format!("file {number} has a comment, which no bundle has"));
        }
        // Programs that pack a folder again list it, too.
        if member.is_dir() && member.size() == 0 {
            self.folders.insert(name);
            return Ok(());
        }
        let Some((top, path)) = folder_and_path(&name) else {
            self.wrong.push(format!("`{}` is no plain name of a file in a folder", name.escape_default()));
            return Ok(());
        };
        if member.is_symlink() || member.is_dir() {
            self.wrong.push(format!("{name} is a link or a folder"));
            return Ok(());
        }
        if !self.names.insert(name.clone()) {
            self.wrong.push(format!("{name} is there twice"));
        }
        self.tops.insert(top.to_owned());
        // What the archive says of its sizes may be a lie.
        let room = MOST_BYTES.saturating_sub(self.unpacked);
        let mut bytes = Vec::new();
        let outcome = member.by_ref().take(room + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > room {
            return Err("it unpacks to more than 1 GiB, which no bundle does".to_owned());
        }
        self.unpacked += bytes.len() as u64;
        match outcome {
            Ok(_) => self.files.push(File { path: path.to_owned(), bytes }),
            Err(error) => self.wrong.push(format!("{path} is damaged: {error}")),
        }
        Ok(())
    }

    /// Says what is wrong with all members together.
    fn look_over(&mut self) {
        let holds_nothing = |folder: &&String| !self.names.iter().any(|name| name.starts_with(&**folder));
        for folder in self.folders.iter().filter(holds_nothing) {
            self.wrong.push(format!("`{}` is a folder without a file", folder.escape_default()));
        }
        if self.tops.len() > 1 {
            self.wrong.push(format!("it has {} top folders", self.tops.len()));
        }
    }
}

/// The top folder and the path below it, if this is a name that leads nowhere else on any computer.
fn folder_and_path(name: &str) -> Option<(&str, &str)> {
    let is_plain = name.is_ascii()
        && !name.contains(['\\', ':', '\0'])
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    name.split_once('/').filter(|_| is_plain)
}

/// What the archive holds besides its members. The names that its directory lists may not be all that is there.
fn beside_members(archive: &ZipArchive<Cursor<&[u8]>>, bytes: &[u8]) -> Vec<String> {
    let mut wrong = Vec::new();
    if archive.offset() != 0 {
        wrong.push(format!("{} bytes stand before the archive", archive.offset()));
    }
    if !archive.comment().is_empty() {
        wrong.push("the archive has a comment, which no bundle has".to_owned());
    }
    match bytes_behind(bytes) {
        0 => {}
        count => wrong.push(format!("{count} bytes stand behind the archive")),
    }
    wrong
}

/// Bytes behind the last record of the archive, which names the length of the comment that may follow it.
fn bytes_behind(bytes: &[u8]) -> usize {
    const SIGN: &[u8] = b"PK\x05\x06";
    const LENGTH: usize = 22;
    let end = memchr::memmem::rfind(bytes, SIGN).and_then(|at| {
        let comment = bytes.get(at + LENGTH - 2..at + LENGTH)?.try_into().ok()?;
        Some(at + LENGTH + usize::from(u16::from_le_bytes(comment)))
    });
    end.map_or(0, |end| bytes.len().saturating_sub(end))
}
