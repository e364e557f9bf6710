//! Records and JSON: cut off, nested, too long, of no known format.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::{
    Ended, Lab, counts, cut, folder, gzip, limited, lines, number, problems, provlens, records, report, report_with,
    run, sample,
};

#[test]
fn d2_a_log_cut_off_anywhere_loses_what_was_cut() {
    let lab = Lab::new();
    let path = lab.folder.path().join("cut");
    let list = format!("[{}]", records(3).join(","));
    for (whole, before) in [(lines(3), 0), (list.into_bytes(), 1)] {
        let mut at = before;
        let places: Vec<(usize, usize)> = (records(3).iter())
            .map(|record| {
                at += record.len() + 1;
                (at - 1 - record.len(), at - 1)
            })
            .collect();
        for end in 0..whole.len() {
            fs::write(&path, &whole[..end]).unwrap();
            let (found, problems) = cut(&path).unwrap();
            let complete = places.iter().filter(|(_, last)| *last <= end).count();
            let is_within = places.iter().any(|(first, last)| *first < end && end < *last);
            let is_told =
                problems.iter().any(|problem| problem.lost && problem.detail.contains("the last record is cut off"));
            assert_eq!(is_told, is_within, "{end}");
            // Of a log that is less than a record, parts of it may look like records of no format.
            assert!(
                complete == 0 || (found, problems.len()) == (complete, usize::from(is_within)),
                "{end}: {problems:?}"
            );
            // The account is the same for each, and looking at it takes longer.
            if end % 128 == 0 {
                let (events, other, unreadable) = lab.read("cut", &whole[..end]).counts();
                assert!(
                    complete == 0 && events == 0
                        || (events + other, unreadable) == (complete as u64, u64::from(is_within)),
                    "{end}"
                );
            }
        }
    }
}

#[test]
fn d3_what_stands_between_records_costs_none_of_them() {
    let [one, two, three] = <[String; 3]>::try_from(records(3)).unwrap();
    let trailing = one.replacen("\"Cloud Files\"}]", "\"Cloud Files\",},]", 1);
    assert_ne!(trailing, one);
    let lab = Lab::new();
    for (text, lost) in [
        (format!("{one}\n-- restarted --\n{two}\n{three}\n"), 1),
        (format!("{one}{two}\n{three}\n"), 0),
        (format!("[{one} {two},,{three},]"), 0),
        (format!("[{trailing},\n{two},\n{three},\n]"), 0),
        (format!("{one}\n{{\"uuid\": 5,\n{two}\n{three}\n"), 1),
    ] {
        assert_eq!(lab.read("log", text.as_bytes()).counts(), (2, 1, lost), "{text}");
    }
}

fn peak_is_low(folder: &Path, name: &str) -> Ended {
    limited(folder, 128).args(["report", "--format", "json", "--threads", "2", name]).output().unwrap().into()
}

#[test]
fn d5_five_million_levels_are_refused_and_not_fatal() {
    let deep = 5_000_000;
    let record = &records(1)[0];
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let alone = format!("{{\"a\":{}1{}}}\n", open.repeat(deep), close.repeat(deep));
        let text = [alone.into_bytes(), lines(3)].concat();
        let folder = folder(&[("deep", &text)]);
        let ended = peak_is_low(folder.path(), "deep");
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let found: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(counts(&found), (2, 1, 1));
        assert_eq!(found["inputs"][0]["problem_counts"]["too-deep"], 1);
    }
    // Also where nobody looks into it, and in a text that holds JSON.
    let within = |value: &str| format!("{},\"zz\":{value}}}\n", &record[..record.len() - 1]);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let folder =
        folder(&[("within", within(&nested).as_bytes()), ("text", within(&format!("\"{nested}\"")).as_bytes())]);
    assert_eq!(counts(&report(folder.path(), &["within"])), (0, 0, 1));
    assert_eq!(counts(&report(folder.path(), &["text"])), (1, 0, 0));
}

/// What a program says that is sent this, with little memory.
#[cfg(unix)]
fn sent(write: impl FnOnce(&mut dyn Write) + Send + 'static) -> Ended {
    let limit = format!("--data={}", 128 << 20);
    let has_limit = Command::new("prlimit").arg("--version").output().is_ok_and(|output| output.status.success());
    let program = env!("CARGO_BIN_EXE_provlens");
    let mut command = if has_limit { Command::new("prlimit") } else { Command::new(program) };
    if has_limit {
        command.args([&limit, program]);
    }
    let mut child = command
        .args(["report", "--format", "json", "--threads", "2", "-"])
        .env("HOME", "/nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = thread::spawn(move || write(&mut input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output.into()
}

#[cfg(unix)]
#[test]
fn d6_a_line_of_two_gigabytes_is_passed_over_in_little_memory() {
    const MEGABYTE: usize = 1 << 20;
    let ended = sent(|input| {
        let block = vec![b'x'; MEGABYTE];
        let mut text = |megabytes: usize| {
            input.write_all(b"{\"uuid\":\"long\",\"eventType\":\"").unwrap();
            (0..megabytes).for_each(|_| input.write_all(&block).unwrap());
            input.write_all(b"\"}\n").unwrap();
            input.write_all(&lines(3)).unwrap();
        };
        text(200);
        text(2048);
    });
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let found: Value = serde_json::from_str(&ended.out).unwrap();
    super::assert_account(&found);
    // The records behind each are found; those behind the second are the same again.
    let totals = &found["totals"];
    assert_eq!((number(totals, "events"), number(totals, "duplicates")), (2, 2));
    let input = &found["inputs"][0];
    assert_eq!((number(input, "unreadable"), &input["problem_counts"]["too-long"]), (2, &Value::from(2)));
    assert!(number(input, "bytes") > 2248 << 20);
}

#[test]
fn d6_a_record_may_be_as_long_as_somebody_says() {
    let record = &records(1)[0];
    let filled = |length: usize| {
        let end = format!(",\"filler\":\"{}\"}}\n", "x".repeat(length));
        [record.strip_suffix('}').unwrap(), &end].concat().into_bytes()
    };
    let long = [lines(3), filled(17 << 20)].concat();
    let row = |length: usize| {
        let comment = "y".repeat(length);
        format!("Date,Action,Status,Error\n2026-03-02T09:00:00Z,Create,Failure,\"{comment}\"\n").into_bytes()
    };
    let files = [("plain", long.clone()), ("packed", gzip(&long)), ("short", filled(5_000)), ("table", row(17 << 20))];
    let folder = folder(&files.each_ref().map(|(name, bytes)| (*name, &**bytes)));
    let read = |flags: &[&str], name: &str| {
        let found = report_with(folder.path(), flags, &[name]);
        (number(&found["totals"], "unreadable"), problems(&found).concat())
    };
    for name in ["plain", "packed", "table"] {
        let (lost, said) = read(&[], name);
        assert!(lost == 1 && said.contains("longer than 16 MiB") && said.contains("--max-record"), "{name}: {said}");
        assert_eq!(read(&["--max-record", "18MiB"], name), (0, String::new()), "{name}");
    }
    assert_eq!(read(&[], "short"), (0, String::new()));
    let (lost, said) = read(&["--max-record", "5kB"], "short");
    assert!(lost == 1 && said.contains("longer than 5000 bytes"), "{said}");
    let refused = run(folder.path(), &["report", "--max-record", "3", "short"]);
    assert!(refused.code == Some(2) && refused.err.contains("from 4KiB to 1GiB"), "{refused:?}");
}

/// The first event, as programs get it.
fn first_event(log: &str) -> Value {
    let folder = folder(&[("log", log.as_bytes())]);
    let output = provlens(folder.path()).args(["events", "log"]).output().unwrap();
    serde_json::from_slice(output.stdout.split(|byte| *byte == b'\n').next().unwrap()).unwrap()
}

#[test]
fn d7_of_a_field_that_is_there_twice_the_last_one_counts() {
    let record = &records(1)[0];
    let twice = record.replacen("\"uuid\"", "\"uuid\":\"first\",\"uuid\"", 1);
    assert!(first_event(&twice)["ids"]["event"].as_str().unwrap().starts_with("5a0b0001"));
    let sign_in = format!("{},\"eventType\":\"user.session.start\"}}", &record[..record.len() - 1]);
    let folder = folder(&[("log", sign_in.as_bytes())]);
    assert_eq!(counts(&report(folder.path(), &["log"])), (0, 1, 0));
}

#[test]
fn d8_numbers_stay_as_they_are_written() {
    let record = &records(1)[0];
    let digits = "123456789012345678901234567890";
    let id = record.replacen("\"5a0b0001-0000-11f1-9c00-000000000000\"", digits, 1);
    let numbers =
        format!("{},\"a\":1e400,\"b\":-0,\"c\":1e99999999999,\"d\":{}}}", &id[..id.len() - 1], "9".repeat(100_000));
    assert_eq!(first_event(&numbers)["ids"]["event"], digits);
}

#[test]
fn d9_names_of_fields_may_have_escapes() {
    let record = &records(1)[0];
    let escaped = record
        .replacen("\"uuid\"", "\"\\u0075uid\"", 1)
        .replacen("\"eventType\"", "\"event\\u0054ype\"", 1)
        .replacen("\"target\"", "\"t\\u0061rget\"", 1);
    assert_ne!(&escaped, record);
    let odd = format!("{},\"\\u0000\\/\\ud83d\\ude00\\u001f\":1}}", &escaped[..escaped.len() - 1]);
    let (mut wanted, mut found) = (first_event(record), first_event(&odd));
    (wanted["raw"], found["raw"]) = (Value::Null, Value::Null);
    assert_eq!(found, wanted);
}

#[test]
fn d10_values_of_the_wrong_type_cost_no_record() {
    let record: Value = serde_json::from_str(&records(1)[0]).unwrap();
    let wrong = [
        Value::Null,
        serde_json::json!({}),
        serde_json::json!([null]),
        serde_json::json!([[1, "x"], 5, true]),
        Value::from("x"),
        Value::from(5),
        Value::Bool(false),
        record["target"][0].clone(),
    ];
    let mut log = String::new();
    for field in ["target", "actor", "outcome", "debugContext", "transaction", "displayMessage"] {
        for value in &wrong {
            let mut record = record.clone();
            record["uuid"] = format!("{field}-{}", log.len()).into();
            record[field] = value.clone();
            log.push_str(&format!("{record}\n"));
        }
    }
    let folder = folder(&[("log", log.as_bytes())]);
    assert_eq!(counts(&report(folder.path(), &["log"])), (48, 0, 0));
}

#[test]
fn d10_both_spellings_of_microsofts_samples_are_read() {
    let whole: Value = serde_json::from_slice(&sample("entra-provisioning.json")).unwrap();
    let record = whole["value"].as_array().unwrap_or_else(|| whole.as_array().unwrap())[0].clone();
    let mut other = record.clone();
    let by = other["initiatedBy"].as_object_mut().unwrap();
    let kind = by.remove("initiatorType").unwrap();
    by.insert("initiatingType".to_owned(), kind);
    other["servicePrincipal"] = Value::Array(vec![record["servicePrincipal"].clone()]);
    let (mut wanted, mut found) = (first_event(&record.to_string()), first_event(&other.to_string()));
    (wanted["raw"], found["raw"]) = (Value::Null, Value::Null);
    assert_eq!(found, wanted);
}

#[test]
fn d11_a_format_that_nobody_knows_is_said_with_its_fields() {
    let unknown = b"{\"when\":\"2026-01-01\",\"who\":\"x\",\"what\":\"y\"}\n{\"when\":1}\n";
    let folder = folder(&[("unknown.json", unknown)]);
    let ended = run(folder.path(), &["report", "unknown.json"]);
    assert_eq!(ended.code, Some(3));
    assert_eq!(
        ended.err,
        "provlens: unknown.json: not a provisioning log that is known; fields seen: when, who, what; \
         docs/log-formats.md lists the exports that are read\n"
    );
    assert_eq!(counts(&report(folder.path(), &["unknown.json"])), (0, 2, 0));
    assert_eq!(run(folder.path(), &["report", "."]).code, Some(0), "in a folder it is listed only");
    // Known, and not about provisioning.
    fs::write(
        folder.path().join("trail.json"),
        "{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"PutObject\",\"eventTime\":\"2026-01-01T00:00:00Z\",\"awsRegion\":\"x\"}\n",
    )
    .unwrap();
    let ended = run(folder.path(), &["inputs", "trail.json"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.contains("CloudTrail events of other AWS services"), "{ended:?}");
}

#[test]
fn d12_values_that_came_later_are_kept() {
    let record = records(1)[0].replacen("\"SUCCESS\"", "\"unknownFutureValue\"", 1);
    let later = record.replacen("{", "{\"version\":\"99\",\"shape\":{\"of\":[\"things\",\"to\",\"come\"]},", 1);
    let event = first_event(&later);
    assert_eq!(event["outcome"], "warning", "neither a success nor a failure");
    assert_eq!(event["operation"], "assignment-add");
    let whole: Value = serde_json::from_slice(&sample("entra-provisioning.json")).unwrap();
    let mut record = whole["value"].as_array().unwrap_or_else(|| whole.as_array().unwrap())[0].clone();
    record["provisioningStatusInfo"]["status"] = "unknownFutureValue".into();
    record["sourceIdentity"]["identityType"] = "unknownFutureValue".into();
    let event = first_event(&record.to_string());
    assert_eq!((&event["outcome"], &event["subject"]["login"]), (&"warning".into(), &"ana.lopez@example.com".into()));
}

#[test]
fn d13_records_of_several_formats_are_each_read_by_their_own() {
    let files = ["okta-system-log.ndjson", "entra-provisioning.json", "aws-cloudtrail.json"];
    let lab = Lab::new();
    let together = lab.read("log", &files.map(sample).join(&b'\n'));
    assert!(together.said().is_empty(), "{:?}", together.said());
    let alone = files.map(|file| lab.read("log", &sample(file)).counts());
    let sum = alone.into_iter().fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    assert_eq!(together.counts(), sum);
    assert_eq!(together.0.inputs[0].dialects.len(), 3);
}
