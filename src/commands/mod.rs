//! One file per sub-command: take the arguments, wire the stages, choose the output.

mod bundle;
mod check;
mod clock;
mod count;
mod crash;
mod demo;
mod events;
mod explain;
mod follow;
mod harmless;
mod inputs;
mod library;
mod looks;
mod memory;
mod out;
mod person;
mod plain;
mod quoted;
mod report;
mod rules;
mod setup;
mod spikes;
mod tables;
mod tui;
mod views;
mod wanted;
mod watch;

use std::io::{self, IsTerminal as _, Write as _};

use clap::CommandFactory as _;

use crate::cli::{Cli, Command, PageArgs};
use crate::exit::ExitStatus;
use harmless::Harmless;

/// Runs what the command line asks for.
pub fn run(cli: Cli) -> ExitStatus {
    crash::guarded(|| command(cli))
}

fn command(cli: Cli) -> ExitStatus {
    match cli.command {
        None if is_for_the_screen(&cli.report.page) => {
            tui::run(&cli.report.paths, &cli.report.common, cli.screen, cli.report.follow)
        }
        None => report::run(&cli.report),
        Some(Command::Report(args)) => report::run(&args),
        Some(Command::Tui(args)) => tui::run(&args.paths, &args.common, args.screen, args.follow),
        Some(Command::Demo(args)) => demo::run(&args),
        Some(Command::Inputs(args)) => inputs::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Bundle(args)) => bundle::run(&args),
        Some(Command::Person(args)) => person::run(&args),
        Some(Command::Events(args)) => events::run(&args),
        Some(Command::Count(args)) => count::run(&args),
        Some(Command::Rules(args)) => rules::run(&args.command),
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "provlens", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
        Some(Command::Man) => {
            let mut page = Vec::new();
            match clap_mangen::Man::new(Cli::command()).render(&mut page) {
                Ok(()) => print(&String::from_utf8_lossy(&page)),
                Err(error) => fail(ExitStatus::Input, &format!("cannot write the manual page: {error}")),
            }
        }
    }
}

/// Whether somebody sits in front of it who did not ask for a text.
fn is_for_the_screen(page: &PageArgs) -> bool {
    *page == PageArgs::default() && io::stdin().is_terminal() && io::stdout().is_terminal() && tui::can_show()
}

/// How a command ends that printed its answer: as printing went, or as the work before did.
fn end(printed: ExitStatus, work: ExitStatus) -> ExitStatus {
    if printed == ExitStatus::Ok { work } else { printed }
}

/// Writes the answer. A reader that went away (`| head`) is fine; a full disk is not.
fn print(text: &str) -> ExitStatus {
    let mut out = io::stdout().lock();
    out::ended(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

fn print_json(value: &impl serde::Serialize) -> ExitStatus {
    let mut out = Harmless::new(io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from);
    out::ended(written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()))
}

/// Says what went wrong on standard error; gives the status back.
fn fail(status: ExitStatus, what: &str) -> ExitStatus {
    warn(what);
    status
}

/// Says on standard error what one should know, and that is no failure.
fn warn(what: &str) {
    let _ = writeln!(io::stderr(), "provlens: {}", crate::output::page::shown(what));
}
