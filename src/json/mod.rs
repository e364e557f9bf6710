//! JSON as logs contain it: found by one fast pass, looked up field by field.
//!
//! Why not `serde_json`: a log record must be kept when one string in it holds broken UTF-8 or a
//! lone surrogate (a vendor cut a message inside an emoji), ids of thirty digits must stay text,
//! the last of two equal keys must win, Microsoft's published samples have trailing commas, and
//! nesting must be limited even in parts nobody reads. Each of those is an error or a silent
//! change there. And it decodes everything, where most records are asked for a handful of fields;
//! [`Reader`] finds the end of a record and its fields, and decodes what is asked for. What nobody
//! looks into is checked for its brackets and quotes only.

mod index;
mod masks;
mod read;
mod text;
mod view;

use bumpalo::Bump;

pub use read::{Found, Reader, Value, parse};
pub use view::{FieldIter, Fields, ItemIter, Items, Names, Picked};

/// Nesting that is read; deeper records are refused. The same number as `serde_json`'s.
pub const MAX_DEPTH: usize = 127;

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Bytes from the start of what was read to where reading stopped.
    pub at: usize,
    /// What is wrong there, in words of somebody who knows no JSON.
    pub wrong: &'static str,
    /// The text ended too early.
    pub truncated: bool,
    /// Nested deeper than [`MAX_DEPTH`].
    pub too_deep: bool,
}

/// One JSON value. Numbers keep the text they were written with.
#[derive(Clone, Copy)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// The digits as they stand in the text.
    Number(&'a str),
    /// A string with its escapes resolved.
    String(&'a str),
    /// An array.
    Array(Items<'a>),
    /// An object: keys in the order of the text; of equal keys the last one counts.
    Object(Fields<'a>),
}

impl<'a> Json<'a> {
    /// An object of these fields.
    pub fn object(fields: &'a [(&'a str, Json<'a>)]) -> Json<'a> {
        Json::Object(Fields::of(fields))
    }

    /// An array of these elements.
    pub fn array(items: &'a [Json<'a>]) -> Json<'a> {
        Json::Array(Items::of(items))
    }

    /// The value under `key`: exactly spelled, else ignoring case, `_`, `.`, spaces and `-`, since
    /// transports rewrite `eventType` as `eventtype`, `event_type` or `EventType`.
    #[inline]
    pub fn get(self, key: &str) -> Option<Json<'a>> {
        let Json::Object(fields) = self else { return None };
        fields.exact(key).or_else(|| fields.alike(key))
    }

    /// The value under `key`, exactly spelled.
    #[inline]
    pub fn exact(self, key: &str) -> Option<Json<'a>> {
        let Json::Object(fields) = self else { return None };
        fields.exact(key)
    }

    /// Whether the object has `key` with a value other than null.
    #[inline]
    pub fn has(self, key: &str) -> bool {
        self.get(key).is_some_and(|value| !matches!(value, Json::Null))
    }

    /// [`Json::get`] for several keys in one pass; the values are asked for by the keys' places.
    #[inline]
    pub fn pick<const N: usize>(self, names: &Names<N>) -> Picked<'a, N> {
        self.fields().pick(names)
    }

    /// The value at a path such as `debugContext.debugData.appname`. Keys that contain a dot
    /// themselves are found too.
    pub fn path(self, path: &str) -> Option<Json<'a>> {
        let nested = path.split('.').try_fold(self, Json::exact);
        if nested.is_some() {
            return nested;
        }
        if let Some(found) = self.get(path) {
            return Some(found);
        }
        path.match_indices('.').find_map(|(at, _)| self.get(path.get(..at)?)?.path(path.get(at + 1..)?))
    }

    /// The text of a string, number or boolean; `None` for what means "nothing": null, missing,
    /// and the words exporters write for it.
    #[inline]
    pub fn text(self) -> Option<&'a str> {
        let text = match self {
            Json::String(text) | Json::Number(text) => text,
            Json::Bool(true) => "true",
            Json::Bool(false) => "false",
            _ => return None,
        };
        is_something(text).then_some(text)
    }

    /// Shorthand for `get(key).and_then(text)`.
    #[inline]
    pub fn str(self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(Json::text)
    }

    /// Shorthand for `path(path).and_then(text)`.
    pub fn str_at(self, path: &str) -> Option<&'a str> {
        self.path(path).and_then(Json::text)
    }

    /// The elements of an array; of anything else the value itself as the only element (vendors
    /// write one object where their documentation says a list); nothing for null.
    #[inline]
    pub fn items(self) -> ItemIter<'a> {
        match self {
            Json::Array(items) => items.iter(),
            Json::Null => Items::of(&[]).iter(),
            other => ItemIter::one(other),
        }
    }

    /// The fields of an object; none for anything else.
    #[inline]
    pub fn fields(self) -> Fields<'a> {
        match self {
            Json::Object(fields) => fields,
            _ => Fields::of(&[]),
        }
    }

    /// A whole number, also when it is written as text.
    pub fn integer(self) -> Option<i64> {
        self.text()?.trim().parse().ok()
    }

    /// If this is a string that holds a JSON object or array, that value; otherwise itself.
    pub fn unfolded(self, arena: &'a Bump) -> Json<'a> {
        let Json::String(text) = self else { return self };
        match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => parse(text.trim().as_bytes(), arena).unwrap_or(self),
            _ => self,
        }
    }

    /// Like [`Json::get`], with JSON inside a string taken apart.
    pub fn open(self, key: &str, arena: &'a Bump) -> Option<Json<'a>> {
        self.get(key).map(|value| value.unfolded(arena))
    }
}

impl std::fmt::Debug for Json<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(flag) => write!(out, "{flag}"),
            Json::Number(digits) => out.write_str(digits),
            Json::String(text) => write!(out, "{text:?}"),
            Json::Array(items) => out.debug_list().entries(items.iter()).finish(),
            Json::Object(fields) => out.debug_map().entries(fields.iter()).finish(),
        }
    }
}

/// The words that exporters write for "no value".
fn is_something(text: &str) -> bool {
    // Nearly every text begins with something that none of them begins with.
    if !matches!(text.as_bytes().first(), None | Some(b'n' | b'N' | b'u' | b'U' | b'<' | b'-' | 0..=b' ' | 0x80..)) {
        return true;
    }
    !matches!(
        text.trim(),
        "" | "null" | "<null>" | "None" | "none" | "NULL" | "unknown" | "Unknown" | "Not Available" | "-" | "undefined"
    )
}

/// Most separators by which two spellings of a key differ.
const SEPARATORS: usize = 6;

fn same_key(a: &[u8], b: &[u8]) -> bool {
    // Lengths differ by the separators only, so most keys are told apart without looking at letters.
    if a.len().abs_diff(b.len()) > SEPARATORS
        || !a.first().zip(b.first()).is_some_and(|(x, y)| x.eq_ignore_ascii_case(y))
    {
        return false;
    }
    folded(a).eq(folded(b))
}

/// Small letters without separators.
fn folded(key: &[u8]) -> impl Iterator<Item = u8> {
    key.iter().filter(|c| !matches!(c, b'_' | b'.' | b' ' | b'-')).map(u8::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_the_spelling_of_every_transport() {
        let arena = Bump::new();
        for key in ["eventType", "eventtype", "event_type", "EventType", "event.type"] {
            let text = format!(r#"{{"{key}":"x"}}"#);
            let value = parse(text.as_bytes(), &arena).unwrap();
            assert_eq!(value.str("eventType"), Some("x"), "{key}");
        }
    }

    #[test]
    fn d7_the_last_of_two_equal_keys_counts() {
        let arena = Bump::new();
        let value = parse(br#"{"a":1,"a":2}"#, &arena).unwrap();
        assert_eq!(value.str("a"), Some("2"));
    }

    #[test]
    fn paths_reach_into_objects_and_dotted_keys() {
        let arena = Bump::new();
        let value = parse(br#"{"a":{"b.c":{"d":"x"}}}"#, &arena).unwrap();
        assert_eq!(value.str_at("a.b.c.d"), Some("x"));
    }

    #[test]
    fn several_keys_at_once_are_those_found_one_by_one() {
        let arena = Bump::new();
        let text = br#"{"a":1,"b_c":{"x":[1,2]},"\u0064":3,"a":4,"e":null}"#;
        let value = parse(text, &arena).unwrap();
        let keys = ["a", "bC", "d", "e", "f"];
        let picked = value.pick(&Names::new(keys));
        let each: Vec<String> = (0..keys.len()).map(|key| format!("{:?}", picked.get(key))).collect();
        assert_eq!(each, keys.map(|key| format!("{:?}", value.get(key))));
        assert_eq!(each[0], "Some(4)");
    }

    #[test]
    fn json_inside_a_string_is_opened() {
        let arena = Bump::new();
        let value = parse(br#"{"a":"{\"b\":[1]}"}"#, &arena).unwrap();
        assert_eq!(value.open("a", &arena).unwrap().get("b").unwrap().items().count(), 1);
    }

    fn read(text: &[u8]) -> Result<(), Failure> {
        parse(text, &Bump::new()).map(|_| ())
    }

    /// Whether something had to be mended where one looks at field `a`.
    fn is_mended(text: &[u8]) -> bool {
        let (mut reader, arena) = (Reader::default(), Bump::new());
        assert!(matches!(reader.read(text, 0), Found::Value(_)));
        reader.json(text, &arena).str("a");
        reader.is_mended()
    }

    /// The value as `serde_json` has it, to compare with.
    fn standard(value: Json<'_>) -> serde_json::Value {
        match value {
            Json::Null => serde_json::Value::Null,
            Json::Bool(flag) => flag.into(),
            Json::Number(digits) => serde_json::from_str(digits).unwrap(),
            Json::String(text) => text.into(),
            Json::Array(items) => items.iter().map(standard).collect(),
            Json::Object(fields) => {
                serde_json::Value::Object(fields.iter().map(|(key, inner)| (key.to_owned(), standard(inner))).collect())
            }
        }
    }

    #[test]
    fn c4_the_record_survives_a_broken_string() {
        let arena = Bump::new();
        let parsed = parse(b"{\"a\":\"x\xffy\",\"b\":\"\\ud83d!\"}", &arena).unwrap();
        assert_eq!(parsed.str("a"), Some("x\u{fffd}y"));
        assert_eq!(parsed.str("b"), Some("\u{fffd}!"));
        assert!(is_mended(b"{\"a\":\"x\xffy\"}") && is_mended(b"{\"a\":\"\\ud83d!\"}"));
        assert!(!is_mended("{\"a\":\"é\\ud83d\\ude00\"}".as_bytes()));
    }

    #[test]
    fn d9_escapes_are_resolved_in_keys_and_values() {
        let arena = Bump::new();
        let parsed = parse(br#"{"\u0061":"\ud83d\ude00\t\/","A":1}"#, &arena).unwrap();
        assert_eq!(parsed.str("a"), Some("😀\t/"));
    }

    #[test]
    fn escapes_far_inside_of_a_text_are_resolved_wherever_it_stands() {
        let arena = Bump::new();
        for before in [1, 60, 63, 64, 65, 200] {
            let text = format!("{}\n", "x".repeat(before));
            let written = serde_json::to_string(&text).unwrap();
            assert_eq!(parse(written.as_bytes(), &arena).unwrap().text(), Some(text.as_str()), "alone, {before}");
            let inside = format!("[[{written}],{written}]");
            let value = parse(inside.as_bytes(), &arena).unwrap();
            assert_eq!(value.items().nth(1).unwrap().text(), Some(text.as_str()), "{before}");
            assert_eq!(value.items().next().unwrap().items().next().unwrap().text(), Some(text.as_str()), "{before}");
            let broken = format!("\"{}\\x\"", "x".repeat(before));
            assert_eq!(read(broken.as_bytes()).unwrap_err().at, before + 2);
        }
    }

    #[test]
    fn d8_long_ids_stay_text() {
        let arena = Bump::new();
        let parsed = parse(b"[123456789012345678901234567890, 1e400]", &arena).unwrap();
        assert_eq!(parsed.items().next().unwrap().text(), Some("123456789012345678901234567890"));
    }

    #[test]
    fn d5_deep_nesting_is_refused_not_fatal() {
        assert!(read("[".repeat(5_000_000).as_bytes()).unwrap_err().too_deep);
        assert!(read(format!("{}{}", "[".repeat(127), "]".repeat(127)).as_bytes()).is_ok());
        assert!(read(format!("{}{}", "[".repeat(128), "]".repeat(128)).as_bytes()).unwrap_err().too_deep);
    }

    #[test]
    fn a_failure_says_where() {
        let failure = read(br#"{"a" 1}"#).unwrap_err();
        assert_eq!((failure.at, failure.truncated), (5, false));
        assert_eq!(failure.wrong, "no colon stands between the name of a field and its value");
        assert!(read(br#"{"a":1"#).unwrap_err().truncated);
        assert_eq!(read(br#"{"a":01}"#).unwrap_err().at, 5);
        assert_eq!(read(br#"{"a":"\x"}"#).unwrap_err().at, 7);
    }

    #[test]
    fn no_control_character_follows_a_number_or_a_word() {
        for (text, at) in
            [(b"[1\x0c,2]", 2), (b"[1 \0,2]", 3), (b"[\"\"\x0c]", 3), (b"[[1\x1b]]", 3)] as [(&[u8], usize); 4]
        {
            assert_eq!(read(text).unwrap_err().at, at, "{text:?}");
        }
    }

    #[test]
    fn a_lost_quote_is_noticed_near_by() {
        let failure = |text: &[u8]| match Reader::default().read(text, 0) {
            Found::Broken(failure) => failure.at,
            other => panic!("{other:?}"),
        };
        assert!(failure(br#"{"a":"x,"b":"y","c":"z"}"#) < 14);
        assert_eq!(failure(b"{\"a\":\"x\n"), 7);
    }

    #[test]
    fn the_end_of_a_record_is_found_and_its_lines_are_counted() {
        let mut reader = Reader::default();
        let end = |found| match found {
            Found::Value(value) => (value.end, value.lines),
            other => panic!("{other:?}"),
        };
        assert_eq!(end(reader.read(br#"{"a":"}","b":[{}]} x"#, 0)), (18, 0));
        assert_eq!(end(reader.read(b"\n{\n\"a\":1,\n}\n\n", 1)), (11, 2));
        assert_eq!(reader.read(br#"{"a":"\"}"#, 0), Found::Incomplete);
        assert_eq!(reader.read(br#"{"a":1"#, 0), Found::Incomplete);
    }

    #[test]
    fn any_bytes_are_read_without_panic() {
        proptest::proptest!(|(bytes: Vec<u8>)| {
            let _ = read(&bytes);
        });
    }

    /// Refused and accepted like the standard, but for the leniencies that [`parse`] lists; and
    /// what is accepted has the same value. A number that fits no number of the standard library's is
    /// refused by it only, so there one in its place that fits is compared.
    #[test]
    fn agrees_with_serde_json() {
        let pieces = r#"(\[|\]|\{|\}|,|:|"a"|"b\\n"|"\\u00e9é"|1|-0\.5e3|0|01|true|nul|null| |\n|"\\x"|"){0,12}"#;
        let agrees = |text: &str| {
            let arena = Bump::new();
            let ours = parse(text.as_bytes(), &arena).ok().map(standard);
            match serde_json::from_str::<serde_json::Value>(text) {
                Ok(theirs) => ours == Some(theirs),
                Err(_) => {
                    let lenient = text.replace(",]", "]").replace(",}", "}").replace(", ]", "]").replace(",\n}", "}");
                    ours.is_none() || lenient != text || text.contains(',')
                }
            }
        };
        let too_large = regex::Regex::new("e3[01]+").unwrap();
        let fits = |text: &str| too_large.replace_all(text, "e3").into_owned();
        let is_accepted = |text: &str| parse(text.as_bytes(), &Bump::new()).is_ok();
        assert!(is_accepted("[-0.5e311]") && serde_json::from_str::<serde_json::Value>("[-0.5e311]").is_err());
        proptest::proptest!(|(text in pieces)| {
            let fitting = fits(&text);
            proptest::prop_assert!(agrees(&fitting), "{}", fitting);
            let out_of_range = serde_json::from_str::<serde_json::Value>(&text)
                .is_err_and(|error| error.to_string().starts_with("number out of range"));
            match out_of_range {
                true => proptest::prop_assert_eq!(is_accepted(&text), is_accepted(&fitting), "{}", text),
                false => proptest::prop_assert!(agrees(&text), "{}", text),
            }
        });
    }
}
