//! JSONTestSuite: what is taken and what is refused, case by case, by the reader of records and by `serde_json`.

use std::fs;
use std::path::Path;

use bumpalo::Bump;
use provlens::error::ProblemKind;
use provlens::frame::Framer;
use provlens::json::{Found, Reader, parse};
use provlens::pipeline::{self, Options};
use provlens::rules::Library;
use provlens::source::{self, Opened};
use serde_json::Value;

/// What the standard leaves open and `serde_json` takes.
const OPEN: [&str; 5] = [
    "i_number_double_huge_neg_exp",
    "i_number_real_underflow",
    "i_number_too_big_neg_int",
    "i_number_too_big_pos_int",
    "i_number_very_big_negative_int",
];

/// What `serde_json` refuses and records of logs are kept with, and why.
const LENIENT: [(&str, &[&str]); 4] = [
    (
        "a comma before a closing bracket, as in the samples that Microsoft publishes",
        &[
            "n_array_extra_comma",
            "n_array_number_and_comma",
            "n_object_lone_continuation_byte_in_key_and_trailing_comma",
            "n_object_trailing_comma",
        ],
    ),
    (
        "control characters inside a text, which loses one letter and not the record",
        &["n_string_unescaped_ctrl_char", "n_string_unescaped_tab"],
    ),
    (
        "numbers that are too large for the program, which keeps the digits and never calculates with them",
        &[
            "i_number_huge_exp",
            "i_number_neg_int_huge_exp",
            "i_number_pos_double_huge_exp",
            "i_number_real_neg_overflow",
            "i_number_real_pos_overflow",
        ],
    ),
    (
        "halves of surrogate pairs and broken UTF-8, where somebody cut a message inside of a letter",
        &[
            "i_object_key_lone_2nd_surrogate",
            "i_string_1st_surrogate_but_2nd_missing",
            "i_string_1st_valid_surrogate_2nd_invalid",
            "i_string_UTF-8_invalid_sequence",
            "i_string_UTF8_surrogate_U+D800",
            "i_string_incomplete_surrogate_and_escape_valid",
            "i_string_incomplete_surrogate_pair",
            "i_string_incomplete_surrogates_escape_valid",
            "i_string_invalid_lonely_surrogate",
            "i_string_invalid_surrogate",
            "i_string_invalid_utf-8",
            "i_string_inverted_surrogates_U+1D11E",
            "i_string_iso_latin_1",
            "i_string_lone_second_surrogate",
            "i_string_lone_utf8_continuation_byte",
            "i_string_not_in_unicode_range",
            "i_string_overlong_sequence_2_bytes",
            "i_string_overlong_sequence_6_bytes",
            "i_string_overlong_sequence_6_bytes_null",
            "i_string_truncated-utf-8",
        ],
    ),
];

/// The cases, sorted by name; none where the suite is absent.
fn cases() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/JSONTestSuite/test_parsing");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: {} is absent", folder.display());
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut cases: Vec<(String, Vec<u8>)> = paths
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    cases.sort();
    cases
}

/// Read in place and looked at as a whole.
fn is_taken_in_place(bytes: &[u8]) -> bool {
    let (mut reader, arena) = (Reader::default(), Bump::new());
    let bytes = bytes.trim_ascii();
    let is_whole = matches!(reader.read(bytes, 0), Found::Value(value) if value.end == bytes.len());
    if is_whole {
        let _ = format!("{:?}", reader.json(bytes, &arena));
    }
    is_whole && reader.fault().is_none()
}

#[test]
fn d4_each_case_is_taken_or_refused_as_agreed() {
    let cases = cases();
    let mut lenient: Vec<&str> = LENIENT.iter().flat_map(|(_, names)| *names).copied().collect();
    let mut wrong = Vec::new();
    for (name, bytes) in &cases {
        let theirs = name.starts_with("y_") || OPEN.contains(&name.as_str());
        let ours = theirs || lenient.contains(&name.as_str());
        let found = [
            parse(bytes, &Bump::new()).is_ok(),
            is_taken_in_place(bytes),
            serde_json::from_slice::<Value>(bytes).is_ok(),
        ];
        if found != [ours, ours, theirs] {
            wrong.push(format!("{name}: copied, in place, by the standard: {found:?}"));
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
    if !cases.is_empty() {
        let count = |kind: &str| cases.iter().filter(|(name, _)| name.starts_with(kind)).count();
        assert_eq!((count("y_"), count("n_"), count("i_")), (95, 188, 35));
        lenient.retain(|name| !cases.iter().any(|(case, _)| case == name));
        assert_eq!(lenient, [] as [&str; 0], "in the table and not in the suite");
    }
}

/// Cut into records, the worst that a case can do is to be lost, which is told.
#[test]
fn d4_each_case_between_two_records_costs_none_of_them() {
    for (name, bytes) in cases() {
        let text = [b"{\"id\":1,\"n\":2}\n", &bytes[..], b"\n{\"id\":3,\"n\":4}\n"].concat();
        // A text without a line end may swallow the line behind it.
        let mut framer = Framer::new(Opened::in_memory(text));
        let mut records = Vec::new();
        while let Some(batch) = framer.next_batch() {
            records.extend(batch.frames.iter().map(|frame| batch.bytes[frame.start..frame.start + frame.len].to_vec()));
        }
        for record in [&b"{\"id\":1,\"n\":2}"[..], b"{\"id\":3,\"n\":4}"] {
            assert!(records.iter().any(|found| found == record), "{name} costs {}", String::from_utf8_lossy(record));
        }
    }
}

/// A record of Okta's with a text in a field that is read, or in one that nobody asks for.
fn record(text: &[u8], is_read: bool) -> Vec<u8> {
    let (message, ignored): (&[u8], &[u8]) = if is_read { (text, b"\"x\"") } else { (b"\"x\"", text) };
    [
        br#"{"uuid":"5a0b7c11-0001","published":"2026-03-02T10:00:00.000Z","eventType":"application.provision.user.push","#,
        br#""severity":"ERROR","outcome":{"result":"FAILURE","reason":"# as &[u8],
        message,
        br#"},"actor":{"id":"00u1","type":"User","alternateId":"ann@example.com"},"target":[{"id":"0oa1","type":"AppInstance","#,
        br#""displayName":"Team Chat"}],"debugContext":{"debugData":{"nobodyAsksForThis":"#,
        ignored,
        b"}}}\n",
    ]
    .concat()
}

#[test]
fn c4_and_c5_broken_bytes_and_halves_of_pairs_cost_no_record_whether_they_are_read_or_not() {
    let (library, _) = Library::load(&[]);
    let folder = tempfile::tempdir().unwrap();
    // Some are here, for whoever has no suite.
    let own = [&b"\"x\xff\""[..], b"\"\xed\xa0\x80y\"", b"\"\\ud83d\"", b"\"\\udc00\\ud83dz\""];
    let own = own.map(|text| ("own".to_owned(), text.to_vec()));
    // What is left out of the suite's is UTF-16, which is told by the first bytes of a file.
    let texts = cases().into_iter().filter_map(|(name, bytes)| {
        let text = bytes.strip_prefix(b"[")?.trim_ascii_end().strip_suffix(b"]")?;
        (name.starts_with("i_string_") && !text.contains(&0)).then(|| (name.clone(), text.to_vec()))
    });
    for (name, text) in own.into_iter().chain(texts) {
        for is_read in [true, false] {
            let path = folder.path().join("log");
            fs::write(&path, record(&text, is_read)).unwrap();
            let (analysis, errors) =
                pipeline::run(source::gather(&[path]), &library, &Options { threads: Some(1), ..Options::default() });
            assert!(errors.is_empty());
            let totals = &analysis.totals;
            assert_eq!((totals.records, totals.failure, totals.unreadable), (1, 1, 0), "{name} {is_read}");
            let kinds: Vec<ProblemKind> = analysis.inputs[0].problems.iter().map(|problem| problem.kind).collect();
            let issue = analysis.issues.iter().chain(&analysis.unknown).next().unwrap();
            let message = issue.examples[0].message.as_deref().unwrap_or_default();
            assert_eq!(message.contains('\u{fffd}'), is_read, "{name}: {message:?}");
            assert_eq!(kinds, [ProblemKind::UnreadableBytes], "{name} {is_read}");
        }
    }
}
