//! What happened to somebody, which is kept of one person at a time.

use super::Reader;
use crate::analysis::Analysis;
use crate::pipeline::{self, Options, Progress};

/// An analysis that keeps what happened to somebody.
pub(super) fn story(reader: &Reader, who: &str, progress: &Progress) -> Analysis {
    let mut options = Options { person: Some(who.to_owned()), follow: false, ..reader.options.clone() };
    let (analysis, _) = pipeline::run_watched(reader.gathered.clone(), &reader.library, &options, progress);
    // What came before it was known who is who is found by reading once more.
    let ([known], true, None) = (&*analysis.asked, analysis.story_is_incomplete, &analysis.covered) else {
        return analysis;
    };
    options.known = Some(known.clone());
    pipeline::run_watched(reader.gathered.clone(), &reader.library, &options, progress).0
}
