//! What a bundle is about, for whom it is, and what the sender adds to it.

use jiff::tz::TimeZone;

use super::attach::Attachment;
use super::redact::{Recipient, Settings};
use crate::analysis::Analysis;
use crate::event::store::Store;
use crate::rules::Library;
use crate::text::time::Micros;

/// Everything that a bundle is made from.
pub struct Case<'c> {
    /// What is said of everything that was read.
    pub analysis: &'c Analysis,
    /// All events that were read.
    pub store: &'c Store,
    /// The known issues.
    pub library: &'c Library,
    /// The problem.
    pub about: About,
    /// Rows of the store that whoever asks wants to tell of; the problem is looked for among them.
    pub rows: Vec<u32>,
    /// The times that were asked for.
    pub asked: (Option<Micros>, Option<Micros>),
    /// The exports that were read.
    pub inputs: Vec<Input>,
    /// What the sender adds.
    pub sender: Sender,
    /// Who receives it, and how what they must not see is hidden.
    pub settings: Settings,
    /// When it is made.
    pub created: Micros,
    /// Most events of the problem that are told one by one.
    pub most_events: usize,
    /// Most bytes of the archive.
    pub most_bytes: u64,
    /// The zone of a second column of times.
    pub zone: Option<TimeZone>,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The known issue at this position in the library.
    Rule(usize),
    /// Failures of this shape, which no rule explains.
    Unknown(String),
    /// Whatever failed.
    Failures,
}

/// An export, by which the sender can show later which one was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// Its name, as it was read.
    pub name: String,
    /// Its SHA-256 in hexadecimal digits; none where it can be read only once.
    pub sha256: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its records.
    pub records: u64,
    /// Those that could not be read.
    pub unreadable: u64,
}

/// What the sender adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// The recipient's number of the case.
    pub reference: Option<String>,
    /// What was done about it.
    pub tried: Vec<String>,
    /// Anything else.
    pub note: Option<String>,
    /// Files to go along.
    pub attachments: Vec<Attachment>,
}

impl Recipient {
    /// Who that is, at the provider and application of a problem.
    pub fn who(self, provider: &str) -> String {
        match self {
            Recipient::IdpSupport => match provider {
                "okta" => "Okta support".to_owned(),
                "entra" => "Microsoft support".to_owned(),
                _ => "the identity provider's support".to_owned(),
            },
            Recipient::AppVendor => "the application's vendor".to_owned(),
            Recipient::Internal => "colleagues".to_owned(),
        }
    }

    /// Bytes that they take, unless somebody says otherwise: Okta takes attachments of 2 MB.
    pub fn takes(self, provider: &str) -> u64 {
        match (self, provider) {
            (Recipient::IdpSupport, "okta") => 2_000_000,
            _ => 25_000_000,
        }
    }
}
