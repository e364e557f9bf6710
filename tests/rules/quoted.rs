//! `provlens explain` with a message or code, and no log.

use serde_json::Value;

use super::{output, provlens, run};

const MESSAGE: &str = "ana@corp.test: unclaimed user already exists for that email address";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The ids of the rules that a message leads to.
fn led_to(args: &[&str]) -> Vec<String> {
    let (said, errors, code) = run(&[&["explain", "--format", "json"], args].concat());
    assert_eq!(code, 0, "{errors}");
    let said = json(&said);
    assert_eq!(said["schema"], "provlens/meanings/1");
    let id = |meaning: &Value| meaning["rule"]["id"].as_str().unwrap().to_owned();
    said["meanings"].as_array().unwrap().iter().map(id).collect()
}

#[test]
fn a_message_leads_to_its_rule_and_to_what_has_to_be_true() {
    let (said, _, code) = run(&["explain", MESSAGE]);
    assert_eq!(code, 0);
    assert!(said.starts_with("Most likely, if the application is Airtable:\n"), "{said}");
    assert!(said.contains("\n Id             airtable-unclaimed-user\n"), "{said}");
    assert!(said.ends_with("provlens LOG\n"), "{said}");
    // Of a person's address nothing is printed again.
    assert!(!said.contains("ana@corp.test"), "{said}");
    let (piped, _, code) = output(provlens(&["explain", "-"]).write_stdin(MESSAGE));
    assert_eq!((piped, code), (said, 0));
}

#[test]
fn where_a_message_comes_from_decides_among_those_who_say_the_same() {
    let message = "The user already exists";
    assert_eq!(led_to(&[message, "--provider", "entra"])[0], "entra-conflict");
    assert_eq!(led_to(&[message, "--provider", "okta", "--app", "Zoom"])[0], "zoom-user-exists");
    assert!(!led_to(&[message, "--app", "Box"]).contains(&"zoom-user-exists".to_owned()));
}

#[test]
fn a_code_a_status_and_an_answer_of_an_app_are_known_too() {
    assert_eq!(led_to(&["DuplicateTargetEntries"])[0], "entra-duplicate-target-entries");
    // With one application it means something else, and nobody said that it is this one.
    let code = "SystemForCrossDomainIdentityManagementServiceIncompatible";
    assert_eq!(led_to(&[code])[0], "entra-service-incompatible");
    assert_eq!(led_to(&[code, "--app", "Snipe-IT"])[0], "snipeit-unsupported-mapping");
    assert_eq!(led_to(&["invalidFilter"])[0], led_to(&["invalidfilter"])[0]);
    let answer =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"scimType":"uniqueness","status":"409"}"#;
    assert!(led_to(&[answer]).contains(&"scim-uniqueness".to_owned()));
    let (said, _, code) = run(&["explain", "409"]);
    assert!(said.starts_with("The message does not say why."), "{said}");
    assert_eq!(code, 0);
}

#[test]
fn what_nobody_knows_is_told_as_that() {
    let (said, _, code) = run(&["explain", "zyzzyva quagga"]);
    assert!(said.starts_with("No known issue has this message."), "{said}");
    assert_eq!(code, 0);
    assert_eq!(led_to(&["zyzzyva quagga"]), Vec::<String>::new());
    for (args, wanted) in [
        (&["explain", "okta-remote-unauthorised"][..], "did you mean `okta-remote-unauthorized`"),
        (&["explain", " "], "give the id of a rule, or the words"),
        (&["explain", "zyzzyva"], "none knows it as a code or message"),
        (&["explain", "user exists", "--provider", "oktaa"], "did you mean okta?"),
        (&["explain", "user exists", "samples"], "no rule has the id"),
    ] {
        let (said, errors, code) = run(args);
        assert_eq!((said.as_str(), code), ("", 2), "{args:?}");
        assert!(errors.contains(wanted), "{errors}");
    }
    let (_, errors, code) = output(provlens(&["explain", "-"]).write_stdin("user exists ".repeat(30_000)));
    assert!(errors.contains("too long for a message") && code == 2, "{errors}");
    let (_, errors, code) = output(provlens(&["explain", "-"]).write_stdin(" \n"));
    assert!(errors.contains("standard input is empty") && code == 3, "{errors}");
}

#[test]
fn a_message_that_was_given_as_a_log_is_told_where_it_is_known() {
    let (_, errors, code) = output(provlens(&["report", "-"]).write_stdin("The user already exists"));
    assert_eq!(code, 3);
    assert!(errors.contains("provlens explain \"MESSAGE\""), "{errors}");
}
