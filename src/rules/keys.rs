//! The keys that a type is read from.

use serde::de::value::Error;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// The keys of the fields that a struct is read from, as serde knows them.
pub(super) fn of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut keys: &'static [&'static str] = &[];
    // It reads nothing; to be asked for a struct is all that it is for.
    let _ = T::deserialize(Asked(&mut keys));
    keys
}

/// Remembers which fields it is asked for.
struct Asked<'k>(&'k mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("there is nothing to be read"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("there is nothing to be read"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::model::{Advice, Rule};

    #[test]
    fn they_are_named_as_in_a_file() {
        let (rule, advice) = (super::of::<Rule>(), super::of::<Advice>());
        assert!(rule.contains(&"id") && rule.contains(&"match") && rule.contains(&"look_alikes"), "{rule:?}");
        assert!(!rule.contains(&"matches") && !rule.contains(&"later"), "{rule:?}");
        assert_eq!(advice, ["cause", "fix", "verify", "cannot_tell", "sources", "escalate", "look_alikes"]);
        assert!(super::of::<u8>().is_empty());
    }
}
