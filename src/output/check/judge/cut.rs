//! Logs of which only the beginning is there, or nothing. Nobody knows what the rest of them would have
//! said, and a cut counts as one record, however much is behind it.

use super::{Asked, Judge, listed};
use crate::analysis::{Analysis, InputAccount};
use crate::error::ProblemKind;

/// Records in a hundred that may be unreadable if nobody says otherwise.
const USUAL: f64 = 1.0;

/// Why such logs are not judged, unless somebody accepts more than usual.
pub(super) fn refused(analysis: &Analysis, asked: &Asked) -> Option<String> {
    if asked.max_unreadable > USUAL {
        return None;
    }
    let cut = cut(analysis).map(|cut| {
        format!(
            "{cut}, so findings may be missing; download or export it again, or, if something still writes to it, \
             check it later; `provlens inputs` says where it ends, --max-unreadable above {USUAL} accepts it"
        )
    });
    let too_large = || {
        let too_large = too_large(analysis)?;
        Some(format!(
            "{too_large}, so findings may be missing; `provlens inputs` says why, --max-unreadable above {USUAL} accepts it"
        ))
    };
    cut.or_else(too_large)
}

impl Judge<'_> {
    /// What is accepted is still told, and so is what lies in a folder and could not be opened: it may be a log.
    pub(super) fn remark_on_cuts(&self, remarks: &mut Vec<String>) {
        if self.asked.max_unreadable > USUAL {
            let accepted = [cut(self.analysis), too_large(self.analysis)];
            let told = |what| format!("{what}, so findings may be missing; --max-unreadable accepts that");
            remarks.extend(accepted.into_iter().flatten().map(told));
        }
        if !self.asked.unread.is_empty() {
            let unread = listed(&self.asked.unread.iter().map(String::as_str).collect::<Vec<_>>());
            remarks.push(format!(
                "{unread} could not be read, so findings may be missing; `provlens inputs` says why, --strict makes it \
                 an error"
            ));
        }
    }
}

/// Other files in a folder, such as a page that was half saved, are no logs.
fn logs_with(analysis: &Analysis, kind: ProblemKind) -> impl Iterator<Item = &str> {
    let is_log = |input: &&InputAccount| input.named || input.dialect().is_some();
    let logs = analysis.inputs.iter().filter(is_log);
    logs.filter(move |input| input.problem_counts.contains_key(&kind)).map(|input| input.name.as_str())
}

/// `a.json and b.json are cut off or damaged`
fn cut(analysis: &Analysis) -> Option<String> {
    let names: Vec<&str> = logs_with(analysis, ProblemKind::Truncated).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    (!names.is_empty()).then(|| format!("{} {verb} cut off or damaged", listed(&names)))
}

/// `a.json.gz could not be read to the end`
fn too_large(analysis: &Analysis) -> Option<String> {
    let names: Vec<&str> = logs_with(analysis, ProblemKind::TooLarge).collect();
    (!names.is_empty()).then(|| format!("{} could not be read to the end", listed(&names)))
}
