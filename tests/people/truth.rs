//! What is found in the logs of a company is what is true of it, to the person and the second.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::report;
use super::tenant::{Entry, Tenant};

/// The logs in several files; some records are in two of them.
fn write(tenant: &Tenant, folder: &tempfile::TempDir) -> (Vec<PathBuf>, u64) {
    let mut paths = Vec::new();
    let mut duplicates = 0;
    let mut file = |name: String, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        paths.push(path);
    };
    for (at, part) in tenant.okta.chunks(tenant.okta.len() / 3 + 1).enumerate() {
        file(format!("okta-{at}.ndjson"), part.join("\n"));
    }
    for (at, part) in tenant.entra.chunks(tenant.entra.len() / 2 + 1).enumerate() {
        file(format!("entra-{at}.json"), format!("{{\"value\":[{}]}}", part.join(",\n")));
    }
    file("audit.json".to_owned(), format!("[{}]", tenant.entra_audit.join(",")));
    let again: Vec<String> = tenant.okta.iter().step_by(17).cloned().collect();
    duplicates += again.len() as u64;
    file("okta-again.ndjson".to_owned(), again.join("\n"));
    (paths, duplicates)
}

fn list(report: &Value, name: &str) -> BTreeSet<Entry> {
    let entry = |person: &Value| {
        let text = |key: &str| person[key].as_str().unwrap().to_owned();
        let reason = if person["reason"] == "failed" { "failed" } else { "never-tried" };
        assert_eq!(person["reason"], reason);
        (text("user"), text("app"), text("since"), reason)
    };
    let list = report["people"][name].as_array().unwrap();
    let entries: BTreeSet<Entry> = list.iter().map(entry).collect();
    assert_eq!(entries.len(), list.len(), "nobody is on a list twice");
    entries
}

fn assert_same(found: &BTreeSet<Entry>, truth: &BTreeSet<Entry>, name: &str) {
    let missing: Vec<&Entry> = truth.difference(found).take(5).collect();
    let wrong: Vec<&Entry> = found.difference(truth).take(5).collect();
    assert!(missing.is_empty() && wrong.is_empty(), "{name}: missing {missing:#?}, wrong {wrong:#?}");
    assert!(truth.len() > 20, "{name}: the test says something");
}

/// The value so that at least so many of a hundred are not greater.
fn rank(sorted: &[u64], percent: usize) -> u64 {
    sorted[(sorted.len() * percent).div_ceil(100) - 1]
}

#[test]
fn of_twenty_thousand_people_everyone_is_on_the_right_list() {
    let mut tenant = Tenant::of(20_000, 7);
    let folder = tempfile::tempdir().unwrap();
    let (paths, duplicates) = write(&tenant, &folder);
    let report = report(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    let totals = &report["totals"];
    assert_eq!(totals["events"], tenant.truth.events, "{totals}");
    assert_eq!((&totals["duplicates"], &totals["duplicates_differing"]), (&duplicates.into(), &0.into()));
    assert_eq!(totals["users"], tenant.truth.people);
    assert_same(&list(&report, "waiting_for_access"), &tenant.truth.waiting_for_access, "waiting");
    assert_same(&list(&report, "out_of_date"), &tenant.truth.out_of_date, "out of date");
    let kept = list(&report, "access_not_removed");
    assert_same(&kept, &tenant.truth.access_not_removed, "not removed");
    let mut open: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, app, ..) in &kept {
        *open.entry(app).or_default() += 1;
    }
    let times = report["people"]["removal_times"].as_array().unwrap();
    assert_eq!(times.len(), tenant.truth.took.len());
    for (app, took) in &mut tenant.truth.took {
        took.sort_unstable();
        let found = times.iter().find(|times| times["app"] == app.as_str()).unwrap();
        let wanted = serde_json::json!({
            "app": app, "removals": took.len(), "users": found["users"],
            "median_s": rank(took, 50), "p95_s": rank(took, 95), "open": open.get(app.as_str()).unwrap_or(&0),
        });
        assert_eq!(found, &wanted);
        assert!(found["users"].as_u64().unwrap() < took.len() as u64, "some left twice");
    }
}
