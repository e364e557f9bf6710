//! Opening and decompressing by content, not by file name.

use std::fs::File;
use std::io::{self, BufReader, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::gz::Members;
use super::live::Live;
use super::utf16::{Order, Transcoder};
use super::zst::Frames;
use super::{Limits, Place, Source, archive, foreign};
use crate::error::InputError;

/// Bytes at the start of an input by which it is recognised.
const HEAD: usize = 64 * 1024;

/// An input that is ready to be read: decompressed UTF-8 (or at least ASCII-compatible) bytes
/// without a byte order mark.
pub struct Opened {
    /// The first bytes; the body has them too.
    pub head: Vec<u8>,
    /// All bytes.
    pub body: Body,
    /// Of a compressed input: the bytes that were taken from it so far.
    pub taken: Option<Counter>,
    /// How much of it is taken.
    pub limits: Limits,
}

/// How the bytes of an input are to be had.
pub enum Body {
    /// One after the other.
    Stream(Box<dyn Read + Send>),
    /// At any place.
    Plain(Plain),
}

impl Opened {
    /// Bytes that are in memory.
    pub fn in_memory(bytes: Vec<u8>) -> Opened {
        let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default().to_vec();
        Opened { head, body: Body::Stream(Box::new(Cursor::new(bytes))), taken: None, limits: Limits::USUAL }
    }

    /// All bytes, one after the other.
    pub fn into_reader(self) -> Box<dyn Read + Send> {
        match self.body {
            Body::Stream(reader) => reader,
            Body::Plain(plain) => Box::new(PlainReader { plain: Arc::new(plain), at: 0 }),
        }
    }
}

/// Opens a source, decompresses it and turns UTF-16 into UTF-8.
///
/// # Errors
/// [`InputError`] if it cannot be opened or is plainly no log.
pub fn open(source: &Source) -> Result<Opened, InputError> {
    open_until(source, &Arc::default())
}

/// The same; what comes from somebody who may keep it waiting ends when `stop` is set.
///
/// # Errors
/// As [`open`].
pub fn open_until(source: &Source, stop: &Arc<AtomicBool>) -> Result<Opened, InputError> {
    let opened = as_it_is(source, stop).and_then(|opened| match opened {
        Ok(opened) => Ok(opened),
        Err(packed) => as_text(packed, source.limits),
    });
    let unreadable =
        |error: io::Error| InputError::Unreadable { path: source.name.clone(), reason: super::reason(&error) };
    recognised(opened.map_err(unreadable)?, source)
}

/// The bytes as they lie there, ready where nothing needs to be unpacked or recoded.
fn as_it_is(source: &Source, stop: &Arc<AtomicBool>) -> io::Result<Result<Opened, Packed>> {
    let reader: Box<dyn Read + Send> = match &source.place {
        Place::File(path) if source.is_live() => {
            let path = path.clone();
            Box::new(Live::new(move || File::open(path), stop)?)
        }
        Place::File(path) => {
            let file = File::open(path)?;
            let meta = file.metadata()?;
            if meta.is_file() {
                return Plain::open(At::File(file), meta.len());
            }
            Box::new(file)
        }
        Place::Memory(bytes) => return Plain::open(At::Memory(bytes), bytes.len() as u64),
        Place::Stdin => Box::new(Live::new(|| Ok(io::stdin()), stop)?),
        Place::ZipMember(path, packed) => archive::open_member(path, *packed, source.limits)?,
    };
    Ok(Err(peek(reader)?))
}

/// Bytes unpacked, and as UTF-8 without a byte order mark.
fn as_text((head, raw): Packed, limits: Limits) -> io::Result<Opened> {
    let mut taken = None;
    let plain: Box<dyn Read + Send> = if is_compressed(&head) {
        let counted = Counted::new(raw);
        let counter = counted.counter.clone();
        taken = Some(counter.clone());
        let counted = BufReader::new(counted);
        match head.starts_with(&GZIP) {
            true => Box::new(Bounded::new(Members::new(counted), counter, limits)),
            false => Box::new(Bounded::new(Frames::new(counted), counter, limits)),
        }
    } else {
        raw
    };
    let (head, mut plain) = peek(plain)?;
    let (skip, order) = byte_order(&head);
    let mut mark = [0u8; 3];
    plain.read_exact(mark.get_mut(..skip).unwrap_or_default())?;
    let text: Box<dyn Read + Send> = match order {
        Some(order) => Box::new(Transcoder::new(plain, order)),
        None => plain,
    };
    let (head, reader) = peek(text)?;
    Ok(Opened { head, body: Body::Stream(reader), taken, limits })
}

/// Whether bytes that begin so are unpacked while they are read.
pub(super) fn is_compressed(start: &[u8]) -> bool {
    start.starts_with(&GZIP) || start.starts_with(&ZSTD)
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Byte order mark of UTF-8.
const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

fn recognised(opened: Opened, source: &Source) -> Result<Opened, InputError> {
    let path = || source.name.clone();
    if let Some(what) = foreign::packed(&opened.head) {
        return Err(InputError::Packed { path: path(), what: what.to_owned() });
    }
    match foreign::name(&opened.head) {
        Some(what) => Err(InputError::NotALog { path: path(), what: what.to_owned() }),
        None => Ok(Opened { limits: source.limits, ..opened }),
    }
}

/// Bytes that can be read at any place and by several threads: a file that is neither compressed
/// nor UTF-16. Its length is the one it had when it was opened.
///
/// It is read, not mapped into memory: a mapped log that somebody truncates meanwhile kills the
/// program.
pub struct Plain {
    bytes: At,
    /// Length of a byte order mark, which is left out.
    skipped: u64,
    len: u64,
}

enum At {
    File(File),
    Memory(&'static [u8]),
}

/// The first bytes of what must be unpacked or recoded before it can be read, and all of them.
type Packed = (Vec<u8>, Box<dyn Read + Send>);

impl Plain {
    fn open(bytes: At, len: u64) -> io::Result<Result<Opened, Packed>> {
        let mut plain = Plain { bytes, skipped: 0, len };
        let mut head = vec![0; usize::try_from(len).unwrap_or(HEAD).min(HEAD)];
        let count = plain.read_at(0, &mut head)?;
        head.truncate(count);
        let (mark, order) = byte_order(&head);
        if is_compressed(&head) || order.is_some() {
            return Ok(Err((head, Box::new(PlainReader { plain: Arc::new(plain), at: 0 }))));
        }
        head.drain(..mark);
        plain.skipped = mark as u64;
        plain.len = len.saturating_sub(plain.skipped);
        Ok(Ok(Opened { head, body: Body::Plain(plain), taken: None, limits: Limits::USUAL }))
    }

    /// Length in bytes when it was opened.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The byte order mark in front of its bytes, which is left out.
    pub fn mark(&self) -> &'static [u8] {
        if self.skipped == 0 { &[] } else { &UTF8_MARK }
    }

    /// Whether there was nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Length in bytes now.
    pub fn len_now(&self) -> u64 {
        match &self.bytes {
            At::File(file) => file.metadata().map_or(self.len, |meta| meta.len().saturating_sub(self.skipped)),
            At::Memory(_) => self.len,
        }
    }

    /// Fills `into` with what stands at `offset`, as far as there is anything.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let offset = offset + self.skipped;
        let mut filled = 0;
        while let Some(space) = into.get_mut(filled..).filter(|space| !space.is_empty()) {
            let at = offset + filled as u64;
            let count = match &self.bytes {
                At::File(file) => match read_file_at(file, space, at) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    count => count?,
                },
                At::Memory(bytes) => {
                    let rest = usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
                    let count = rest.len().min(space.len());
                    space.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                    count
                }
            };
            if count == 0 {
                break;
            }
            filled += count;
        }
        Ok(filled)
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn read_file_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}

/// Reads a file from one place on.
pub struct PlainReader {
    plain: Arc<Plain>,
    at: u64,
}

impl PlainReader {
    /// Starts at `at`.
    pub fn new(plain: Arc<Plain>, at: u64) -> Self {
        PlainReader { plain, at }
    }
}

impl Read for PlainReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // Not behind the length at the start, so that all readers of a growing file see the same.
        let left = usize::try_from(self.plain.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let space = into.len().min(left);
        let count = self.plain.read_at(self.at, into.get_mut(..space).unwrap_or_default())?;
        self.at += count as u64;
        Ok(count)
    }
}

/// Length of the byte order mark, and the order if it is UTF-16 (also without a mark).
fn byte_order(head: &[u8]) -> (usize, Option<Order>) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        // UTF-32, which is refused.
        [0xff, 0xfe, 0, 0, ..] => (0, None),
        [0xff, 0xfe, ..] => (2, Some(Order::Little)),
        [0xfe, 0xff, ..] => (2, Some(Order::Big)),
        [a, 0, b, 0, ..] if a.is_ascii() && b.is_ascii() && *a != 0 && *b != 0 => (0, Some(Order::Little)),
        [0, a, 0, b, ..] if a.is_ascii() && b.is_ascii() && *a != 0 && *b != 0 => (0, Some(Order::Big)),
        _ => (0, None),
    }
}

/// Reads [`HEAD`] bytes ahead and gives them back in front of the rest.
fn peek(mut reader: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut head = Vec::new();
    let outcome = reader.by_ref().take(HEAD as u64).read_to_end(&mut head);
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

/// Counts bytes; whoever shows progress looks at it meanwhile.
pub(super) type Counter = Arc<AtomicU64>;

pub(super) struct Counted {
    inner: Box<dyn Read + Send>,
    pub(super) counter: Counter,
}

impl Counted {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Self {
        Counted { inner, counter: Counter::default() }
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.counter.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Stops a decompression bomb, and says where in the packed file something is wrong.
pub(super) struct Bounded<R> {
    inner: R,
    compressed: Counter,
    limits: Limits,
    given: u64,
}

impl<R> Bounded<R> {
    pub(super) fn new(inner: R, compressed: Counter, limits: Limits) -> Self {
        Bounded { inner, compressed, limits, given: 0 }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let compressed = || self.compressed.load(Ordering::Relaxed);
        let count = self.inner.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::InvalidData => {
                io::Error::new(ErrorKind::InvalidData, format!("{error} (up to byte {} of it was read)", compressed()))
            }
            _ => error,
        })?;
        self.given += count as u64;
        if self.limits.is_too_much(self.given, compressed) {
            return Err(io::Error::new(ErrorKind::FileTooLarge, self.limits.words()));
        }
        Ok(count)
    }
}
