//! What is in a bundle, file by file.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Draft, Kept, Told};
use crate::event::Entry;
use crate::output::bundle::archive::File;
use crate::output::bundle::case::{About, Case, Input};
use crate::output::bundle::facts::{self, Facts};
use crate::output::bundle::manifest::{self, Listed, Manifest};
use crate::output::bundle::names::{base_name, slug};
use crate::output::bundle::redact::{Account, Class, Redactor};
use crate::output::bundle::table::Table;
use crate::output::bundle::{context, hidden, page};
use crate::output::rules::markdown;
use crate::text::{sanitize, time};

/// A file while its words may still change.
struct Text {
    path: String,
    /// What it holds, for the page that people read.
    what: &'static str,
    text: String,
}

impl Text {
    fn new(path: impl Into<String>, what: &'static str, text: String) -> Text {
        Text { path: path.into(), what, text }
    }

    /// Hides in it whatever was hidden anywhere.
    fn sweep(&mut self, redactor: &mut Redactor) {
        self.text = redactor.sweep(&self.text);
        // Text was made harmless before; in JSON that is another way to write the same.
        if [".json", ".ndjson", ".har"].iter().any(|ending| self.path.ends_with(ending)) {
            self.text = sanitize::json(&self.text).into_owned();
        }
    }
}

impl Draft<'_> {
    /// All files, those with the hashes of the others included.
    pub(super) fn files(&mut self, facts: &Facts, told: &[Told], kept: &[Kept], attached: &[File]) -> Vec<File> {
        let (pictures, traces): (Vec<&File>, Vec<&File>) =
            attached.iter().partition(|file| facts.is_unchecked(&file.path));
        let mut texts = self.events(told, kept);
        texts.extend(self.context(facts));
        texts.extend(self.originals(kept));
        texts.extend(self.known_issue());
        texts.extend(traces.into_iter().map(trace));
        texts.push(Text::new("summary.json", "the facts of this page for programs", json(facts)));
        // Also in texts of ours.
        texts.iter_mut().for_each(|text| text.sweep(&mut self.redactor));
        let account = self.redactor.account();
        let mut hidden =
            Text::new("redaction.json", "what was hidden, by kind and count; never the values", json(&account));
        // The names of fields that were left out are somebody's words as well.
        hidden.sweep(&mut self.redactor);
        texts.push(hidden);
        texts.sort_by(|a, b| a.path.cmp(&b.path));
        let readme = self.readme(facts, &account, &texts, &pictures);

        let mut files: Vec<File> = texts.into_iter().map(|text| File::text(&text.path, text.text)).collect();
        files.push(readme);
        files.extend(pictures.into_iter().cloned());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let manifest = self.manifest(facts, files.iter().map(Listed::of).collect());
        let own = manifest::file(&manifest);
        files.extend([manifest::sums_file(&manifest.files, &own), own]);
        files
    }

    /// What is told, one line an event.
    fn events(&self, told: &[Told], kept: &[Kept]) -> Vec<Text> {
        let mut timeline = Table::new(&columns(self.case));
        let mut normalised = String::new();
        for event in kept.iter().filter_map(|kept| told.get(kept.at)) {
            normalised.push_str(event.normalised.trim_end());
            normalised.push('\n');
            timeline.row(&event.moment);
        }
        vec![
            Text::new("timeline.csv", "one line an event, for a spreadsheet", timeline.finish()),
            Text::new("events.ndjson", "the same events, normalised, for programs", normalised),
        ]
    }

    /// What was going on, and what is still to be added.
    fn context(&mut self, facts: &Facts) -> Vec<Text> {
        let case = self.case;
        vec![
            Text::new(
                "context/changes.csv",
                "changes of configuration in the 72 hours before the first failure",
                context::changes(&self.selection, case, &mut self.redactor),
            ),
            Text::new(
                "context/attempts.csv",
                "attempts and failures over time",
                context::attempts(&self.selection, case, &mut self.redactor),
            ),
            Text::new(
                "ATTACHMENTS.md",
                "what the sender adds by hand, as a check list",
                page::attachments(facts, case.settings.recipient),
            ),
        ]
    }

    /// The original records of what is told, by the export that they stand in.
    fn originals(&self, kept: &[Kept]) -> Vec<Text> {
        let mut exports: BTreeMap<usize, String> = BTreeMap::new();
        for line in kept.iter().filter(|kept| kept.with_record).filter_map(|kept| self.lines.get(kept.at)) {
            if let (Some(record), Some(row)) = (&line.record, self.case.scope.store.row(line.row)) {
                let text = exports.entry(row.place().input).or_default();
                text.push_str(record);
                text.push('\n');
            }
        }
        let what = "original records after redaction, one file an export";
        let numbered = (1..).zip(exports.into_values());
        numbered.map(|(number, text)| Text::new(format!("raw/{number:04}.ndjson"), what, text)).collect()
    }

    /// The page of the rule that it is about.
    fn known_issue(&self) -> Option<Text> {
        let About::Rule(rule) = &self.case.scope.about else { return None };
        let rule = self.case.library.rule(*rule)?;
        let path = format!("issue/{}.md", slug(&rule.id));
        Some(Text::new(path, "what is known about this issue", markdown::page(rule, self.case.library)))
    }

    /// The page that people read, which names all others.
    fn readme(&mut self, facts: &Facts, account: &Account, texts: &[Text], pictures: &[&File]) -> File {
        let mut listed: Vec<(String, &'static str)> = texts.iter().map(|text| (text.path.clone(), text.what)).collect();
        let what = "a picture that the sender added; nobody checked it";
        listed.extend(pictures.iter().map(|file| (file.path.clone(), what)));
        listed.sort();
        let hidden = hidden::sentences(account, facts);
        let about = page::About { recipient: self.case.settings.recipient, hidden: &hidden, files: &listed };
        File::text("README.md", self.redactor.sweep(&page::page(facts, &about)))
    }

    fn manifest(&mut self, facts: &Facts, files: Vec<Listed>) -> Manifest {
        let case = self.case;
        let export = |input: &Input, redactor: &mut Redactor| manifest::Export {
            name: slug(&redactor.line(&base_name(&input.name))),
            bytes: input.bytes,
            sha256: input.sha256.clone(),
            records: input.records,
            unreadable: input.unreadable,
        };
        Manifest {
            schema: manifest::SCHEMA.to_owned(),
            tool: manifest::Tool {
                name: "provlens".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                rules: case.library.fingerprint(),
            },
            created: facts::stamp(Some(case.created)).unwrap_or_default(),
            case: manifest::Subject {
                issue: facts.problem.id.clone(),
                recipient: facts.recipient.to_owned(),
                reference: facts.reference.clone(),
            },
            window: facts.window.clone(),
            inputs: self.inputs.iter().map(|input| export(input, &mut self.redactor)).collect(),
            redaction: manifest::Redaction {
                profile: facts.recipient.to_owned(),
                pseudonyms: "hmac-sha256-60".to_owned(),
                key_id: case.settings.key.id(),
                leak_check: "passed".to_owned(),
            },
            content_sha256: manifest::content_sha256(&files),
            files,
        }
    }
}

fn trace(file: &File) -> Text {
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    Text::new(file.path.clone(), "a browser trace that the sender added, cleaned", text)
}

fn columns(case: &Case<'_>) -> Vec<&'static str> {
    let mut columns = vec!["time_utc"];
    columns.extend(case.zone.is_some().then_some("time_local"));
    columns.extend([
        "phase",
        "app",
        "operation",
        "outcome",
        "http_status",
        "code",
        "subject",
        "event_id",
        "transaction_id",
        "request_id",
        "cycle_id",
        "job_id",
        "change_id",
    ]);
    columns
}

/// A row of the timeline.
pub(super) fn moment(entry: &Entry<'_>, case: &Case<'_>, redactor: &mut Redactor) -> Vec<String> {
    let mut cells = vec![facts::stamp(entry.time).unwrap_or_default()];
    if let Some(zone) = &case.zone {
        let local = entry.time.map(|at| format!("{} {}", time::second(at, zone), time::zone_label_at(at, zone)));
        cells.push(local.unwrap_or_default());
    }
    let subject = match (entry.subject.login, entry.subject.id, entry.subject.name) {
        (Some(login), ..) => redactor.value(Class::Login, login),
        (None, Some(id), _) => redactor.value(Class::Id, id),
        (None, None, Some(name)) => redactor.value(Class::Name, name),
        (None, None, None) => String::new(),
    };
    let mut text = |text: Option<&str>| text.map(|text| redactor.line(text)).unwrap_or_default();
    cells.extend([
        text(entry.said.phase),
        text(entry.app),
        entry.operation.word().to_owned(),
        entry.outcome.word().to_owned(),
        entry.said.http_status.map(|status| status.to_string()).unwrap_or_default(),
        text(entry.said.code),
        subject,
    ]);
    let ids = &entry.ids;
    for id in [ids.event, ids.transaction, ids.request, ids.cycle, ids.job, ids.change] {
        cells.push(id.map(|id| redactor.value(Class::Id, id)).unwrap_or_default());
    }
    cells
}

fn json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
