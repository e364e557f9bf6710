//! Every command that prints, in each of its formats.

use std::path::Path;
use std::process::{Command, Stdio};

/// Arguments of one; `LOG` stands for the input and `APP`, `WHO` for an application and a person in it.
pub(crate) type Args = &'static [&'static str];

/// What reads a log and prints something of it. `check` ends with 0 or 1, all others with 0.
pub(crate) const OF_A_LOG: &[Args] = &[
    &["report", "LOG"],
    &["report", "LOG", "--color", "always"],
    &["report", "LOG", "--format", "json"],
    &["report", "LOG", "--format", "html"],
    &["report", "LOG", "--format", "markdown"],
    &["report", "LOG", "--format", "csv"],
    &["report", "LOG", "--format", "csv", "--table", "people"],
    &["report", "LOG", "--format", "csv", "--table", "apps"],
    &["inputs", "LOG"],
    &["inputs", "LOG", "--format", "json"],
    &["person", "WHO", "LOG"],
    &["person", "WHO", "LOG", "--format", "json"],
    &["person", "WHO", "LOG", "--format", "markdown"],
    &["explain", "okta-remote-unauthorized", "LOG"],
    &["explain", "okta-remote-unauthorized", "LOG", "--format", "json"],
    &["events", "LOG"],
    &["events", "LOG", "--format", "csv"],
    #[cfg(feature = "tables")]
    &["events", "LOG", "--format", "parquet"],
    &["count", "--by", "app,user,code,rule", "LOG"],
    &["count", "--by", "app,user,code,rule", "LOG", "--format", "json"],
    &["count", "--by", "app,user,code,rule", "LOG", "--format", "csv"],
    #[cfg(feature = "tables")]
    &["count", "--by", "app,user,code,rule", "LOG", "--format", "parquet"],
    &["check", "LOG", "--fail-on", "failures>0,unknown,access-not-removed"],
    &["check", "LOG", "--fail-on", "failures>0,unknown", "--format", "json"],
    &["check", "LOG", "--fail-on", "failures>0,unknown", "--format", "junit"],
    &["check", "LOG", "--fail-on", "failures>0,unknown", "--format", "sarif"],
    &["check", "LOG", "--fail-on", "failures>0,unknown", "--format", "github"],
    &["check", "LOG", "--fail-on", "failures>0,unknown", "--format", "prometheus"],
    &["check", "LOG", "--fail-on", "failures>0,unknown", "--format", "slack"],
    &["check", "LOG", "--fail-on", "failures>0,unknown", "--format", "teams"],
    &["bundle", "LOG", "--dry-run", "--filter", "status:failed"],
    &["bundle", "LOG", "--show", "README.md", "--filter", "status:failed"],
    &["bundle", "LOG", "--show", "events.ndjson", "--filter", "status:failed"],
    &["bundle", "LOG", "--show", "timeline.csv", "--filter", "status:failed"],
    &["bundle", "LOG", "--show", "README.md", "--filter", "status:failed", "--for", "internal"],
    &["bundle", "LOG", "--show", "timeline.csv", "--filter", "status:failed", "--for", "internal"],
    &["rules", "coverage", "LOG"],
    &["rules", "coverage", "LOG", "--format", "json"],
    &["rules", "explain", "LOG:2"],
];

/// What prints without a log.
pub(crate) const OF_NO_LOG: &[Args] = &[
    &["demo"],
    &["rules", "list"],
    &["rules", "show", "okta-remote-unauthorized"],
    &["rules", "schema"],
    &["completions", "bash"],
    &["man"],
];

/// The program on somebody's computer who has set nothing, with the log in place of its name.
pub(crate) fn command(args: &[&str], log: &Path, who: &str) -> Command {
    let log = log.to_str().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_provlens"));
    command.args(args.iter().map(|arg| match *arg {
        "WHO" => who.to_owned(),
        arg => arg.replace("LOG", log),
    }));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("PROVLENS_RULES")
        .env_remove("GITHUB_STEP_SUMMARY")
        .env("SOURCE_DATE_EPOCH", "1795000000")
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null());
    command
}

/// Records of an Okta System Log with a text in every field that is a stranger's: a change of configuration,
/// a failure that a rule explains, one that none does, and somebody who keeps access.
pub(crate) fn records(number: usize, text: &str) -> String {
    let target = |kind: &str| serde_json::json!({ "type": kind, "id": text, "alternateId": text, "displayName": text });
    let record = |minute: usize, event: &str, outcome: serde_json::Value| {
        let record = serde_json::json!({
            "uuid": format!("{text}-{number}-{minute}"),
            "published": format!("2026-03-{:02}T{:02}:{minute:02}:00Z", 2 + number / 12 % 20, 8 + number % 12),
            "eventType": event, "displayMessage": text, "outcome": outcome, "transaction": { "id": text },
            "actor": { "id": text, "type": "User", "alternateId": text, "displayName": text },
            "client": { "userAgent": { "rawUserAgent": text } },
            "target": [target("AppUser"), target("AppInstance")],
        });
        format!("{record}\n")
    };
    let failed = |reason: String| serde_json::json!({ "result": "FAILURE", "reason": reason });
    let push = "application.provision.user.push";
    [
        record(1, "application.lifecycle.update", serde_json::json!({ "result": "SUCCESS" })),
        record(11, push, failed(format!("Unauthorized. Errors reported by remote server: {text}"))),
        record(21, push, failed(text.to_owned())),
        record(31, "application.provision.user.deactivate", failed(text.to_owned())),
        record(41, "application.user_membership.remove", serde_json::json!({ "result": "SUCCESS" })),
    ]
    .concat()
}
