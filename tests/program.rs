//! The program itself, for the tests that run it.

use std::path::Path;

use assert_cmd::Command;

/// The program in a folder, as on a computer of somebody who has set nothing.
pub(crate) fn provlens(folder: impl AsRef<Path>) -> Command {
    let mut command = Command::cargo_bin("provlens").unwrap();
    command.current_dir(folder).env("HOME", "/nonexistent");
    for set in ["XDG_CONFIG_HOME", "PROVLENS_RULES", "GITHUB_STEP_SUMMARY", "SOURCE_DATE_EPOCH"] {
        command.env_remove(set);
    }
    command
}
