//! JSON objects with plain text between them, as programs leave it that log with logrus and print
//! what else they have to say (seen in the wild: awslabs/ssosync issue 111). The text belongs to the
//! object before and becomes its field `provlens.after`.

use std::borrow::Cow;

use bumpalo::Bump;

use crate::json::{Found, Json, Reader};

/// Whether the first object is one of logrus: time, level in small letters, message.
pub(super) fn sniff(head: &[u8]) -> bool {
    // Keeps all other JSON from being read twice.
    const NEAR: usize = 4096;
    let near = head.get(..NEAR.min(head.len())).unwrap_or_default();
    if memchr::memmem::find(near, b"\"msg\"").is_none() {
        return false;
    }
    let head = head.trim_ascii_start();
    let (mut reader, arena) = (Reader::default(), Bump::new());
    if !matches!(reader.read(head, 0), Found::Value(_)) {
        return false;
    }
    let first = reader.json(head, &arena);
    let level = first.exact("level").and_then(Json::text).unwrap_or_default();
    ["trace", "debug", "info", "warning", "error", "fatal", "panic"].contains(&level)
        && first.exact("msg").is_some()
        && first.exact("time").is_some()
}

/// The object of a block that starts with one; the block itself where nothing follows the object.
pub(super) fn object(block: &str) -> Option<Cow<'_, str>> {
    let Found::Value(value) = Reader::default().read(block.as_bytes(), 0) else { return None };
    let after = block.get(value.end..)?.trim();
    if after.is_empty() {
        return Some(Cow::Borrowed(block.get(..value.end)?));
    }
    let open = block.get(..value.end)?.strip_suffix('}')?.trim_end();
    let comma = if open.ends_with(['{', ',']) { "" } else { "," };
    let (name, text) = (serde_json::Value::from(super::AFTER), serde_json::Value::from(after));
    Some(Cow::Owned(format!("{open}{comma}{name}:{text}}}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_behind_an_object_becomes_a_field() {
        let block = "{\n    \"level\": \"error\"\n}\nstatus was 409: errorString\nnull\n\n";
        let wanted = r#"{
    "level": "error","provlens.after":"status was 409: errorString\nnull"}"#;
        assert_eq!(object(block).as_deref(), Some(wanted));
        assert_eq!(object("{} x").as_deref(), Some(r#"{"provlens.after":"x"}"#));
        assert_eq!(object("{\"a\":1} \n").as_deref(), Some("{\"a\":1}"));
        assert_eq!((object("{\"a\""), object("")), (None, None));
    }

    #[test]
    fn other_json_is_none_of_logrus() {
        assert!(sniff(b"\n{\"level\":\"info\",\"msg\":\"m\",\"time\":\"t\"}\nx"));
        for text in [
            r#"{"level":"INFO","msg":"m","time":"t"}"#,
            r#"{"level":30,"msg":"m","time":1}"#,
            r#"{"a":{"level":"info","msg":"m","time":"t"}}"#,
            r#"{"level":"info","msg":"m","time":"#,
            r#"{"msg"}"#,
        ] {
            assert!(!sniff(text.as_bytes()), "{text}");
        }
    }
}
