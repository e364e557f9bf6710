//! What counts as a spike.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How easily something counts as a spike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Sensitivity {
    /// By chance once in a million.
    Low,
    /// Once in 100,000.
    #[default]
    Normal,
    /// Once in 10,000.
    High,
}

/// What counts as a spike.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "What counts as a spike")]
pub struct SpikeArgs {
    /// How easily something counts as a spike
    #[arg(long, value_enum, default_value_t)]
    pub sensitivity: Sensitivity,
    /// Fewest failures of a spike, at least 5
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub min_failures: u64,
    /// How many times as many as usual a spike has at least
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    pub min_ratio: f64,
    /// Length of the periods that are compared, such as 15m, 1h or 24h; by default it fits the log
    #[arg(long, value_name = "LENGTH")]
    pub bucket: Option<String>,
    /// Days that are like weekends: a file with a date such as 2026-12-25 on each line
    #[arg(long, value_name = "FILE")]
    pub holidays: Option<PathBuf>,
}

impl Default for SpikeArgs {
    fn default() -> SpikeArgs {
        SpikeArgs { sensitivity: Sensitivity::default(), min_failures: 5, min_ratio: 2.0, bucket: None, holidays: None }
    }
}
