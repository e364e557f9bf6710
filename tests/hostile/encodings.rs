//! Bytes and encodings.

use std::fs;

use serde_json::Value;

use super::{Lab, counts, folder, lines, logs, number, okta, problems, provlens, records, report, run, sample, utf16};

#[test]
fn c1_a_byte_order_mark_is_no_part_of_the_log() {
    let folder = folder(&[("plain", &okta()), ("marked", &[b"\xef\xbb\xbf".to_vec(), okta()].concat())]);
    let found = report(folder.path(), &["marked"]);
    assert_eq!(found["totals"], report(folder.path(), &["plain"])["totals"]);
    assert!(problems(&found).is_empty());
}

#[test]
fn c2_every_log_is_the_same_in_utf_16() {
    let lab = Lab::new();
    for log in logs() {
        // Some formats are known by the name.
        let name = log.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&log).unwrap();
        let wanted = lab.read(name, text.as_bytes()).facts();
        for (little, mark) in [(true, true), (false, false)] {
            let found = lab.read(name, &utf16(&text, little, mark)).facts();
            assert_eq!(found, wanted, "{name} little {little} mark {mark}");
        }
    }
}

#[test]
fn c2_either_order_may_have_a_mark_or_none() {
    let lab = Lab::new();
    let text = String::from_utf8(okta()).unwrap();
    let wanted = lab.read("log", text.as_bytes()).facts();
    for (little, mark) in [(true, true), (false, true), (true, false), (false, false)] {
        assert_eq!(lab.read("log", &utf16(&text, little, mark)).facts(), wanted, "little {little} mark {mark}");
    }
}

/// A record as Windows PowerShell writes it: from the third level on there are only names of types.
fn cut_at_depth_two(record: &Value) -> Value {
    let Value::Object(fields) = record else { return record.clone() };
    let cut = |value: &Value| match value {
        Value::Object(inner) => Value::from(format!(
            "@{{{}}}",
            inner
                .iter()
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
                .collect::<Vec<_>>()
                .join("; ")
        )),
        Value::Array(_) => Value::from("System.Object[]"),
        other => other.clone(),
    };
    fields.iter().map(|(name, value)| (name.clone(), cut(value))).collect()
}

#[test]
fn c3_an_export_that_powershell_cut_off_is_read_and_says_how_to_export_again() {
    let whole: Value = serde_json::from_slice(&sample("entra-provisioning.json")).unwrap();
    let list: Vec<Value> = whole["value"].as_array().unwrap_or_else(|| whole.as_array().unwrap()).clone();
    let cut: Vec<Value> = list.iter().map(cut_at_depth_two).collect();
    let table: Vec<Value> = (list.iter())
        .map(|record| {
            let mut record = record.clone();
            record["servicePrincipal"] = "System.Collections.Hashtable".into();
            record
        })
        .collect();
    for (name, records) in [("cut", cut), ("table", table)] {
        let text = serde_json::to_string_pretty(&records).unwrap().replace('\n', "\r\n");
        let folder = folder(&[("export.json", &utf16(&text, true, true))]);
        let ended = run(folder.path(), &["report", "export.json"]);
        assert_eq!(ended.code, Some(0), "{name}: {ended:?}");
        let found = report(folder.path(), &["export.json"]);
        assert!(number(&found["totals"], "events") > 0 && number(&found["totals"], "unreadable") == 0, "{name}");
        let said = problems(&found);
        assert!(
            said.len() == 1 && said[0].contains("export it again with `ConvertTo-Json -Depth 20`"),
            "{name}: {said:?}"
        );
    }
}

/// A log of two records, of which the first has `text` in its message and in a field that nobody reads.
fn with(text: &[u8]) -> Vec<[Vec<u8>; 2]> {
    let [first, second] = <[String; 2]>::try_from(records(2)).unwrap();
    let at = first.find("Add user").unwrap();
    let (before, after) = first.as_bytes().split_at(at);
    let second = [b"\n".to_vec(), second.into_bytes(), b"\n".to_vec()].concat();
    let in_message = [before, text, after].concat();
    let in_other = [&first.as_bytes()[..first.len() - 1], b",\"zz\":\"", text, b"\"}"].concat();
    vec![[in_message, second.clone()], [in_other, second]]
}

/// The record is used, and one remark says what is wrong with it.
fn is_one_remark(lab: &Lab, text: &[u8]) {
    for parts in with(text) {
        let read = lab.read("log", &parts.concat());
        assert_eq!(read.counts(), (2, 0, 0), "{text:?}");
        let said = read.said();
        assert!(said.len() == 1 && said[0].contains("no UTF-8"), "{text:?}: {said:?}");
        assert_eq!(read.0.inputs[0].problems[0].line, 1);
    }
}

#[test]
fn c4_bytes_that_are_no_utf_8_cost_no_record() {
    let lab = Lab::new();
    for bytes in
        [&b"\xff"[..], b"\xc3\x28", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\x80\xbf"]
    {
        is_one_remark(&lab, bytes);
    }
    let failure = "{\"uuid\":\"e\",\"published\":\"2026-03-02T09:00:00Z\",\"eventType\":\"application.provision.user.push\",\
                   \"outcome\":{\"result\":\"FAILURE\",\"reason\":\"a?z\"}}\n";
    let text: Vec<u8> = failure.bytes().map(|byte| if byte == b'?' { 0xff } else { byte }).collect();
    let folder = folder(&[("log", &text)]);
    let event: Value = serde_json::from_str(&run(folder.path(), &["events", "log"]).out).unwrap();
    assert_eq!(event["error"]["message"], "a\u{fffd}z");
}

#[test]
fn c5_half_of_an_emoji_costs_no_record() {
    let lab = Lab::new();
    for escape in [&br"\ud83d"[..], br"\udc00", br"\ud83d\n", br"\uDBFFx", br"\udc00\ud83d"] {
        is_one_remark(&lab, escape);
    }
    // Both halves are one letter, and no remark.
    assert!(lab.read("log", &with(br"\ud83d\ude00")[0].concat()).said().is_empty());
}

#[test]
fn c6_zero_bytes_are_passed_over_with_their_number() {
    let [one, two, three] = <[String; 3]>::try_from(records(3)).unwrap();
    let zeros = "\0".repeat(4096);
    let lab = Lab::new();
    for (text, events, blocks) in [
        (format!("{one}\n{two}\n{zeros}"), 2, 1),
        (format!("{one}\n{zeros}{two}\n"), 2, 1),
        (format!("{one}{zeros}{two}"), 2, 1),
        (format!("{one}\n{zeros}\n{two}\n{zeros}\n"), 2, 2),
        (format!("{zeros}{one}\n{two}\n{three}\n"), 2, 1),
        (format!("[{one},{zeros}{two}]{zeros}"), 2, 2),
    ] {
        let read = lab.read("log", text.as_bytes());
        assert_eq!(read.counts().0, events, "{text:?}");
        let said = read.said();
        assert_eq!(said.len(), blocks, "{text:?}: {said:?}");
        assert!(said.iter().all(|said| said.starts_with("4096 zero bytes")), "{said:?}");
    }
    let folder =
        folder(&[("zeros", zeros.as_bytes()), ("table.csv", format!("ID,Date,Change ID,Action\n{zeros}").as_bytes())]);
    for name in ["zeros", "table.csv"] {
        assert_eq!(counts(&report(folder.path(), &[name])), (0, 0, 1), "{name}");
        assert_eq!(run(folder.path(), &["report", name]).code, Some(3), "nothing in it can be read");
    }
}

#[test]
fn c6_a_zero_byte_in_a_text_is_shown() {
    let record = "{\"uuid\":\"e1\",\"published\":\"2026-03-02T09:00:00Z\",\"eventType\":\"application.provision.user.push\",\
                  \"outcome\":{\"result\":\"FAILURE\",\"reason\":\"odd \\u0000 or RAW words\"}}\n";
    for text in [record.replace("RAW", "raw"), record.replace("RAW", "\0")] {
        let folder = folder(&[("log", text.as_bytes())]);
        let ended = run(folder.path(), &["report", "log"]);
        assert!(ended.out.contains("odd ␀ or") && !ended.out.contains('\0'), "{}", ended.out);
        assert_eq!(counts(&report(folder.path(), &["log"])), (1, 0, 0));
    }
}

#[test]
fn c7_a_table_in_windows_1252_is_read_and_the_bytes_are_told() {
    let header = "ID,Date,Change ID,Job ID,Action,Status,Error Code,Source Identity,Service Principal Name\n";
    let row = "e1,2026-03-02T10:00:00Z,c1,scim.a.b,Create,Failure,Conflict,j\u{f6}rg@example.com,Caf\u{e9}\n";
    let latin: Vec<u8> = format!("{header}{row}").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let folder = folder(&[("log.csv", &latin)]);
    let found = report(folder.path(), &["log.csv"]);
    assert_eq!(counts(&found), (1, 0, 0));
    let said = problems(&found);
    assert!(said.len() == 1 && said[0].contains("Save the table as CSV UTF-8"), "{said:?}");
    let output = provlens(folder.path()).args(["events", "log.csv"]).output().unwrap();
    let event: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(event["subject"]["login"], "j\u{fffd}rg@example.com");
}

#[test]
fn c8_only_line_ends_separate() {
    let three = records(3);
    let lab = Lab::new();
    for between in ["\n", "\r\n", "\r", "\n\r", "\n\u{c}", "\u{b}\n", "\r\r\n\n"] {
        let text = three.iter().map(|record| format!("{record}{between}")).collect::<String>();
        let read = lab.read("log", text.as_bytes());
        assert_eq!((read.counts(), read.said()), ((2, 1, 0), vec![]), "{between:?}");
    }
    // Others are letters like any.
    let text = String::from_utf8(lines(3)).unwrap().replacen("Add user", "Add\u{2028}\u{2029}\u{85}user", 1);
    let read = lab.read("log", text.as_bytes());
    assert_eq!((read.counts(), read.said()), ((2, 1, 0), vec![]));
}
