//! zip: every member is read as a stream, under its name in the archive. Nothing is unpacked to the disk,
//! and what the archive says of sizes is not believed.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek as _, SeekFrom};
use std::path::Path;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::limits::Limits;
use super::open::{Bounded, Counted};

/// Most members that are read of one archive.
pub(super) const MAX_MEMBERS: usize = 10_000;

/// One member.
pub(super) struct Member {
    pub(super) name: String,
    /// Whether it is read.
    pub(super) state: State,
}

/// What can be done with a member.
pub(super) enum State {
    Readable,
    /// It holds nothing of its own.
    PassedOver(&'static str),
    /// It holds something that cannot be read.
    Refused(String),
}

/// Why an archive is not read.
pub(super) enum Refusal {
    /// It is a file of another program.
    Document(&'static str),
    Damaged(String),
}

/// Whether a file is an archive, also one of nothing.
pub(super) fn is_archive(path: &Path) -> bool {
    let mut magic = [0u8; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut magic));
    read.is_ok() && (magic == *b"PK\x03\x04" || magic == *b"PK\x05\x06")
}

/// The members of an archive in their order.
pub(super) fn members(path: &Path) -> Result<Vec<Member>, Refusal> {
    let damaged = |error: &dyn std::fmt::Display| Refusal::Damaged(format!("damaged zip archive: {error}"));
    let file = File::open(path).map_err(|error| damaged(&error))?;
    let mut archive = ZipArchive::new(file).map_err(|error| match error {
        // What an archive holds is written at its end.
        ZipError::InvalidArchive(_) => Refusal::Damaged(
            "the zip archive is cut off or damaged, so that nobody knows what is in it; download or copy it again"
                .to_owned(),
        ),
        error => damaged(&error),
    })?;
    let names: Vec<String> = archive.file_names().flatten().map(Cow::into_owned).collect();
    if let Some(what) = document(&names) {
        return Err(Refusal::Document(what));
    }
    // Members that share their bytes unpack to more than any limit for one of them lets through.
    if archive.has_overlapping_files().map_err(|error| damaged(&error))? {
        return Err(Refusal::Damaged("its members overlap, which only an archive made to do harm has".to_owned()));
    }
    Ok((0..archive.len()).map(|index| member(&mut archive, index)).collect())
}

fn member(archive: &mut ZipArchive<File>, index: usize) -> Member {
    match archive.by_index_raw(index) {
        Ok(entry) => {
            let name = entry.name().map_or_else(|_| format!("member {index}"), Cow::into_owned);
            let state = match entry.compression() {
                _ if entry.is_dir() => State::PassedOver("folder"),
                _ if is_hidden(&name) => State::PassedOver("hidden file"),
                _ if entry.is_symlink() => State::PassedOver("link"),
                _ if entry.encrypted() => State::Refused("it is encrypted; unzip it first".to_owned()),
                CompressionMethod::Stored | CompressionMethod::Deflated => State::Readable,
                _ => State::Refused("it is packed by a method that is not supported; unzip it first".to_owned()),
            };
            Member { name, state }
        }
        Err(error) => {
            Member { name: format!("member {index}"), state: State::Refused(format!("damaged member: {error}")) }
        }
    }
}

/// Whether a member would be passed over in a folder, or is what a Mac keeps besides each file.
fn is_hidden(name: &str) -> bool {
    let is_hidden = |part: &str| part == "__MACOSX" || part.starts_with('.') && part != "." && part != "..";
    name.split(['/', '\\']).any(is_hidden)
}

/// Documents that are archives of their parts: said so instead of listing them.
fn document(names: &[String]) -> Option<&'static str> {
    let has = |part: &str| names.iter().any(|name| name == part);
    match () {
        () if has("xl/workbook.xml") || has("xl/workbook.bin") => {
            Some("this is an Excel workbook, not a log; save the sheet as CSV (UTF-8) and use that")
        }
        () if has("word/document.xml") || has("ppt/presentation.xml") || has("mimetype") && has("content.xml") => {
            Some("this is a document of an office program, not a log; export the log as JSON or CSV")
        }
        () => None,
    }
}

/// The bytes of one member.
pub(super) fn open_member(path: &Path, index: usize, limits: Limits) -> io::Result<Box<dyn Read + Send>> {
    let mut archive = ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
    let entry = archive.by_index_raw(index).map_err(io::Error::other)?;
    let (start, length) = (entry.data_start().unwrap_or_default(), entry.compressed_size());
    let (method, wanted) = (entry.compression(), entry.crc32());
    drop(entry);
    let mut file = archive.into_inner();
    file.seek(SeekFrom::Start(start))?;
    let counted = Counted::new(Box::new(file.take(length)));
    let compressed = counted.counter.clone();
    let source = BufReader::new(counted);
    Ok(match method {
        CompressionMethod::Stored => Box::new(Checked::new(source, wanted)),
        CompressionMethod::Deflated => {
            let plain = Checked::new(Deflated(DeflateDecoder::new(source)), wanted);
            Box::new(Bounded::new(plain, compressed, limits))
        }
        _ => return Err(io::Error::other("it is packed by a method that is not supported; unzip it first")),
    })
}

/// Says in plain words why a member cannot be read on.
struct Deflated<R>(DeflateDecoder<R>);

impl<R: io::BufRead> Read for Deflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                io::Error::new(ErrorKind::InvalidData, "the compressed data is cut off or damaged")
            }
            _ => error,
        })
    }
}

/// Compares the checksum at the end.
struct Checked<R> {
    inner: R,
    sum: Crc,
    wanted: u32,
}

impl<R> Checked<R> {
    fn new(inner: R, wanted: u32) -> Self {
        Checked { inner, sum: Crc::new(), wanted }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sum.update(buffer.get(..count).unwrap_or_default());
        if count == 0 && !buffer.is_empty() && self.sum.sum() != self.wanted {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "the checksum of the archive does not match, so some of it is damaged",
            ));
        }
        Ok(count)
    }
}
