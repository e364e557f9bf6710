use super::super::buffer::{Part, Window};
use super::*;

fn frames(text: &[u8]) -> (Vec<String>, Vec<Problem>) {
    all(JsonRecords::new(Window::new(text), RecordStart::default()))
}

fn all<B: Bytes>(mut records: JsonRecords<B>) -> (Vec<String>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    loop {
        match records.next() {
            Piece::Record(..) => found.push(String::from_utf8_lossy(records.record()).into_owned()),
            Piece::Problem(problem) => problems.push(problem),
            Piece::End => return (found, problems),
            Piece::Stalled => panic!("a whole input cannot end early"),
        }
    }
}

#[test]
fn a_greeting_in_front_of_lines_with_a_prefix_is_one_problem() {
    let record = r#"{"id":"x","of":[{"id":"y","n":1},{"id":"z","n":2}],"at":{"id":"w","n":3}}"#;
    for greeting in ["Welcome to log tail\n", "one (1)\n\n=====\nthree\n", "web | Starting {v1} [x]\n"] {
        for prefix in ["", "2026-03-02T10:00:00Z app[1]: ", "web-1  | "] {
            let text = format!("{greeting}{prefix}{record}\n{prefix}{record}\n");
            let (found, problems) = frames(text.as_bytes());
            assert_eq!(found, [record, record], "{text}");
            assert_eq!(problems.len(), 1, "{text}");
            assert!(problems[0].lost && problems[0].line == 1, "{text}");
            let learnt = RecordStart::learn(text.as_bytes());
            assert_eq!(learnt, RecordStart::of(record.as_bytes()), "{text}");
        }
    }
    let (_, problems) = frames(b"Welcome to log tail\nx {\"a\":1}\n");
    assert_eq!(problems[0].detail, "text that is no record, \"Welcome to log tail\"; it was passed over");
}

#[test]
fn what_is_wrong_with_a_record_is_said_in_plain_words() {
    for (record, wrong) in [
        (
            r#"{"a":"he said "no" to it"}"#,
            r#"no backslash before it, at "\"no\" to it\"}" (byte 15 of the record); it was"#,
        ),
        (r#"{"a" 1}"#, "no colon stands between the name of a field and its value"),
        ("{'a':1}", "a field has no name in double quotes"),
        (r#"{"a":NaN}"#, "a value is missing, or is neither text in quotes nor a number"),
    ] {
        let (_, problems) = frames(format!("{record}\n{{\"b\":2}}\n").as_bytes());
        let detail = &problems[0].detail;
        assert!(detail.starts_with("not valid JSON: ") && detail.ends_with("; it was passed over"), "{detail}");
        assert!(detail.contains(wrong) && !detail.contains("expected"), "{detail}");
        assert_eq!((problems[0].line, problems[0].offset), (1, 0), "{record}");
    }
}

#[test]
fn d3_what_is_shown_of_a_broken_record_does_not_depend_on_where_a_piece_ends() {
    let filler = "y".repeat(900);
    let records = format!(r#"[{{"a":1 "b":"{filler}"}},{{"a":{{}},"b":2}},{{"a":3,"b":"{filler}"}}]"#);
    let whole = frames(records.as_bytes()).1;
    assert_eq!(whole.len(), 1);
    let start = RecordStart::of(br#"{"a":{},"b":2}"#);
    let mut told = 0;
    for end in 0..records.len() {
        let part = Part::new(&records.as_bytes()[..end], 0, false);
        match JsonRecords::new(part, start.clone()).next() {
            Piece::Problem(problem) => {
                assert_eq!(problem, whole[0], "{end}");
                told += 1;
            }
            Piece::Stalled | Piece::End => {}
            piece => panic!("{piece:?} at {end}"),
        }
    }
    assert!(told > 100, "{told}");
}

/// A stream is read in blocks, too.
#[test]
fn d3_what_is_shown_of_a_broken_record_is_the_same_at_the_end_of_a_block() {
    let filler = "y".repeat(1_000);
    for before in (256 * 1024 - 600..256 * 1024 + 40).step_by(7) {
        let first = format!(r#"{{"a":"{}"}}"#, "x".repeat(before));
        let text = format!(r#"{first},{{"a":1 "b":"{filler}"}},{{"a":2}}"#);
        let (found, problems) = frames(text.as_bytes());
        assert_eq!((found.len(), problems.len()), (2, 1), "{before}");
        assert!(problems[0].detail.contains(&"y".repeat(33)), "{before}: {}", problems[0].detail);
    }
}

#[test]
fn d1_every_arrangement_gives_the_same_records() {
    let records = [r#"{"id":1,"x":[{"id":9}]}"#, r#"{"id":2}"#, r#"{"id":3}"#];
    let joined = |with: &str| records.join(with);
    for text in [
        joined("\n"),
        joined("\r\n"),
        joined(""),
        joined(",\n"),
        joined("\n\n"),
        format!("[{}]", joined(",")),
        format!("[\n  {}\n]\n", joined(",\n  ")),
        format!("[{}][{}]\n[]", records[0], joined(",").replacen(&format!("{},", records[0]), "", 1)),
        format!(r#"{{"value":[{}]}}"#, joined(",")),
        format!(r#"{{"@odata.context":"x","value":[{}]}}"#, joined(",")),
        format!("{{\n \"records\" : [\n{}]}}", joined(",")),
        format!(r#"{{"took":1,"hits":{{"total":3,"hits":[{}]}}}}"#, joined(",")),
        format!("2023-01-01 | {}\n2023-01-01 | {}\n2023-01-01 | {}\n", records[0], records[1], records[2]),
    ] {
        let (found, problems) = frames(text.as_bytes());
        assert_eq!(found, records, "{text}");
        assert_eq!(problems, [], "{text}");
    }
}

#[test]
fn a_page_that_names_the_next_is_reported() {
    let (found, problems) = frames(br#"{"value":[{"a":1}],"@odata.nextLink":"https://x"}"#);
    assert_eq!((found.len(), problems.len(), problems[0].lost), (1, 1, false));
}

#[test]
fn a7_an_empty_list_is_no_record() {
    for text in ["", " \n", "[]", r#"{"value":[]}"#, "[]\n[]"] {
        assert_eq!(frames(text.as_bytes()), (vec![], vec![]), "{text}");
    }
}

#[test]
fn d3_garbage_between_lines_costs_one_record_at_most() {
    let (found, problems) = frames(b"{\"id\":1}\nnonsense\n{\"id\":2}\n{\"id\":3,\n{\"id\":4}\n");
    assert_eq!(found.len(), 3);
    assert_eq!(problems.iter().filter(|p| p.lost).count(), 2);
}

#[test]
fn d3_a_damaged_beginning_of_the_list_costs_one_record_at_most() {
    let record = |n: u8| {
        format!(
            "  {{\n   \"id\": \"{n}\",\n   \"steps\": [\n    {{\n     \"id\": 7\n    }},\n    {{\n     \"id\": 8\n    }}\n   ]\n  }}"
        )
    };
    let records: Vec<String> = (0..5).map(record).collect();
    let text = format!("{{\n \"@odata.context\": \"x\",\n \"value\": [\n{}\n ]\n}}\n", records.join(",\n"));
    let list = text.find('[').unwrap() + 1;
    for at in list..list + 5 {
        for byte in *b"x5-t" {
            for insert in [false, true] {
                let mut bytes = text.clone().into_bytes();
                if insert {
                    bytes.insert(at, byte)
                } else {
                    bytes[at] = byte
                }
                let (found, problems) = frames(&bytes);
                let whole = found.iter().filter(|found| records.iter().any(|record| record.trim() == *found)).count();
                assert!(whole >= 4, "{whole} of 5 left: {}", String::from_utf8_lossy(&bytes));
                let lost = problems.iter().filter(|problem| problem.lost).count();
                assert!(lost <= 1 && (lost == 1 || whole == 5), "{lost} told: {}", String::from_utf8_lossy(&bytes));
            }
        }
    }
    for list in ["[1, 2]", "[true]", "[null,\n null]", "[\"a\"]", "[[1]]", "[-1.5e3 ]"] {
        let text = format!("{{\"events\":{list},\"x\":1}}");
        assert_eq!(frames(text.as_bytes()), (vec![text.clone()], vec![]), "a record with a list of its own");
    }
}

#[test]
fn a_record_whose_bracket_was_lost_is_told() {
    let record = r#"{"id":"x","of":[{"a":1}],"n":2}"#;
    let plain = r#"{"id":"x"}"#;
    let [nameless, twice, only] = [r#"{"":"x","n":2}"#, r#"{"":"x","":2,"n":3}"#, r#"{"":"x"}"#];
    for (record, damaged) in [
        (nameless, &nameless[1..]),
        (twice, &twice[1..]),
        (only, &only[1..]),
        (record, &record[1..]),
        (record, &*format!("x{}", &record[1..])),
        (record, &*format!("2026 | {}", &record[1..])),
        (plain, &plain[1..]),
    ] {
        for between in ["\n", ",\n"] {
            let text = [record, damaged, record, damaged, record].join(between);
            let (found, problems) = frames(text.as_bytes());
            assert_eq!(found, [record; 3], "{text}");
            assert_eq!(problems.iter().filter(|problem| problem.lost).count(), 2, "{text}");
        }
    }
    let (found, problems) = frames(br#"{"value":[{"id":1,"n":2},{"id":2,"n":3}],"id":"page"}"#);
    assert_eq!((found.len(), problems.len()), (2, 0), "the end of a shell may have a field of the same name");
}

#[test]
fn a_record_whose_bracket_was_lost_is_told_wherever_it_stands_in_its_line() {
    let record = r#"{"id":"x","n":2}"#;
    let text = format!("{record}\n\"a\" \"b\": 1\" {} {record}", &record[1..]);
    let (found, problems) = frames(text.as_bytes());
    assert_eq!((found.len(), problems.len()), (2, 1), "{found:?} {problems:?}");
}

#[test]
fn d3_a_broken_record_at_the_end_of_a_part_is_left_to_whoever_has_the_next_part() {
    let long = format!("{{\"id\":3,\"x\" \"{}\"}}\n", "y".repeat(3 * CONTEXT));
    let text = ["{\"id\":1,\"x\":2}\n{\"id\":2,\"x\":3}\n", &*long].concat();
    let start = RecordStart::learn(text.as_bytes());
    let mut part = JsonRecords::new(Part::new(text.as_bytes(), 0, false), start.clone());
    assert!(matches!((part.next(), part.next()), (Piece::Record(_), Piece::Record(_))));
    assert!(matches!(part.next(), Piece::Stalled));
    assert_eq!(part.place(), (3, (text.len() - long.len()) as u64));
    // Who keeps the bytes of a log that arrives does not keep what is as long as a record may be.
    let mut part = JsonRecords::new(Part::new(long.as_bytes(), 0, false), start.clone()).up_to(2 * CONTEXT);
    assert!(matches!(part.next(), Piece::Stalled));
    let mut part = JsonRecords::new(Part::new(long.as_bytes(), 0, false), start).up_to(2 * CONTEXT).giving_up(None);
    let Piece::Problem(problem) = part.next() else { panic!("it is told") };
    assert!(problem.lost && problem.offset == 0);
    assert!(part.place().1 > 0 && part.lost() == Some(CONTEXT));
    assert!(matches!(part.next(), Piece::Stalled));
}

#[test]
fn d3_one_damaged_byte_costs_two_records_at_most() {
    let records: Vec<String> =
        (0..12).map(|n| format!(r#"{{"uuid":"{n}","name":"a b","t":[{{"id":"x"}},{{"id":"y"}}]}}"#)).collect();
    for text in [records.join("\n"), format!("[{}]", records.join(","))] {
        proptest::proptest!(|(at in 0..text.len(), with in proptest::option::of(proptest::num::u8::ANY), cut: bool)| {
            let mut bytes = text.clone().into_bytes();
            match (with, cut) {
                (Some(byte), true) => bytes[at] = byte,
                (Some(byte), false) => bytes.insert(at, byte),
                (None, _) => { bytes.remove(at); }
            }
            // As the program reads it: it has looked ahead at how records begin.
            let (found, problems) = all(JsonRecords::new(Window::new(&*bytes), RecordStart::learn(&bytes)));
            let whole = found.iter().filter(|record| records.contains(record)).count();
            proptest::prop_assert!(whole >= 10, "{} of 12 left", whole);
            // What is not there any more was told, or is there as something else.
            let told = problems.iter().any(|problem| problem.lost) || found.len() > whole;
            proptest::prop_assert!(whole == 12 || told, "{} of 12 left, and not a word", whole);
        });
    }
}

#[test]
fn a_stream_and_a_part_in_memory_give_the_same() {
    /// Gives a few bytes at a time.
    struct Slow<'a>(&'a [u8]);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let count = self.0.len().min(into.len()).min(7);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }
    proptest::proptest!(|(pieces in proptest::collection::vec(r#"\{"a":[0-9],"b":\{"c":"x"\}\}|\{"a":|"|,|\n|\[|nonsense|\{\}"#, 0..12))| {
        let text = pieces.concat();
        let stream = all(JsonRecords::new(Window::new(Slow(text.as_bytes())), RecordStart::default()));
        let part = all(JsonRecords::new(Part::new(text.as_bytes(), 0, true), RecordStart::default()));
        proptest::prop_assert_eq!(stream, part);
    });
}

#[test]
fn d3_a_broken_line_with_a_prefix_costs_itself_only() {
    let line = |n: u8| format!("2023-01-01 | {{\"id\":{n},\"x\":1}}\n");
    let text = [line(1), "2023-01-01 | {\"id\":2,\"x\n".to_owned(), line(3), line(4)].concat();
    let (found, problems) = frames(text.as_bytes());
    assert_eq!((found.len(), problems.len()), (3, 1));
}

#[test]
fn d6_a_record_of_more_than_the_limit_is_passed_over_wherever_blocks_end() {
    let long = format!("{{\"id\":1,\"x\":\"{}\"}}", "y".repeat(MAX_RECORD));
    for before in [0usize, 300_000] {
        let text = format!("{}\n{long}\n{{\"id\":2,\"x\":3}}\n", " ".repeat(before));
        let (found, problems) = frames(text.as_bytes());
        assert_eq!((found.len(), problems.len()), (1, 1), "{before}");
        assert_eq!(problems[0].kind, ProblemKind::TooLong);
    }
}
