//! Where a report goes.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::{out, provlens};

fn to_file(path: &Path, more: &[&str]) -> Output {
    provlens().args(["report", "samples", "-o"]).arg(path).args(more).output().unwrap()
}

#[test]
fn a_file_holds_what_is_printed_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in
        [("a.txt", "text"), ("a.json", "json"), ("a.html", "html"), ("a.md", "markdown"), ("a.csv", "csv")]
    {
        let path = folder.path().join(name);
        let written = to_file(&path, &[]);
        assert!(written.status.success() && written.stdout.is_empty(), "{name}");
        assert_eq!(fs::read_to_string(&path).unwrap(), out(&["report", "samples", "--format", format]), "{name}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
    let path = folder.path().join("demo.html");
    assert!(provlens().args(["demo", "-o"]).arg(&path).output().unwrap().status.success());
    assert_eq!(fs::read_to_string(&path).unwrap(), out(&["demo", "--format", "html"]));
}

#[test]
fn i6_no_input_and_no_link_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.ndjson");
    fs::copy("samples/okta-system-log.ndjson", &log).unwrap();
    let before = fs::read(&log).unwrap();
    let output = provlens().arg("report").arg(&log).arg("-o").arg(&log).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("it is one of the inputs"));
    assert!(fs::read(&log).unwrap() == before);
    #[cfg(unix)]
    {
        let link = folder.path().join("link.html");
        std::os::unix::fs::symlink(&log, &link).unwrap();
        let output = to_file(&link, &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("there is a link of that name"));
        assert!(fs::read(&log).unwrap() == before);
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    for (args, reason) in [
        (&["report", "samples", "--table", "people"][..], "--table chooses a table of --format csv"),
        (&["report", "samples", "-o", "absent/x.pdf"], "no report is written as .pdf"),
        (&["demo", "-o", "absent/x.DOCX"], "no report is written as .docx"),
        (&["demo", "--format", "html", "--table", "apps"], "--table chooses a table of --format csv"),
        (&["report", "samples", "--follow", "--format", "html"], "--follow tells each incident in a line"),
        (&["report", "samples", "--follow", "-o", "x.txt"], "--follow tells each incident in a line"),
        (&["report", "samples", "--follow", "--hide-names"], "--hide-names needs the whole log"),
    ] {
        let output = provlens().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(reason) && output.stdout.is_empty(), "{said}");
    }
}
