//! A secret at any place of any record is nowhere in what is written for somebody outside, and the check at the end
//! finds nothing that the redactor left.

use bumpalo::Bump;
use provlens::json::{self, Json};
use provlens::output::bundle::redact::{Key, Recipient, Redactor, Settings};
use serde_json::Value;

use super::input::{Input, text};

/// Records with a policy each, invented.
const RECORDS: [(&str, &str); 3] = [
    (
        "okta-system-log",
        r#"{"uuid":"5a0b7c11-0001","published":"2026-03-02T10:00:00.000Z","eventType":"application.provision.user.push","severity":"ERROR",
        "displayMessage":"Push user to application","actor":{"id":"00u1","type":"User","alternateId":"ann@example.com","displayName":"Ann Lee"},
        "outcome":{"result":"FAILURE","reason":"Conflict"},"target":[{"id":"0oa1","type":"AppInstance","alternateId":"Team Chat","displayName":"Team Chat"},
        {"id":"00u2","type":"AppUser","alternateId":"raj@example.com","displayName":"Raj Patel"}],"debugContext":{"debugData":{"appname":"teamchat","requestUri":"/api/v1","errorMessage":"x"}}}"#,
    ),
    (
        "entra-graph-provisioning",
        r#"{"id":"9b1c","activityDateTime":"2026-03-02T10:00:00Z","tenantId":"t","jobId":"scim.1","cycleId":"c","changeId":"d","provisioningAction":"create",
        "servicePrincipal":{"id":"s","displayName":"Team Chat"},"sourceIdentity":{"id":"u","displayName":"Ann Lee","identityType":"User","details":{"userPrincipalName":"ann@example.com"}},
        "provisioningStatusInfo":{"status":"failure","errorInformation":{"errorCode":"x","reason":"y","additionalDetails":"z"}},
        "provisioningSteps":[{"name":"EntryExportAdd","description":"w","details":{"a":"b"}}],"modifiedProperties":[{"displayName":"mail","oldValue":"p","newValue":"q"}]}"#,
    ),
    (
        "scim-error",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"x"}"#,
    ),
];

/// Texts with a secret between the marks. None of them can be told by the words around it alone.
const SECRETS: [&str; 12] = [
    "Authorization: Bearer ⟦Qz7Lp2Xv9Rt4Wn6Ys1Kd8Fh3Jg5Mb0Ca⟧",
    "Authorization: SSWS ⟦00Tz8Kx3Vn5Qw1Rp7Lm9Yb2Hd4Gf6Js0Ac3E⟧",
    "⟦eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJxN3hMcDIiLCJpYXQiOjE3fQ.Tz8Kx3Vn5Qw1Rp7Lm9Yb2Hd4Gf⟧",
    "access_token=⟦Gd6Fj3Mb0EcWk5Tn8Zq2Lx7Rv4Yp⟧",
    "client_secret=⟦n8Zq2Lx7Rv4Yp9Hs1Gd6Fj3M⟧",
    "password=⟦Zq2Lx7Rv4Yp9Hs1⟧",
    "⟦AKIAQX7LPZWTN8KV3RM5⟧",
    "⟦ghp_Qx7LpZwTn8Kv3Rm5Yb2Hd4Gf6Js0Ac3ETz8K⟧",
    "⟦xoxb-178293645102-Tn8Kv3Rm5Yb2Hd4G⟧",
    "⟦sk_live_Qx7LpZwTn8Kv3Rm5Yb2Hd4Gf⟧",
    "https://svc:⟦Rv4Yp9Hs1Gd6Fj3M⟧@scim.example/v2",
    "api_key=⟦Js0Ac3ETz8Kx3Vn5Qw⟧",
];

/// Five bytes choose the record, the place in it, the secret, who receives it and how long the text before it is.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let (dialect, record) = RECORDS[usize::from(input.byte()) % RECORDS.len()];
    let place = usize::from(input.byte());
    let (before, rest) =
        SECRETS[usize::from(input.byte()) % SECRETS.len()].split_once('⟦').expect("a secret is marked");
    let (secret, after) = rest.split_once('⟧').expect("a secret is marked");
    let recipient = Recipient::ALL[usize::from(input.byte()) % Recipient::ALL.len()];
    let length = usize::from(input.byte());
    let around = [text(input.take(length)), text(input.take(200))];
    let parts = || secret.as_bytes().windows(10);
    let has = |text: &[u8], part: &[u8]| text.windows(10).any(|window| window == part);
    // A part of it without the words by which it is told is not what this is about.
    if around.iter().any(|text| parts().any(|part| has(text.as_bytes(), part))) {
        return;
    }
    // The key is the same in every run, so what was written before comes back as a login of the log. Nobody redacts
    // with one key what was redacted with it already; if so, the check refuses it.
    if around.iter().any(|text| has_pseudonym(text)) {
        return;
    }
    // What stands around it is apart from it, or nobody could say where it ends.
    let planted = format!("{} ; {before}{secret}{after} ; {}", around[0], around[1]);
    let mut record: Value = serde_json::from_str(record).expect("the record is JSON");
    let mut places = 0;
    strings(&mut record, &mut |_| places += 1);
    let mut at = 0;
    strings(&mut record, &mut |value| {
        if at == place % places {
            *value = planted.clone();
        }
        at += 1;
    });
    let record = record.to_string();
    let arena = Bump::new();
    let parsed: Json<'_> = json::parse(record.as_bytes(), &arena).expect("the record is JSON");
    let key = Key::from_bytes([7; 32]);
    let settings = Settings { recipient, keep_groups: false, reveal: Vec::new(), key };
    let mut redactor = Redactor::new(settings).expect("the policies can be used");
    redactor.learn_record(dialect, parsed);
    let line = redactor.record(dialect, parsed).expect("the format has a policy");
    let line = redactor.sweep(&line);
    assert!(serde_json::from_str::<Value>(&line).is_ok(), "no JSON any more: {line}");
    for part in parts() {
        assert!(!has(line.as_bytes(), part), "{:?} is in {line} of {record}", String::from_utf8_lossy(part));
    }
    assert_eq!(redactor.check("raw/0001.ndjson", line.as_bytes()), [], "{line}");
}

/// Whether a text has something in it that is built as the pseudonym of a login is.
fn has_pseudonym(text: &str) -> bool {
    let is_one = |(at, mark): (usize, &str)| {
        let rest = text.as_bytes().get(at + mark.len()..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count() >= 12
    };
    text.match_indices("u-").any(is_one)
}

/// Shows every string of a value.
fn strings(value: &mut Value, each: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter_mut().for_each(|item| strings(item, each)),
        Value::Object(fields) => fields.values_mut().for_each(|inner| strings(inner, each)),
        _ => {}
    }
}
