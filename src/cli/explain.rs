//! What `provlens explain` can be told.

use std::path::PathBuf;

use clap::Args;

use super::{Common, Format};

/// Arguments of `explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// Id of a rule (`provlens rules list` shows them), or an error message, a code or a whole record in quotes; - reads
    /// that from standard input
    #[arg(value_name = "RULE|MESSAGE")]
    pub rule: String,
    /// Logs to take evidence from, for a rule
    pub paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}
