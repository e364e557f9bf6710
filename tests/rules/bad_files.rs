//! Rule files and folders of a user that cannot be used: one clear message each, and the rest works.

use std::fs;
use std::path::Path;

use super::{line_of, output, path, provlens, rule, run};

/// What a report says of a folder of rules; it uses all other rules all the same.
fn report(folder: &Path) -> (Vec<String>, i32) {
    let (printed, said, code) = run(&["report", "samples/okta-system-log.ndjson", "--rules", path(folder)]);
    assert!(printed.contains("The app no longer accepts Okta's token"), "{printed}");
    (said.lines().map(str::to_owned).collect(), code)
}

/// The one message about one bad file beside a good one, without the path of the folder.
fn message(name: &str, content: impl AsRef<[u8]>) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("planner-no-depot.toml"), rule("planner-no-depot")).unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    let (said, code) = report(folder.path());
    assert_eq!((said.len(), code), (1, 0), "{said:?}");
    // The good one is in use.
    assert_eq!(run(&["rules", "show", "planner-no-depot", "--rules", path(folder.path())]).2, 0);
    // With --strict it is an error; `rules test` fails for it in any case.
    let strict = run(&["report", "samples/okta-system-log.ndjson", "--strict", "--rules", path(folder.path())]);
    assert_eq!(strict.2, 2, "{}", strict.1);
    assert_eq!(run(&["rules", "test", "--rules", path(folder.path())]).2, 1);
    let prefix = format!("provlens: {}/", folder.path().display());
    said[0].strip_prefix(&prefix).unwrap_or_else(|| panic!("{said:?}")).to_owned()
}

#[test]
fn k2_an_unknown_key() {
    let said = message("b.toml", rule("b").replace("severity =", "sevrity ="));
    assert!(said.starts_with("b.toml:5: unknown field `sevrity` (did you mean `severity`?); "), "{said}");
}

#[test]
fn an_app_word_without_letters() {
    let said = message("b.toml", rule("b").replace("[[match]]\n", "[[match]]\napp = [\" - \"]\n"));
    assert!(said.contains("the app word ` - ` has no letter and no digit"), "{said}");
}

#[test]
fn a_missing_key() {
    let said = message("b.toml", rule("b").replace("severity = \"medium\"\n", ""));
    assert!(said.contains("`severity` is missing; docs/rule-format.md lists what a rule needs"), "{said}");
}

#[test]
fn a_bad_pattern() {
    let said = message("b.toml", rule("b").replace("contains = { message = [\"has", "regex = { message = [\"(has"));
    let line = line_of("contains =");
    assert_eq!(
        said,
        format!("b.toml:{line}: the regular expression `(has no depot for` cannot be used: unclosed group")
    );
}

#[test]
fn k1_a_pattern_of_nearly_a_megabyte_is_refused() {
    let long = format!("regex = {{ message = [\"{}", "[a-z]{50}".repeat(110_000));
    let said = message("b.toml", rule("b").replace("contains = { message = [\"", &long));
    let start = format!("b.toml:{}: the regular expression `[a-z]{{50}}", line_of("contains ="));
    assert!(said.starts_with(&start), "{said}");
    assert!(said.contains("…` cannot be used: it is too large"), "{said}");
    assert!(said.len() < 400, "{}", said.len());
}

#[test]
fn a_file_of_more_than_a_megabyte() {
    let long = format!("regex = {{ message = [\"{}", "a".repeat(1 << 20));
    let said = message("b.toml", rule("b").replace("contains = { message = [\"", &long));
    assert_eq!(said, "b.toml: is larger than 1 MiB, the most a rule file may have; is it a rule file?");
}

#[test]
fn an_id_that_is_used_twice() {
    let folder = tempfile::tempdir().unwrap();
    for sub in ["a", "b"] {
        fs::create_dir(folder.path().join(sub)).unwrap();
        fs::write(folder.path().join(sub).join("planner-no-depot.toml"), rule("planner-no-depot")).unwrap();
    }
    let (said, code) = report(folder.path());
    let file = |sub: &str| folder.path().join(sub).join("planner-no-depot.toml").display().to_string();
    let wanted = format!(
        "provlens: {}:1: the id `planner-no-depot` is already used by {}; this file is left out: give it, and the id in it, another name",
        file("b"),
        file("a")
    );
    assert_eq!((said, code), (vec![wanted], 0));
}

#[test]
fn an_id_that_differs_from_the_name() {
    let said = message("b.toml", rule("c"));
    assert_eq!(said, "b.toml:1: the id `c` differs from the file's name `b`; make them the same");
}

#[test]
fn a_grave_failure_that_is_done_already() {
    let said = message("b.toml", rule("b").replace("severity = ", "already_done = true\nseverity = \"high\" # "));
    let wanted = "what is done already leaves nobody without anything; make the severity `low` or `info`";
    assert!(said.ends_with(wanted) && said.starts_with("b.toml:"), "{said}");
}

#[test]
fn text_that_is_not_utf_8() {
    let said = message("b.toml", b"id = \"b\"\ntitle = \"caf\xe9\"\n");
    assert_eq!(said, "b.toml:2: the text is not UTF-8 (at byte 22); save the file as UTF-8");
}

#[test]
fn a_rule_without_words_is_not_used() {
    let said = message("b.toml", rule("b").replace("title = \"", "title = \"\" # \""));
    assert!(said.starts_with("b.toml:2: empty: title; the rule is not used until that is filled in"), "{said}");
}

#[test]
fn an_empty_file() {
    let said = message("b.toml", "\n");
    assert_eq!(said, "b.toml: the file is empty; `provlens rules new --from -` writes one to start from");
}

#[test]
fn a_file_of_another_kind() {
    let said = message("b.toml", "just some notes\n");
    assert!(said.starts_with("b.toml:1: "), "{said}");
}

#[test]
fn a_folder_that_is_a_file_or_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("planner-no-depot.toml");
    fs::write(&file, rule("planner-no-depot")).unwrap();
    let missing = folder.path().join("missing");
    for (named, wanted) in [
        (&file, "is a file, not a folder of rules; name the folder that it is in"),
        (&missing, "no such folder of rules"),
    ] {
        let (said, code) = report(named);
        assert_eq!((said, code), (vec![format!("provlens: {}: {wanted}", named.display())], 3));
        for command in ["test", "lint"] {
            assert_eq!(run(&["rules", command, "--rules", path(named)]).2, 1);
        }
    }
}

#[test]
fn more_files_than_anybody_has_rules() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..5_001 {
        fs::write(folder.path().join(format!("n{number:04}.toml")), "[package]\nname = \"no rule\"\n").unwrap();
    }
    let (said, code) = report(folder.path());
    assert_eq!(code, 3);
    // A few of them are told one by one.
    assert_eq!(said.len(), 11, "{said:?}");
    assert!(
        said[0].ends_with("more than 5000 rule files; is this really a folder of rules? The rest is left out"),
        "{said:?}"
    );
    assert_eq!(said[10], "provlens: 4991 more errors in rule files; `provlens rules test` lists all");
}

#[test]
fn five_thousand_rules_are_all_used() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..5_000 {
        let id = format!("planner-{number:04}");
        fs::write(folder.path().join(format!("{id}.toml")), rule(&id)).unwrap();
    }
    let (said, code) = report(folder.path());
    assert_eq!((said, code), (Vec::new(), 0));
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_a_circle() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let sub = folder.path().join("sub");
    fs::create_dir(&sub).unwrap();
    fs::write(sub.join("planner-no-depot.toml"), rule("planner-no-depot")).unwrap();
    symlink(folder.path(), sub.join("back")).unwrap();
    assert_eq!(report(folder.path()), (Vec::new(), 0));
    assert_eq!(run(&["rules", "show", "planner-no-depot", "--rules", path(folder.path())]).2, 0);
    symlink("self.toml", sub.join("self.toml")).unwrap();
    let (said, code) = report(folder.path());
    assert_eq!((said.len(), code), (1, 0), "{said:?}");
    assert!(said[0].contains("sub/self.toml: the rule file cannot be read: "), "{said:?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_with_the_name_of_a_rule_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("b.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (said, code) = report(folder.path());
    assert_eq!((said, code), (vec![format!("provlens: {}: is no ordinary file", pipe.display())], 0));
}

/// The folder of the user's configuration is used by default, and can be named otherwise or left out.
#[test]
fn rules_of_the_user_are_found() {
    let home = tempfile::tempdir().unwrap();
    let known = |change: &dyn Fn(&mut assert_cmd::Command)| {
        let mut command = provlens(&["rules", "show", "planner-no-depot"]);
        change(&mut command);
        output(&mut command).2 == 0
    };
    let put = |folder: &Path| {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("planner-no-depot.toml"), rule("planner-no-depot")).unwrap();
    };
    let config = home.path().join("config");
    put(&config.join("provlens/rules"));
    assert!(!known(&|_| {}));
    assert!(known(&|command| {
        command.env("XDG_CONFIG_HOME", &config);
    }));
    assert!(!known(&|command| {
        command.env("XDG_CONFIG_HOME", &config).arg("--no-user-rules");
    }));
    assert!(!known(&|command| {
        command.env("XDG_CONFIG_HOME", &config).env("PROVLENS_RULES", "");
    }));
    assert!(known(&|command| {
        command.env("PROVLENS_RULES", config.join("provlens/rules"));
    }));
    if cfg!(all(unix, not(target_os = "macos"))) {
        put(&home.path().join(".config/provlens/rules"));
        assert!(known(&|command| {
            command.env("HOME", home.path());
        }));
        // A relative path would be another folder at each place.
        assert!(known(&|command| {
            command.env("HOME", home.path()).env("XDG_CONFIG_HOME", "somewhere");
        }));
    }
    let mut missing = provlens(&["rules", "list"]);
    let (_, said, code) = output(missing.env("PROVLENS_RULES", home.path().join("missing")));
    assert!(said.contains("no such folder of rules"), "{said}");
    assert_eq!(code, 3);
}
