//! The portal's CSV download of Entra's provisioning log is three files: the log, its steps and the
//! modified properties, joined by the change id. The two side files are read first and their rows
//! put into the rows of the log.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value};

use crate::analysis::Builder;
use crate::error::{InputError, Problem, ProblemKind};
use crate::frame::{Batch, Framer};
use crate::source::{self, Source};

/// Reads all side files; their rows count as other records. Also gives what could not be read.
pub(super) fn read_sides(sources: &[Source], builder: &mut Builder) -> (Joined, Vec<InputError>) {
    let (mut joined, mut errors) = (Joined::default(), Vec::new());
    for source in sources {
        let Some(part) = side(source) else { continue };
        let input = builder.input(&source.name, source.named);
        match source::open(source) {
            Ok(opened) => {
                joined.read(Framer::new(opened), part, input, builder);
                if let Some(account) = builder.account(input) {
                    account.complete = true;
                }
            }
            Err(error) => {
                if let Some(account) = builder.account(input) {
                    account.error = Some(error.to_string());
                }
                errors.push(error);
            }
        }
    }
    (joined, errors)
}

/// The two files beside the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Steps,
    Properties,
}

impl Side {
    /// The field in which Graph has the same.
    fn field(self) -> &'static str {
        match self {
            Side::Steps => "provisioningSteps",
            Side::Properties => "modifiedProperties",
        }
    }
}

/// Which side file a source is, by the name Microsoft gives it, packed or not. Only the file's own name counts:
/// people call folders and archives after what they found in them.
pub(super) fn side(source: &Source) -> Option<Side> {
    let name = source.name.to_lowercase();
    let name = name.rsplit(['/', '\\', '!']).next().unwrap_or_default();
    let name = [".gz", ".zst"].into_iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(name);
    let is_table = name.ends_with(".csv") || name.ends_with(".tsv");
    match () {
        () if !is_table => None,
        () if name.contains("provisioningsteps") => Some(Side::Steps),
        () if name.contains("modifiedproperties") => Some(Side::Properties),
        () => None,
    }
}

/// Rows of each side file that are kept of one change; a change has some dozen.
const MOST_ROWS: usize = 1_000;

/// What became of a row of a side file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Kept,
    Nameless,
    /// Its change has as many as are kept.
    Beyond,
}

/// Rows of the side files by change id.
#[derive(Default)]
pub(super) struct Joined {
    rows: HashMap<String, Sides>,
}

/// The rows of one change.
#[derive(Default)]
struct Sides {
    fields: Map<String, Value>,
    /// How many came from which input.
    from: Vec<(usize, u64)>,
    /// The log has a row of this change.
    is_met: AtomicBool,
}

impl Joined {
    /// Reads one side file.
    fn read(&mut self, mut framer: Framer, part: Side, input: usize, builder: &mut Builder) {
        let (mut rows, mut nameless, mut beyond) = (0, 0, 0);
        while let Some(batch) = framer.next_batch() {
            for frame in &batch.frames {
                let bytes = batch.record(frame);
                rows += 1;
                let taken = self.take(bytes, part, input);
                nameless += u64::from(taken == Taken::Nameless);
                beyond += u64::from(taken == Taken::Beyond);
            }
            batch.problems.into_iter().for_each(|problem| builder.problem(input, problem));
        }
        if let Some(account) = builder.account(input) {
            (account.framing, account.bytes) = (framer.name(), framer.offset());
        }
        if rows > 0 {
            let what = "rows that belong to the provisioning log, joined to it by the change id";
            builder.other(input, "entra-csv-side", Some(what), rows);
        }
        if nameless > 0 {
            let what = "without a change id, by which rows are joined to the log";
            builder.problem(input, remark(ProblemKind::MissingField, nameless, what));
        }
        if beyond > 0 {
            let what = format!("beyond the first {MOST_ROWS} of one change and left out");
            builder.problem(input, remark(ProblemKind::Limit, beyond, &what));
        }
    }

    /// Keeps a row under its change id.
    fn take(&mut self, bytes: &[u8], part: Side, input: usize) -> Taken {
        let Ok(Value::Object(row)) = serde_json::from_slice(bytes) else { return Taken::Nameless };
        let Some(change) = change_id(&row) else { return Taken::Nameless };
        let sides = self.rows.entry(change).or_default();
        let list = sides.fields.entry(part.field()).or_insert_with(|| Value::Array(Vec::new()));
        let Some(list) = list.as_array_mut().filter(|list| list.len() < MOST_ROWS) else { return Taken::Beyond };
        list.push(Value::Object(row.into_iter().map(|(name, value)| (graph_name(&name), value)).collect()));
        match sides.from.iter_mut().find(|(from, _)| *from == input) {
            Some((_, count)) => *count += 1,
            None => sides.from.push((input, 1)),
        }
        Taken::Kept
    }

    /// Says which rows belong to no row of the log, once that was read.
    pub(super) fn tell_orphans(&self, builder: &mut Builder) {
        let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
        for sides in self.rows.values().filter(|sides| !sides.is_met.load(Ordering::Relaxed)) {
            sides.from.iter().for_each(|(input, count)| *counts.entry(*input).or_default() += count);
        }
        for (input, count) in counts {
            let what = "of a change that the log does not have; is the log missing, or from another download?";
            builder.problem(input, remark(ProblemKind::MissingField, count, what));
        }
    }

    /// The rows of the log with their side rows; `None` if there are none.
    pub(super) fn complete(&self, batch: &Batch) -> Option<Batch> {
        if self.rows.is_empty() {
            return None;
        }
        let mut out = Batch { problems: batch.problems.clone(), ..Batch::default() };
        let (mut met, mut again) = (HashSet::new(), None);
        for frame in &batch.frames {
            let bytes = batch.record(frame);
            let start = out.bytes.len();
            match self.sides_of(bytes) {
                Some((change, mut row, sides)) if met.insert(change) => {
                    row.extend(sides.fields.clone());
                    out.bytes.extend_from_slice(Value::Object(row).to_string().as_bytes());
                }
                sides => {
                    if sides.is_some() {
                        again.get_or_insert((frame.line, frame.offset, 0)).2 += 1;
                    }
                    out.bytes.extend_from_slice(bytes);
                }
            }
            out.frames.push(crate::frame::Frame { start, len: out.bytes.len() - start, ..*frame });
        }
        // The log has one row of a change. With some thousand of them, the rows of its steps would fill the memory.
        if let Some((line, offset, count)) = again {
            let what = "of a change that a row above is of; only the first one is joined to its steps and properties";
            out.problems.push(Problem { line, offset, ..remark(ProblemKind::Limit, count, what) });
        }
        Some(out)
    }

    /// The change that a row of the log is about, and the side rows of it.
    fn sides_of(&self, bytes: &[u8]) -> Option<(&str, Map<String, Value>, &Sides)> {
        let Ok(Value::Object(row)) = serde_json::from_slice(bytes) else { return None };
        let (change, sides) = self.rows.get_key_value(&change_id(&row)?)?;
        sides.is_met.store(true, Ordering::Relaxed);
        Some((change, row, sides))
    }
}

/// What is to be said of some rows, at the start of their input.
fn remark(kind: ProblemKind, count: u64, what: &str) -> Problem {
    let rows = if count == 1 { "1 row is".to_owned() } else { format!("{count} rows are") };
    Problem { line: 1, offset: 0, kind, detail: format!("{rows} {what}"), lost: false }
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

fn change_id(row: &Map<String, Value>) -> Option<String> {
    row.iter().find(|(name, _)| letters(name) == "changeid").and_then(|(_, value)| value.as_str()).map(str::to_owned)
}

/// The name that Graph gives the same field.
fn graph_name(column: &str) -> String {
    match letters(column).as_str() {
        "stepname" | "name" => "name".to_owned(),
        "steptype" | "type" | "provisioningsteptype" => "provisioningStepType".to_owned(),
        "stepstatus" | "status" => "status".to_owned(),
        "stepdescription" | "description" => "description".to_owned(),
        "propertyname" | "displayname" | "property" | "attribute" => "displayName".to_owned(),
        "oldvalue" => "oldValue".to_owned(),
        "newvalue" => "newValue".to_owned(),
        _ => column.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_file_is_known_by_its_own_name_and_by_no_folders() {
        let side = |name: &str| side(&Source::built_in(name, b""));
        assert_eq!(side("logs/ProvisioningSteps_2026.csv"), Some(Side::Steps));
        assert_eq!(side("d.zip!in/ModifiedProperties.tsv"), Some(Side::Properties));
        assert_eq!(side(r"C:\d\ProvisioningSteps.csv.gz"), Some(Side::Steps));
        for log in ["ProvisioningSteps-backup/log.csv", "ModifiedProperties.zip!log.csv", "provisioningsteps.json"] {
            assert_eq!(side(log), None, "{log}");
        }
    }
}
