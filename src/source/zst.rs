//! Zstandard: one frame after the other, as `zstd` writes them and `cat` joins them.
//!
//! The decoder reads a single frame and leaves its checksum to whoever asks; here are the frames behind
//! it, those that hold no data, and the answer to the checksum.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, DEFAULT_MAX_WINDOW_SIZE};

/// What all frames of a source hold, one after the other.
pub(super) struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    /// A frame was begun and not all of it was given out.
    within: bool,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R) -> Frames<R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(DEFAULT_MAX_WINDOW_SIZE);
        Frames { source, decoder, within: false }
    }

    /// Begins the next frame that holds data; `false` if there is none.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                        return Err(io::Error::new(io::ErrorKind::InvalidData, "the compressed data is cut off"));
                    }
                }
                Err(error) => return Err(broken(error)),
            }
        }
        Ok(false)
    }

    /// Ends a frame of which everything was given out.
    fn end(&mut self) -> io::Result<()> {
        self.within = false;
        let told = self.decoder.get_checksum_from_data();
        match told.is_none() || told == self.decoder.get_calculated_checksum() {
            true => Ok(()),
            false => Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum is wrong, so some of it is damaged")),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.within {
                if !self.begin()? {
                    return Ok(0);
                }
                self.within = true;
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let step = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(&mut self.source, step).map_err(broken)?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.end()?;
        }
    }
}

/// Why a frame cannot be read, in words that do not name the parts of its format.
fn broken(error: FrameDecoderError) -> io::Error {
    match error {
        FrameDecoderError::WindowSizeTooBig { .. } => io::Error::other("it needs more than 128 MiB to be unpacked"),
        _ => io::Error::new(io::ErrorKind::InvalidData, "the compressed data breaks off or is damaged"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    fn unpacked(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        Frames::new(bytes).read_to_end(&mut text).map(|_| text)
    }

    #[test]
    fn b2_frames_are_read_one_after_the_other_and_those_without_data_are_passed_over() {
        let note = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b'a', b'b', b'c'];
        let joined = [packed(b"one\n"), note.to_vec(), packed(b""), packed(b"two\n"), note.to_vec()].concat();
        assert_eq!(unpacked(&joined).unwrap(), b"one\ntwo\n");
    }

    #[test]
    fn b3_what_breaks_off_is_an_error_after_what_was_there() {
        let text: Vec<u8> = (0u32..200_000).flat_map(u32::to_le_bytes).collect();
        let whole = packed(&text);
        let mut given = Vec::new();
        let error = Frames::new(&whole[..whole.len() / 2]).read_to_end(&mut given).unwrap_err();
        assert!(error.to_string().contains("breaks off or is damaged"), "{error}");
        assert!(!given.is_empty() && text.starts_with(&given));
    }

    #[test]
    fn b4_a_wrong_checksum_is_an_error() {
        let mut bytes = packed(b"some text that is long enough, some text that is long enough");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert!(unpacked(&bytes).unwrap_err().to_string().contains("checksum is wrong"));
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_back(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..5_000), 0..4)) {
            let joined: Vec<u8> = texts.iter().flat_map(|text| packed(text)).collect();
            prop_assert_eq!(unpacked(&joined).unwrap(), texts.concat());
        }

        #[test]
        fn damage_never_panics(at in 0usize..4_000, bit in 0u8..8) {
            let text: Vec<u8> = (0u16..4_000).flat_map(|n| (n % 251).to_le_bytes()).collect();
            let mut bytes = packed(&text);
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _ = unpacked(&bytes);
        }
    }
}
