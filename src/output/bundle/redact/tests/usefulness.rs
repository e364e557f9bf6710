//! What must come through: too much redacted fails as too little does.

use serde_json::{Value, json};

use super::*;

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn of(&mut self, letters: &str, length: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        (0..length).map(|_| letters[self.roll() as usize % letters.len()]).collect()
    }

    fn letters(&mut self, length: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    fn guid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|length| self.of("0123456789abcdef", length)).join("-")
    }
}

/// A failure, the ids in it that the identity provider knows, and those of the application.
struct Failure {
    dialect: &'static str,
    record: Value,
    own: Vec<String>,
    remote: Vec<String>,
    words: Vec<&'static str>,
}

fn okta(dice: &mut Dice) -> Failure {
    let (uuid, puj, user, app) = (
        dice.guid(),
        format!("puj{}", dice.letters(17)),
        format!("00u{}", dice.letters(17)),
        format!("0oa{}", dice.letters(17)),
    );
    let (request, session) = (format!("{}AAADJ8", dice.letters(21)), format!("trs{}", dice.letters(22)));
    let account = format!("0ua{}", dice.letters(17));
    let remote = dice.guid();
    let words =
        "Errors reported by remote server: User license limit reached, contact support of the app. Token type: Bearer";
    let record = json!({
        "uuid": uuid, "published": "2026-11-16T07:00:00.123Z", "eventType": "application.provision.user.push",
        "legacyEventType": "app.user_management.push_new_user_failed", "severity": "ERROR",
        "actor": { "id": "spr1", "type": "SystemPrincipal", "alternateId": "system@okta.com", "displayName": "Okta System" },
        "outcome": { "result": "FAILURE", "reason": format!("Forbidden. {words} (resource {remote}, account {account})") },
        "target": [
            { "id": account, "type": "AppUser", "alternateId": "ann.lee@corp.example", "displayName": "Ann Lee" },
            { "id": user, "type": "User", "alternateId": "ann.lee@corp.example", "displayName": "Ann Lee" },
            { "id": app, "type": "AppInstance", "alternateId": "Support Desk", "displayName": "scim2oauth" },
        ],
        "transaction": { "type": "JOB", "id": puj, "detail": {} },
        "authenticationContext": { "externalSessionId": session },
        "debugContext": { "debugData": { "appname": "scim2oauth", "requestId": request,
            "requestUri": format!("/api/v1/apps/{app}/users/{user}") } },
    });
    let words = vec![words, "Support Desk", "2026-11-16T07:00:00.123Z", "app.user_management.push_new_user_failed"];
    Failure {
        dialect: "okta-system-log",
        record,
        own: vec![uuid, puj, user, app, request, session],
        remote: vec![account, remote],
        words,
    }
}

fn entra(dice: &mut Dice) -> Failure {
    let [id, change, cycle, tenant, principal, source] = std::array::from_fn(|_| dice.guid());
    let job = format!("scim.{}.{}", tenant.replace('-', ""), dice.guid());
    let target = dice.letters(24);
    let record = json!({
        "id": id, "activityDateTime": "2026-11-17T03:00:00Z", "tenantId": tenant, "jobId": job, "cycleId": cycle,
        "changeId": change, "provisioningAction": "create",
        "servicePrincipal": { "id": principal, "displayName": "Shift Planner" },
        "sourceIdentity": { "id": source, "displayName": "Ann Lee", "identityType": "User",
            "details": { "UserPrincipalName": "ann.lee@corp.example" } },
        "targetIdentity": { "id": target, "displayName": "", "identityType": "User", "details": {} },
        "provisioningStatusInfo": { "status": "failure", "errorInformation": {
            "errorCode": "SystemForCrossDomainIdentityManagementServiceIncompatible",
            "reason": format!("StatusCode: BadRequest\r\nWeb Response: {{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"scimType\":\"invalidValue\",\"detail\":\"attribute title is read-only\",\"status\":\"400\"}}. This operation was retried 3 times.") } },
        "provisioningSteps": [{ "name": "EntryExportAdd", "provisioningStepType": "export", "status": "failure",
            "description": "Failed to create User in Shift Planner", "details": { "SkipReason": "AttributeValidationFailed" } }],
    });
    let words = vec![
        "SystemForCrossDomainIdentityManagementServiceIncompatible",
        "urn:ietf:params:scim:api:messages:2.0:Error",
        "attribute title is read-only",
        "This operation was retried 3 times.",
        "Failed to create User in Shift Planner",
        "AttributeValidationFailed",
    ];
    Failure {
        dialect: "entra-graph-provisioning",
        record,
        own: vec![id, change, cycle, tenant, principal, source, job],
        remote: vec![target],
        words,
    }
}

/// Fifty failures of each of the two, beside two hundred people whose names are searched for.
#[test]
fn support_gets_every_id_and_every_word_of_a_hundred_failures() {
    for recipient in Recipient::ALL {
        let mut dice = Dice(7);
        let mut redactor = redactor(recipient);
        for number in 0..200 {
            let person = super::invented::Person::nth(number);
            redactor.value(Class::Login, &person.login);
            redactor.value(Class::Name, &person.name());
        }
        // A login and people that are words, and a group whose name everybody writes.
        for (class, text) in [
            (Class::Login, "support@corp.example"),
            (Class::Login, "admin"),
            (Class::Name, "Support"),
            (Class::Name, "User"),
            (Class::Group, "Everyone"),
            (Class::Group, "application"),
        ] {
            redactor.value(class, text);
        }
        for number in 0..100 {
            let failure = if number % 2 == 0 { okta(&mut dice) } else { entra(&mut dice) };
            let text = failure.record.to_string();
            let arena = Bump::new();
            let record = parse(text.as_bytes(), &arena).unwrap();
            let line = redactor.record(failure.dialect, record).unwrap();
            let line = redactor.sweep(&line);
            let shown = line.replace("\\\"", "\"");
            for word in &failure.words {
                assert!(shown.contains(word), "{}: {word:?} is lost: {line}", recipient.word());
            }
            for id in &failure.remote {
                assert!(line.contains(id.as_str()), "{}: {id} is lost: {line}", recipient.word());
            }
            for id in &failure.own {
                let is_own = recipient == Recipient::AppVendor;
                assert_eq!(line.contains(id.as_str()), !is_own, "{}: {id}: {line}", recipient.word());
            }
            assert_eq!(line.contains("ann.lee"), recipient == Recipient::Internal, "{line}");
        }
    }
}

#[test]
fn words_that_are_also_names_stay_words() {
    let mut redactor = redactor(Recipient::IdpSupport);
    for (class, text) in [
        (Class::Name, "Support"),
        (Class::Login, "admin"),
        (Class::Login, "marketing@corp.example"),
        (Class::Group, "All Users"),
        (Class::Name, "Will Page"),
        (Class::Name, "Slack"),
        (Class::Login, "lumon@corp.example"),
    ] {
        assert_ne!(redactor.value(class, text), text);
    }
    redactor.protect("Slack");
    redactor.protect("Lumon Sandbox");
    let text = "The admin asked support why all users of marketing see a will page in Slack and Lumon Sandbox.";
    assert_eq!(redactor.sweep(text), text);
    let named = redactor.sweep("Will Page (marketing@corp.example) left All Users; lumon stays.");
    assert!(!["Will Page", "marketing@", "All Users", "lumon"].iter().any(|name| named.contains(name)), "{named}");
}

#[test]
fn private_addresses_public_mail_and_accounts_of_providers_stay() {
    let mut redactor = redactor(Recipient::IdpSupport);
    assert_eq!(redactor.text("from 10.0.0.7 and ::1 by system@okta.com"), "from 10.0.0.7 and ::1 by system@okta.com");
    let public = redactor.value(Class::Login, "ann.lee@gmail.com");
    assert!(public.starts_with("u-") && public.ends_with("@gmail.com"), "{public}");
    let url = redactor.text("GET https://corp.okta.com/api/v1/users/00u18dk3t7ydOWLDg698?limit=2&expand=x failed");
    assert_eq!(url, "GET https://corp.okta.com/api/v1/users/00u18dk3t7ydOWLDg698?limit=2&expand=‹masked› failed");
}
