//! The report for programs.

use serde_json::Value;

use crate::out;

#[test]
fn apps_have_the_provider_and_the_ids_by_which_its_support_knows_them() {
    let report: Value = serde_json::from_str(&out(&["demo", "--format", "json"])).unwrap();
    let apps = report["apps"].as_array().unwrap().iter();
    let lines: Vec<String> = apps.map(|app| format!("{} {} {}", app["app"], app["provider"], app["ids"])).collect();
    insta::assert_snapshot!("apps", lines.join("\n"));
    // Where an issue names an id of its application, the application has it too.
    for issue in report["issues"].as_array().unwrap().iter().filter(|issue| !issue["app_id"].is_null()) {
        let app = report["apps"].as_array().unwrap().iter().find(|app| app["app"] == issue["app"]).unwrap();
        assert!(app["ids"].as_array().unwrap().contains(&issue["app_id"]), "{issue}");
    }
}
