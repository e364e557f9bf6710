//! What a transport put around the record: taken off in a loop, at most five levels deep.

use bumpalo::Bump;

use super::google;
use crate::json::{Json, Names, parse};

const MAX_LEVELS: usize = 5;

/// Calls `each` for every record inside `value`.
pub fn open_envelopes<'a>(value: Json<'a>, arena: &'a Bump, each: &mut dyn FnMut(Json<'a>)) {
    open(value, arena, 0, each);
}

/// What a transport puts around records.
struct Envelope {
    /// Names of which whatever is in it has one at least; a dot joins names to one.
    marks: &'static [&'static str],
    /// Opens it; `None` for whatever is not in it.
    open: for<'a> fn(Json<'a>, &'a Bump) -> Option<Inside<'a>>,
}

/// What is in an envelope.
enum Inside<'a> {
    /// One record, perhaps in another envelope.
    One(Json<'a>),
    /// A list of such records.
    Several(Json<'a>),
    /// A list of records that are in no other envelope.
    Bare(Json<'a>),
    /// A list of tables, of which each row is a record.
    Tables(Json<'a>),
    /// Nothing that could be a record, though it looks like this envelope and no other.
    Nothing,
}

/// In the order in which they are tried.
const ENVELOPES: [Envelope; 19] = [
    Envelope { marks: &["events"], open: |value, arena| google::single(value, arena).map(Inside::Bare) },
    Envelope { marks: &["eventTypeVersion", "data", "data.events"], open: |value, _| event_hook(value) },
    Envelope { marks: &["hits", "hits.hits"], open: |value, _| several(value.path("hits.hits")) },
    Envelope { marks: &PAGES, open: |value, _| several(page(value)) },
    Envelope { marks: &LISTS, open: |value, _| several(list_alone(value)) },
    Envelope { marks: &["@odata.context"], open: |value, _| several(answer_of_graph(value)) },
    Envelope { marks: &["tables", "Tables"], open: |value, _| log_analytics(value) },
    Envelope {
        marks: &["detail-type"],
        open: |value, arena| value.exact("detail-type").map(|_| one(value.exact("detail"), arena)),
    },
    Envelope { marks: &["CloudTrailEvent"], open: |value, arena| exactly("CloudTrailEvent", value, arena) },
    Envelope { marks: &["_source"], open: |value, arena| exactly("_source", value, arena) },
    Envelope { marks: &["event", "event.original"], open: original_of_elastic },
    Envelope {
        marks: &["_raw", "result", "result._raw"],
        open: |value, arena| at("result._raw", value, arena).or_else(|| exactly("_raw", value, arena)),
    },
    Envelope { marks: &["input", "input.message"], open: |value, arena| at("input.message", value, arena) },
    Envelope {
        marks: &["emitted_at"],
        open: |value, arena| {
            value.exact("stream").and(value.exact("emitted_at")).map(|_| one(value.exact("data"), arena))
        },
    },
    Envelope { marks: &["okta"], open: fields_of_elastic },
    Envelope { marks: &["event"], open: |value, _| splunk(value) },
    Envelope { marks: &["AuditData"], open: |value, arena| exactly("AuditData", value, arena) },
    Envelope { marks: &["okta", "azure"], open: |value, _| named_for_its_vendor(value) },
    Envelope { marks: &TEXTS, open: shipped_line },
];

/// The marks of all envelopes. Nine records of ten have none of them, and are told by one pass over their names.
static MARKS: Names<{ number_of_marks() }> = Names::new(marks());

#[allow(clippy::indexing_slicing, reason = "this is worked out when the program is compiled")]
const fn number_of_marks() -> usize {
    let (mut count, mut envelope) = (0, 0);
    while envelope < ENVELOPES.len() {
        count += ENVELOPES[envelope].marks.len();
        envelope += 1;
    }
    count
}

#[allow(clippy::indexing_slicing, reason = "this is worked out when the program is compiled")]
const fn marks() -> [&'static str; number_of_marks()] {
    let mut all = [""; number_of_marks()];
    let (mut place, mut envelope) = (0, 0);
    while envelope < ENVELOPES.len() {
        let mut own = ENVELOPES[envelope].marks;
        while let [mark, others @ ..] = own {
            all[place] = mark;
            place += 1;
            own = others;
        }
        envelope += 1;
    }
    all
}

fn open<'a>(value: Json<'a>, arena: &'a Bump, level: usize, each: &mut dyn FnMut(Json<'a>)) {
    if level >= MAX_LEVELS || !value.fields().has_any(&MARKS) {
        each(value);
        return;
    }
    match ENVELOPES.iter().find_map(|envelope| (envelope.open)(value, arena)) {
        Some(Inside::One(record)) => open(record, arena, level + 1, each),
        Some(Inside::Several(list)) => list.items().for_each(|item| open(item, arena, level + 1, each)),
        Some(Inside::Bare(list)) => list.items().for_each(each),
        Some(Inside::Tables(tables)) => tables.items().for_each(|table| rows(table, arena, level, each)),
        Some(Inside::Nothing) | None => each(value),
    }
}

fn exactly<'a>(name: &str, value: Json<'a>, arena: &'a Bump) -> Option<Inside<'a>> {
    value.exact(name).map(|inner| one(Some(inner), arena))
}

fn at<'a>(path: &str, value: Json<'a>, arena: &'a Bump) -> Option<Inside<'a>> {
    value.path(path).map(|inner| one(Some(inner), arena))
}

/// An object, perhaps as a text.
fn one<'a>(inner: Option<Json<'a>>, arena: &'a Bump) -> Inside<'a> {
    inner.and_then(|inner| object(inner.unfolded(arena))).map_or(Inside::Nothing, Inside::One)
}

fn object(json: Json<'_>) -> Option<Json<'_>> {
    matches!(json, Json::Object(_)).then_some(json)
}

/// A list that holds objects and nothing else.
fn several(list: Option<Json<'_>>) -> Option<Inside<'_>> {
    list.filter(holds_objects).map(Inside::Several)
}

fn holds_objects(list: &Json<'_>) -> bool {
    let Json::Array(items) = list else { return false };
    items.iter().next().is_some() && items.iter().all(|item| matches!(item, Json::Object(_)))
}

fn event_hook(value: Json<'_>) -> Option<Inside<'_>> {
    let is_one = value.exact("eventType").is_some_and(|kind| kind.text() == Some("com.okta.event_hook"))
        || value.exact("eventTypeVersion").is_some();
    several(value.path("data.events").filter(|_| is_one))
}

/// Names under which the answer of an API has its list.
const PAGES: [&str; 4] = ["items", "entries", "result", "data"];

/// The list of an API's answer, if what stands beside it is about the page only.
fn page(value: Json<'_>) -> Option<Json<'_>> {
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
    let list = PAGES.iter().find_map(|key| value.exact(key)).filter(|list| matches!(list, Json::Array(_)))?;
    let known = |key: &str| PAGES.contains(&key) || AROUND.contains(&key);
    value.fields().iter().all(|(key, _)| known(key)).then_some(list)
}

/// Names under which an export has its list, with one field beside it at most.
const LISTS: [&str; 4] = ["records", "Records", "value", "logs"];

fn list_alone(value: Json<'_>) -> Option<Json<'_>> {
    LISTS.iter().find_map(|key| value.exact(key)).filter(|_| value.fields().count() <= 2)
}

/// Beside what Graph says of its answer stands the answer, also if its name was damaged.
fn answer_of_graph(value: Json<'_>) -> Option<Json<'_>> {
    value.exact("@odata.context").filter(|_| value.fields().count() <= 2)?;
    value.fields().iter().map(|(_, value)| value).find(holds_objects)
}

fn log_analytics(value: Json<'_>) -> Option<Inside<'_>> {
    let tables = value.get("tables").filter(|tables| matches!(tables, Json::Array(_)))?;
    tables.items().all(|table| table.has("columns")).then_some(Inside::Tables(tables))
}

/// Elastic keeps the vendor's own text; it says more than the renamed tree beside it.
fn original_of_elastic<'a>(value: Json<'a>, arena: &'a Bump) -> Option<Inside<'a>> {
    let original = value.str_at("event.original").filter(|text| text.trim_start().starts_with('{'))?;
    Some(parse(original.trim().as_bytes(), arena).map_or(Inside::Nothing, Inside::One))
}

fn fields_of_elastic<'a>(value: Json<'a>, arena: &'a Bump) -> Option<Inside<'a>> {
    let tree = value.exact("okta").and_then(object).filter(|tree| tree.has("eventType"))?;
    Some(Inside::One(as_okta_wrote_it(tree, value.exact("@timestamp")?, arena)))
}

fn splunk(value: Json<'_>) -> Option<Inside<'_>> {
    // Elastic calls its own description of an event so too; there `source` and `host` are objects.
    let says = |key: &&str| value.exact(key).is_some_and(|about| about.text().is_some());
    let is_one = || ["time", "host", "sourcetype", "source", "index"].iter().any(says) || value.fields().count() == 1;
    value.exact("event").and_then(object).filter(|_| is_one()).map(Inside::One)
}

fn named_for_its_vendor(value: Json<'_>) -> Option<Inside<'_>> {
    let is_one = |inner: &Json<'_>| value.fields().count() == 1 || inner.has("eventType");
    let inner = |key: &&str| value.exact(key).and_then(object).filter(is_one);
    ["okta", "azure"].iter().find_map(inner).map(Inside::One)
}

/// Names under which a shipper of logs has the line as a text.
const TEXTS: [&str; 3] = ["message", "log", "body"];

fn shipped_line<'a>(value: Json<'a>, arena: &'a Bump) -> Option<Inside<'a>> {
    let has = |key: &str| value.exact(key).is_some();
    // In GitHub's audit log, `message` is what it answered.
    let is_shipped = has("@timestamp") && !has("action");
    // Docker keeps each line of a container beside `stream` and `time`.
    let is_contained = has("log") && has("stream");
    if !is_shipped && !is_contained && value.fields().count() > 2 {
        return None;
    }
    let text = TEXTS.iter().find_map(|key| value.exact(key)).filter(|text| matches!(text, Json::String(_)))?;
    Some(one(Some(text), arena))
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
