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
    Readable(Packed),
    /// It holds nothing of its own.
    PassedOver(&'static str),
    /// It holds something that cannot be read.
    Refused(String),
}

/// Where the bytes of a member lie, so that nobody has to look through the archive again for them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    start: u64,
    length: u64,
    method: CompressionMethod,
    crc: u32,
}

/// Why an archive is not read.
pub(super) enum Refusal {
    /// It is a file of another program.
    Document(&'static str),
    Damaged(String),
}

/// Whether a file that begins with these bytes is an archive, also one of nothing.
pub(super) fn is_archive(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// The members of an archive in their order.
pub(super) fn members(path: &Path) -> Result<Vec<Member>, Refusal> {
    let damaged = |error: &dyn std::fmt::Display| Refusal::Damaged(format!("damaged zip archive: {error}"));
    let file = File::open(path).map_err(|error| damaged(&error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
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

fn member(archive: &mut ZipArchive<BufReader<File>>, index: usize) -> Member {
    match archive.by_index_raw(index) {
        Ok(entry) => {
            let name = entry.name().map_or_else(|_| format!("member {index}"), Cow::into_owned);
            let state = match entry.compression() {
                _ if entry.is_dir() => State::PassedOver("folder"),
                _ if is_hidden(&name) => State::PassedOver("hidden file"),
                _ if entry.is_symlink() => State::PassedOver("link"),
                _ if entry.encrypted() => State::Refused("it is encrypted; unzip it first".to_owned()),
                method @ (CompressionMethod::Stored | CompressionMethod::Deflated) => match entry.data_start() {
                    Some(start) => {
                        let (length, crc) = (entry.compressed_size(), entry.crc32());
                        State::Readable(Packed { start, length, method, crc })
                    }
                    None => State::Refused("damaged member: nobody knows where it begins".to_owned()),
                },
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
pub(super) fn open_member(path: &Path, packed: Packed, limits: Limits) -> io::Result<Box<dyn Read + Send>> {
    let Packed { start, length, method, crc } = packed;
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let counted = Counted::new(Box::new(file.take(length)));
    let compressed = counted.counter.clone();
    let source = BufReader::new(counted);
    Ok(match method {
        CompressionMethod::Stored => Box::new(Checked::new(source, crc)),
        CompressionMethod::Deflated => {
            let plain = Checked::new(Deflated(DeflateDecoder::new(source)), crc);
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Read as _, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use crate::source;

    /// Looking through it for every member took minutes for an archive of ten thousand.
    #[test]
    fn an_archive_is_looked_through_once_for_all_its_members() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs.zip");
        let mut writer = ZipWriter::new(fs::File::create(&path).unwrap());
        for name in ["one", "two"] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        let sources = source::gather(std::slice::from_ref(&path)).sources;
        let bytes = fs::read(&path).unwrap();
        let directory = bytes.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        fs::write(&path, &bytes[..directory]).unwrap();
        let read = |source| {
            let mut text = String::new();
            source::open(source).unwrap().into_reader().read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(sources.iter().map(read).collect::<Vec<_>>(), ["one", "two"]);
    }
}
