//! How much of an input is taken.

use clap::Args;

use super::size::Size;

/// Longest records that may be asked for: places in them are counted in 32 bits.
const LONGEST: u64 = 1 << 30;
/// Shorter ones than these would leave nothing of most logs.
const SHORTEST: u64 = 4 << 10;

/// How much of an input is taken, where the usual is too little or too much.
#[derive(Args, Clone, Debug, Default)]
pub struct LimitArgs {
    /// Longest record that is read, such as 64MiB; a longer one is passed over and counted [default: 16MiB]
    #[arg(long, value_name = "SIZE", value_parser = record)]
    pub max_record: Option<Size>,
    /// Most bytes to which a compressed input may unpack, such as 200GB; the rest is not read [default: 64GiB, and 200
    /// bytes for each compressed one]
    #[arg(long, value_name = "SIZE")]
    pub max_input: Option<Size>,
}

fn record(text: &str) -> Result<Size, String> {
    let size: Size = text.parse()?;
    match size.0 {
        SHORTEST..=LONGEST => Ok(size),
        _ => Err(format!("`{text}`: from 4KiB to 1GiB are possible")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_no_length_and_of_any_length_are_refused() {
        for (text, is_possible) in
            [("4095", false), ("4KiB", true), ("1GiB", true), ("1073741825", false), ("x", false)]
        {
            assert_eq!(record(text).is_ok(), is_possible, "{text}");
        }
    }
}
