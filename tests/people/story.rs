//! `provlens person`: one person's story.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag};
use serde_json::{Value, json};

use super::provlens;

/// An Okta record about somebody at an app.
fn okta(
    number: u64,
    at: &str,
    kind: &str,
    failed: Option<&str>,
    (id, login, name): (&str, &str, &str),
    app: &str,
) -> Value {
    let outcome =
        failed.map_or(json!({ "result": "SUCCESS" }), |reason| json!({ "result": "FAILURE", "reason": reason }));
    json!({
        "uuid": number.to_string(), "published": format!("2026-03-{at}:00Z"), "eventType": kind, "outcome": outcome,
        "target": [
            { "id": id, "type": "User", "alternateId": login, "displayName": name },
            { "id": format!("0oa{app}"), "type": "AppInstance", "alternateId": app },
        ],
    })
}

fn write(folder: &tempfile::TempDir, name: &str, records: &[Value]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, records.iter().map(|record| format!("{record}\n")).collect::<String>()).unwrap();
    path
}

fn person(login: &str, format: &str, path: &Path) -> String {
    let output = provlens().args(["person", login, "--format", format]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const PUSH: &str = "application.provision.user.push_profile";
const OFF: &str = "application.provision.user.deactivate";
const GONE: &str = "application.user_membership.remove";
const ANN: (&str, &str, &str) = ("00u00000000000000001", "ann@example.com", "Ann Lee");

#[test]
fn retries_are_folded_although_something_else_happens_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let mut records = vec![
        okta(1, "02T09:00", PUSH, None, ANN, "Harbor"),
        okta(2, "02T10:00", GONE, None, ANN, "Harbor"),
        okta(3, "02T10:30", GONE, None, ANN, "Lagoon"),
        okta(4, "02T10:31", OFF, None, ANN, "Lagoon"),
    ];
    records.extend(
        (0..7).map(|hour| okta(10 + hour, &format!("02T1{}:02", hour + 1), OFF, Some("Unauthorized"), ANN, "Harbor")),
    );
    let path = write(&folder, "okta.ndjson", &records);
    let text = person("Ann@example.com", "text", &path);
    assert!(text.contains("failed 7 times until 2026-03-02 17:02"), "{text}");
    let story: Value = serde_json::from_str(&person("ann@example.com", "json", &path)).unwrap();
    let stands: Vec<_> = story["standings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stand| (&stand["app"], &stand["state"], &stand["since"]))
        .collect();
    let wanted = [
        (&json!("Harbor"), &json!("access-not-removed"), &json!("2026-03-02T11:02:00Z")),
        (&json!("Lagoon"), &json!("fine"), &json!("2026-03-02T10:31:00Z")),
    ];
    assert_eq!(stands, wanted);
    assert_eq!(
        (&story["standings"][0]["failed_attempts"], &story["standings"][0]["reason"]),
        (&json!(7), &json!("failed"))
    );
    let counts: Vec<u64> =
        story["story"].as_array().unwrap().iter().map(|moment| moment["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [1, 1, 1, 1, 7]);
    assert_eq!(story["events"].as_array().unwrap().len(), 11);
}

/// The login is known late: what came before under the id alone belongs to the story too.
#[test]
fn what_was_said_before_it_was_known_who_is_who_is_told_too() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        okta(1, "02T09:00", PUSH, None, (ANN.0, "", ""), "Harbor"),
        okta(2, "02T09:10", PUSH, None, (ANN.0, "old@example.com", ""), "Harbor"),
        okta(3, "02T09:20", PUSH, None, ("", "old@example.com", ""), "Lagoon"),
        okta(4, "02T09:30", PUSH, None, ("00u00000000000000002", "bob@example.com", ""), "Lagoon"),
        okta(5, "02T10:00", PUSH, None, ANN, "Harbor"),
    ];
    let path = write(&folder, "okta.ndjson", &records);
    for asked in ["ann@example.com", "old@example.com", ANN.0, "Ann Lee"] {
        let story: Value = serde_json::from_str(&person(asked, "json", &path)).unwrap();
        let lines: Vec<_> =
            story["events"].as_array().unwrap().iter().map(|event| event["raw"]["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [1, 2, 3, 5], "{asked}");
        assert_eq!(story["who"]["logins"], json!(["ann@example.com", "old@example.com"]), "{asked}");
        assert_eq!((&story["who"]["label"], &story["complete"]), (&json!("ann@example.com"), &json!(true)));
    }
    let text = person("old@example.com", "text", &path);
    assert!(text.contains("Also known as  old@example.com, 00u00000000000000001; records were joined by"), "{text}");
}

#[test]
fn what_may_be_missing_of_a_pipe_is_told() {
    let records =
        [okta(1, "02T09:00", PUSH, None, (ANN.0, "", ""), "Harbor"), okta(2, "02T10:00", PUSH, None, ANN, "Harbor")];
    let text: String = records.iter().map(|record| format!("{record}\n")).collect();
    let output = provlens().args(["person", ANN.1, "--format", "json"]).write_stdin(text).output().unwrap();
    let story: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(story["complete"], false);
    assert!(String::from_utf8(output.stderr).unwrap().contains("may be missing"));
}

#[test]
fn a_display_name_of_two_people_asks_which_one() {
    let folder = tempfile::tempdir().unwrap();
    let records = [
        okta(1, "02T09:00", PUSH, None, ("00u1", "a.kim@example.com", "Alex Kim"), "Harbor"),
        okta(2, "02T09:01", PUSH, None, ("00u2", "alex@example.com", "Alex Kim"), "Harbor"),
    ];
    let path = write(&folder, "okta.ndjson", &records);
    let output = provlens().args(["person", "alex kim"]).arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(why.contains("2 people are called `alex kim`: a.kim@example.com, alex@example.com"), "{why}");
}

#[test]
fn both_sides_are_told_with_who_said_it() {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder,
        "okta.ndjson",
        &[okta(1, "02T09:00", PUSH, Some("Conflict. Errors reported by remote server: taken"), ANN, "Harbor")],
    );
    let call = "192.0.2.1 - - [02/Mar/2026:09:00:01 +0000] \"GET /scim/v2/Users?filter=userName+eq+%22ann%40example.com%22 HTTP/1.1\" 502 12 \"-\" \"Okta\"\n";
    fs::write(folder.path().join("access.log"), call).unwrap();
    let text = person("ann@example.com", "text", folder.path());
    let told: Vec<usize> = ["× Okta, Harbor: updating the data failed", "× The app's own log"]
        .iter()
        .map(|line| text.find(line).expect(&text))
        .collect();
    assert!(told[0] < told[1], "{text}");
}

/// Row I3: whatever stands in a log is text in Markdown.
#[test]
fn i3_nothing_in_a_log_becomes_markup() {
    let folder = tempfile::tempdir().unwrap();
    let evil = "[x](javascript:alert(1)) <img src=x> `tick` ``two`` @everyone #123 | a\n- [ ] task\n# head **b**";
    let login = "ann`@example.com";
    let records = [
        okta(1, "02T09:00", OFF, Some(evil), ("00u`1", login, evil), "<b>Harbor</b> | `x"),
        okta(2, "02T09:10", OFF, Some(evil), ("00u`1", "ann.two@example.com", evil), "<b>Harbor</b> | `x"),
    ];
    let page = person(login, "markdown", &write(&folder, "okta.ndjson", &records));
    let mut code = 0;
    for event in Parser::new(&page) {
        match event {
            Event::Start(tag) => {
                let ours = matches!(tag, Tag::Heading { .. } | Tag::Paragraph | Tag::List(_) | Tag::Item);
                assert!(ours, "{tag:?} in {page}");
            }
            Event::Text(text) => {
                let strange = ["@", "#", "<", "[x]", "|", "alert", "tick"].iter().find(|part| text.contains(**part));
                assert_eq!(strange, None, "{text:?} in {page}");
            }
            Event::Code(_) => code += 1,
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html:?} in {page}"),
            _ => {}
        }
    }
    assert!(code > 5, "{page}");
}
