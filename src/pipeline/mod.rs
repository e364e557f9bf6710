//! The stages wired together: sources are framed in order, batches of records are decoded and
//! matched by all threads, and the rows are added up in the order of the input.

pub mod examples;
mod join;

use std::hash::{Hash, Hasher};
use std::num::NonZero;

use bumpalo::Bump;

use crate::analysis::{Analysis, Builder, Detail, Row};
use crate::decode::{self, Decoded};
use crate::error::{InputError, Problem, ProblemKind};
use crate::event::{Event, Outcome};
use crate::frame::{Batch, Frame, Framer};
use crate::json::{self, Json};
use crate::rules::Library;
use crate::source::{self, Gathered};
use crate::text::time::Micros;
use crate::unknown;

/// Which events are analysed; empty fields let everything through.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Not before.
    pub since: Option<Micros>,
    /// Before.
    pub until: Option<Micros>,
    /// The application's name contains this, ignoring case.
    pub app: Option<String>,
    /// The login, id or name contains this, ignoring case.
    pub user: Option<String>,
    /// The provider.
    pub provider: Option<String>,
    /// The id of the rule.
    pub issue: Option<String>,
}

impl Filter {
    fn lets(&self, event: &Event<'_>, rule: Option<&str>) -> bool {
        let holds = |wanted: &Option<String>, texts: &[Option<&str>]| {
            wanted.as_ref().is_none_or(|wanted| {
                texts.iter().flatten().any(|text| text.to_lowercase().contains(&wanted.to_lowercase()))
            })
        };
        let from = self.since.is_none_or(|since| event.time.is_some_and(|at| at >= since));
        let to = self.until.is_none_or(|until| event.time.is_some_and(|at| at < until));
        from && to
            && holds(&self.app, &[event.app.name, event.app.kind, event.app.id])
            && holds(&self.user, &[event.subject.login, event.subject.id, event.subject.name])
            && self.provider.as_ref().is_none_or(|provider| provider.eq_ignore_ascii_case(event.provider))
            && self.issue.as_ref().is_none_or(|issue| rule == Some(issue.as_str()))
    }
}

/// How to run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Worker threads; all processors if `None`.
    pub threads: Option<usize>,
    /// Which events.
    pub filter: Filter,
    /// Keep the story of this person.
    pub person: Option<String>,
}

/// Reads and analyses everything. Inputs that cannot be used are part of the result.
pub fn run(gathered: Gathered, library: &Library, options: &Options) -> (Analysis, Vec<InputError>) {
    let threads =
        options.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get)).clamp(1, 64);
    let Gathered { sources, mut errors, skipped } = gathered;
    let mut builder = Builder::new(options.person.as_deref());
    let mut queue: Vec<(usize, Batch)> = Vec::new();
    let mut joined = join::Joined::default();
    for source in &sources {
        let Some(part) = join::side(source) else { continue };
        let input = builder.input(&source.name, source.named);
        let (rows, orphans) = joined.read(source, part);
        for _ in 0..rows {
            builder.other(
                input,
                "entra-csv-side",
                Some("rows that belong to the provisioning log, joined to it by the change id"),
            );
        }
        if orphans > 0 {
            let detail = format!("{orphans} rows name no change id and could not be joined to the log");
            builder
                .problem(input, Problem { line: 1, offset: 0, kind: ProblemKind::MissingField, detail, lost: false });
        }
    }
    for source in sources.iter().filter(|source| join::side(source).is_none()) {
        let input = builder.input(&source.name, source.named);
        let mut framer = match source::open(source) {
            Ok(opened) => Framer::new(opened),
            Err(error) => {
                if let Some(account) = builder.account(input) {
                    account.error = Some(error.to_string());
                }
                errors.push(error);
                continue;
            }
        };
        if let Some(account) = builder.account(input) {
            account.framing = framer.name();
        }
        while let Some(batch) = framer.next_batch() {
            if let (Some(account), Some(last)) = (builder.account(input), batch.frames.last()) {
                account.bytes = account.bytes.max(last.offset + last.raw_len);
            }
            let batch = if framer.name() == "csv" { joined.complete(batch) } else { batch };
            queue.push((input, batch));
            if queue.len() >= threads * 4 {
                drain(&mut queue, threads, library, &options.filter, &mut builder);
            }
        }
    }
    drain(&mut queue, threads, library, &options.filter, &mut builder);
    for (name, why) in skipped {
        let input = builder.input(&name, false);
        if let Some(account) = builder.account(input) {
            account.error = Some(format!("passed over: {why}"));
        }
    }
    let analysis = builder.finish(|rule| library.rule(rule).map_or(0, |rule| rule.severity as u8));
    (analysis, errors)
}

/// What one record became.
enum Outcomes {
    Row(Box<Row>),
    Other(&'static str, Option<&'static str>),
    Unrecognised(String),
    Problem(Problem),
}

/// Decodes the queued batches on all threads, then adds the results up in order.
fn drain(queue: &mut Vec<(usize, Batch)>, threads: usize, library: &Library, filter: &Filter, builder: &mut Builder) {
    let batches = std::mem::take(queue);
    let share = batches.len().div_ceil(threads).max(1);
    let decoded: Vec<Vec<(usize, Vec<Outcomes>)>> = std::thread::scope(|scope| {
        let workers: Vec<_> = batches
            .chunks(share)
            .map(|chunk| {
                scope.spawn(move || {
                    chunk
                        .iter()
                        .map(|(input, batch)| (*input, decode_batch(*input, batch, library, filter)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .zip(batches.chunks(share))
            .map(|(worker, chunk)| worker.join().unwrap_or_else(|_| chunk.iter().map(given_up).collect()))
            .collect()
    });
    for (input, outcomes) in decoded.into_iter().flatten() {
        for outcome in outcomes {
            match outcome {
                Outcomes::Row(row) => builder.row(*row),
                Outcomes::Other(dialect, what) => builder.other(input, dialect, what),
                Outcomes::Unrecognised(keys) => builder.unrecognised(input, keys),
                Outcomes::Problem(problem) => builder.problem(input, problem),
            }
        }
    }
}

/// What a batch becomes whose worker died: a bug of ours, but every record stays in the account.
fn given_up((input, batch): &(usize, Batch)) -> (usize, Vec<Outcomes>) {
    let detail = "Provlens failed on records around this one; please report it with the version, it is a bug";
    let lost = batch.frames.iter().map(|frame| Problem {
        line: frame.line,
        offset: frame.offset,
        kind: ProblemKind::Limit,
        detail: detail.to_owned(),
        lost: true,
    });
    (*input, batch.problems.iter().cloned().chain(lost).map(Outcomes::Problem).collect())
}

fn decode_batch(input: usize, batch: &Batch, library: &Library, filter: &Filter) -> Vec<Outcomes> {
    let mut out: Vec<Outcomes> = batch.problems.iter().cloned().map(Outcomes::Problem).collect();
    let mut arena = Bump::new();
    for frame in &batch.frames {
        let bytes = batch.bytes.get(frame.start..frame.start + frame.len).unwrap_or_default();
        decode_frame(input, bytes, frame, &arena, library, filter, &mut out);
        arena.reset();
    }
    out
}

fn decode_frame(
    input: usize,
    bytes: &[u8],
    frame: &Frame,
    arena: &Bump,
    library: &Library,
    filter: &Filter,
    out: &mut Vec<Outcomes>,
) {
    let problem = |kind, detail: String, lost| {
        Outcomes::Problem(Problem { line: frame.line, offset: frame.offset, kind, detail, lost })
    };
    let parsed = match json::parse(bytes, arena) {
        Ok(parsed) => parsed,
        Err(failure) => {
            let kind = if failure.too_deep { ProblemKind::TooDeep } else { ProblemKind::BadJson };
            out.push(problem(
                kind,
                format!(
                    "the record is not valid JSON: expected {} at byte {} of it; it was passed over",
                    failure.expected, failure.at
                ),
                true,
            ));
            return;
        }
    };
    if parsed.mended > 0 {
        out.push(problem(
            ProblemKind::UnreadableBytes,
            "a text holds bytes that are no UTF-8; they are shown as \u{fffd} and the record was used".to_owned(),
            false,
        ));
    }
    decode::open_envelopes(parsed.value, arena, &mut |record| {
        out.push(match decode::decode(record, arena) {
            Decoded::Event(event) => Outcomes::Row(Box::new(row(input, frame, &event, library, filter))),
            Decoded::Other { dialect, what } => Outcomes::Other(dialect, what),
            Decoded::Unrecognised(keys) => Outcomes::Unrecognised(keys),
        });
    });
}

fn row(input: usize, frame: &Frame, event: &Event<'_>, library: &Library, filter: &Filter) -> Row {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let detail = (event.outcome != Outcome::Success).then(|| {
        let rule = library.explain(event).map(|finding| (finding.rule, finding.certainty));
        let ids = event.ids;
        let named = [
            ("event", ids.event),
            ("transaction", ids.transaction),
            ("request", ids.request),
            ("cycle", ids.cycle),
            ("job", ids.job),
            ("change", ids.change),
        ];
        let words = event.reason.remote.or(event.reason.message).or(event.event_type);
        Box::new(Detail {
            event_type: owned(event.event_type),
            actor: owned(event.actor),
            code: owned(event.reason.code),
            message: owned(event.reason.message),
            phase: owned(event.reason.phase),
            http_status: event.reason.http_status,
            scim_type: owned(event.reason.scim_type),
            remote: owned(event.reason.remote),
            ids: named.into_iter().filter_map(|(name, id)| Some((name, id?.to_owned()))).collect(),
            rule,
            shape: (rule.is_none() && event.outcome == Outcome::Failure)
                .then(|| unknown::shape(words.unwrap_or("no reason given"))),
        })
    });
    let rule = detail
        .as_ref()
        .and_then(|detail| detail.rule)
        .and_then(|(rule, _)| library.rule(rule))
        .map(|rule| rule.id.as_str());
    Row {
        input,
        line: frame.line,
        offset: frame.offset,
        length: frame.raw_len,
        time: event.time,
        provider: event.provider,
        dialect: event.dialect,
        operation: event.operation,
        outcome: event.outcome,
        needs_action: event.needs_action,
        app: owned(event.app_name()),
        app_id: owned(event.app.id),
        subject_kind: owned(event.subject.kind),
        subject_id: owned(event.subject.id),
        login: owned(event.subject.login),
        subject_name: owned(event.subject.name),
        key: identity(event),
        filtered: !filter.lets(event, rule),
        detail,
    }
}

/// What makes two records the same event: id, time, type and outcome together, since ids alone
/// repeat in the wild; without an id, everything that was read.
fn identity(event: &Event<'_>) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    (event.provider, event.time, event.outcome, event.operation).hash(&mut hasher);
    match event.ids.event.filter(|id| !id.chars().all(|c| c == 'x')) {
        Some(id) => (id, if event.provider == "okta" { event.event_type } else { None }).hash(&mut hasher),
        None => hash_value(event.raw, &mut hasher),
    }
    // One more mixing step: the low bits of this hash alone are too even for a set.
    hasher.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
}

/// Hashes a value so that the order of an object's keys does not count.
fn hash_value(value: Json<'_>, hasher: &mut impl Hasher) {
    match value {
        Json::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            for (key, inner) in sorted {
                key.hash(hasher);
                hash_value(*inner, hasher);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| hash_value(*item, hasher)),
        Json::String(text) | Json::Number(text) => text.hash(hasher),
        Json::Bool(flag) => flag.hash(hasher),
        Json::Null => {}
    }
}
