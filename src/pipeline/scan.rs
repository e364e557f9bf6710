//! One record after the other, decoded in full: for looking at single events, not for counting them.

use std::ops::ControlFlow;

use bumpalo::Bump;

use crate::decode::{self, Decoded, Wanted};
use crate::error::InputError;
use crate::frame::Framer;
use crate::json::{self, Failure};
use crate::source::{self, Source};

/// Where a record starts in its input.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The byte, from 0.
    pub offset: u64,
}

/// A record, or one of several that came in one envelope.
pub struct Record<'a> {
    /// The name of its input.
    pub source: &'a str,
    /// The line it starts in, from 1.
    pub line: u64,
    /// The bytes as they were cut out of the input.
    pub text: &'a [u8],
    /// What it is, or why it cannot be read.
    pub decoded: Result<Decoded<'a>, Failure>,
}

/// Shows `visit` the records that `wanted` lets through by their place and bytes, until it has seen
/// enough. Gives the inputs that cannot be read.
pub fn scan(
    sources: &[Source],
    wanted: &mut dyn FnMut(Place, &[u8]) -> bool,
    visit: &mut dyn FnMut(Record<'_>) -> ControlFlow<()>,
) -> Vec<InputError> {
    let mut errors = Vec::new();
    let mut arena = Bump::new();
    for source in sources {
        let opened = match source::open(source) {
            Ok(opened) => opened,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let mut framer = Framer::new(opened);
        while let Some(batch) = framer.next_batch() {
            for frame in &batch.frames {
                let text = batch.record(frame);
                if !wanted(Place { line: frame.line, offset: frame.offset }, text) {
                    continue;
                }
                if show(&source.name, frame.line, text, &arena, visit).is_break() {
                    return errors;
                }
                arena.reset();
            }
        }
    }
    errors
}

fn show(
    source: &str,
    line: u64,
    text: &[u8],
    arena: &Bump,
    visit: &mut dyn FnMut(Record<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let value = match json::parse(text, arena) {
        Ok(value) => value,
        Err(failure) => return visit(Record { source, line, text, decoded: Err(failure) }),
    };
    let mut flow = ControlFlow::Continue(());
    decode::open_envelopes(value, arena, &mut |record| {
        if flow.is_continue() {
            let decoded = decode::decode(record, Wanted::All, arena);
            flow = visit(Record { source, line, text, decoded: Ok(decoded) });
        }
    });
    flow
}
