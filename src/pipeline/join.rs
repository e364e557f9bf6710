//! The portal's CSV download of Entra's provisioning log is three files: the log, its steps and the
//! modified properties, joined by the change id. The two side files are read first and their rows
//! put into the rows of the log.

use std::collections::{BTreeMap, HashMap};
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
            Ok(opened) => joined.read(Framer::new(opened), part, input, builder),
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

/// Which side file a source is, by the name Microsoft gives it.
pub(super) fn side(source: &Source) -> Option<&'static str> {
    let name = source.name.to_lowercase();
    let csv = name.ends_with(".csv") || name.ends_with(".tsv");
    match () {
        () if csv && name.contains("provisioningsteps") => Some("provisioningSteps"),
        () if csv && name.contains("modifiedproperties") => Some("modifiedProperties"),
        () => None,
    }
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
    fn read(&mut self, mut framer: Framer, part: &'static str, input: usize, builder: &mut Builder) {
        let (mut rows, mut nameless) = (0, 0);
        while let Some(batch) = framer.next_batch() {
            for frame in &batch.frames {
                let bytes = batch.bytes.get(frame.start..frame.start + frame.len).unwrap_or_default();
                rows += 1;
                nameless += u64::from(self.take(bytes, part, input).is_none());
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
            orphans(builder, input, nameless, "without a change id, by which rows are joined to the log");
        }
    }

    /// Keeps a row under its change id; `None` if it has none.
    fn take(&mut self, bytes: &[u8], part: &'static str, input: usize) -> Option<()> {
        let Ok(Value::Object(row)) = serde_json::from_slice(bytes) else { return None };
        let sides = self.rows.entry(change_id(&row)?).or_default();
        match sides.from.iter_mut().find(|(from, _)| *from == input) {
            Some((_, count)) => *count += 1,
            None => sides.from.push((input, 1)),
        }
        let list = sides.fields.entry(part).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(Value::Object(row.into_iter().map(|(name, value)| (graph_name(&name), value)).collect()));
        }
        Some(())
    }

    /// Says which rows belong to no row of the log, once that was read.
    pub(super) fn tell_orphans(&self, builder: &mut Builder) {
        let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
        for sides in self.rows.values().filter(|sides| !sides.is_met.load(Ordering::Relaxed)) {
            sides.from.iter().for_each(|(input, count)| *counts.entry(*input).or_default() += count);
        }
        for (input, count) in counts {
            let what = "of a change that the log does not have; is the log missing, or from another download?";
            orphans(builder, input, count, what);
        }
    }

    /// The rows of the log with their side rows; `None` if there are none.
    pub(super) fn complete(&self, batch: &Batch) -> Option<Batch> {
        if self.rows.is_empty() {
            return None;
        }
        let mut out = Batch { problems: batch.problems.clone(), ..Batch::default() };
        for frame in &batch.frames {
            let bytes = batch.bytes.get(frame.start..frame.start + frame.len).unwrap_or_default();
            let start = out.bytes.len();
            match self.with_sides(bytes) {
                Some(text) => out.bytes.extend_from_slice(text.as_bytes()),
                None => out.bytes.extend_from_slice(bytes),
            }
            out.frames.push(crate::frame::Frame { start, len: out.bytes.len() - start, ..*frame });
        }
        Some(out)
    }

    fn with_sides(&self, bytes: &[u8]) -> Option<String> {
        let Ok(Value::Object(mut row)) = serde_json::from_slice(bytes) else { return None };
        let sides = self.rows.get(&change_id(&row)?)?;
        sides.is_met.store(true, Ordering::Relaxed);
        row.extend(sides.fields.clone());
        Some(Value::Object(row).to_string())
    }
}

fn orphans(builder: &mut Builder, input: usize, count: u64, what: &str) {
    let rows = if count == 1 { "1 row is".to_owned() } else { format!("{count} rows are") };
    let detail = format!("{rows} {what}");
    builder.problem(input, Problem { line: 1, offset: 0, kind: ProblemKind::MissingField, detail, lost: false });
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
