//! Arguments of `bundle`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Common, Format, Size};

/// Arguments of `bundle`.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BundleArgs {
    /// What else can be done with bundles.
    #[command(subcommand)]
    pub command: Option<BundleCommand>,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub make: MakeArgs,
}

/// What else can be done with bundles.
#[derive(Clone, Debug, Subcommand)]
pub enum BundleCommand {
    /// Prove that a bundle is what was packed (exit code 1 if it is not)
    Verify(VerifyArgs),
    /// Say who a pseudonym of a bundle stands for
    Reveal(RevealArgs),
}

/// Who receives a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum For {
    /// Support of Okta, Microsoft or whoever it is: their ids, no names and mails.
    #[default]
    IdpSupport,
    /// The application's vendor: its side of the calls, nothing of other applications.
    AppVendor,
    /// Colleagues: everything but secrets.
    Internal,
}

/// Arguments of making a bundle.
#[derive(Args, Clone, Debug)]
pub struct MakeArgs {
    /// Files or folders; standard input can be read only once, so it gives no original records
    pub paths: Vec<PathBuf>,
    /// Write to this file; by default to one in this folder that is named after the issue and the time
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Who receives it: decides what is inside and what is hidden
    #[arg(long = "for", value_enum, default_value_t)]
    pub recipient: For,
    /// Show exactly what would be inside and what was replaced, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the text of one file of the bundle, such as README.md, and write nothing
    #[arg(long, value_name = "NAME", conflicts_with = "dry_run")]
    pub show: Option<String>,
    /// Something that was tried already; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub tried: Vec<String>,
    /// A remark for whoever reads it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// The recipient's number of the case
    #[arg(long, value_name = "NUMBER")]
    pub reference: Option<String>,
    /// Leave this login in clear, so that they can look the account up; may be given several times
    #[arg(long, value_name = "LOGIN")]
    pub reveal_subject: Vec<String>,
    /// Leave the names of groups in clear
    #[arg(long)]
    pub keep_groups: bool,
    /// Use the pseudonyms of an earlier bundle: its .map.json, or a file with a key of 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Add a trace of a browser (.har); it is cleaned of cookies, tokens and bodies; may be given several times
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Add a picture as it is: nobody can check it, so look at it first; may be given several times
    #[arg(long, value_name = "FILE")]
    pub attach_unchecked: Vec<PathBuf>,
    /// Most failures that are told one by one
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub max_events: usize,
    /// Largest archive, such as 2MB [default: what the recipient takes: 2MB for Okta, else 25MB]
    #[arg(long, value_name = "SIZE")]
    pub max_size: Option<Size>,
    /// Write over a bundle that is there already
    #[arg(long)]
    pub force: bool,
    #[allow(missing_docs)]
    #[command(flatten)]
    pub common: Common,
}

/// Arguments of `bundle verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// The bundle
    pub bundle: PathBuf,
    /// The exports that it may have been made from; may be given several times
    #[arg(long, value_name = "FILE")]
    pub inputs: Vec<PathBuf>,
    /// Its .map.json: nothing of it may be inside
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `bundle reveal`.
#[derive(Args, Clone, Debug)]
pub struct RevealArgs {
    /// The .map.json that was written beside the bundle
    pub map: PathBuf,
    /// The pseudonym, or a part of it
    pub pseudonym: String,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
