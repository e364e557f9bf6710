//! Records that were read before, read again: whoever keeps only where they are looks at what they say.

use std::collections::BTreeMap;
use std::io::{self, Read};

use bumpalo::Bump;

use super::block::Block;
use super::examples;
use crate::decode::{self, Decoded, Wanted};
use crate::event::{Entry, Event, Place};
use crate::frame::{Framing, table_header};
use crate::json;
use crate::source::{self, Body, Opened, Source};

/// Bytes of records that are kept at a time.
const ROOM: u64 = 256 << 20;
/// Records that are read again at a time where all of them are only gone through.
const AT_ONCE: usize = 1024;

/// Records that were read again, and may be looked at several times.
pub struct Records(Vec<Result<Vec<u8>, String>>);

impl Records {
    /// Reads the records at these places, each input once and in the order of its bytes.
    pub fn read(sources: &[Source], places: &[Place<'_>]) -> Records {
        let mut records: Vec<Result<Vec<u8>, String>> = Vec::new();
        records.resize_with(places.len(), || Err("it was not read".to_owned()));
        let mut inputs: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, place) in places.iter().enumerate() {
            inputs.entry(place.path).or_default().push(at);
        }
        let mut room = ROOM;
        for (name, mut wanted) in inputs {
            wanted.sort_by_key(|at| places.get(*at).map(|place| place.offset));
            let mut put = |at: usize, record: Result<Vec<u8>, String>| {
                let length = record.as_ref().map_or(0, |bytes| bytes.len() as u64);
                let record = if length > room { Err("all of them together are too long".to_owned()) } else { record };
                room -= record.as_ref().map_or(0, |bytes| bytes.len() as u64);
                if let Some(place) = records.get_mut(at) {
                    *place = record;
                }
            };
            match open(sources, name) {
                Ok(opened) => of_input(opened, &wanted, places, &mut put),
                Err(why) => wanted.iter().for_each(|at| put(*at, Err(why.clone()))),
            }
        }
        Records(records)
    }

    /// Shows `each` the events in them, with the position of the place. An envelope holds several events,
    /// so one place may be shown several times. Where a record could not be read, `each` is given a
    /// sentence instead.
    pub fn events(&self, each: &mut dyn FnMut(usize, Result<&Event<'_>, &str>)) {
        for (at, record) in self.0.iter().enumerate() {
            match record {
                Ok(bytes) => decoded(bytes, &mut |event| each(at, event)),
                Err(why) => each(at, Err(why)),
            }
        }
    }
}

/// Shows `each` the events at these places that succeeded, as a sink is shown them, or a sentence instead; for each
/// place one after the other, and however many there are.
pub fn successes(sources: &[Source], places: &[Place<'_>], each: &mut dyn FnMut(usize, Result<&Entry<'_>, &str>)) {
    for (number, some) in places.chunks(AT_ONCE).enumerate() {
        Records::read(sources, some).events(&mut |at, event| {
            let position = number * AT_ONCE + at;
            match (event, some.get(at)) {
                (Ok(event), Some(place)) => {
                    Block::show_success(event, *place, &mut |entry| {
                        if entry.is_done() {
                            each(position, Ok(entry));
                        }
                    });
                }
                (Err(why), _) => each(position, Err(why)),
                (Ok(_), None) => {}
            }
        });
    }
}

fn open(sources: &[Source], name: &str) -> Result<Opened, String> {
    let Some(source) = sources.iter().find(|source| source.name == name) else {
        return Err("its input is not there any more".to_owned());
    };
    if source.is_live() {
        return Err("its input can be read only once".to_owned());
    }
    source::open(source).map_err(|error| error.to_string())
}

/// The records of one input, whose places are in the order of their bytes.
fn of_input(
    opened: Opened,
    wanted: &[usize],
    places: &[Place<'_>],
    put: &mut dyn FnMut(usize, Result<Vec<u8>, String>),
) {
    let header = header(&opened.head);
    let mut cursor = Cursor { longest: opened.limits.record as u64, body: opened.body, at: 0 };
    let mut before: Option<(u64, Result<Vec<u8>, String>)> = None;
    for at in wanted {
        let Some(place) = places.get(*at) else { continue };
        // Events of one envelope have one place, and a stream is not read backwards.
        if before.as_ref().is_none_or(|(offset, _)| *offset != place.offset) {
            let read = cursor.read(place).map(|bytes| [&*header, &*bytes].concat());
            before = Some((place.offset, read.map_err(|error| error.to_string())));
        }
        if let Some((_, record)) = &before {
            put(*at, record.clone());
        }
    }
}

/// The line of a table that names its columns, with what stands above it: without it no row says anything.
fn header(head: &[u8]) -> Vec<u8> {
    if Framing::of(head).name() != "csv" {
        return Vec::new();
    }
    table_header(head).to_vec()
}

fn decoded(bytes: &[u8], each: &mut dyn FnMut(Result<&Event<'_>, &str>)) {
    let arena = Bump::new();
    let mut any = false;
    // Cut as the pipeline cuts it: words of a text file become a record there.
    for (_, record) in examples::records(bytes) {
        let Ok(value) = json::parse(arena.alloc_slice_copy(&record), &arena) else { continue };
        decode::open_envelopes(value, &arena, &mut |record| {
            if let Decoded::Event(event) = decode::decode(record, Wanted::All, &arena) {
                any = true;
                each(Ok(&event));
            }
        });
    }
    if !any {
        each(Err("something else is in its place now"));
    }
}

/// Reads forwards.
struct Cursor {
    body: Body,
    at: u64,
    longest: u64,
}

impl Cursor {
    fn read(&mut self, place: &Place<'_>) -> io::Result<Vec<u8>> {
        if place.length > self.longest {
            return Err(io::Error::other("it is longer than a record may be"));
        }
        let mut bytes = vec![0; usize::try_from(place.length).unwrap_or_default()];
        match &mut self.body {
            Body::Plain(plain) => {
                let count = plain.read_at(place.offset, &mut bytes)?;
                bytes.truncate(count);
            }
            Body::Stream(stream) => {
                let skip = place.offset.saturating_sub(self.at);
                self.at += io::copy(&mut stream.by_ref().take(skip), &mut io::sink())?;
                bytes.clear();
                self.at += stream.take(place.length).read_to_end(&mut bytes)? as u64;
            }
        }
        match bytes.len() as u64 == place.length {
            true => Ok(bytes),
            false => Err(io::Error::other("its input is shorter now")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::ops::ControlFlow;

    use super::*;
    use crate::event::{Entry, Sink};
    use crate::pipeline::{Options, Progress, run_into};
    use crate::rules::Library;
    use crate::source::Limits;

    /// Where events are, with what they are known by.
    #[derive(Default)]
    struct Seen(Vec<(u64, u64, u64, String)>, bool);

    impl Sink for Seen {
        fn end(&mut self) {
            self.1 = true;
        }

        fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
            assert!(!self.1, "it was said that there are no more");
            let Place { line, offset, length, .. } = entry.place;
            self.0.push((line, offset, length, entry.user().unwrap_or_default().to_owned()));
            ControlFlow::Continue(())
        }
    }

    /// Reads a file twice: as a whole, and then each of its records, the last one first.
    fn twice(name: &str, bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        twice_within(Limits::USUAL, name, bytes)
    }

    fn twice_within(limits: Limits, name: &str, bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let gathered = source::gather(std::slice::from_ref(&path)).within(limits);
        let sources = gathered.sources.clone();
        let mut seen = Seen::default();
        let library = Library::load(&[]).0;
        run_into(gathered, &library, &Options::default(), &Progress::default(), Some(&mut seen));
        assert!(seen.1, "nobody says that there are no more");
        let path = sources[0].name.clone();
        let place = |(line, offset, length, _): &(u64, u64, u64, String)| Place {
            input: 0,
            path: &path,
            line: *line,
            offset: *offset,
            length: *length,
        };
        let places: Vec<Place<'_>> = seen.0.iter().rev().map(place).collect();
        let mut again = vec![String::new(); places.len()];
        Records::read(&sources, &places)
            .events(&mut |at, event| again[at] = event.unwrap().who().unwrap_or_default().to_owned());
        again.reverse();
        (seen.0.into_iter().map(|(.., who)| who).collect(), again)
    }

    fn sample(name: &str) -> Vec<u8> {
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)).unwrap()
    }

    #[test]
    fn records_of_every_framing_are_found_again() {
        let mut tried = 0;
        for entry in std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let bytes = sample(&name);
            let (first, again) = twice(&name, &bytes);
            if first.is_empty() {
                continue;
            }
            assert_eq!(first.len(), again.len(), "{name}");
            assert!(again.iter().all(|who| !who.is_empty()) || first.iter().any(String::is_empty), "{name}");
            tried += 1;
        }
        assert!(tried >= 3, "{tried}");
    }

    #[test]
    fn a_compressed_log_is_read_forwards_once() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&sample("okta-system-log.ndjson")).unwrap();
        let (first, again) = twice("okta.ndjson.gz", &packed.finish().unwrap());
        assert!(first.len() > 3);
        assert_eq!(first, again);
    }

    #[test]
    fn a_record_that_is_allowed_to_be_long_is_found_again() {
        let text = String::from_utf8(sample("okta-system-log.ndjson")).unwrap();
        let record = text.lines().find(|line| line.contains("application.provision")).unwrap();
        let filler = "x".repeat(17 << 20);
        let long = format!("{},\"filler\":\"{filler}\"}}\n", record.strip_suffix('}').unwrap());
        assert!(twice("usual", long.as_bytes()).0.is_empty());
        let (first, again) = twice_within(Limits { record: 18 << 20, ..Limits::USUAL }, "long", long.as_bytes());
        assert_eq!((first.len(), &again), (1, &first));
    }

    #[test]
    fn what_is_gone_is_told_in_a_sentence() {
        let mut told = Vec::new();
        let place = Place { path: "gone.ndjson", length: 3, ..Place::default() };
        Records::read(&[], &[place]).events(&mut |at, event| told.push((at, event.unwrap_err().to_owned())));
        assert_eq!(told, [(0, "its input is not there any more".to_owned())]);
    }
}
