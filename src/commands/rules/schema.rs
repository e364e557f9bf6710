//! `provlens rules schema`

use crate::commands::print_json;
use crate::exit::ExitStatus;
use crate::rules::schema;

pub(super) fn run() -> ExitStatus {
    print_json(&schema())
}
