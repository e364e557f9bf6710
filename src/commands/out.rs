//! Where an answer goes that may be a file: there whole or not at all.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write};
use std::path::{Path, PathBuf};

use super::fail;
use super::setup::Ready;
use crate::exit::ExitStatus;
use crate::output::whole::{Old, Whole, WriteError};
use crate::source::Gathered;

/// Why raw cells do not go to a terminal.
pub(super) const RAW: &str = "--csv-raw writes texts as they are in the log, which may steer a terminal";

/// Standard output or a file.
pub(super) enum Out {
    Standard(BufWriter<Stdout>),
    File(Whole, PathBuf),
}

impl Out {
    /// Opens the file, if there is a path. Logs that are read are not written over.
    pub(super) fn open(path: Option<&Path>, gathered: &Gathered) -> Result<Out, ExitStatus> {
        let Some(path) = path else { return Ok(Out::Standard(BufWriter::new(io::stdout()))) };
        Whole::create(path, &gathered.files(), Old::IsReplaced).map(|whole| Out::File(whole, path.to_owned())).map_err(
            |error| {
                let status =
                    if matches!(error, WriteError::Refused(..)) { ExitStatus::Usage } else { ExitStatus::Input };
                fail(status, &error.to_string())
            },
        )
    }

    /// Puts a file into its place. One that would hold a part only is left unwritten.
    pub(super) fn finish(self, ready: &Ready) -> ExitStatus {
        let written = match self {
            Out::Standard(mut out) => out.flush(),
            Out::File(_, path) if ready.analysis.covered.is_some() => {
                let sentence =
                    format!("interrupted; {} is not written, since it would hold only a part", path.display());
                return fail(ExitStatus::Interrupted, &sentence);
            }
            Out::File(whole, _) => whole.finish().map_err(io::Error::other),
        };
        ready.end(ended(written))
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Standard(out) => out.write(bytes),
            Out::File(whole, _) => whole.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Standard(out) => out.flush(),
            Out::File(whole, _) => whole.flush(),
        }
    }
}

/// Refuses to write to a terminal what is not meant for one.
pub(super) fn refuse_terminal(output: Option<&Path>, what: &str) -> Result<(), ExitStatus> {
    if output.is_some() || !io::stdout().is_terminal() {
        return Ok(());
    }
    Err(fail(ExitStatus::Usage, &format!("{what}; give a file with -o, or send the output into another program")))
}

/// How writing ended. A reader that went away (`| head`) is fine; a full disk is not.
pub(super) fn ended(written: io::Result<()>) -> ExitStatus {
    match written {
        Ok(()) => ExitStatus::Ok,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Ok,
        Err(error) => fail(ExitStatus::Input, &format!("cannot write the output: {error}")),
    }
}
