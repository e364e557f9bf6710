//! Any file is unpacked or told why not; what was packed comes back, and of what was cut off the beginning does.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::PathBuf;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use provlens::source;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::input::Input;

/// Bytes that are asked for of one input: nobody waits for more here.
const MOST: u64 = 1 << 20;

/// How packed bytes begin that begin with a letter or a sign: zip archives and zstd frames.
const BEGINNINGS: [&[u8]; 2] = [b"P", b"(\xb5/\xfd"];

/// The first byte says how the rest is packed, the next two where it is cut off.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let way = input.byte();
    let place = input.below(1 << 16);
    let content = input.0;
    let packed = match way {
        b'g' => gzip(content),
        // Two members one after the other are one text.
        b'G' => {
            let (one, two) = content.split_at(content.len() / 2);
            [gzip(one), gzip(two)].concat()
        }
        b'z' => ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest),
        b'Z' => zip(content),
        b'u' => utf16(content),
        // As it is.
        _ => {
            read(data);
            return;
        }
    };
    // What begins like another form is read as that, and what is no log however it is packed is refused.
    let is_plain = content.first().is_some_and(|byte| (b' '..0x7f).contains(byte))
        && !BEGINNINGS.iter().any(|beginning| content.starts_with(beginning))
        && !content.contains(&0)
        && !read(content).is_empty();
    if !is_plain {
        read(&packed);
        return;
    }
    let whole = match way {
        b'u' => String::from_utf8_lossy(content).replace('\u{feff}', "").into_bytes(),
        _ => content.to_vec(),
    };
    let found = read(&packed);
    if way == b'u' {
        let text = String::from_utf8_lossy(&found[0].0).replace('\u{feff}', "");
        assert_eq!(text.as_bytes(), whole, "UTF-16");
        return;
    }
    assert_eq!(found, [(whole.clone(), true)], "{}", char::from(way));
    // Where a zip ends tells what is in it.
    if way != b'Z' {
        let cut = place % packed.len();
        for (part, _) in read(&packed[..cut]) {
            assert!(cut < 4 || whole.starts_with(&part), "{} cut at {cut}", char::from(way));
        }
    }
}

/// What every input in a file holds, and whether it ended well.
fn read(bytes: &[u8]) -> Vec<(Vec<u8>, bool)> {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder can be made"));
    let path: PathBuf = folder.path().join(format!("{:?}", std::thread::current().id()));
    fs::write(&path, bytes).expect("a file can be written");
    let gathered = source::gather(&[path]);
    let mut all = Vec::new();
    for source in gathered.sources.iter().take(20) {
        let Ok(opened) = source::open(source) else { continue };
        let head = opened.head.clone();
        let mut content = Vec::new();
        let ended = opened.into_reader().take(MOST).read_to_end(&mut content).is_ok();
        assert!(content.starts_with(&head[..head.len().min(content.len())]), "the first bytes are the first bytes");
        all.push((content, ended));
    }
    all
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(content).expect("memory takes all");
    gzip.finish().expect("memory takes all")
}

fn zip(content: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("log.json", SimpleFileOptions::default()).expect("memory takes all");
    zip.write_all(content).expect("memory takes all");
    zip.finish().expect("memory takes all").into_inner()
}

/// With a mark of the order in front.
fn utf16(content: &[u8]) -> Vec<u8> {
    let units = String::from_utf8_lossy(content).encode_utf16().collect::<Vec<_>>();
    [0xfeff].into_iter().chain(units).flat_map(u16::to_le_bytes).collect()
}
