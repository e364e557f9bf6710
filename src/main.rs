//! Arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser as _;
use provlens::{cli::Cli, commands};

fn main() -> ExitCode {
    commands::run(Cli::parse()).into()
}
