//! Compression and archives, whole, cut, and made to do harm.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::corpus::zip::{Member, archive};
use super::{Ended, Lab, counts, cut, folder, gzip, limited, lines, number, okta, problems, report, report_with, run};

/// Memory that a bomb must do with.
const MEGABYTES: u64 = 128;

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

#[test]
fn b1_what_is_packed_is_known_by_its_first_bytes() {
    let zip = archive(&[Member::new("logs/okta.txt", &okta())]);
    let folder = folder(&[("plain", &okta()), ("a.json", &gzip(&okta())), ("b.csv", &zstd(&okta())), ("c", &zip)]);
    let wanted = report(folder.path(), &["plain"])["totals"].clone();
    for name in ["a.json", "b.csv", "c"] {
        assert_eq!(report(folder.path(), &[name])["totals"], wanted, "{name}");
    }
}

#[test]
fn b2_every_member_of_a_gzip_file_is_read() {
    let text = okta();
    let (first, rest) = text.split_at(lines(20).len());
    let folder = folder(&[("plain", &text), ("two.gz", &[gzip(first), gzip(rest)].concat())]);
    assert_eq!(report(folder.path(), &["two.gz"])["totals"], report(folder.path(), &["plain"])["totals"]);
}

#[test]
fn b3_a_gzip_file_cut_at_any_byte_gives_what_stands_before_the_cut() {
    let record = |n: usize| {
        format!(
            "{{\"uuid\":\"{n}-{}\",\"published\":\"2026-03-02T09:00:00Z\",\"eventType\":\"user.lifecycle.create\",\"outcome\":{{\"result\":\"SUCCESS\"}}}}\n",
            n * n * 7919
        )
    };
    let whole = gzip((0..50).map(record).collect::<String>().as_bytes());
    let lab = Lab::new();
    let path = lab.folder.path().join("cut.gz");
    let mut before = 0;
    for end in 3..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        let (records, said) = match cut(&path) {
            Ok((records, problems)) => (records, problems.iter().map(|problem| problem.detail.clone()).collect()),
            Err(error) => (0, vec![error.to_string()]),
        };
        assert!(records >= before, "{records} records of {end} bytes, {before} of one less");
        assert_eq!(said.len(), 1, "{end}: {said:?}");
        assert!(said[0].contains(&format!("the compressed data is cut off (up to byte {end} of it")), "{said:?}");
        before = records;
        // The account is the same for each, and looking at it takes longer.
        if end % 32 == 0 {
            let (events, other, unreadable) = lab.read("cut.gz", &whole[..end]).counts();
            assert!((events, other) == (records as u64, 0) && unreadable <= 1, "{end}");
        }
    }
    let read = lab.read("whole.gz", &whole);
    assert_eq!((before, read.counts(), read.said()), (50, (50, 0, 0), vec![]));
}

#[test]
fn b3_a_cut_is_an_error_only_if_somebody_is_strict() {
    let whole = gzip(&okta());
    let folder = folder(&[("cut.gz", &whole[..whole.len() / 2]), ("stub.gz", &whole[..12])]);
    assert_eq!(run(folder.path(), &["report", "cut.gz"]).code, Some(0));
    let strict = run(folder.path(), &["report", "--strict", "cut.gz"]);
    assert_eq!(strict.code, Some(3));
    assert!(strict.err.contains(": 1 record could not be read (--strict)"), "{strict:?}");
    // Nothing at all of it can be read.
    assert_eq!(run(folder.path(), &["report", "stub.gz"]).code, Some(3));
}

#[test]
fn b4_a_wrong_checksum_or_something_behind_it_costs_no_record() {
    let mut wrong = gzip(&okta());
    let sum = wrong.len() - 6;
    wrong[sum] ^= 1;
    let behind = [gzip(&okta()), b"and a remark".to_vec()].concat();
    let mut zip = archive(&[Member::new("a.json", &okta())]);
    let at = zip.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap() + 16;
    zip[at] ^= 1;
    let mut zst = zstd(&okta());
    let last = zst.len() - 1;
    zst[last] ^= 1;
    let folder = folder(&[
        ("plain", &okta()),
        ("wrong.gz", &wrong),
        ("behind.gz", &behind),
        ("wrong.zip", &zip),
        ("wrong.zst", &zst),
    ]);
    let wanted = report(folder.path(), &["plain"])["totals"].clone();
    for (name, words) in [
        ("wrong.gz", "the checksum of the compressed data does not match"),
        ("behind.gz", "behind the compressed data stands something else"),
        ("wrong.zip", "the checksum of the archive does not match"),
        ("wrong.zst", "its checksum is wrong"),
    ] {
        let found = report(folder.path(), &[name]);
        assert_eq!(found["totals"], wanted, "{name}");
        let said = problems(&found);
        assert!(said.len() == 1 && said[0].contains(words), "{name}: {said:?}");
    }
}

/// Megabytes of one byte, as small as it gets.
fn bomb(byte: u8, megabytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![byte; 1 << 20]).unwrap();
    encoder.finish().unwrap().repeat(megabytes)
}

/// The same without the frame of gzip, in one stream.
fn deflated_bomb() -> Vec<u8> {
    let mut encoder = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 20);
    encoder.compress_vec(&vec![b'x'; 1 << 20], &mut block, FlushCompress::Sync).unwrap();
    assert!(block.ends_with(&[0, 0, 0xff, 0xff]), "a whole block");
    // Behind them one that is empty and the last.
    [block.repeat(1024), vec![3, 0]].concat()
}

fn defused(folder: &Path, commands: &[&str], name: &str) {
    for command in commands {
        let ended = Ended::from(limited(folder, MEGABYTES).args([command, "--threads", "2", name]).output().unwrap());
        assert_eq!(ended.code, Some(3), "{command} {name}: {ended:?}");
        assert!(ended.err.contains("it unpacks to far more than a log would"), "{command} {name}: {ended:?}");
    }
}

#[test]
fn b5_what_is_packed_like_no_log_is_read_as_far_as_somebody_allows_it() {
    let folder = folder(&[("empty.gz", &[bomb(b'\n', 65), gzip(&lines(3))].concat())]);
    let stopped = run(folder.path(), &["report", "empty.gz"]);
    assert_eq!(stopped.code, Some(3), "{stopped:?}");
    assert!(stopped.err.contains("--max-input says how much of it is read"), "{}", stopped.err);
    let found = report_with(folder.path(), &["--max-input", "100MB"], &["empty.gz"]);
    assert_eq!(counts(&found), (2, 1, 0));
    let stopped = run(folder.path(), &["report", "--max-input", "65MiB", "empty.gz"]);
    assert_eq!(stopped.code, Some(3), "{stopped:?}");
    assert!(stopped.err.contains("it unpacks to more than --max-input allows"), "{}", stopped.err);
}

#[test]
fn b5_a_gigabyte_of_nothing_in_gzip_is_stopped() {
    let folder = folder(&[("spaces.gz", &bomb(b'\n', 1024)), ("zeros.gz", &bomb(0, 1024))]);
    defused(folder.path(), &["inputs"], "spaces.gz");
    defused(folder.path(), &["check"], "zeros.gz");
}

#[test]
fn b5_a_gigabyte_in_one_text_is_stopped() {
    let inner = [gzip(b"{\"uuid\":\""), bomb(b'x', 1024)].concat();
    let folder = folder(&[("text.gz", &inner)]);
    defused(folder.path(), &["inputs", "check"], "text.gz");
}

#[test]
fn b5_a_gigabyte_in_zstd_is_stopped() {
    // A frame of blocks that each say: this byte, 128 KiB of it.
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    for block in 0..8192u32 {
        let header = (128 << 10 << 3) | (1 << 1) | u32::from(block == 8191);
        bytes.extend([header.to_le_bytes()[0], header.to_le_bytes()[1], header.to_le_bytes()[2], b'x']);
    }
    let folder = folder(&[("bomb.zst", &bytes)]);
    defused(folder.path(), &["inputs"], "bomb.zst");
}

#[test]
fn b5_a_gigabyte_in_a_zip_is_stopped_and_b8_its_sizes_are_not_believed() {
    let packed = deflated_bomb();
    for (name, size) in [("honest.zip", 1 << 30), ("lying.zip", 10), ("boasting.zip", u32::MAX - 1)] {
        let member = Member { size, packed: packed.clone(), ..Member::new("log.json", b"") };
        let folder = folder(&[(name, &archive(&[member]))]);
        defused(folder.path(), &["inputs"], name);
    }
}

#[test]
fn b5_members_that_overlap_and_archives_in_archives_are_not_unpacked() {
    let member = Member::new("one.json", &okta());
    let twice = Member { at: Some(0), ..Member::new("two.json", &okta()) };
    let inner = archive(&[Member::new("okta.json", &okta())]);
    let nested = archive(&[Member::new("inner.zip", &inner), Member::new("okta.json", &okta())]);
    let folder = folder(&[
        ("overlap.zip", &archive(&[member, twice])),
        ("nested.zip", &nested),
        ("twice.gz", &gzip(&gzip(&okta()))),
    ]);
    let ended = run(folder.path(), &["inputs", "overlap.zip"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("its members overlap, which only an archive made to do harm has"), "{ended:?}");
    let ended = run(folder.path(), &["inputs", "nested.zip"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("nested.zip!inner.zip: this is a zip archive inside something else"), "{ended:?}");
    assert!(ended.out.contains("36 about provisioning"), "the member beside it is used: {ended:?}");
    let ended = run(folder.path(), &["inputs", "twice.gz"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("it is packed twice; unpack it once"), "{ended:?}");
}

#[test]
fn b5_more_members_than_anybody_exports_are_said_to_be_too_many() {
    let members: Vec<Member> = (0..10_001).map(|n| Member::new(&format!("{n}/"), b"")).collect();
    let folder = folder(&[("many.zip", &archive(&members))]);
    let ended = run(folder.path(), &["inputs", "many.zip"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("it has 10001 members, of which the first 10000 are read"), "{}", ended.err);
}

#[test]
fn an_archive_of_many_small_logs_is_read() {
    let text = okta();
    let records = text.split_inclusive(|byte| *byte == b'\n');
    let members: Vec<Member> = (0..2_000)
        .zip(records.cycle())
        .map(|(number, record)| Member::new(&format!("{number}.json"), record))
        .collect();
    let folder = folder(&[("plain", &text), ("many.zip", &archive(&members))]);
    let (one, many) = (report(folder.path(), &["plain"]), report(folder.path(), &["many.zip"]));
    assert_eq!(number(&many["totals"], "records"), 2_000);
    assert_eq!(many["totals"]["events"], one["totals"]["events"]);
}

/// All files in a folder and what is in them.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.display().to_string(), fs::read(path).unwrap_or_default())).collect()
}

#[test]
fn b6_no_member_of_an_archive_is_written_anywhere() {
    let names =
        ["../../above.json", "/etc/root.json", "C:\\drive.json", "a\x1b]0;x\x07\n.json", "nul\0.json", "../.bashrc"];
    let members: Vec<Member> = names.iter().map(|name| Member::new(name, &lines(3))).collect();
    let link = Member { mode: 0o120_777, ..Member::new("link.json", b"/etc/passwd") };
    let folder = folder(&[("evil.zip", &archive(&[members, vec![link]].concat()))]);
    let inside = folder.path().join("a/b");
    fs::create_dir_all(&inside).unwrap();
    fs::rename(folder.path().join("evil.zip"), inside.join("evil.zip")).unwrap();
    let before = (tree(folder.path()), tree(&inside));
    let ended = run(&inside, &["inputs", "evil.zip"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!((tree(folder.path()), tree(&inside)), before);
    for name in [
        "evil.zip!../../above.json",
        "evil.zip!/etc/root.json",
        "evil.zip!C:\\drive.json",
        "evil.zip!a␛]0;x␇ .json",
        "evil.zip!nul␀.json",
    ] {
        assert!(ended.out.contains(name), "{name}: {}", ended.out);
    }
    assert!(ended.out.contains("evil.zip!link.json\n   passed over: link"), "{}", ended.out);
    // Each holds the same events.
    assert_eq!(counts(&report(&inside, &["evil.zip"])).0, 2);
}

#[test]
fn what_lies_in_an_archive_beside_a_log_is_only_listed() {
    let with =
        |name: &str, bytes: &[u8]| archive(&[Member::new("logs/okta.ndjson", &okta()), Member::new(name, bytes)]);
    let folder = folder(&[
        ("mac.zip", &with("__MACOSX/logs/._okta.ndjson", b"\0\x05\x16\x07\0\x02")),
        ("finder.zip", &with("logs/.DS_Store", b"\0\0\0\x01Bud1")),
        ("readme.zip", &with("readme.txt", b"made on Monday\n")),
        ("picture.zip", &with("screen.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
        ("none.zip", &archive(&[Member::new("readme.txt", b"made on Monday\n")])),
    ]);
    for (name, listed) in [
        ("mac.zip", "mac.zip!__MACOSX/logs/._okta.ndjson\n   passed over: hidden file"),
        ("finder.zip", "finder.zip!logs/.DS_Store\n   passed over: hidden file"),
        ("readme.zip", "readme.zip!readme.txt\n   format   no known format"),
        ("picture.zip", "picture.zip!screen.png\n   this is a picture"),
    ] {
        let ended = run(folder.path(), &["inputs", name]);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{name}");
        assert!(ended.out.contains(listed), "{name}: {}", ended.out);
        let ended = run(folder.path(), &["check", name, "--fail-on", "none"]);
        assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
    }
    // An archive without any log is no log.
    let ended = run(folder.path(), &["report", "none.zip", "readme.zip"]);
    assert_eq!(ended.code, Some(3));
    assert_eq!(ended.err.matches("not a provisioning log that is known").count(), 1, "{}", ended.err);
}

#[test]
fn of_thousands_of_members_that_are_no_logs_a_few_are_named_and_the_rest_counted() {
    let names: Vec<String> = (0..2_000).map(|number| format!("{number:04}.png")).collect();
    let members: Vec<Member> = names.iter().map(|name| Member::new(name, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")).collect();
    let folder = folder(&[("album.zip", &archive(&members))]);
    let ended = run(folder.path(), &["inputs", "album.zip"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.out.contains("and 1,990 more inputs like it"), "{}", ended.out);
    assert_eq!(ended.err.lines().count(), 6, "{}", ended.err);
    assert!(
        ended.err.ends_with("1,995 more inputs of which the same is to be said: this is a picture, not a log; export the log as JSON or CSV\n"),
        "{}",
        ended.err
    );
    let ended = run(folder.path(), &["inputs", "album.zip", "--format", "json"]);
    let inputs: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(inputs["inputs"].as_array().unwrap().len(), 2_000, "programs get all of them");
}

#[test]
fn an_archive_that_is_cut_off_says_so() {
    let whole = archive(&[Member::new("okta.ndjson", &okta())]);
    let folder = folder(&[("cut.zip", &whole[..whole.len() - 60])]);
    let ended = run(folder.path(), &["check", "cut.zip"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("cut.zip: cannot be read: the zip archive is cut off or damaged"), "{}", ended.err);
}

#[test]
fn b7_archives_of_all_writers_are_read_and_what_cannot_be_is_named() {
    let member = || Member::new("log.json", &okta());
    let folder = folder(&[
        ("plain", &okta()),
        ("behind.zip", &archive(&[Member { sizes_behind: true, ..member() }])),
        ("wide.zip", &archive(&[Member { zip64: true, ..member() }])),
        ("stored.zip", &archive(&[Member { method: 0, packed: okta(), ..member() }])),
        ("encrypted.zip", &archive(&[Member { flags: 1, ..member() }])),
        ("deflate64.zip", &archive(&[Member { method: 9, ..member() }])),
        ("lzma.zip", &archive(&[Member { method: 14, ..member() }, Member::new("good.json", &okta())])),
        ("cut.zip", &archive(&[member()])[..400]),
        ("empty.zip", &archive(&[])),
        ("book.xlsx", &archive(&[Member::new("xl/workbook.xml", b"<x/>")])),
    ]);
    let wanted = report(folder.path(), &["plain"])["totals"].clone();
    for name in ["behind.zip", "wide.zip", "stored.zip"] {
        assert_eq!(report(folder.path(), &[name])["totals"], wanted, "{name}");
    }
    for (name, words) in [
        ("encrypted.zip", "encrypted.zip!log.json: cannot be read: it is encrypted; unzip it first"),
        (
            "deflate64.zip",
            "deflate64.zip!log.json: cannot be read: it is packed by a method that is not supported; unzip it first",
        ),
        (
            "lzma.zip",
            "lzma.zip!log.json: cannot be read: it is packed by a method that is not supported; unzip it first",
        ),
        ("cut.zip", "cut.zip: cannot be read: the zip archive is cut off or damaged"),
        ("book.xlsx", "book.xlsx: this is an Excel workbook, not a log; save the sheet as CSV"),
    ] {
        let ended = run(folder.path(), &["inputs", name]);
        assert_eq!(ended.code, Some(3), "{name}: {ended:?}");
        assert!(ended.err.contains(words), "{name}: {}", ended.err);
        assert!(ended.out.contains(name), "listed too: {}", ended.out);
    }
    assert_eq!(report(folder.path(), &["lzma.zip"])["totals"], wanted, "the other member is used");
    assert_eq!(run(folder.path(), &["inputs", "empty.zip"]).code, Some(0));
    // Met in a folder, all of them are listed only.
    assert_eq!(run(folder.path(), &["inputs", "."]).code, Some(0));
    let ended = Ended::from(
        super::provlens(folder.path()).args(["inputs", "-"]).write_stdin(archive(&[member()])).output().unwrap(),
    );
    assert!(ended.err.contains("or in a pipe; unpack it first"), "{ended:?}");
}

#[test]
fn b1_a_log_in_an_archive_may_be_packed_itself() {
    let zip = archive(&[Member::new("okta.json.gz", &gzip(&okta()))]);
    let folder = folder(&[("plain", &okta()), ("logs.zip", &zip)]);
    assert_eq!(report(folder.path(), &["logs.zip"])["totals"], report(folder.path(), &["plain"])["totals"]);
}
