//! The portal's CSV download of Entra's provisioning log is three files: the log, its steps and the
//! modified properties, joined by the change id. The two side files are read first and their rows
//! put into the rows of the log.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::analysis::Builder;
use crate::error::{Problem, ProblemKind};
use crate::frame::{Batch, Framer};
use crate::source::{self, Source};

/// Reads all side files; their rows count as other records.
pub(super) fn read_sides(sources: &[Source], builder: &mut Builder) -> Joined {
    let mut joined = Joined::default();
    for source in sources {
        let Some(part) = side(source) else { continue };
        let input = builder.input(&source.name, source.named);
        let (rows, orphans) = joined.read(source, part);
        if rows > 0 {
            let what = "rows that belong to the provisioning log, joined to it by the change id";
            builder.other(input, "entra-csv-side", Some(what), rows);
        }
        if orphans > 0 {
            let detail = format!("{orphans} rows name no change id and could not be joined to the log");
            builder
                .problem(input, Problem { line: 1, offset: 0, kind: ProblemKind::MissingField, detail, lost: false });
        }
    }
    joined
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
    rows: HashMap<String, Map<String, Value>>,
}

impl Joined {
    /// Reads one side file; gives the number of its rows, and how many have no change id.
    pub(super) fn read(&mut self, source: &Source, part: &'static str) -> (u64, u64) {
        let Ok(opened) = source::open(source) else { return (0, 0) };
        let mut framer = Framer::new(opened);
        let (mut rows, mut orphans) = (0, 0);
        while let Some(batch) = framer.next_batch() {
            for frame in &batch.frames {
                let bytes = batch.bytes.get(frame.start..frame.start + frame.len).unwrap_or_default();
                rows += 1;
                let Ok(Value::Object(row)) = serde_json::from_slice(bytes) else { continue };
                let Some(change) = change_id(&row) else {
                    orphans += 1;
                    continue;
                };
                let list = self.rows.entry(change).or_default().entry(part).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(Value::Object(row.into_iter().map(|(name, value)| (graph_name(&name), value)).collect()));
                }
            }
        }
        (rows, orphans)
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
        row.extend(sides.clone());
        Some(Value::Object(row).to_string())
    }
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
