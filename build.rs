//! Embeds every rule file, so that adding one touches nothing else: as it is, for whoever proves or
//! reads it, and without its examples as JSON, which is read fifty times faster at every start.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let rules = root.join("rules");
    let mut files = Vec::new();
    collect(&rules, &mut files)?;
    files.sort();
    let mut code = String::from("static FILES: &[BuiltIn] = &[\n");
    for path in files {
        let name = path.strip_prefix(&rules).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let json = match toml::from_str::<toml::Table>(&fs::read_to_string(&path)?) {
            Ok(mut rule) => {
                rule.remove("example");
                rule.remove("counterexample");
                serde_json::to_string(&rule).map_err(io::Error::other)?
            }
            Err(error) => {
                println!("cargo::error=rules/{name}: {}", error.to_string().replace('\n', " "));
                continue;
            }
        };
        let path = path.to_string_lossy();
        let _ = writeln!(code, "    BuiltIn {{ name: {name:?}, text: include_str!({path:?}), json: {json:?} }},");
    }
    code.push_str("];\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("rules.rs"), code)
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
