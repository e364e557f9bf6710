//! Work that takes longer than a key may: reading, filtering, a person's story, a record's bytes. It
//! happens in other threads, and its result comes back as [`News`].
//!
//! Of each kind the newest request wins: an older one is stopped, and what it still says is not heard.

pub mod around;
pub mod blame;
pub mod bundle;
mod desk;
pub mod export;
pub mod format;
mod narrow;
pub mod order;
mod reader;
mod reading;
pub mod sheet;
mod story;
pub mod survey;

#[cfg(test)]
pub(super) mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use around::Around;
use blame::Blame;
use export::Export;
use order::{Order, Sorting};
use sheet::Sheet;
use survey::{Facet, Survey};

use super::data::{Events, Live, Reading, Shown, SomePeople};
use super::draft::RuleFile;
use super::group::{Group, Question, Varied};
use super::record::{Place, Record};
use super::testing::Tested;
use crate::analysis::Analysis;
use crate::output::bundle::Files;
use crate::rules::{Complaint, Library};

pub use desk::Desk;
pub use narrow::{Narrow, Wanted, search};
pub use reader::{MEMORY, Reader};

/// Rows after which a search looks whether it is still wanted.
const STRIDE: usize = 4_096;

/// Something to be done.
#[derive(Debug)]
pub enum Job {
    /// Read everything, from the start.
    Read,
    /// End reading, and keep what is there.
    StopReading,
    /// Find what passes a filter: the rows, then what is said of them.
    Narrow(Narrow),
    /// Count what would pass, while a filter is typed.
    Count(Narrow),
    /// Find the story of somebody.
    Story(String),
    /// Read a record again.
    Record(Place),
    /// Count the values of what is listed.
    Survey(Survey),
    /// Put what is listed into another order.
    Sort(Sorting),
    /// Find what happened to the same person before and after an event.
    Around(Arc<Events>, u32),
    /// Find out why nothing matches.
    Blame(Narrow),
    /// Save the events that are listed.
    Export(Export),
    /// Save another list.
    Save(Sheet),
    /// Find out what varies within a group that no rule explains.
    Vary(Question),
    /// Start a rule from the records at these places, which have this shape.
    Draft(Vec<(String, u64)>, String),
    /// Run the examples of the rule with this id.
    TestRule(String),
    /// Copy the file of the rule with this id to the user's own rules.
    CopyRule(String),
    /// Take another file or folder to the inputs.
    Add(Vec<PathBuf>),
    /// Take the samples as inputs.
    Sample,
    /// Make a bundle, to be looked at.
    Bundle(Arc<bundle::Asked>),
    /// Write it.
    Pack(bundle::Packing),
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum News {
    /// How far reading is.
    Reading(Reading),
    /// All that the files had was read, and they are followed: what came in the last minute.
    Live(Live),
    /// What is known so far.
    SoFar(Arc<Analysis>),
    /// Events so far.
    EventsSoFar(Arc<Events>),
    /// Everything was read.
    Read(Arc<Analysis>, Arc<Events>),
    /// There are other rules from now on. What was found with those before is not told any more.
    Rules(Arc<Library>, Arc<Vec<Complaint>>),
    /// The rows that pass a filter.
    Narrowed(String, Arc<Shown>),
    /// What is said of the rows that pass a filter.
    Analysed(String, Arc<Analysis>),
    /// It is not known what to say of the rows that pass a filter, and why.
    NotAnalysed(String, &'static str),
    /// Who of the lists of people passes a filter that asks for what is known of people only.
    SomePeople(String, SomePeople),
    /// How many rows would pass.
    Counted(String, u64),
    /// An analysis with somebody's story.
    Story(String, Arc<Analysis>),
    /// Nobody's story can be found, and why.
    NoStory(String, &'static str),
    /// A record, or why it cannot be read.
    Record(Place, Result<Arc<Record>, String>),
    /// What varies within a group.
    Varied(Group, Arc<Varied>),
    /// The start of a rule.
    Drafted(RuleFile),
    /// How the examples of a rule went.
    Tested(Arc<Tested>),
    /// There are more inputs, which are these now.
    Added(Vec<PathBuf>),
    /// Named inputs that cannot be used, and why.
    Unusable(Arc<Vec<String>>),
    /// Something that somebody should know.
    Said(String),
    /// The values of what is listed.
    Surveyed(Arc<Shown>, Arc<Vec<Facet>>),
    /// What is listed, in an order.
    Sorted(Arc<Shown>, Order, Arc<Shown>),
    /// What is around an event.
    Around(u32, Around),
    /// Why nothing passes a filter.
    Blamed(String, Arc<Blame>),
    /// A bundle, or why there is none; `None` if another one was asked for meanwhile.
    Bundled(Arc<bundle::Asked>, Option<Arc<bundle::Answer>>),
    /// What came of writing a bundle: the files, or why there are none.
    Packed(Arc<bundle::Answer>, Result<Files, String>),
}
