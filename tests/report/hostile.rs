//! A log of strangers who choose names to be taken for something else.

use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use crate::{FORMATS, report};

/// Markup, formulas, orders for a terminal, and what only looks like the end of something.
pub(crate) const TEXTS: [&str; 22] = [
    "<script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)",
    "javascript:alert(1)",
    "[x](javascript:alert(1)) ![y](http://evil.example/y.png)",
    "&#x3c;script&#x3e; &amp; &lt;b&gt;",
    "]]> <![CDATA[x]]> <!-- <?php ?>",
    "`code` ``more`` ```",
    "a|b\\|c\\\\|d",
    "@everyone #123 GH-12 https://evil.example/x www.evil.example",
    "- [ ] buy it\n- [x] done\n# big\n> said\n1. one",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "\t=1",
    "＝1",
    "\u{1b}]52;c;b3duZWQ=\u{7}\u{1b}[2J\u{9b}31m",
    "\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}",
    "\0\u{8}\u{7f}\u{fffe}\u{ffff}",
    "a\r\nSet-Cookie: x\r\n\r\n<b>",
    "שלום <b> العربية | مرحبا",
];

/// What nobody should see who gets a report.
pub(crate) const SECRETS: [&str; 7] = [
    "Bearer abcdefghijklmnop0123456789",
    "SSWS 00aBcDeFgHiJkLmNoPqRsTuV",
    "password=hunter2hunter2",
    "https://admin:pa55w0rdpa55@app.example/scim",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2ln",
    "ghp_abcdefghijklmnopqrstuvwxyz0123",
    "client_secret: s3cr3ts3cr3tvalue",
];
/// The part of each that is secret.
const HIDDEN: [&str; 7] = [
    "abcdefghijklmnop",
    "00aBcDeFgHiJkLm",
    "hunter2hunter2",
    "pa55w0rdpa55",
    "eyJzdWIiOiIxMjM0",
    "ghp_abcdefghijkl",
    "s3cr3ts3cr3t",
];

/// Records of an Okta System Log with a text in every field that is a stranger's: a change of configuration,
/// a failure that a rule explains and one that none does.
fn records(number: usize, text: &str) -> String {
    let target = |kind: &str| json!({ "type": kind, "id": text, "alternateId": text, "displayName": text });
    let record = |minute: usize, event: &str, outcome: serde_json::Value| {
        let record = json!({
            "uuid": format!("{text}-{number}-{minute}"), "published": format!("2026-03-02T{:02}:{minute:02}:00Z", 8 + number % 12),
            "eventType": event, "displayMessage": text, "outcome": outcome, "transaction": { "id": text },
            "actor": { "id": text, "type": "User", "alternateId": text, "displayName": text },
            "client": { "userAgent": { "rawUserAgent": text } },
            "target": [target("AppUser"), target("AppInstance")],
        });
        format!("{record}\n")
    };
    let failed = |reason: String| json!({ "result": "FAILURE", "reason": reason });
    [
        record(1, "application.lifecycle.update", json!({ "result": "SUCCESS" })),
        record(
            11,
            "application.provision.user.push",
            failed(format!("Unauthorized. Errors reported by remote server: {text}")),
        ),
        record(21, "application.provision.user.push", failed(text.to_owned())),
        record(31, "application.provision.user.deactivate", failed(text.to_owned())),
        record(41, "application.user_membership.remove", json!({ "result": "SUCCESS" })),
    ]
    .concat()
}

/// A folder with such a log, under a name that is markup, and a file of no known format.
pub(crate) fn log(texts: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    let lines: String = texts.iter().enumerate().map(|(number, text)| records(number, text)).collect();
    std::fs::write(logs.join("<b>a`b|c.ndjson"), lines).unwrap();
    let odd: String = texts.iter().map(|text| format!("{}\n", json!({ *text: *text, "x": *text }))).collect();
    std::fs::write(logs.join("odd.ndjson"), odd).unwrap();
    (folder, logs)
}

/// A rule of a stranger, which is text like any log, and a log that it explains.
pub(crate) fn rule() -> (TempDir, PathBuf, PathBuf) {
    let (folder, logs) = log(&["zebra"]);
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    let bad = "'<img src=x onerror=alert(1)> [x](javascript:alert(1)) | `a` @everyone \u{202e}'";
    let rule = format!(
        "id = \"strange\"\ntitle = '<img src=x onerror=a(1)> [x](javascript:a) `b` @all'\nprovider = \"okta\"\ncategory = \"credential\"\nseverity = \"critical\"\nretry = \"manual\"\n\
         owner = \"it-admin\"\ncause = '=1+1 <script>alert(1)</script>'\nfix = [{bad}, '- [ ] buy', '# big', '1. one', '=1+1']\nverify = {bad}\n\
         sources = ['javascript:alert(1)', 'https://evil.example/\"><script>', 'http://evil.example', {bad}]\n\
         [escalate]\nwhen = {bad}\nto = '=1+1'\n[[match]]\nprovider = [\"okta\"]\ncontains = {{ message = [\"zebra\"] }}\n\
         [[example]]\nprovider = \"okta\"\nmessage = \"zebra\"\n[[counterexample]]\nprovider = \"okta\"\nmessage = \"lion\"\n"
    );
    std::fs::write(rules.join("strange.toml"), rule).unwrap();
    (folder, logs, rules)
}

#[test]
fn m1_no_format_tells_a_secret() {
    let (_folder, logs) = log(&SECRETS);
    for args in FORMATS {
        let text = report(&logs, args);
        for secret in HIDDEN {
            assert!(!text.contains(secret), "{args:?} tells {secret}");
        }
    }
    let page = report(&logs, &["--format", "html"]);
    assert!(page.contains("‹secret›"));
}

#[test]
fn h1_no_format_steers_a_terminal() {
    let (_folder, logs) = log(&TEXTS);
    for args in FORMATS {
        let text = report(&logs, args);
        let bad = |letter: &char| {
            letter.is_control() && *letter != '\n'
                || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
        };
        assert_eq!(text.chars().find(bad), None, "{args:?}");
    }
}

#[test]
fn i10_formats_are_the_same_with_any_number_of_threads_and_in_any_zone() {
    let (_folder, logs) = log(&TEXTS);
    for args in FORMATS {
        let run = |threads: &str, zone: &str| {
            let mut command = crate::provlens();
            command.args(["report", "--threads", threads, "samples"]).arg(&logs).args(args).env("TZ", zone);
            command.output().unwrap().stdout
        };
        let one = run("1", "UTC");
        assert!(!one.is_empty());
        assert!(one == run("7", "Pacific/Auckland"), "{args:?}");
    }
}
