//! What a transport put around the record: taken off in a loop, at most five levels deep.

use bumpalo::Bump;

use super::google;
use crate::json::{Json, Names, parse};

const MAX_LEVELS: usize = 5;

/// Calls `each` for every record inside `value`.
pub fn open_envelopes<'a>(value: Json<'a>, arena: &'a Bump, each: &mut dyn FnMut(Json<'a>)) {
    open(value, arena, 0, each);
}

/// Names of fields that may be part of an envelope. Nine records of ten have none of them, and are
/// told by one pass over their names.
static MARKS: Names<33> = Names::new([
    "log",
    "data",
    "hits",
    "_raw",
    "body",
    "logs",
    "items",
    "okta",
    "azure",
    "event",
    "events",
    "entries",
    "input",
    "value",
    "result",
    "stream",
    "tables",
    "Tables",
    "_source",
    "message",
    "records",
    "Records",
    "AuditData",
    "hits.hits",
    "detail-type",
    "result._raw",
    "data.events",
    "input.message",
    "event.original",
    "CloudTrailEvent",
    "eventTypeVersion",
    "emitted_at",
    "@odata.context",
]);

fn open<'a>(value: Json<'a>, arena: &'a Bump, level: usize, each: &mut dyn FnMut(Json<'a>)) {
    if level >= MAX_LEVELS || !value.fields().has_any(&MARKS) {
        each(value);
        return;
    }
    if let Some(list) = google::single(value, arena) {
        list.items().for_each(&mut *each);
        return;
    }
    if let Some(list) = list_inside(value) {
        list.items().for_each(|item| open(item, arena, level + 1, each));
        return;
    }
    if let Some(Json::Array(tables)) = value.get("tables")
        && tables.iter().all(|table| table.has("columns"))
    {
        tables.iter().for_each(|table| rows(table, arena, level, each));
        return;
    }
    match inside(value, arena) {
        Some(inner) => open(inner, arena, level + 1, each),
        None => each(value),
    }
}

/// Envelopes that hold several records.
fn list_inside<'a>(value: Json<'a>) -> Option<Json<'a>> {
    let exact = |key: &str| value.exact(key);
    let objects = |list: &Json<'a>| matches!(list, Json::Array(items) if items.iter().next().is_some() && items.iter().all(|item| matches!(item, Json::Object(_))));
    if exact("eventType").is_some_and(|kind| kind.text() == Some("com.okta.event_hook"))
        || exact("eventTypeVersion").is_some()
    {
        return value.path("data.events").filter(objects);
    }
    if let Some(hits) = value.path("hits.hits").filter(objects) {
        return Some(hits);
    }
    if let Some(list) = page(value).filter(objects) {
        return Some(list);
    }
    if value.fields().count() > 2 {
        return None;
    }
    let list = ["records", "Records", "value", "logs"].iter().find_map(|key| exact(key));
    // Beside what Graph says of its answer stands the answer, also if its name was damaged.
    let of_graph = || exact("@odata.context").and(value.fields().iter().map(|(_, value)| value).find(objects));
    list.filter(objects).or_else(of_graph)
}

/// The list of an API's answer, if what stands beside it is about the page only.
fn page(value: Json<'_>) -> Option<Json<'_>> {
    const LISTS: [&str; 4] = ["items", "entries", "result", "data"];
    const AROUND: [&str; 14] = [
        "kind",
        "etag",
        "nextPageToken",
        "response_metadata",
        "ok",
        "success",
        "errors",
        "messages",
        "result_info",
        "status",
        "pagination",
        "links",
        "_links",
        "meta",
    ];
    let list = LISTS.iter().find_map(|key| value.exact(key)).filter(|list| matches!(list, Json::Array(_)))?;
    let known = |key: &str| LISTS.contains(&key) || AROUND.contains(&key);
    value.fields().iter().all(|(key, _)| known(key)).then_some(list)
}

/// Envelopes that hold one record.
fn inside<'a>(value: Json<'a>, arena: &'a Bump) -> Option<Json<'a>> {
    let exact = |key: &str| value.exact(key);
    let object = |json: Json<'a>| matches!(json, Json::Object(_)).then_some(json);
    let unfolded = |json: Json<'a>| object(json.unfolded(arena));
    if exact("detail-type").is_some() {
        return exact("detail").and_then(unfolded);
    }
    if let Some(text) = exact("CloudTrailEvent") {
        return unfolded(text);
    }
    if let Some(source) = exact("_source") {
        return unfolded(source);
    }
    // Elastic keeps the vendor's own text; it says more than the renamed tree beside it.
    if let Some(original) = value.str_at("event.original").filter(|text| text.trim_start().starts_with('{')) {
        return parse(original.trim().as_bytes(), arena).ok();
    }
    if let Some(raw) = value.path("result._raw").or_else(|| exact("_raw")) {
        return unfolded(raw);
    }
    if let Some(message) = value.path("input.message") {
        return unfolded(message);
    }
    if exact("stream").is_some() && exact("emitted_at").is_some() {
        return exact("data").and_then(unfolded);
    }
    if let Some(tree) = exact("okta").and_then(object).filter(|tree| tree.has("eventType"))
        && let Some(time) = exact("@timestamp")
    {
        return Some(as_okta_wrote_it(tree, time, arena));
    }
    // Elastic calls its own description of an event so too; there `source` and `host` are objects.
    let says = |key: &str| exact(key).is_some_and(|about| about.text().is_some());
    if let Some(inner @ Json::Object(_)) = exact("event")
        && (["time", "host", "sourcetype", "source", "index"].iter().any(|key| says(key))
            || value.fields().count() == 1)
    {
        return Some(inner);
    }
    if let Some(audit) = exact("AuditData") {
        return unfolded(audit);
    }
    for key in ["okta", "azure"] {
        if let Some(inner) = exact(key).and_then(object)
            && (value.fields().count() == 1 || inner.has("eventType"))
        {
            return Some(inner);
        }
    }
    // In GitHub's audit log, `message` is what it answered.
    let shipped = exact("@timestamp").is_some() && exact("action").is_none();
    // Docker keeps each line of a container beside `stream` and `time`.
    let contained = exact("log").is_some() && exact("stream").is_some();
    if shipped || contained || value.fields().count() <= 2 {
        return ["message", "log", "body"].iter().find_map(|key| exact(key)).and_then(|text| match text {
            Json::String(_) => unfolded(text),
            _ => None,
        });
    }
    None
}

/// Okta's event in Elastic's fields, which have the time beside it and what is for debugging a level deeper.
fn as_okta_wrote_it<'a>(tree: Json<'a>, time: Json<'a>, arena: &'a Bump) -> Json<'a> {
    let raised = |(name, value): (&'a str, Json<'a>)| match value.path("debug_data.flattened") {
        Some(data) => (name, Json::object(arena.alloc_slice_copy(&[("debug_data", data)]))),
        None => (name, value),
    };
    let published = (!tree.has("published")).then_some(("published", time));
    let fields: Vec<(&'a str, Json<'a>)> = tree.fields().iter().map(raised).chain(published).collect();
    Json::object(arena.alloc_slice_copy(&fields))
}

/// Log Analytics answers: columns and rows zipped into objects.
fn rows<'a>(table: Json<'a>, arena: &'a Bump, level: usize, each: &mut dyn FnMut(Json<'a>)) {
    let columns = table.get("columns").unwrap_or(Json::Null);
    let names: Vec<&'a str> =
        columns.items().map(|column| column.str("name").or(column.text()).unwrap_or("")).collect();
    for row in table.get("rows").unwrap_or(Json::Null).items() {
        let fields = arena.alloc_slice_fill_iter(names.iter().copied().zip(row.items()).collect::<Vec<_>>());
        open(Json::object(fields), arena, level + 1, each);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn opened(text: &str) -> Vec<String> {
        let arena = Bump::new();
        let mut found = Vec::new();
        let value = parse(text.as_bytes(), &arena).unwrap();
        open_envelopes(value, &arena, &mut |record| {
            found.push(format!("{:?} {:?}", record.str("event_type"), record.str("published")));
        });
        found
    }

    #[test]
    fn the_fields_of_elastic_are_opened_with_the_time_beside_them() {
        let tree = r#""@timestamp":"T","okta":{"event_type":"application.provision.user.push","uuid":"u1"}"#;
        let wanted = [r#"Some("application.provision.user.push") Some("T")"#];
        for beside in [
            r#""tags":[]"#,
            r#""event":{"module":"okta","outcome":"failure"}"#,
            r#""event":{"module":"okta"},"source":{"user":{"name":"Okta System"}}"#,
            r#""event":{"module":"okta"},"host":{"name":"h"},"message":"{}""#,
        ] {
            assert_eq!(opened(&format!("{{{beside},{tree}}}")), wanted, "{beside}");
        }
    }

    #[test]
    fn the_envelope_of_splunk_is_opened_by_what_it_says_in_words() {
        let inner = r#""event":{"eventType":"x","published":"T"}"#;
        for beside in [r#""time":1772442060"#, r#""source":"okta""#, r#""host":"h","sourcetype":"OktaIM2:log""#] {
            assert_eq!(opened(&format!("{{{inner},{beside}}}")), [r#"Some("x") Some("T")"#], "{beside}");
        }
        assert_eq!(opened(&format!(r#"{{{inner},"source":{{"ip":"192.0.2.1"}}}}"#)), ["None None"]);
    }
}
