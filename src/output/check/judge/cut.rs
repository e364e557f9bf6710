//! Logs of which only the beginning is there. Nobody knows what the rest of them would have said, and a
//! cut counts as one record, however much is behind it.

use super::{Asked, Judge, listed};
use crate::analysis::Analysis;
use crate::error::ProblemKind;

/// Records in a hundred that may be unreadable if nobody says otherwise.
const USUAL: f64 = 1.0;

/// Why such logs are not judged, unless somebody accepts more than usual.
pub(super) fn refused(analysis: &Analysis, asked: &Asked) -> Option<String> {
    let names = names(analysis);
    if names.is_empty() || asked.max_unreadable > USUAL {
        return None;
    }
    Some(format!(
        "{}, so findings may be missing; download or export it again, or, if something still writes to it, check it \
         later; `provlens inputs` says where it ends, --max-unreadable above {USUAL} accepts it",
        sentence(&names)
    ))
}

impl Judge<'_> {
    /// What is accepted is still told.
    pub(super) fn remark_on_cuts(&self, remarks: &mut Vec<String>) {
        let names = names(self.analysis);
        if !names.is_empty() && refused(self.analysis, self.asked).is_none() {
            remarks.push(format!("{}, so findings may be missing; --max-unreadable accepts that", sentence(&names)));
        }
    }
}

/// Other files in a folder, such as a page that was half saved, are no logs.
fn names(analysis: &Analysis) -> Vec<&str> {
    let logs = analysis.inputs.iter().filter(|input| input.named || input.dialect().is_some());
    let cut = logs.filter(|input| input.problem_counts.contains_key(&ProblemKind::Truncated));
    cut.map(|input| input.name.as_str()).collect()
}

fn sentence(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb} cut off or damaged", listed(names))
}
