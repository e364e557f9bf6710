//! A company whose people join, change and leave, written as Okta's and Entra's logs tell it, with
//! what is true of each of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Random, stamp};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// 2026-03-02T00:00:00Z.
const START: u64 = 1_772_409_600;
/// How long the logs are.
const LENGTH: u64 = 30 * DAY;

/// Apps that Okta provisions; of the last one the log never shows that access is removed.
const OKTA_APPS: [&str; 4] = ["Harbor", "Lagoon", "Reef", "Old Pier"];
/// Apps that Entra provisions.
const ENTRA_APPS: [&str; 2] = ["Anchor", "Buoy"];

/// Who, where, since when, and why.
pub(crate) type Entry = (String, String, String, &'static str);

/// What is to be found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Truth {
    pub access_not_removed: BTreeSet<Entry>,
    pub waiting_for_access: BTreeSet<Entry>,
    pub out_of_date: BTreeSet<Entry>,
    /// Seconds that removals took, by app.
    pub took: BTreeMap<String, Vec<u64>>,
    pub people: u64,
    pub events: u64,
}

/// The company.
pub(crate) struct Tenant {
    pub okta: Vec<String>,
    pub entra: Vec<String>,
    pub entra_audit: Vec<String>,
    pub truth: Truth,
    random: Random,
}

/// One person.
struct Person {
    login: String,
    okta: String,
    entra: String,
}

/// What a record names of somebody.
#[derive(Clone, Copy)]
enum Named {
    Both,
    Login,
    Id,
}

#[derive(Clone, Copy, PartialEq)]
enum By {
    Okta,
    Entra,
}

impl Tenant {
    /// A company of so many people.
    pub(crate) fn of(people: u64, seed: u64) -> Tenant {
        let mut tenant = Tenant {
            okta: Vec::new(),
            entra: Vec::new(),
            entra_audit: Vec::new(),
            truth: Truth { people, ..Truth::default() },
            random: Random(seed),
        };
        for number in 0..people {
            tenant.person(number);
        }
        let mut random = Random(seed ^ 1);
        for log in [&mut tenant.okta, &mut tenant.entra, &mut tenant.entra_audit] {
            random.shuffle(log);
        }
        tenant
    }

    fn person(&mut self, number: u64) {
        let person = Person {
            login: format!("p{number}@example.com"),
            okta: format!("00u{number:017}"),
            entra: format!("00000000-0000-4000-8000-{number:012}"),
        };
        let okta_app = OKTA_APPS[number as usize % OKTA_APPS.len()];
        let entra_app = ENTRA_APPS[number as usize % ENTRA_APPS.len()];
        match number % 3 {
            0 => self.script(&person, (By::Okta, okta_app), true),
            1 => self.script(&person, (By::Entra, entra_app), true),
            // Who leaves one directory leaves both apps, so of two apps nobody does.
            _ => {
                self.script(&person, (By::Okta, okta_app), false);
                self.script(&person, (By::Entra, entra_app), false);
            }
        }
    }

    /// A time with room before and behind it; no two of one person are the same.
    fn some_time(&mut self) -> u64 {
        START + 2 * DAY + self.random.below(LENGTH - 6 * DAY)
    }

    /// Tries that fail, a while apart; gives when the first one was.
    fn fails(&mut self, person: &Person, (by, app): (By, &str), what: &str, at: u64) -> u64 {
        for retry in 0..1 + self.random.below(3) {
            self.event(person, (by, app), what, at + retry * 10 * MINUTE, false, Named::Both);
        }
        at
    }

    fn works(&mut self, person: &Person, place: (By, &str), what: &str, at: u64) {
        self.event(person, place, what, at, true, Named::Both);
    }

    /// What happens to somebody at an app, and what is true of it.
    fn script(&mut self, person: &Person, place: (By, &str), only: bool) {
        let (by, app) = place;
        let at = self.some_time();
        let delay = 1 + self.random.below(90 * MINUTE);
        let shows_removals = app != "Old Pier";
        let entry = |since: u64, why| (person.login.clone(), app.to_owned(), stamp(since), why);
        match self.random.below(21) {
            // Joins, changes, and all is well.
            0..=4 => {
                self.works(person, place, "assign", at);
                self.works(person, place, "create", at + MINUTE);
                // Each log goes on to its end.
                let last = if self.random.below(50) == 0 { START + LENGTH } else { at + DAY };
                self.works(person, place, "update", last);
            }
            5 => {
                let since = self.fails(person, place, "create", at);
                self.truth.waiting_for_access.insert(entry(since, "failed"));
            }
            6 => {
                self.fails(person, place, "create", at);
                self.works(person, place, "create", at + 2 * HOUR);
            }
            // Never got in, and need not any more.
            7 => {
                self.fails(person, place, "create", at);
                self.works(person, place, "unassign", at + DAY);
            }
            8 => {
                let since = self.fails(person, place, "update", at);
                self.truth.out_of_date.insert(entry(since, "failed"));
            }
            9 => {
                self.fails(person, place, "update", at);
                self.works(person, place, "update", at + HOUR);
                let since = self.fails(person, place, "update", at + DAY);
                self.truth.out_of_date.insert(entry(since, "failed"));
            }
            10..=12 if shows_removals => {
                self.works(person, place, "create", at);
                self.works(person, place, "unassign", at + DAY);
                self.works(person, place, "deactivate", at + DAY + delay);
                self.took(app, delay);
            }
            13 if shows_removals => {
                self.works(person, place, "unassign", at);
                let since = self.fails(person, place, "deactivate", at + MINUTE);
                self.truth.access_not_removed.insert(entry(since, "failed"));
            }
            14 if shows_removals => {
                self.works(person, place, "unassign", at);
                self.fails(person, place, "deactivate", at + 1);
                self.works(person, place, "deactivate", at + HOUR + delay);
                self.took(app, HOUR + delay);
            }
            // Nobody tried to switch the account off. Of an app that never shows it, nothing is said.
            10..=15 => {
                self.works(person, place, "create", at);
                self.works(person, place, "unassign", at + HOUR);
                if shows_removals {
                    self.truth.access_not_removed.insert(entry(at + HOUR, "never-tried"));
                }
            }
            // Came back before, or after, access was gone.
            16 => {
                self.works(person, place, "unassign", at);
                self.works(person, place, "assign", at + MINUTE);
                self.works(person, place, "create", at + 2 * MINUTE);
            }
            17 if shows_removals => {
                self.works(person, place, "unassign", at);
                self.works(person, place, "deactivate", at + delay);
                self.took(app, delay);
                self.works(person, place, "assign", at + DAY);
                self.works(person, place, "reactivate", at + DAY + MINUTE);
                self.works(person, place, "unassign", at + 2 * DAY);
                self.works(person, place, "deactivate", at + 2 * DAY + 7);
                self.took(app, 7);
            }
            // Left the directory; the assignment is not mentioned.
            18 if shows_removals && only => {
                self.works(person, place, "create", at);
                self.works(person, (by, ""), "deactivate", at + DAY);
                self.works(person, place, "deactivate", at + DAY + delay);
                self.took(app, delay);
            }
            // Lost the app so near the end of the log that it may still go well.
            17..=19 => {
                let late = START + LENGTH - self.random.below(2 * HOUR);
                self.works(person, place, "unassign", late);
            }
            // Known by login here, by id there, and at last by both.
            _ => {
                self.event(person, place, "create", at, false, Named::Login);
                self.event(person, place, "create", at + HOUR, true, Named::Id);
                self.event(person, place, "update", at + DAY, true, Named::Both);
            }
        }
    }

    fn took(&mut self, app: &str, seconds: u64) {
        self.truth.took.entry(app.to_owned()).or_default().push(seconds);
    }

    fn event(&mut self, person: &Person, (by, app): (By, &str), what: &str, at: u64, works: bool, named: Named) {
        self.truth.events += 1;
        let number = self.truth.events;
        let login = if matches!(named, Named::Id) { "" } else { person.login.as_str() };
        let id = |id: &str| if matches!(named, Named::Login) { String::new() } else { id.to_owned() };
        let time = stamp(at);
        match by {
            By::Okta => {
                let kind = match (what, app) {
                    ("deactivate", "") => "user.lifecycle.deactivate",
                    ("assign", _) => "application.user_membership.add",
                    ("unassign", _) => "application.user_membership.remove",
                    ("create", _) => "application.provision.user.push",
                    ("update", _) => "application.provision.user.push_profile",
                    ("reactivate", _) => "application.provision.user.reactivate",
                    _ => "application.provision.user.deactivate",
                };
                let outcome = if works {
                    r#"{"result":"SUCCESS"}"#
                } else {
                    r#"{"result":"FAILURE","reason":"Forbidden. Errors reported by remote server: no"}"#
                };
                let app = if app.is_empty() {
                    String::new()
                } else {
                    format!(r#",{{"id":"0oa{app}","type":"AppInstance","alternateId":"{app}"}}"#)
                };
                let id = id(&person.okta);
                self.okta.push(format!(
                    r#"{{"uuid":"{number:08}-0000-4000-8000-000000000000","published":"{time}","eventType":"{kind}","outcome":{outcome},"target":[{{"id":"{id}","type":"User","alternateId":"{login}","displayName":"Alex Kim"}}{app}]}}"#
                ));
            }
            By::Entra => {
                let activity = match (what, app) {
                    ("deactivate", "") => Some("Disable account"),
                    ("assign", _) => Some("Add app role assignment grant to user"),
                    ("unassign", _) => Some("Remove app role assignment from user"),
                    _ => None,
                };
                let id = id(&person.entra);
                if let Some(activity) = activity {
                    let app = if app.is_empty() {
                        String::new()
                    } else {
                        format!(r#"{{"type":"ServicePrincipal","id":"sp-{app}","displayName":"{app}"}},"#)
                    };
                    self.entra_audit.push(format!(
                        r#"{{"id":"a-{number}","activityDateTime":"{time}","activityDisplayName":"{activity}","loggedByService":"Core Directory","result":"success","initiatedBy":{{}},"targetResources":[{app}{{"type":"User","id":"{id}","userPrincipalName":"{login}"}}]}}"#
                    ));
                    return;
                }
                let action = if what == "deactivate" { "disable" } else { what };
                let action = if action == "reactivate" { "create" } else { action };
                let status = if works {
                    r#"{"status":"success"}"#
                } else {
                    r#"{"status":"failure","errorInformation":{"errorCode":"InternalError","reason":"no"}}"#
                };
                self.entra.push(format!(
                    r#"{{"id":"p-{number}","activityDateTime":"{time}","jobId":"scim.1","cycleId":"c","provisioningAction":"{action}","provisioningStatusInfo":{status},"servicePrincipal":{{"id":"sp-{app}","displayName":"{app}"}},"sourceIdentity":{{"id":"{id}","identityType":"User","displayName":"Alex Kim","details":{{"userPrincipalName":"{login}"}}}},"provisioningSteps":[]}}"#
                ));
            }
        }
    }
}
