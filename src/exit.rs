//! Exit numbers: part of the public contract.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Fine, however many failures were found.
    Ok,
    /// `check` found what it was told to fail on, or `rules test`, `rules lint` or `bundle verify` failed.
    Failed,
    /// Wrong usage.
    Usage,
    /// A named input could not be read or recognised, or part of any with `--strict`.
    Input,
    /// Interrupted; what was printed covers only a part. Wins over all but wrong usage.
    Interrupted,
}

impl ExitStatus {
    /// The number that the program ends with.
    pub fn number(self) -> u8 {
        match self {
            ExitStatus::Ok => 0,
            ExitStatus::Failed => 1,
            ExitStatus::Usage => 2,
            ExitStatus::Input => 3,
            // What a shell reports of a program that an interrupt ended.
            ExitStatus::Interrupted => 130,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(status.number())
    }
}
