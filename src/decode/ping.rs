//! PingFederate's text logs: `2026-03-02 10:00:00,123 …`, a comma before the milliseconds. Audit and
//! server lines are about sign-in; outbound provisioning has a log of its own, `provisioner.log`, of which
//! no sample was found, so of its lines only those count that say ERROR or WARN themselves.
//! Source: <https://docs.pingidentity.com/pingfederate/latest/administrators_reference_guide/pf_pingfederate_log_files.html>

use bumpalo::Bump;

use super::{Decoded, explain, is_text};
use crate::event::{App, Event, Outcome, Provider};
use crate::json::Json;
use crate::text::time;

const DIALECT: &str = "pingfederate-log";

pub(super) fn sniff(record: Json<'_>) -> bool {
    is_text(record, DIALECT)
}

pub(super) fn decode<'a>(record: Json<'a>, arena: &'a Bump) -> Decoded<'a> {
    let words = record.str("words").unwrap_or_default();
    let first = words.lines().next().unwrap_or_default();
    let lower = first.to_ascii_lowercase();
    let about = ["provisioner", ".provisioning", "outbound provisioning"].iter().any(|mark| lower.contains(mark));
    let outcome = match () {
        () if !about => None,
        () if first.contains(" ERROR ") || first.contains(" FATAL ") => Some(Outcome::Failure),
        () if first.contains(" WARN ") => Some(Outcome::Warning),
        () => None,
    };
    let Some(outcome) = outcome else {
        return Decoded::Other {
            dialect: DIALECT,
            what: Some("PingFederate audit and server lines about sign-in; provisioning is in provisioner.log"),
        };
    };
    let mut event = Event::new(Provider::Ping, DIALECT, record);
    event.outcome = outcome;
    event.time = first.get(..23).and_then(time::parse);
    event.app = App { name: None, id: None, kind: Some("pingfederate") };
    // Behind the logger's name in brackets stands the message.
    let message = first.split_once("] ").map_or(first, |(_, message)| message);
    explain(&mut event, Some(message.trim()), arena);
    Decoded::Event(Box::new(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_provisioners_own_errors_count() {
        let arena = Bump::new();
        let read = |words: &str| {
            let fields = [("provlens.text", Json::String(DIALECT)), ("words", Json::String(arena.alloc_str(words)))];
            match decode(Json::object(arena.alloc_slice_copy(&fields)), &arena) {
                Decoded::Event(event) => Some((event.outcome, event.time, event.reason.message)),
                _ => None,
            }
        };
        let line = "2026-03-02 10:00:00,123 ERROR [com.pingidentity.provisioner.Channel] HTTP 409 for kim.lee\n\tat x";
        let wanted = (Outcome::Failure, time::parse("2026-03-02T10:00:00.123Z"), Some("HTTP 409 for kim.lee"));
        assert_eq!(read(line), Some(wanted));
        assert_eq!(read("2026-03-02 10:00:00,123 DEBUG [com.pingidentity.provisioner.Channel] ok"), None);
        assert_eq!(read("2026-03-02 10:00:00,123 trackingid=\"t\" event=\"SSO\" status=\"failure\""), None);
    }
}
