//! Who is who: the file that stays with the sender, by which a pseudonym that support asks about becomes a
//! person again, and a second bundle of the same case gets the same pseudonyms.

use serde::{Deserialize, Serialize};

use super::redact::{Key, Mapped};
use crate::text::hex::hex;
use crate::text::sanitize;

/// The form of the file.
const SCHEMA: &str = "provlens/bundle-map/1";

/// The file.
#[derive(Serialize, Deserialize)]
pub struct Mapping {
    schema: String,
    /// Said in the file too, since it is found beside the archive.
    warning: String,
    /// The bundle it belongs to.
    content_sha256: String,
    key: String,
    values: Vec<Value>,
}

/// One pseudonym.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    pub class: String,
    pub pseudonym: String,
    pub value: String,
    /// How often it was replaced.
    pub count: u64,
}

impl Mapping {
    /// The mapping of a bundle.
    pub fn new(content_sha256: &str, key: &Key, mapped: &[Mapped]) -> Mapping {
        Mapping {
            schema: SCHEMA.to_owned(),
            warning: "Do not send this file: it says who is who in the bundle.".to_owned(),
            content_sha256: content_sha256.to_owned(),
            key: hex(key.bytes()),
            values: mapped
                .iter()
                .map(|mapped| Value {
                    class: mapped.class.word().to_owned(),
                    pseudonym: mapped.pseudonym.clone(),
                    value: mapped.value.clone(),
                    count: mapped.count,
                })
                .collect(),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// A sentence if it is none.
    pub fn read(text: &str) -> Result<Mapping, String> {
        let mapping: Mapping =
            serde_json::from_str(text).map_err(|error| format!("it is no mapping of a bundle ({error})"))?;
        match mapping.schema == SCHEMA {
            true => Ok(mapping),
            false => Err(format!("it has the schema `{}`, and only {SCHEMA} is known", mapping.schema)),
        }
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        // Whoever looks into it reads what strangers called themselves.
        sanitize::json(&text).into_owned()
    }

    /// The key.
    pub fn key(&self) -> Option<Key> {
        key(&self.key)
    }

    /// The hash of the bundle it belongs to.
    pub fn content_sha256(&self) -> &str {
        &self.content_sha256
    }

    /// All pseudonyms.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Whoever a pseudonym stands for. What is asked for may be a part of one, such as the id without
    /// its domain.
    pub fn reveal(&self, asked: &str) -> Vec<&Value> {
        let asked = asked.trim();
        let exact: Vec<&Value> = self.values.iter().filter(|value| value.pseudonym == asked).collect();
        if !exact.is_empty() || asked.len() < 4 {
            return exact;
        }
        self.values.iter().filter(|value| value.pseudonym.contains(asked)).collect()
    }
}

/// A key of 64 hexadecimal digits.
pub fn key(text: &str) -> Option<Key> {
    let digits = text.trim().as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0u8; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Key::from_bytes(bytes))
}
