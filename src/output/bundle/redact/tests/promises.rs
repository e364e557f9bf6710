//! One person is one pseudonym, nothing broken lets anything through, and any text comes out clean.

use super::invented::Person;
use super::*;
use crate::event::{Entry, Outcome, Place as At, Provider, Said, Subject};

const OKTA: &str = r#"{"uuid":"a","target":[{"type":"User","id":"00u1","alternateId":"ann.lee@corp.example","displayName":"Ann Lee"}]}"#;
const ENTRA: &str = r#"{"id":"b","sourceIdentity":{"id":"7383d412-41f2-478f-a317-7396cc32ce9e","displayName":"Ann Lee","identityType":"User","details":{"UserPrincipalName":"Ann.Lee@corp.example"}},"targetIdentity":{"displayName":"ann.lee_corp.example#EXT#@contoso.onmicrosoft.com"}}"#;

fn written(redactor: &mut Redactor, dialect: &str, text: &str) -> String {
    let arena = Bump::new();
    let record = parse(text.as_bytes(), &arena).unwrap();
    redactor.learn_record(dialect, record);
    redactor.record(dialect, record).unwrap()
}

fn pseudonyms(line: &str) -> Vec<String> {
    let pattern = regex::Regex::new("(?:u|d|group|ip|id|org)-[0-9a-z]{12}|Person [0-9a-z]{12}").unwrap();
    let mut all: Vec<String> = pattern.find_iter(line).map(|found| found.as_str().to_owned()).collect();
    all.sort();
    all.dedup();
    all
}

#[test]
fn a_person_is_one_in_okta_and_entra_whatever_comes_first() {
    let one = || redactor(Recipient::IdpSupport);
    let (mut first, mut second) = (one(), one());
    let (okta, entra) =
        (written(&mut first, "okta-system-log", OKTA), written(&mut first, "entra-graph-provisioning", ENTRA));
    let (entra_first, okta_second) =
        (written(&mut second, "entra-graph-provisioning", ENTRA), written(&mut second, "okta-system-log", OKTA));
    assert_eq!((&okta, &entra), (&okta_second, &entra_first));
    let id = pseudonyms(&okta).iter().find_map(|one| one.strip_prefix("u-").map(str::to_owned)).unwrap();
    for form in [format!("u-{id}@d-"), format!("Person {id}"), format!("u-{id}_d-")] {
        assert!(okta.contains(&form) || entra.contains(&form), "{form}: {okta} {entra}");
    }
    assert_eq!(pseudonyms(&okta).len(), 3, "{okta}");
    assert!(entra.contains("#EXT#@contoso.onmicrosoft.com"), "{entra}");
}

#[test]
fn two_keys_have_no_pseudonym_in_common() {
    let with = |byte: u8| {
        let settings = Settings { key: Key::from_bytes([byte; 32]), ..settings(Recipient::AppVendor) };
        let mut redactor = Redactor::new(settings).unwrap();
        pseudonyms(&written(&mut redactor, "okta-system-log", OKTA))
    };
    let (first, second) = (with(1), with(2));
    assert_eq!((first.len(), with(1)), (second.len(), first.clone()));
    assert!(!first.iter().any(|one| second.contains(one)));
}

#[test]
fn whoever_is_revealed_stays_in_clear_and_nobody_else() {
    let settings = Settings { reveal: vec!["ANN.LEE@corp.example".to_owned()], ..settings(Recipient::AppVendor) };
    let mut redactor = Redactor::new(settings).unwrap();
    let line = written(&mut redactor, "okta-system-log", OKTA);
    let text = redactor.text("bob.wu@corp.example and ann.lee@corp.example");
    let swept = redactor.sweep(&text);
    assert!(line.contains("ann.lee@corp.example") && line.contains("Ann Lee"), "{line}");
    assert!(swept.contains("ann.lee@corp.example") && !swept.contains("bob"), "{swept}");
    assert_eq!(redactor.account().revealed, 1);
}

#[test]
fn an_event_is_written_with_the_keys_it_always_has() {
    let mut redactor = redactor(Recipient::IdpSupport);
    let place = At { input: 2, path: "/home/ann.lee/okta.json", line: 7, ..At::default() };
    let entry = Entry {
        outcome: Outcome::Failure,
        app: Some("Cloud Files"),
        subject: Subject {
            kind: Some("user"),
            id: Some("00u1"),
            login: Some("ann.lee@corp.example"),
            name: Some("Ann Lee"),
        },
        said: Said { message: Some("Ann Lee: password=hunter22 refused"), ..Said::default() },
        ..Entry::new(place, Provider::Okta, "okta-system-log")
    };
    redactor.learn(&entry);
    let labels = crate::analysis::field::Labels::default();
    let line = redactor.event(&entry, &labels);
    let swept = redactor.sweep(&line);
    assert_eq!(redactor.check("events.ndjson", swept.as_bytes()), []);
    insta::assert_snapshot!(swept);
    let keys = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(keys(&swept), keys(&crate::output::events::line(&entry, &labels).unwrap()));
}

#[test]
fn a_broken_policy_makes_no_redactor() {
    let compile =
        |text: &str| Policies::compile(&[("x", text)], "dialects = []\nsource = \"\"\n[fields]\n").map(|_| ());
    let with = |fields: &str| format!("dialects = [\"x\"]\nsource = \"\"\n[fields]\n{fields}");
    assert!(compile(&with("\"a.b[type=User].c\" = \"login\"")).is_ok());
    assert!(matches!(compile("dialects = ["), Err(PolicyError::Broken { .. })));
    assert!(matches!(
        compile("dialects = [\"x\"]\nsource = \"\"\nextra = 1\n[fields]"),
        Err(PolicyError::Broken { .. })
    ));
    assert!(matches!(compile(&with("a = \"keeep\"")), Err(PolicyError::Word { .. })));
    for path in ["a..b", "a[type", "[]", "a[x].b"] {
        assert!(matches!(compile(&with(&format!("\"{path}\" = \"keep\""))), Err(PolicyError::Path { .. })), "{path}");
    }
    let twice = with("a = \"keep\"");
    let both = [("x", twice.as_str()), ("y", twice.as_str())];
    let attributes = "dialects = []\nsource = \"\"\n[fields]\n";
    assert!(matches!(Policies::compile(&both, attributes), Err(PolicyError::Twice { .. })));
}

#[test]
fn a_format_without_a_policy_stays_out_and_is_counted() {
    let arena = Bump::new();
    let record = parse(br#"{"a":"x ann.lee@corp.example password=hunter22"}"#, &arena).unwrap();
    let mut outside = redactor(Recipient::IdpSupport);
    assert_eq!(outside.record("new-format", record), None);
    assert_eq!(outside.account().records_left_out, [LeftOut { dialect: "new-format".to_owned(), records: 1 }]);
    let inside = redactor(Recipient::Internal).record("new-format", record).unwrap();
    assert!(inside.contains("ann.lee@corp.example") && !inside.contains("hunter22"), "{inside}");
}

#[test]
fn the_account_lists_zeros_and_the_map_has_no_secrets() {
    let mut redactor = redactor(Recipient::IdpSupport);
    redactor.value(Class::Group, "Sales EMEA (2026)");
    redactor.text("password=hunter22 of ann.lee@corp.example");
    let account = redactor.account();
    assert_eq!(
        (account.classes.len(), account.secrets.len()),
        (Class::ALL.len(), crate::text::secret::Kind::ALL.len())
    );
    assert!(account.classes.iter().any(|one| one.replaced == 0));
    assert_eq!(
        (account.groups[0].length, account.groups[0].characters.join(" ")),
        (17, "( ) digits letters space".to_owned())
    );
    let file = serde_json::to_string(&account).unwrap();
    assert_eq!(redactor.check("redaction.json", file.as_bytes()), []);
    let map = serde_json::to_string(&redactor.mapping()).unwrap();
    assert!(map.contains("ann.lee@corp.example") && map.contains("Sales EMEA") && !map.contains("hunter22"), "{map}");
    assert!(redactor.pairs().iter().all(|pair| !pair.before.contains("hunter22")));
}

#[test]
fn a_leak_is_told_by_file_line_and_kind_only() {
    let mut redactor = redactor(Recipient::IdpSupport);
    redactor.value(Class::Login, "ann.lee@corp.example");
    let leaks = redactor.check("ann.lee.json", b"first\nAuthorization: Bearer abcdef123456\nann.lee@CORP.example\n");
    let shown: Vec<String> = leaks.iter().map(|leak| format!("{}:{} {}", leak.file, leak.line, leak.kind)).collect();
    assert_eq!(
        shown,
        [
            "a file whose name is withheld:0 login",
            "a file whose name is withheld:2 secret:bearer",
            "a file whose name is withheld:3 login"
        ]
    );
}

#[test]
fn any_text_is_clean_once_it_was_swept_and_json_stays_json() {
    let mut redactor = redactor(Recipient::IdpSupport);
    let people: Vec<Person> = (0..20).map(Person::nth).collect();
    for person in &people {
        redactor.people.name(&person.name(), &person.login);
        redactor.value(Class::Login, &person.login);
        redactor.value(Class::Name, &person.name());
    }
    let redactor = std::cell::RefCell::new(redactor);
    let forms: Vec<String> = people.iter().flat_map(|person| person.forms()).collect();
    proptest::proptest!(proptest::prelude::ProptestConfig::with_cases(64), |(noise: Vec<String>, at in 0..forms.len())| {
        let mut redactor = redactor.borrow_mut();
        let text: String = noise.iter().flat_map(|noise| [noise.as_str(), " ", forms[at].as_str(), " "]).collect();
        for text in [text.clone(), serde_json::json!({ "a": [text.clone()], "b": 1 }).to_string(), format!("{{{text}")] {
            let swept = redactor.sweep(&text);
            proptest::prop_assert_eq!(redactor.check("x", swept.as_bytes()).iter().filter(|leak| !leak.kind.starts_with("secret")).count(), 0, "{}", swept);
            proptest::prop_assert_eq!(redactor.sweep(&swept), swept.clone());
            proptest::prop_assert_eq!(strings::is_json(&text), strings::is_json(&swept));
        }
        let treated = redactor.text(&text);
        proptest::prop_assert!(treated.len() < 40 * text.len() + 400);
    });
}

/// What stood in clear in bundles of invented logs.
#[test]
fn people_are_found_however_a_message_writes_them() {
    let mut redactor = redactor(Recipient::IdpSupport);
    for (login, name) in [("bob@corp.example", "Bob Smith"), ("maria.garcia@corp.example", "María José García-López")]
    {
        let subject = Subject { login: Some(login), name: Some(name), ..Subject::default() };
        redactor.learn(&Entry { subject, ..Entry::new(At::default(), Provider::Okta, "okta-system-log") });
    }
    for (text, gone) in [
        ("Mr. Smith (Bob) is blocked", "Smith"),
        ("failed for Maria Jose Garcia Lopez", "Garcia"),
        ("duplicate of Peter Hansen <peter.hansen@corp.example>", "Hansen"),
        (r#"no: {"userName":"x","manager":"Peter Hansen"}"#, "Hansen"),
        (r#"{"manager":"Peter Hansen","birthDate":"1980-02-03"}"#, "Hansen"),
        (r#"{"manager":"Peter Hansen","birthDate":"1980-02-03"}"#, "1980"),
        ("call +49 170 1234567", "1234567"),
        (r#"{"phoneNumbers":[{"value":"555-010-4477"}]}"#, "4477"),
        ("access token 9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a invalid", "9f8a"),
        ("temporary password hunter2pass was rejected", "hunter2pass"),
    ] {
        let treated = redactor.text(text);
        let swept = redactor.sweep(&treated);
        assert!(!swept.contains(gone), "{swept}");
    }
    // Addresses of a private network, and what errors say of a manager.
    for text in ["from 10.0.0.5, 192.168.1.20 and fe80::1", r#"{"errors":{"manager":"is invalid"}}"#] {
        let treated = redactor.text(text);
        assert_eq!(redactor.sweep(&treated), text);
    }
}

/// A bundle that the check at the end would block helps nobody: what only looks like a secret because something
/// stands for a name in it is masked.
#[test]
fn what_a_pseudonym_makes_a_secret_is_masked() {
    let mut redactor = redactor(Recipient::IdpSupport);
    let login = format!("{}@corp.example", "a".repeat(60));
    let text = format!("see tp://3x7e2h9k4mZq!{login} for more");
    let treated = redactor.text(&text);
    assert!(!redactor.check("x.txt", treated.as_bytes()).is_empty(), "{treated}");
    let swept = redactor.sweep(&treated);
    assert_eq!(redactor.check("x.txt", swept.as_bytes()), [], "{swept}");
    assert!(swept.contains("‹secret:user-info") && !swept.contains("3x7e2h9k4mZq"), "{swept}");
}

/// The same where only the escapes of JSON make it one: the string goes, and the line can still be handed on.
#[test]
fn what_is_a_secret_only_as_json_writes_it_is_withheld() {
    let mut redactor = redactor(Recipient::IdpSupport);
    let line = r#"{"id":"a","said":"Authorization:$gzLog4x\u0001c=\"","then":"what was \"said\" before"}"#;
    assert!(!redactor.check("events.ndjson", line.as_bytes()).is_empty(), "{line}");
    let swept = redactor.sweep(line);
    assert_eq!(redactor.check("events.ndjson", swept.as_bytes()), [], "{swept}");
    assert_eq!(swept, format!(r#"{{"id":"a","said":"{WITHHELD}","then":"what was \"said\" before"}}"#));
}

#[test]
fn a_secret_goes_to_nobody_where_another_field_names_it() {
    let record = r#"{"uuid":"a","outcome":{"reason":"sent {\"Operations\":[{\"path\":\"password\",\"value\":\"Summer22\"}]}"},"debugContext":{"debugData":{"body":"[{\"name\":\"X-Api-Key\",\"value\":\"Summer22\"}]"}}}"#;
    for recipient in [Recipient::IdpSupport, Recipient::AppVendor, Recipient::Internal] {
        let mut redactor = redactor(recipient);
        let line = written(&mut redactor, "okta-system-log", record);
        let attached = r#"{"name":"password","value":"Summer22","header":[{"key":"token","newValue":["Summer22"]}]}"#;
        let arena = Bump::new();
        let attached = redactor.attached(parse(attached.as_bytes(), &arena).unwrap());
        assert!(!line.contains("Summer22") && !attached.contains("Summer22"), "{line} {attached}");
    }
}

#[test]
fn a_surname_alone_and_an_address_are_hidden_wherever_they_stand() {
    let record = r#"{"uuid":"a","target":[{"type":"User","id":"00u1","alternateId":"q.zarkov@corp.example","displayName":"Quentin Zarkov"},{"type":"User","id":"00u2","alternateId":"x1@corp.example","displayName":"Support Desk"}]}"#;
    for recipient in [Recipient::IdpSupport, Recipient::AppVendor] {
        let mut redactor = redactor(recipient);
        written(&mut redactor, "okta-system-log", record);
        redactor.value(Class::Personal, "12 Mill Lane");
        for text in
            ["user Zarkov already exists", "familyName=Zarkov", "ZARKOV,", "lives at 12 Mill Lane", "12 MILL LANE."]
        {
            let swept = redactor.sweep(text);
            assert!(swept.contains(MASKED) && !swept.to_lowercase().contains("zarkov"), "{swept}");
            assert_eq!(redactor.sweep(&swept), swept);
        }
        for text in ["Desk", "the zarkov function", "Zarkovia", "lives in Mill Lane"] {
            assert_eq!(redactor.sweep(text), text);
        }
        assert!(redactor.sweep("Quentin Zarkov is there").starts_with("Person "));
    }
}

#[test]
fn what_a_key_holds_in_another_writing_does_not_stand_in_the_account() {
    let record = r#"{"uuid":"a","debugContext":{"debugData":{"payload cGFzc3dvcmQ9SHg3S2hLN0VHWWZ3cQ==":"x"}}}"#;
    let mut redactor = redactor(Recipient::IdpSupport);
    written(&mut redactor, "okta-system-log", record);
    let account = serde_json::to_string_pretty(&redactor.account()).unwrap();
    assert_eq!(redactor.check("redaction.json", account.as_bytes()), []);
}
