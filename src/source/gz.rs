//! gzip: one member after the other, as `gzip` writes them and `cat` joins them.
//!
//! Errors are told in words of their own: those of the library name parts of the format.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::GzDecoder;

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What all members of a source hold, one after the other.
pub(super) struct Members<R> {
    at: At<R>,
}

enum At<R> {
    /// Within a member.
    Member(Box<GzDecoder<R>>),
    /// Behind one.
    Between(R),
    /// Behind the last one, or where nothing can be read any more.
    End,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(source: R) -> Members<R> {
        Members { at: At::Member(Box::new(GzDecoder::new(source))) }
    }

    /// Begins the member behind the last one; false if there is none.
    fn begin(&mut self, mut source: R) -> io::Result<bool> {
        // Tapes and disks fill their last block with zeros, which mean nothing.
        loop {
            let ahead = source.fill_buf()?;
            let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
            match ahead.get(zeros..) {
                None | Some([]) if zeros == 0 => return Ok(false),
                None | Some([]) => source.consume(zeros),
                Some([first, ..]) if *first == MAGIC[0] => {
                    source.consume(zeros);
                    self.at = At::Member(Box::new(GzDecoder::new(source)));
                    return Ok(true);
                }
                Some(_) => {
                    return Err(io::Error::new(
                        ErrorKind::InvalidData,
                        "behind the compressed data stands something else",
                    ));
                }
            }
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match std::mem::replace(&mut self.at, At::End) {
                At::Member(mut decoder) => match decoder.read(buffer) {
                    Ok(0) if !buffer.is_empty() => self.at = At::Between(decoder.into_inner()),
                    Ok(count) => {
                        self.at = At::Member(decoder);
                        return Ok(count);
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => {
                        self.at = At::Member(decoder);
                        return Err(error);
                    }
                    Err(error) => {
                        let is_at_end = decoder.get_mut().fill_buf().is_ok_and(<[u8]>::is_empty);
                        return Err(broken(error, is_at_end));
                    }
                },
                At::Between(source) => {
                    if !self.begin(source)? {
                        return Ok(0);
                    }
                }
                At::End => return Ok(0),
            }
        }
    }
}

/// Why a member cannot be read on, in plain words.
fn broken(error: io::Error, is_at_end: bool) -> io::Error {
    let told = error.to_string();
    let words = match error.kind() {
        // Errors of the disk say it themselves.
        ErrorKind::InvalidInput | ErrorKind::InvalidData if told.contains("checksum") => {
            "the checksum of the compressed data does not match, so some of it is damaged"
        }
        ErrorKind::UnexpectedEof => "the compressed data is cut off",
        ErrorKind::InvalidInput | ErrorKind::InvalidData if is_at_end => "the compressed data is cut off",
        ErrorKind::InvalidInput | ErrorKind::InvalidData => "the compressed data is damaged",
        _ => return error,
    };
    io::Error::new(ErrorKind::InvalidData, words)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: &[u8]) -> (Vec<u8>, Option<String>) {
        let mut text = Vec::new();
        let outcome = Members::new(bytes).read_to_end(&mut text);
        (text, outcome.err().map(|error| error.to_string()))
    }

    #[test]
    fn b2_members_are_read_one_after_the_other_with_zeros_between_and_behind() {
        let joined = [packed(b"one\n"), vec![0; 700], packed(b""), packed(b"two\n"), vec![0; 9000]].concat();
        assert_eq!(unpacked(&joined), (b"one\ntwo\n".to_vec(), None));
    }

    #[test]
    fn b4_a_wrong_checksum_and_what_stands_behind_are_errors_after_the_data() {
        let whole = packed(b"one\n");
        let mut wrong = whole.clone();
        let sum = wrong.len() - 6;
        wrong[sum] ^= 1;
        let behind = [whole, b"PS".to_vec()].concat();
        for (bytes, words) in [(wrong, "checksum"), (behind, "something else")] {
            let (text, error) = unpacked(&bytes);
            assert_eq!(text, b"one\n");
            assert!(error.unwrap().contains(words), "{words}");
        }
    }

    #[test]
    fn b3_a_cut_anywhere_is_said_to_be_one() {
        let text: Vec<u8> = (0u16..3_000).flat_map(|n| (n.wrapping_mul(40_503)).to_le_bytes()).collect();
        let whole = packed(&text);
        for end in 0..whole.len() {
            let (given, error) = unpacked(&whole[..end]);
            assert!(text.starts_with(&given), "{end}");
            assert_eq!(error.as_deref(), Some("the compressed data is cut off"), "{end}");
        }
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_back(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5_000), 1..4)) {
            let joined: Vec<u8> = texts.iter().flat_map(|text| packed(text)).collect();
            prop_assert_eq!(unpacked(&joined), (texts.concat(), None));
        }

        #[test]
        fn damage_never_panics(at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let text: Vec<u8> = (0u16..4_000).flat_map(|n| (n % 251).to_le_bytes()).collect();
            let mut bytes = packed(&text);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let _ = unpacked(&bytes);
        }
    }
}
