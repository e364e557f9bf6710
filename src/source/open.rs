//! Opening and decompressing by content, not by file name.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::utf16::{Order, Transcoder};
use super::{Place, Source};
use crate::error::InputError;

/// Decompressed bytes that one input may have.
const MAX_INPUT: u64 = 64 << 30;
/// After this many decompressed bytes the ratio is looked at.
const RATIO_FROM: u64 = 64 << 20;
/// Decompressed bytes for one compressed byte; logs compress 8 to 20 times.
const MAX_RATIO: u64 = 200;

/// An input that is ready to be read.
pub struct Opened {
    /// Decompressed UTF-8 (or at least ASCII-compatible) bytes without a byte order mark.
    pub reader: Box<dyn Read + Send>,
    /// The first bytes, which `reader` gives again.
    pub head: Vec<u8>,
}

pub(super) struct Member {
    pub(super) name: String,
    pub(super) unreadable: Option<String>,
}

pub(super) fn starts_like_zip(path: &Path) -> bool {
    let mut magic = [0u8; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && magic == *b"PK\x03\x04"
}

/// The members of an archive in their order, with the reason for those that cannot be read.
pub(super) fn zip_members(path: &Path) -> Result<Vec<Member>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(file).map_err(|error| error.to_string())?;
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let member = match archive.by_index_raw(index) {
            Ok(entry) => {
                let unreadable = if entry.is_dir() {
                    Some("folder".to_owned())
                } else if entry.encrypted() {
                    Some("encrypted member; unzip it first".to_owned())
                } else if !matches!(
                    entry.compression(),
                    zip::CompressionMethod::Stored | zip::CompressionMethod::Deflated
                ) {
                    Some("its compression is not supported; unzip it first".to_owned())
                } else {
                    None
                };
                Member {
                    name: entry.name().map_or_else(|_| format!("member {index}"), std::borrow::Cow::into_owned),
                    unreadable,
                }
            }
            Err(error) => Member { name: format!("member {index}"), unreadable: Some(error.to_string()) },
        };
        members.push(member);
    }
    // A workbook is a zip of XML: say so instead of listing its parts.
    if members.iter().any(|member| member.name == "xl/workbook.xml") {
        return Err("it is an Excel workbook; save it as CSV (UTF-8) and use that".to_owned());
    }
    Ok(members)
}

/// Opens a source, decompresses it and turns UTF-16 into UTF-8.
///
/// # Errors
/// [`InputError`] if it cannot be opened or is plainly no log.
pub fn open(source: &Source) -> Result<Opened, InputError> {
    let unreadable =
        |error: io::Error| InputError::Unreadable { path: source.name.clone(), reason: super::reason(&error) };
    let raw: Box<dyn Read + Send> = match &source.place {
        Place::Stdin => Box::new(io::stdin()),
        Place::File(path) => Box::new(File::open(path).map_err(unreadable)?),
        Place::Memory(bytes) => Box::new(Cursor::new(*bytes)),
        Place::ZipMember(path, index) => Box::new(zip_member(path, *index).map_err(unreadable)?),
    };
    let (head, raw) = peek(raw).map_err(unreadable)?;
    let plain: Box<dyn Read + Send> = if head.starts_with(&[0x1f, 0x8b]) {
        let counted = Counted::new(raw);
        let counter = counted.counter.clone();
        Box::new(Bounded { inner: MultiGzDecoder::new(counted), compressed: counter, given: 0 })
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let counted = Counted::new(raw);
        let counter = counted.counter.clone();
        Box::new(Bounded {
            inner: zstd::stream::read::Decoder::new(counted).map_err(unreadable)?,
            compressed: counter,
            given: 0,
        })
    } else {
        raw
    };
    let (head, plain) = peek(plain).map_err(unreadable)?;
    let (skip, order) = byte_order(&head);
    let mut plain = plain;
    let mut mark = [0u8; 3];
    plain.read_exact(mark.get_mut(..skip).unwrap_or_default()).map_err(unreadable)?;
    let text: Box<dyn Read + Send> = match order {
        Some(order) => Box::new(Transcoder::new(plain, order)),
        None => plain,
    };
    let (head, reader) = peek(text).map_err(unreadable)?;
    if let Some(what) = foreign(&head) {
        return Err(InputError::NotALog { path: source.name.clone(), what: what.to_owned() });
    }
    Ok(Opened { reader, head })
}

/// Length of the byte order mark, and the order if it is UTF-16 (also without a mark).
fn byte_order(head: &[u8]) -> (usize, Option<Order>) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(Order::Little)),
        [0xfe, 0xff, ..] => (2, Some(Order::Big)),
        [a, 0, b, 0, ..] if a.is_ascii() && b.is_ascii() && *a != 0 => (0, Some(Order::Little)),
        _ => (0, None),
    }
}

/// Files that are not logs, named for what they are.
fn foreign(head: &[u8]) -> Option<&'static str> {
    let text = head.trim_ascii_start();
    let start = text.get(..text.len().min(400)).unwrap_or_default().to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return Some(
            "this is a web page, not an export; you were probably signed out when it was saved. Sign in and export again",
        );
    }
    Some(match head {
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            "this is a picture, not a log; export the log as JSON or CSV"
        }
        [b'%', b'P', b'D', b'F', ..] => "this is a PDF, not a log; export the log as JSON or CSV",
        [b'E', b'l', b'f', b'F', b'i', b'l', b'e', ..] => {
            "this is a Windows event log (.evtx); export the provisioning log from the portal instead"
        }
        [0x7f, b'E', b'L', b'F', ..] => "this is a program, not a log",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "this is an old Office document; save the sheet as CSV (UTF-8)",
        [b'P', b'K', 3, 4, ..] => "this is an archive inside an archive; unpack it first",
        [b'<', b'?', b'x', b'm', b'l', ..] => "this is XML, not a provisioning log; export the log as JSON or CSV",
        _ => return None,
    })
}

/// Reads up to 64 KiB ahead and gives them back in front of the rest.
fn peek(mut reader: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut head = Vec::new();
    let outcome = reader.by_ref().take(64 * 1024).read_to_end(&mut head);
    match outcome {
        Ok(_) => {}
        // A cut-off archive: what was read is used, and the rest of the error comes when it is reached.
        Err(error) if !head.is_empty() => {
            return Ok((head.clone(), Box::new(Cursor::new(head).chain(Failing(Some(error))))));
        }
        Err(error) => return Err(error),
    }
    Ok((head.clone(), Box::new(Cursor::new(head).chain(reader))))
}

struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The bytes of one member; read whole, since an archive cannot be lent to a reader of its own.
fn zip_member(path: &Path, index: usize) -> io::Result<Box<dyn Read + Send>> {
    let mut archive = ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
    let mut entry = archive.by_index(index).map_err(io::Error::other)?;
    let limit = entry.compressed_size().saturating_mul(MAX_RATIO).saturating_add(RATIO_FROM).min(MAX_INPUT);
    let mut bytes = Vec::new();
    let outcome = entry.by_ref().take(limit + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > limit {
        return Err(io::Error::other("the member unpacks to far more than a log would; not read"));
    }
    match outcome {
        Ok(_) => Ok(Box::new(Cursor::new(bytes))),
        Err(error) if bytes.is_empty() => Err(error),
        Err(error) => Ok(Box::new(Cursor::new(bytes).chain(Failing(Some(error))))),
    }
}

type Counter = std::sync::Arc<std::sync::atomic::AtomicU64>;

struct Counted {
    inner: Box<dyn Read + Send>,
    counter: Counter,
}

impl Counted {
    fn new(inner: Box<dyn Read + Send>) -> Self {
        Counted { inner, counter: Counter::default() }
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.counter.fetch_add(count as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(count)
    }
}

/// Stops a decompression bomb.
struct Bounded<R> {
    inner: R,
    compressed: Counter,
    given: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.given += count as u64;
        let compressed = self.compressed.load(std::sync::atomic::Ordering::Relaxed).max(1);
        if self.given > MAX_INPUT || (self.given > RATIO_FROM && self.given / compressed > MAX_RATIO) {
            return Err(io::Error::other("it unpacks to far more than a log would (over 200 to 1); stopped"));
        }
        Ok(count)
    }
}
