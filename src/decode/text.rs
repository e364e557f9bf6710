//! Text that is no log of a known kind.

use bumpalo::Bump;

use super::Decoded;
use crate::json::Json;

/// What is said of it in place of its fields.
pub const PLAIN_TEXT: &str = "plain text";

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.exact("provlens.text").is_some()
}

pub(super) fn decode<'a>(_: Json<'a>, _: &'a Bump) -> Decoded<'a> {
    Decoded::Unrecognised(PLAIN_TEXT.to_owned())
}
