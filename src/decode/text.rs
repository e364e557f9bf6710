//! Text that is no log of a known kind.

use bumpalo::Bump;

use super::Decoded;
use crate::json::Json;

pub(super) fn sniff(record: Json<'_>) -> bool {
    record.exact("provlens.text").is_some()
}

pub(super) fn decode<'a>(_: Json<'a>, _: &'a Bump) -> Decoded<'a> {
    Decoded::Unrecognised("plain text".to_owned())
}
