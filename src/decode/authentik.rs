//! authentik: its sync tasks, which send to applications, and the requests to its own SCIM server.
//!
//! Both stand in one log, as JSON lines or as `event=… logger=…`, which the framing turned into the
//! same fields. One task leaves several lines: that it was published and started, that it ended with
//! a state, and from the task runner once more that it `raised unexpected: …` with a stack. They share
//! the task's id, written with and without dashes; the end counts once
//! (seen in the wild, undocumented: goauthentik/authentik issues 6092 and 6335).

use bumpalo::Bump;

use super::scim_call::{Call, client, is_scim};
use super::{Decoded, explain};
use crate::event::{App, Event, Operation, Outcome, Provider};
use crate::json::Json;
use crate::text::time;

pub(super) const DIALECT: &str = "authentik";

pub(super) fn sniff(record: Json<'_>) -> bool {
    let Some(event) = record.str("event") else { return false };
    let logger = record.str("logger").unwrap_or_default();
    logger.starts_with("authentik")
        || event.contains("authentik.")
        || (record.has("level") && record.has("timestamp") && (record.has("cidr") || record.has("task_name")))
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let words = record.str("event").unwrap_or_default();
    let mut event = Event::new(Provider::Scim, DIALECT, record);
    event.time = record.str("timestamp").and_then(time::parse);
    event.app = App { name: record.str("host").or(Some("authentik")), id: None, kind: Some("authentik") };
    let status = record.get("status").and_then(Json::integer).and_then(|status| u16::try_from(status).ok());
    // Paths below /api belong to the pages where SCIM is set up.
    if status.is_some() && is_scim(words) && !words.starts_with("/api/") {
        event.ids.request = record.str("request_id");
        event.actor = record.str("user_agent").and_then(client).or(record.str("user"));
        Call { status, ..Call::new(record.str("method").unwrap_or_default(), words) }.fill(&mut event, arena);
        return Decoded::Event(Box::new(event));
    }
    let Some(task) = Task::of(record, words).filter(|task| task.name.contains("scim")) else {
        return Decoded::Other { dialect: DIALECT, what: Some("authentik's log lines that are not about SCIM") };
    };
    let Some(end) = End::of(record, words) else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("the start of sync tasks; the line of their end counts"),
        };
    };
    event.event_type = Some(task.name);
    event.operation = task.operation();
    event.ids.event = task.id.map(|id| plain_id(id, arena));
    event.outcome = end.outcome;
    if let Some(words) = end.words.filter(|_| end.outcome != Outcome::Success) {
        event.set_code(exception_name(words));
        explain(&mut event, Some(words), arena);
        event.reason.http_status = response_status(words).or(event.reason.http_status);
    }
    Decoded::Event(Box::new(event))
}

/// A unit of work of the task runner.
struct Task<'a> {
    name: &'a str,
    id: Option<&'a str>,
}

impl<'a> Task<'a> {
    /// By its own fields, or by `authentik.providers.scim.tasks.scim_sync[…id…]` in the words.
    fn of(record: Json<'a>, words: &'a str) -> Option<Task<'a>> {
        if let Some(name) = record.str("task_name") {
            return Some(Task { name, id: record.str("task_id") });
        }
        words.split_whitespace().find_map(|word| {
            let (path, rest) = word.split_once('[')?;
            let (id, _) = rest.split_once(']')?;
            let name = path.rsplit('.').next().filter(|name| !name.is_empty())?;
            (id.len() >= 32).then_some(Task { name, id: Some(id) })
        })
    }

    fn operation(&self) -> Operation {
        match self.name {
            // One person or group was changed in authentik, and that is passed on.
            name if name.contains("signal_m2m") => Operation::GroupUpdate,
            name if name.contains("signal") => Operation::Update,
            _ => Operation::Cycle,
        }
    }
}

/// How a task ended.
struct End<'a> {
    outcome: Outcome,
    words: Option<&'a str>,
}

impl<'a> End<'a> {
    /// `None` of a line that does not tell an end. The level does not tell: failures have `info`.
    fn of(record: Json<'a>, words: &'a str) -> Option<End<'a>> {
        if let Some((_, raised)) = words.split_once("raised unexpected: ") {
            return Some(End { outcome: Outcome::Failure, words: Some(raised) });
        }
        if words.contains("time limit (") && words.contains("exceeded") {
            return Some(End { outcome: Outcome::Failure, words: Some(words) });
        }
        let state = record.str("state")?;
        let is = |name: &str| state.eq_ignore_ascii_case(name);
        let outcome = match () {
            () if is("success") => Outcome::Success,
            () if is("failure") => Outcome::Failure,
            () if is("retry") || is("pending") || is("started") => Outcome::Pending,
            () => Outcome::Warning,
        };
        let exception = record.get("exception").unwrap_or(Json::Null);
        let last = exception.items().last().unwrap_or(Json::Null);
        let words = record
            .str("exc")
            .or(last.str("exc_value"))
            // Of a stack as text, the last line says what happened.
            .or_else(|| last.text()?.trim_end().lines().last().map(str::trim))
            .or(Some(words));
        Some(End { outcome, words })
    }
}

/// An id without dashes and without the prefix that some lines have.
fn plain_id<'a>(id: &'a str, arena: &'a Bump) -> &'a str {
    let id = id.strip_prefix("task-").unwrap_or(id);
    if id.contains('-') { arena.alloc_str(&id.replace('-', "")) } else { id }
}

/// `ObjectExistsSyncException` of `ObjectExistsSyncException(<Response [409]>)`.
fn exception_name(words: &str) -> Option<&str> {
    if words.contains("ime limit (") {
        return Some("SoftTimeLimitExceeded").filter(|_| words.starts_with("Soft"));
    }
    let (name, _) = words.split_once(['(', ':'])?;
    let name = name.rsplit('.').next()?;
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).then_some(name)
}

/// 409 of `<Response [409]>`.
fn response_status(words: &str) -> Option<u16> {
    let (_, rest) = words.split_once("<Response [")?;
    rest.get(..3)?.parse().ok().filter(|status| (100..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    const ID: &str = "0f5b2f4e-0000-4000-8000-00000000a001";

    /// Outcome, operation, id, HTTP status and code.
    type Facts = (Outcome, Operation, Option<String>, Option<u16>, Option<String>);

    fn read(text: &str) -> Option<Facts> {
        let arena = Bump::new();
        let record = parse(text.as_bytes(), &arena).unwrap();
        assert!(sniff(record), "{text}");
        let Decoded::Event(event) = decode(record, &arena) else { return None };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let reason = &event.reason;
        Some((event.outcome, event.operation, owned(event.ids.event), reason.http_status, owned(reason.code)))
    }

    #[test]
    fn all_lines_about_the_end_of_a_task_have_one_id() {
        let id = ID.replace('-', "");
        let lines = [
            format!(
                r#"{{"event":"Task finished","level":"info","logger":"authentik.root.celery","state":"FAILURE","task_name":"scim_sync_objects","task_id":"{id}","exc":"ObjectExistsSyncException(<Response [409]>)","timestamp":"2026-03-02T10:00:00.5"}}"#
            ),
            format!(
                r#"{{"event":"Task authentik.providers.scim.tasks.scim_sync_objects[{ID}] raised unexpected: ObjectExistsSyncException(<Response [409]>)","exc_info":["x"],"logger":"celery.app.trace","timestamp":1772445600.6}}"#
            ),
        ];
        for line in lines {
            let found = read(&line).unwrap();
            let code = Some("ObjectExistsSyncException".to_owned());
            assert_eq!(found, (Outcome::Failure, Operation::Cycle, Some(id.clone()), Some(409), code), "{line}");
        }
    }

    #[test]
    fn a_task_that_ran_out_of_time_failed() {
        let line = format!(
            r#"{{"event":"Soft time limit (600s) exceeded for authentik.providers.scim.tasks.scim_sync[{ID}]","logger":"celery.worker.request","timestamp":"1772445600.5993"}}"#
        );
        let (outcome, _, id, _, code) = read(&line).unwrap();
        assert_eq!(
            (outcome, id.unwrap().len(), code.as_deref()),
            (Outcome::Failure, 32, Some("SoftTimeLimitExceeded"))
        );
    }

    #[test]
    fn what_only_starts_and_what_is_not_scim_counts_as_other() {
        for line in [
            r#"{"event":"Task started","level":"info","logger":"authentik.root.celery","task_name":"scim_sync","task_id":"1","timestamp":"x"}"#,
            r#"{"event":"Task finished","logger":"authentik.root.celery","task_name":"ldap_sync","task_id":"1","state":"FAILURE"}"#,
            r#"{"event":"/api/v3/providers/scim/1/","logger":"authentik.asgi","status":403,"method":"GET"}"#,
            r#"{"event":"Setting proxy headers","level":"trace","cidr":"10.0.0.0/8","timestamp":"x","status":{}}"#,
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_stack_gives_its_last_line() {
        let line = r#"{"event":"Task finished","logger":"authentik.root.celery","task_name":"scim_signal_direct","state":"failure","exception":"Traceback\n  File x\nValueError: bad\n","timestamp":"x"}"#;
        let found = read(line).unwrap();
        assert_eq!((found.1, found.4.as_deref()), (Operation::Update, Some("ValueError")));
    }
}
