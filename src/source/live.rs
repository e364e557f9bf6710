//! Bytes that come when somebody sends them: standard input and pipes.
//!
//! Nothing ends a read that waits for a sender who says nothing. So a thread waits for the sender,
//! and whoever wants the bytes waits for the thread, no longer than until it is asked to stop. Then
//! the input ends with what has come, as if the sender had closed it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Bytes of one read: what a pipe holds on Linux.
const CHUNK: usize = 64 * 1024;
/// Chunks that wait to be taken; enough that the sender is not held up by a batch being decoded.
const WAITING: usize = 16;
/// How long a wait for the next chunk lasts before the wish to stop is looked at.
const PATIENCE: Duration = Duration::from_millis(100);

/// An input that may never end by itself.
pub(super) struct Live {
    chunks: Option<Receiver<io::Result<Vec<u8>>>>,
    stop: Arc<AtomicBool>,
    /// Chunks taken since the wish to stop was seen: a fast sender always has one more.
    taken_after: usize,
    chunk: Vec<u8>,
    at: usize,
}

impl Live {
    /// What `open` opens, until `stop` is set. Opening happens in the thread: opening a pipe waits
    /// for a sender too.
    pub(super) fn new<R: Read>(
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        stop: &Arc<AtomicBool>,
    ) -> io::Result<Live> {
        let (sender, chunks) = sync_channel(WAITING);
        thread::Builder::new().name("sender".to_owned()).spawn(move || match open() {
            Ok(reader) => pass_on(reader, &sender),
            Err(error) => drop(sender.send(Err(error))),
        })?;
        Ok(Live { chunks: Some(chunks), stop: stop.clone(), taken_after: 0, chunk: Vec::new(), at: 0 })
    }

    /// Waits for the next chunk; an empty one is the end.
    fn next(&mut self) -> io::Result<Vec<u8>> {
        while let Some(chunks) = &self.chunks {
            let stopped = self.stop.load(Ordering::Relaxed);
            self.taken_after += usize::from(stopped);
            let outcome = if self.taken_after > WAITING {
                Err(RecvTimeoutError::Disconnected)
            } else {
                chunks.recv_timeout(if stopped { Duration::ZERO } else { PATIENCE })
            };
            match outcome {
                Ok(Ok(chunk)) => return Ok(chunk),
                Ok(Err(error)) => {
                    self.chunks = None;
                    return Err(error);
                }
                Err(RecvTimeoutError::Timeout) if !stopped => {}
                Err(_) => self.chunks = None,
            }
        }
        Ok(Vec::new())
    }
}

impl Read for Live {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.chunk.len() {
            self.chunk = self.next()?;
            self.at = 0;
        }
        let count = self.chunk.get(self.at..).unwrap_or_default().read(into)?;
        self.at += count;
        Ok(count)
    }
}

/// Hands on what comes as it comes, until the end or until nobody wants more.
fn pass_on(mut reader: impl Read, chunks: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let outcome = match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => Ok(buffer.get(..count).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = outcome.is_err();
        if chunks.send(outcome).is_err() || failed {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::utf16::{Order, Transcoder};
    use super::*;

    /// Says what it has, then nothing for ever.
    struct Silent(Option<&'static [u8]>);

    impl Read for Silent {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let Some(words) = self.0.take() else {
                loop {
                    thread::park();
                }
            };
            let mut words = words;
            words.read(into)
        }
    }

    #[test]
    fn j9_a_silent_sender_is_given_up_and_what_it_said_is_kept() {
        let stop = Arc::new(AtomicBool::new(false));
        let mut live = Live::new(|| Ok(Silent(Some(b"said"))), &stop).unwrap();
        let mut said = [0; 4];
        live.read_exact(&mut said).unwrap();
        stop.store(true, Ordering::Relaxed);
        let mut rest = Vec::new();
        live.read_to_end(&mut rest).unwrap();
        assert_eq!((&said, rest.len()), (b"said", 0));
    }

    #[test]
    fn a_sender_that_never_stops_is_given_up() {
        let stop = Arc::new(AtomicBool::new(true));
        let mut live = Live::new(|| Ok(io::repeat(b'x')), &stop).unwrap();
        let mut rest = Vec::new();
        live.read_to_end(&mut rest).unwrap();
        assert!(rest.len() <= WAITING * CHUNK);
    }

    /// Gives a byte or a few, and is interrupted in between.
    struct Fitful(Vec<u8>, usize);

    impl Read for Fitful {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(3) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let count = (self.1 % 5 + 1).min(into.len()).min(self.0.len());
            let rest = self.0.split_off(count);
            std::mem::replace(&mut self.0, rest).as_slice().read(into)
        }
    }

    #[test]
    fn short_and_interrupted_reads_change_no_byte() {
        let text = "{\"name\":\"Zoë 😀\"}\n".repeat(300);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, &utf16).unwrap();
        let packed = gzip.finish().unwrap();
        let live = Live::new(move || Ok(Fitful(packed, 0)), &Arc::default()).unwrap();
        let unpacked = flate2::read::MultiGzDecoder::new(live);
        let mut read = String::new();
        Transcoder::new(unpacked, Order::Little).read_to_string(&mut read).unwrap();
        assert!(read == text);
    }

    #[test]
    fn what_cannot_be_opened_fails_with_the_reason() {
        let stop = Arc::new(AtomicBool::new(false));
        let denied = || Err::<io::Empty, _>(io::ErrorKind::PermissionDenied.into());
        let outcome = Live::new(denied, &stop).unwrap().read(&mut [0]);
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    }
}
