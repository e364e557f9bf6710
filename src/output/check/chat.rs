//! What a message to people says, whatever carries it.

use super::View;
use super::text::{headline_of, not_evaluated, title};
use crate::output::page::{counted, number, shown};
use crate::text::width::truncate;

/// Findings told before "and so many more".
const TOLD: usize = 10;
/// Columns of one paragraph.
const PARAGRAPH: usize = 700;

/// A message: the verdict, then a paragraph for each finding that fails.
pub(super) struct Message {
    pub(super) headline: String,
    pub(super) paragraphs: Vec<String>,
    /// How many more there are, and what else one should know.
    pub(super) rest: Vec<String>,
}

impl Message {
    pub(super) fn of(view: &View<'_>) -> Message {
        let headline = truncate(headline_of(view).trim_end(), PARAGRAPH);
        let tell = |(judged, hit): (&super::verdict::Judged, &super::verdict::Hit)| {
            let finding = view.checked.findings.get(hit.finding)?;
            let step = finding.step.as_ref().map(|step| format!(" Do: {step}")).unwrap_or_default();
            let text = format!(
                "{}: {}. {}.{step} ({}: {})",
                View::app(finding),
                title(finding),
                hit.what,
                judged.gate,
                hit.why()
            );
            Some(truncate(&shown(&text), PARAGRAPH))
        };
        let told: Vec<String> = view.checked.failing().filter_map(tell).collect();
        let more = told.len().saturating_sub(TOLD) as u64;
        let mut rest = Vec::new();
        if more > 0 {
            rest.push(format!("and {} more", number(more)));
        }
        let waived = view.checked.waived().count() as u64;
        if waived > 0 {
            rest.push(format!("{} waived", counted(waived, "finding", "findings")));
        }
        rest.extend(not_evaluated(view).take(TOLD).map(|gate| truncate(&gate, PARAGRAPH)));
        rest.extend(view.checked.remarks.iter().take(TOLD).map(|remark| truncate(&shown(remark), PARAGRAPH)));
        Message { headline, paragraphs: told.into_iter().take(TOLD).collect(), rest }
    }
}
