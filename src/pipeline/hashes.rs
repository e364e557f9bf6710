//! Hashes of the exports, by which the sender can show later which ones were used. Of a large file they
//! are made of the very bytes that are read for the events; everything else is read once more.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use sha2::{Digest as _, Sha256};

use crate::source::Source;
use crate::text::hex::hex;

/// Parts that may wait for one before them. More of them mean that it does not come.
const WAITING: usize = 256;

/// The hashes of a run by the names of the inputs.
#[derive(Clone, Debug, Default)]
pub struct Hashes(Arc<Mutex<BTreeMap<String, String>>>);

impl Hashes {
    /// The hash of an input that is read in so many parts, behind a byte order mark that is left out.
    pub(super) fn in_parts(&self, name: &str, mark: &[u8], parts: u64) -> InParts {
        let line =
            Line { next: 0, parts, hash: Sha256::new().chain_update(mark), waiting: BTreeMap::new(), broken: false };
        InParts { name: name.to_owned(), line: Mutex::new(line), hashes: self.clone() }
    }

    /// Takes all bytes of an input.
    pub(super) fn whole(&self, name: &str, mark: &[u8], bytes: &[u8]) {
        self.put(name, &Sha256::new().chain_update(mark).chain_update(bytes).finalize());
    }

    fn put(&self, name: &str, hash: &[u8]) {
        locked(&self.0).insert(name.to_owned(), hex(hash));
    }

    /// Begins to read what has no hash yet. What can be read only once has none.
    pub fn rest(&self, sources: &[Source]) -> Rest {
        let made = locked(&self.0).clone();
        let left = sources.iter().filter(|source| !source.is_live() && !made.contains_key(&source.name));
        let files: Vec<(String, PathBuf)> =
            left.filter_map(|source| Some((source.name.clone(), source.file()?.to_owned()))).collect();
        let all = move || files.into_iter().filter_map(|(name, path)| Some((name, of(&path).ok()?))).collect();
        Rest { made, thread: thread::Builder::new().spawn(all).ok() }
    }
}

/// Hashes of which some are in the making.
pub struct Rest {
    made: BTreeMap<String, String>,
    thread: Option<JoinHandle<Vec<(String, String)>>>,
}

impl Rest {
    /// Waits for them. An export that cannot be read has none.
    pub fn finish(self) -> BTreeMap<String, String> {
        let mut made = self.made;
        made.extend(self.thread.and_then(|thread| thread.join().ok()).unwrap_or_default());
        made
    }
}

/// The hash of an input whose parts come from several threads, not quite in order.
#[derive(Debug)]
pub(super) struct InParts {
    name: String,
    line: Mutex<Line>,
    hashes: Hashes,
}

#[derive(Debug)]
struct Line {
    /// The part whose turn it is.
    next: u64,
    parts: u64,
    hash: Sha256,
    waiting: BTreeMap<u64, Vec<u8>>,
    /// A part cannot be had, so that there will be no hash.
    broken: bool,
}

impl InParts {
    /// Takes a part. Nobody waits for another one: what comes too early is kept.
    pub(super) fn take(&self, index: u64, bytes: &[u8]) {
        let mut line = locked(&self.line);
        let line = &mut *line;
        if line.broken || index < line.next {
            return;
        }
        if index > line.next {
            line.waiting.entry(index).or_insert_with(|| bytes.to_vec());
            line.broken = line.waiting.len() > WAITING;
            if line.broken {
                line.waiting.clear();
            }
            return;
        }
        line.hash.update(bytes);
        line.next += 1;
        while let Some(bytes) = line.waiting.remove(&line.next) {
            line.hash.update(&bytes);
            line.next += 1;
        }
        if line.next >= line.parts {
            self.hashes.put(&self.name, &line.hash.finalize_reset());
        }
    }

    /// A part cannot be read.
    pub(super) fn give_up(&self) {
        locked(&self.line).broken = true;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The SHA-256 of a file, in hexadecimal digits.
///
/// # Errors
/// What the operating system answers when it cannot be read.
pub fn of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(buffer.get(..count).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::pipeline::{Options, PART, run};
    use crate::rules::Library;
    use crate::source::gather;

    fn hash(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))
    }

    /// Files that are read in parts, in one piece, and otherwise.
    #[test]
    fn what_is_read_and_what_is_not_has_the_hash_of_its_file() {
        let record = |number: usize| format!("{{\"uuid\":\"{number}\",\"eventType\":\"x\"}}");
        let lines: String = (0..PART as usize / 10).map(|number| record(number) + "\n").collect();
        let array = format!("[{}]", lines.trim_end().replace('\n', ","));
        let huge = format!("{lines}{{\"uuid\":\"{}\"}}\n{lines}", "x".repeat(3 << 20));
        let files = [
            ("lines.ndjson", lines.clone().into_bytes(), true),
            ("mark.ndjson", [&UTF8_MARK, lines.as_bytes()].concat(), true),
            ("array.json", array.into_bytes(), true),
            ("huge.json", huge.into_bytes(), true),
            ("small.ndjson", record(1).into_bytes(), true),
            ("small-mark.ndjson", [&UTF8_MARK, record(1).as_bytes()].concat(), true),
            ("table.csv", b"Date,Status\n2026-01-01,Success\n".to_vec(), false),
            ("empty.json", Vec::new(), true),
        ];
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes, _) in &files {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        for threads in [1, 2, 7] {
            let gathered = gather(&[folder.path().to_owned()]);
            let (sources, hashes) = (gathered.sources.clone(), Hashes::default());
            let options = Options { threads: Some(threads), hashes: Some(hashes.clone()), ..Options::default() };
            run(gathered, &Library::load(&[]).0, &options);
            let on_the_way = locked(&hashes.0).clone();
            let all = hashes.rest(&sources).finish();
            for (name, bytes, is_tapped) in &files {
                let path = folder.path().join(name).to_string_lossy().into_owned();
                assert_eq!(on_the_way.contains_key(&path), *is_tapped, "{name}");
                assert_eq!(all.get(&path), Some(&hash(bytes)), "{name}, {threads} threads");
            }
        }
    }

    const UTF8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

    fn made(hashes: &Hashes) -> Option<String> {
        locked(&hashes.0).get("log").cloned()
    }

    #[test]
    fn parts_make_one_hash_in_whatever_order_they_come() {
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
            let hashes = Hashes::default();
            let parts = hashes.in_parts("log", b"mark ", 4);
            for index in order {
                assert_eq!(made(&hashes), None, "{order:?}");
                parts.take(index, format!("part {index} ").as_bytes());
                // A worker that failed reads its part again.
                parts.take(index, b"another time");
            }
            assert_eq!(made(&hashes), Some(hash(b"mark part 0 part 1 part 2 part 3 ")), "{order:?}");
        }
    }

    #[test]
    fn a_part_that_does_not_come_holds_up_nobody() {
        let hashes = Hashes::default();
        let parts = hashes.in_parts("log", b"", 1_000);
        (1..1_000).for_each(|index| parts.take(index, b"x"));
        assert!(locked(&parts.line).waiting.is_empty());
        parts.take(0, b"x");
        assert_eq!(made(&hashes), None);
        let parts = hashes.in_parts("log", b"", 1);
        parts.give_up();
        parts.take(0, b"x");
        assert_eq!(made(&hashes), None);
    }
}
