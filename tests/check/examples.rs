//! The files of `docs/ci` do what they say.

use std::fs;
use std::path::{Path, PathBuf};

use crate::log::{self, CONFLICT_RULE, Log};
use crate::{check, folder, provlens};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci")
}

/// Commands of a file, as a shell would read them.
fn commands(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(docs().join(name)).unwrap().replace("\\\n", " ");
    let lines = text.lines().map(str::trim).filter(|line| line.starts_with("provlens "));
    lines.map(|line| line.split_whitespace().skip(1).map(str::to_owned).collect()).collect()
}

/// How the commands of a file end on a log, one after the other as long as they succeed.
fn run(name: &str, folder: &Path, log: &Log) -> Vec<i32> {
    fs::create_dir_all(folder.join("logs")).unwrap();
    fs::write(folder.join("logs/some.log"), log.text()).unwrap();
    let mut codes = Vec::new();
    for args in commands(name) {
        let code = provlens(folder).args(&args).output().unwrap().status.code().unwrap();
        codes.push(code);
        if code != 0 {
            break;
        }
    }
    codes
}

#[test]
fn the_pipelines_of_the_documentation_run_as_they_stand() {
    for (name, report) in [("github-workflow.yml", "provlens.json"), ("gitlab-ci.yml", "provlens.xml")] {
        let folder = folder(&[]);
        // The first run has no baseline and makes one.
        assert_eq!(run(name, folder.path(), &crate::baseline::fortnight()), [0, 0], "{name}");
        assert!(folder.path().join("usual.json").is_file() && folder.path().join(report).is_file(), "{name}");
        let usual = fs::read_to_string(folder.path().join("usual.json")).unwrap();
        // A bad day is told, and is not learnt.
        assert_eq!(run(name, folder.path(), &crate::baseline::bad_day_after()), [1], "{name}");
        assert_eq!(fs::read_to_string(folder.path().join("usual.json")).unwrap(), usual, "{name}");
    }
}

#[test]
fn the_waivers_of_the_documentation_are_read() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    fs::copy(docs().join("allow.toml"), folder.path().join("allow.toml")).unwrap();
    let ended = check(folder.path(), &["bad.log", "--fail-on", "people>3", "--allow", "allow.toml"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("waived: ") && ended.out.contains(CONFLICT_RULE), "{}", ended.out);
}

/// Gates with a scope that a text gives as examples.
fn scoped_gates(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == '`' || letter == ',');
    let gates = words.map(|word| word.trim_end_matches(['.', ')']));
    gates.filter(|word| word.contains("@rule:") || word.contains("@app:")).collect()
}

/// A name in a scope that fits no rule is refused, so an example must fit one.
#[test]
fn the_gates_of_the_readme_and_the_help_are_accepted() {
    let folder = folder(&[("bad.log", log::bad().text())]);
    let help = check(folder.path(), &["--help"]).out;
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for text in [&help, &readme] {
        let gates = scoped_gates(text);
        assert!(gates.len() >= 2, "no examples in\n{text}");
        for gate in gates {
            let ended = check(folder.path(), &["bad.log", "--fail-on", gate]);
            assert!(ended.code == 0 || ended.code == 1, "{gate}: {}{}", ended.out, ended.err);
        }
    }
}
