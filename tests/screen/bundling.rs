//! A bundle for support, from the list of issues to a file that passes.

use std::process::Command;

use crate::driver::{App, Start, text};

const ESC: &str = "\x1b";
const SHIFT_TAB: &str = "\x1b[Z";

#[test]
fn a_bundle_is_looked_at_written_and_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.zip");
    let mut app = App::start(&Start::default());
    app.sees("51 events done").press("2").sees("2[Issues]").press("b");
    app.sees("Bundle for support").sees("our ids in Okta").sees("Checked");
    // Another recipient, by keys alone.
    app.press(&SHIFT_TAB.repeat(4)).sees(" > For").press("\x1b[C").sees("its own ids").sees("Checked");
    app.press("v").sees("file 2 of").sees("# The app").press(ESC).sees(" > For");
    // Another name.
    app.press(&SHIFT_TAB.repeat(4)).sees(" > File").press("\r").sees("Save as");
    app.press("\x15").press(text(&path)).press("\r").sees_no("Save as").press("\t\t\r");
    app.sees("The bundle is written").sees("Do not send the .map.json file.").press("c").sees("clipboard");
    app.waits_until("the text was copied", |app| app.with_terminal(|_, told| told.copied.len() == 1));
    app.press(ESC).sees("2[Issues]").press("qq");
    assert_eq!(app.ends(), 0);

    let mapping = folder.path().join("case.zip.map.json");
    let mut verify = Command::new(env!("CARGO_BIN_EXE_provlens"));
    verify.args(["bundle", "verify", text(&path), "--map", text(&mapping), "--inputs"]);
    verify.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/okta-system-log.ndjson"));
    let output = verify.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_dialog_that_is_left_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.ndjson");
    std::fs::copy("samples/okta-system-log.ndjson", &log).unwrap();
    let mut app = App::start(&Start { args: &["tui", text(&log)], ..Start::default() });
    app.sees("36 events done").press("2").sees("2[Issues]").press("b").sees("Checked").press("\r").sees("# The app");
    app.press(ESC).sees("Bundle for support").press(ESC).sees("2[Issues]").press("qq");
    assert_eq!(app.ends(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
