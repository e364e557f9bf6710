//! The bytes of one record, read again when somebody looks at it: the screen keeps where records are,
//! not what they say.

use std::io::{self, Read};

use bumpalo::Bump;

use super::tree::Tree;
use crate::decode::{self, Decoded, Wanted};
use crate::json;
use crate::pipeline::examples;
use crate::rules::{Library, Trace};
use crate::source::{self, Body, Source};

/// Most bytes that are read of a record.
const MOST: u64 = 16 << 20;

/// Where a record is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The name of its input.
    pub input: String,
    /// The line it starts in, from 1.
    pub line: u64,
    /// Its first byte.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// An id that it must have, by which it is known to be still the same.
    pub id: Option<String>,
}

/// A record as it lies in its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its bytes; what is not UTF-8 is replaced.
    pub text: String,
    /// Only its beginning is here.
    pub shortened: bool,
    /// What it says, once it was looked at.
    pub tree: Tree,
}

impl Record {
    /// Takes it apart, and finds what made a rule match it.
    pub fn examined(self, place: &Place, library: &Library) -> Record {
        let tree = Tree::of(&self.text, &trace(&self.text, place, library));
        Record { tree, ..self }
    }
}

/// What made a rule match the event of a record. An envelope holds several; the id tells which.
fn trace(text: &str, place: &Place, library: &Library) -> Trace {
    let arena = Bump::new();
    let mut found: Option<(bool, Trace)> = None;
    // Cut as the pipeline cuts it: words of a text file become a record there.
    for (_, bytes) in examples::records(text.as_bytes()) {
        let Ok(value) = json::parse(arena.alloc_slice_copy(&bytes), &arena) else { continue };
        decode::open_envelopes(value, &arena, &mut |record| {
            let Decoded::Event(event) = decode::decode(record, Wanted::All, &arena) else { return };
            let is_it = place.id.is_some() && event.ids.event == place.id.as_deref();
            if found.as_ref().is_some_and(|(was_it, _)| *was_it || !is_it) {
                return;
            }
            let trace = library.explain(&event).map(|finding| library.trace(finding.rule, &event));
            found = Some((is_it, trace.unwrap_or_default()));
        });
    }
    found.map(|(_, trace)| trace).unwrap_or_default()
}

/// Reads a record again.
///
/// # Errors
/// A sentence for the reader: the input is gone, cannot be read twice, or has something else there.
pub fn read(sources: &[Source], place: &Place) -> Result<Record, String> {
    let name = &place.input;
    let Some(source) = sources.iter().find(|source| source.name == *name) else {
        return Err(format!("{name} is not among the inputs any more. Read the inputs again (R)."));
    };
    if source.is_live() {
        let name = if name == "-" { "standard input" } else { name };
        return Err(format!("{name} can be read only once, so the whole record is not there any more."));
    }
    let cannot = |why: &str| format!("{name} cannot be read any more: {why}.");
    let opened = source::open(source).map_err(|error| cannot(error.to_string().trim_end_matches('.')))?;
    let bytes = bytes(opened.body, place).map_err(|error| cannot(&error.to_string()))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // No record begins with a space; where one does, the text has moved.
    let has_moved = text.starts_with(char::is_whitespace);
    let is_same = !has_moved && place.id.as_ref().is_none_or(|id| text.contains(id.as_str()));
    if bytes.len() as u64 != place.length.min(MOST) || !is_same {
        return Err(format!("{name} has changed: another record is at this place now. Read the inputs again (R)."));
    }
    Ok(Record { text, shortened: place.length > MOST, tree: Tree::default() })
}

fn bytes(body: Body, place: &Place) -> io::Result<Vec<u8>> {
    let length = place.length.min(MOST);
    let mut bytes = Vec::new();
    match body {
        Body::Plain(plain) => {
            bytes.resize(usize::try_from(length).unwrap_or_default(), 0);
            let read = plain.read_at(place.offset, &mut bytes)?;
            bytes.truncate(read);
        }
        Body::Stream(mut stream) => {
            io::copy(&mut stream.by_ref().take(place.offset), &mut io::sink())?;
            stream.take(length).read_to_end(&mut bytes)?;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_record_is_read_again_unless_something_else_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.ndjson");
        fs::write(&path, "{\"id\":\"a1\"}\n{\"id\":\"b2\"}\n").unwrap();
        let sources = source::gather(std::slice::from_ref(&path)).sources;
        let name = path.to_str().unwrap().to_owned();
        let place = Place { input: name, line: 2, offset: 12, length: 11, id: Some("b2".to_owned()) };
        assert_eq!(read(&sources, &place).unwrap().text, "{\"id\":\"b2\"}");
        let moved = Place { offset: 11, ..place.clone() };
        assert!(read(&sources, &moved).unwrap_err().contains("has changed"));
        fs::write(&path, "{}").unwrap();
        assert!(read(&sources, &place).unwrap_err().contains("has changed"));
        fs::remove_file(&path).unwrap();
        assert!(read(&sources, &place).unwrap_err().contains("cannot be read any more"));
        assert!(read(&[Source::stdin()], &Place { input: "-".to_owned(), ..place }).unwrap_err().contains("only once"));
    }

    #[test]
    fn a_record_of_a_built_in_input_is_read_too() {
        let source = Source::built_in("x", b"abcdef");
        let place = Place { input: "x".to_owned(), offset: 2, length: 3, ..Place::default() };
        assert_eq!(read(&[source], &place).unwrap().text, "cde");
    }
}
