//! Embeds every rule file, so that adding one touches nothing else: as it is, for whoever proves or
//! reads it, and without its examples as JSON, which is read fifty times faster. What is needed at every start stands
//! apart from what is told of an issue, which is two thirds of all and needed of a few rules only.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What is told of an issue: the keys of `Advice`.
const ADVICE: [&str; 7] = ["cause", "fix", "verify", "cannot_tell", "sources", "escalate", "look_alikes"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let rules = root.join("rules");
    let mut files = Vec::new();
    collect(&rules, &mut files)?;
    // In the order of their ids, which are their names.
    files.sort_by(|a, b| a.file_stem().cmp(&b.file_stem()));
    for pair in files.windows(2) {
        if let [a, b] = pair
            && a.file_stem() == b.file_stem()
        {
            println!("cargo::error={} and {} have one id", a.display(), b.display());
        }
    }
    let mut code = String::from("static FILES: &[BuiltIn] = &[\n");
    for path in files {
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let (rule, advice) = match toml::from_str::<toml::Table>(&fs::read_to_string(&path)?) {
            Ok(rule) => split(rule)?,
            Err(error) => {
                println!("cargo::error={name}: {}", error.to_string().replace('\n', " "));
                continue;
            }
        };
        let path = path.to_string_lossy();
        let _ = writeln!(
            code,
            "    BuiltIn {{ name: {name:?}, text: include_str!({path:?}), rule: {rule:?}, advice: {advice:?} }},"
        );
    }
    code.push_str("];\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("rules.rs"), code)
}

/// What is needed of a rule at every start, with the names of the rules it looks like, and what is told of the issue,
/// both as JSON.
fn split(mut rule: toml::Table) -> io::Result<(String, String)> {
    rule.remove("example");
    rule.remove("counterexample");
    let advice: toml::Table = ADVICE.iter().filter_map(|key| rule.remove_entry(*key)).collect();
    if let Some(toml::Value::Array(others)) = advice.get("look_alikes") {
        let mut others = others.clone();
        others.iter_mut().filter_map(toml::Value::as_table_mut).for_each(|other| other.retain(|key, _| key == "rule"));
        rule.insert("look_alikes".to_owned(), others.into());
    }
    let json = |part: &toml::Table| serde_json::to_string(part).map_err(io::Error::other);
    Ok((json(&rule)?, json(&advice)?))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
