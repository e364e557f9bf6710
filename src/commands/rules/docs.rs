//! `provlens rules docs`: a Markdown page for each rule, and an index.

use std::fs;
use std::io;
use std::path::Path;

use crate::cli::RulesDocsArgs;
use crate::commands::{end, fail, library, print};
use crate::exit::ExitStatus;
use crate::output::page::counted;
use crate::output::rules::markdown;
use crate::rules::Library;

/// The page that lists all others. Index is no id of a rule as long as nobody names one so.
const INDEX: &str = "index.md";

pub(super) fn run(args: &RulesDocsArgs) -> ExitStatus {
    let (library, status) = library::load(&args.library, false, false);
    match write(&library, &args.folder) {
        Ok(pages) => {
            let pages = counted(pages, "page", "pages");
            let said = format!("{pages} and {INDEX} written to {}\n", args.folder.display());
            end(print(&said), status)
        }
        Err((path, error)) => fail(ExitStatus::Input, &format!("{path}: cannot be written: {error}")),
    }
}

fn write(library: &Library, folder: &Path) -> Result<u64, (String, io::Error)> {
    fs::create_dir_all(folder).map_err(|error| (folder.display().to_string(), error))?;
    let put = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| (path.display().to_string(), error))
    };
    let mut pages = 0;
    for rule in library.rules() {
        put(&format!("{}.md", rule.id), markdown::page(rule, library))?;
        pages += 1;
    }
    put(INDEX, markdown::index(library))?;
    Ok(pages)
}
