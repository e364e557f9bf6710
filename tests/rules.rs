//! `provlens rules …` with the real program, as an author of rules uses it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

#[path = "rules/bad_files.rs"]
mod bad_files;
#[path = "rules/commands.rs"]
mod commands;
mod payloads;
mod program;
#[path = "rules/quoted.rs"]
mod quoted;
#[path = "rules/schema.rs"]
mod schema;
#[path = "rules/strangers.rs"]
mod strangers;

use std::path::Path;

use assert_cmd::Command;

/// The program, with no rules but the built-in ones.
fn provlens(args: &[&str]) -> Command {
    let mut command = program::provlens(env!("CARGO_MANIFEST_DIR"));
    command.args(args);
    command
}

/// What the program prints, what it says, and its exit code.
fn run(args: &[&str]) -> (String, String, i32) {
    output(&mut provlens(args))
}

fn output(command: &mut Command) -> (String, String, i32) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A rule file that loads, with a wording that nothing else has.
fn rule(id: &str) -> String {
    format!(
        r#"id = "{id}"
title = "The planner has no depot for the person"
provider = "entra"
category = "attribute"
severity = "medium"
retry = "manual"
owner = "it-admin"
cause = "The planner wants a depot for everybody."
fix = ["In the planner open People > the person and choose a depot."]
verify = "The next cycle creates the account."
sources = ["https://example.com/planner"]

[escalate]
when = "It stays."
to = "The planner's support"
evidence = ["time (UTC)"]

[[match]]
provider = ["entra"]
contains = {{ message = ["has no depot for"] }}

[[example]]
provider = "entra"
message = "The planner has no depot for Kim Lee"

[[example]]
record = '''{}'''

[[counterexample]]
provider = "entra"
message = "The planner is closed"
"#,
        record(1, "Kim Lee", "kim.lee@example.com")
    )
}

/// The line, from 1, on which a text of `rule` stands.
fn line_of(text: &str) -> usize {
    rule("b").lines().position(|line| line.contains(text)).unwrap() + 1
}

/// A failure that no built-in rule explains.
fn record(number: u32, name: &str, login: &str) -> String {
    let reason = format!("The planner has no depot for {name}; choose one of its depots first.");
    serde_json::json!({
        "id": format!("5f0c1a52-0000-4000-8000-{number:012}"), "activityDateTime": format!("2026-11-17T0{number}:00:00Z"),
        "tenantId": "aabbccdd-1111-4222-8333-444444444444", "jobId": "scim.1.2", "cycleId": "cyc-0", "changeId": "chg-0",
        "provisioningAction": "create", "servicePrincipal": { "id": "sp-77", "displayName": "Shift Planner" },
        "sourceSystem": { "id": "s1", "displayName": "Microsoft Entra ID" },
        "targetSystem": { "id": "t1", "displayName": "customappsso" },
        "initiatedBy": { "id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system" },
        "sourceIdentity": { "id": format!("aaaa-{number}"), "displayName": name, "identityType": "User", "details": { "UserPrincipalName": login } },
        "targetIdentity": { "id": "", "displayName": "", "identityType": "User", "details": {} },
        "provisioningSteps": [], "modifiedProperties": [],
        "provisioningStatusInfo": { "status": "failure", "errorInformation": { "errorCode": "DepotMissing", "reason": reason } },
    })
    .to_string()
}
