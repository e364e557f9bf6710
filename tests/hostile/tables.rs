//! CSV as portals, spreadsheets and accidents make it.

use serde_json::Value;

use super::{Lab, counts, folder, number, problems, provlens, report, run, utf16};

const HEADER: &str = "ID,Date,Change ID,Job ID,Action,Status,Error Code,Source Identity,Service Principal Name";

fn row(number: usize) -> String {
    format!(
        "e{number},2026-03-02T10:{number:02}:00Z,c{number},scim.a.b,Create,Failure,Conflict,p{number}@example.com,Shift Planner"
    )
}

fn table(rows: usize) -> String {
    [HEADER.to_owned()].into_iter().chain((0..rows).map(row)).map(|line| line + "\n").collect()
}

fn quoted(line: &str) -> String {
    format!("\"{}\"", line.replace(',', "\",\""))
}

fn events(text: &[u8]) -> Vec<Value> {
    let folder = folder(&[("log.csv", text)]);
    let output = provlens(folder.path()).args(["events", "log.csv"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn e1_tables_of_every_writer_are_the_same() {
    let plain = table(5);
    let lab = Lab::new();
    let wanted = lab.read("log.csv", plain.as_bytes()).facts();
    assert_eq!(wanted.0.events, 5);
    let semicolons = plain.replace(',', ";");
    let all_quoted: String = plain.lines().map(|line| quoted(line) + "\r\n").collect();
    for text in [
        semicolons.clone(),
        format!("sep=;\r\n{}", semicolons.replace('\n', "\r\n")),
        plain.replace(',', "\t"),
        plain.replace('\n', "\r\n"),
        plain.replace('\n', "\r"),
        plain.trim_end().to_owned(),
        format!("\u{feff}{plain}\n\n"),
        all_quoted,
    ] {
        let read = lab.read("log.csv", text.as_bytes());
        assert_eq!((read.facts(), read.said()), (wanted.clone(), vec![]), "{text}");
    }
    let excel = utf16(&plain.replace(',', "\t"), true, true);
    assert_eq!(lab.read("log.csv", &excel).facts(), wanted, "what Excel calls Unicode text");
}

#[test]
fn e1_cells_may_hold_line_ends_and_quotes_and_the_record_is_found_again() {
    let odd =
        "e1,2026-03-02T10:00:00Z,c1,scim.a.b,Create,Failure,Conflict,\"kim \"\"K\"\" lee\r\nline two, still\",Shift";
    let text = format!("sep=,\r\n{HEADER}\r\n{}\r\n{odd}\r\n{}", row(0), row(2));
    let events = events(text.as_bytes());
    assert_eq!(events.len(), 3);
    assert_eq!(events[1]["subject"]["name"], "kim \"K\" lee\r\nline two, still");
    let lines: Vec<u64> = events.iter().map(|event| number(&event["raw"], "line")).collect();
    assert_eq!(lines, [3, 4, 6]);
    for event in &events {
        let (from, length) = (number(&event["raw"], "offset") as usize, number(&event["raw"], "length") as usize);
        let id = event["ids"]["event"].as_str().unwrap();
        assert!(text[from..from + length].starts_with(id), "{id}: {:?}", &text[from..from + length]);
    }
}

#[test]
fn e2_a_quote_that_is_not_closed_costs_its_row() {
    let broken = row(3).replacen(",c3,", ",\"c3,", 1);
    let rows = |broken: &str, all: fn(&str) -> String| -> String {
        let lines = (0..10).map(|number| if number == 3 { broken.to_owned() } else { all(&row(number)) });
        [HEADER.to_owned()].into_iter().chain(lines).map(|line| line + "\n").collect()
    };
    // Also where the next quote turns the cells inside out, and where it is in the last row.
    let among_quotes = quoted(&row(3)).trim_end_matches('"').to_owned();
    let last = table(9) + &broken;
    for text in [rows(&broken, str::to_owned), rows(&among_quotes, quoted), last] {
        let folder = folder(&[("log.csv", text.as_bytes())]);
        let found = report(folder.path(), &["log.csv"]);
        assert_eq!(counts(&found), (9, 0, 1), "{text}");
        let said = problems(&found);
        assert!(said.len() == 1 && said[0].contains("a quote in the row is not closed"), "{said:?}");
    }
}

#[test]
fn e2_a_quote_that_is_not_closed_for_megabytes_is_given_up() {
    let broken = row(3).replacen(",c3,", ",\"c3,", 1);
    // Nothing in it has as many columns as the header.
    let filler = ("no cell ".repeat(512) + "\n").repeat(17 << 8);
    let text = format!("{}{broken}\n{filler}{}\n{}\n", table(3), row(4), row(5));
    let folder = folder(&[("log.csv", text.as_bytes())]);
    let found = report(folder.path(), &["log.csv"]);
    assert_eq!(counts(&found), (5, 0, 1));
    assert_eq!(found["inputs"][0]["problem_counts"], serde_json::json!({ "too-long": 1 }));
    assert_eq!(number(&found["inputs"][0], "bytes"), text.len() as u64);
}

/// Excel writes such a header where a table was pasted into one column. No line fits it better than another,
/// so none is looked for from each line to the end.
#[test]
fn e2_a_header_in_one_pair_of_quotes_takes_no_longer_than_another() {
    let lines = "x\n".repeat(400_000);
    // Otherwise this would take hours.
    let read = Lab::new().read("log.csv", format!("\"a,b,c\"\n\"x\n{lines}x\",y\n").as_bytes());
    assert_eq!(read.facts().0.other, 1);
}

#[test]
fn e3_columns_are_found_by_their_names() {
    let order = [8, 0, 5, 3, 1, 2, 7, 4, 6];
    let reordered: String = table(5)
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            order.map(|at| cells[at]).join(",") + "\n"
        })
        .collect();
    let wider: String = table(5).lines().map(|line| format!("new,{line},newer\n")).collect();
    for text in [reordered, wider] {
        let folder = folder(&[("log.csv", text.as_bytes())]);
        let found = report(folder.path(), &["log.csv"]);
        assert_eq!(counts(&found), (5, 0, 0), "{text}");
        assert!(problems(&found).is_empty(), "{text}");
    }
    let text = format!("{HEADER}\n{},extra\n{}\n", row(1), row(2).rsplit_once(',').unwrap().0);
    let folder = folder(&[("log.csv", text.as_bytes())]);
    let found = report(folder.path(), &["log.csv"]);
    assert_eq!(counts(&found), (2, 0, 0));
    let said = problems(&found);
    assert!(said[0].contains("has 10 columns, the header 9") && said[1].contains("has 8 columns"), "{said:?}");
}

#[test]
fn e3_a_missing_column_is_named_and_a_foreign_table_refused() {
    let without_date: String = table(5)
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.remove(1);
            cells.join(",") + "\n"
        })
        .collect();
    let foreign = table(5).replace(HEADER, "Kennung,Datum,Änderung,Auftrag,Aktion,Ergebnis,Fehler,Quelle,Dienst");
    let folder = folder(&[("log.csv", without_date.as_bytes()), ("fremd.csv", foreign.as_bytes())]);
    let said = problems(&report(folder.path(), &["log.csv"]));
    // Each event without a time is told too.
    assert!(said.len() == 6 && said[0].contains("the table has no column `Date`"), "{said:?}");
    assert!(said[1..].iter().all(|said| said.contains("stands in no timeline")), "{said:?}");
    let ended = run(folder.path(), &["report", "fremd.csv"]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("not a provisioning log that is known; fields seen: Aktion"), "{ended:?}");
}

/// What is said of one of several inputs.
fn problems_of(found: &Value, name: &str) -> Vec<String> {
    let input = found["inputs"].as_array().unwrap().iter().find(|input| input["path"] == name).unwrap();
    let problems = input["problems"].as_array().unwrap().iter();
    problems.map(|problem| problem["error"].as_str().unwrap().to_owned()).collect()
}

const STEPS: &str = "Change ID,Name,Type,Status,Description\n";

#[test]
fn e4_the_three_files_of_a_download_are_joined_and_rows_without_a_partner_told() {
    let steps = format!(
        "{STEPS}c0,EntryExportAdd,Export,Failure,userName is taken\nc77,EntryExportAdd,Export,Failure,of another download\n,x,y,z,w\n"
    );
    let properties = "Change ID,Property Name,Old Value,New Value\nc0,mail,,x\nc88,mail,,y\nc89,mail,,z\n";
    let (log, side, other) =
        ("ProvisioningLogs.csv", "ProvisioningLogs_ProvisioningSteps.csv", "ProvisioningLogs_ModifiedProperties.csv");
    let folder = folder(&[(log, table(2).as_bytes()), (side, steps.as_bytes()), (other, properties.as_bytes())]);
    let said = problems_of;
    let all = report(folder.path(), &[log, side, other]);
    assert_eq!(counts(&all), (2, 6, 0));
    assert_eq!(said(&all, log), Vec::<String>::new());
    assert_eq!(
        said(&all, side),
        [
            "1 row is without a change id, by which rows are joined to the log",
            "1 row is of a change that the log does not have; is the log missing, or from another download?",
        ]
    );
    assert_eq!(
        said(&all, other),
        ["2 rows are of a change that the log does not have; is the log missing, or from another download?"]
    );
    // One or two of them missing.
    assert_eq!(counts(&report(folder.path(), &[log, side])), (2, 3, 0));
    assert_eq!(counts(&report(folder.path(), &[log])), (2, 0, 0));
    let alone = report(folder.path(), &[side]);
    assert!(said(&alone, side)[1].starts_with("2 rows are of a change that the log does not have"));
}

#[test]
fn rows_of_one_change_do_not_multiply() {
    let (log, side) = ("ProvisioningLogs.csv", "ProvisioningLogs_ProvisioningSteps.csv");
    let steps = STEPS.to_owned() + &"c0,EntryExportAdd,Export,Failure,userName is taken\n".repeat(1_003);
    let rows: String = (0..3_000).map(|number| row(0).replacen("e0,", &format!("e{number},"), 1) + "\n").collect();
    let folder = folder(&[(log, format!("{HEADER}\n{rows}").as_bytes()), (side, steps.as_bytes())]);
    let found = report(folder.path(), &[log, side]);
    let said = problems_of(&found, side);
    assert_eq!(said, ["3 rows are beyond the first 1000 of one change and left out"]);
    let said = problems_of(&found, log);
    assert!(said.iter().all(|said| said.contains("of a change that a row above is of")), "{said:?}");
    assert!(!said.is_empty());
}

#[test]
fn e4_a_side_file_that_cannot_be_read_is_an_error() {
    let (log, side) = ("ProvisioningLogs.csv", "ProvisioningLogs_ProvisioningSteps.csv");
    let folder = folder(&[(log, table(2).as_bytes()), (side, b"<!DOCTYPE html><html>Sign in</html>")]);
    let ended = run(folder.path(), &["inputs", log, side]);
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("this is a web page, not an export"), "{ended:?}");
}

#[test]
fn e5_ids_that_went_through_a_spreadsheet_are_said_to_be_damaged() {
    let spoiled = table(5).replace(",c1,", ",1.23457E+15,").replace(",c2,", ",2.5E+11,");
    let folder = folder(&[("log.csv", spoiled.as_bytes())]);
    let found = report(folder.path(), &["log.csv"]);
    assert_eq!(counts(&found), (5, 0, 0));
    let said = problems(&found);
    assert!(said.len() == 1 && said[0].contains("this file went through a spreadsheet"), "{said:?}");
    assert_eq!(run(folder.path(), &["report", "log.csv"]).code, Some(0));
}
