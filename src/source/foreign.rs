//! Files that are not logs, named for what they are: whoever saved a login page as `.json` needs to hear
//! that, not where its JSON breaks off.

use serde::Deserialize;

/// Bytes at the start that are looked at for words.
const LOOKED_AT: usize = 1024;

const WEB_PAGE: &str =
    "this is a web page, not an export; you were probably signed out when it was saved. Sign in and export again";
const REFUSED: &str = "this is what an API answers to a call that failed, not a log; get a new token that may read the log and export again";
const PICTURE: &str = "this is a picture, not a log; export the log as JSON or CSV";
const PROGRAM: &str = "this is a program, not a log";
const XML: &str = "this is XML, not a provisioning log; export the log as JSON or CSV";
const OTHERWISE: &str = "it is packed in a way that is not read here (gzip, zstd and zip are); unpack it first";

/// How something is packed that may be a log, and what to do.
pub(super) fn packed(head: &[u8]) -> Option<&'static str> {
    PACKED.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
}

/// What the first bytes of something are that is plainly no log, and what to do.
pub(super) fn name(head: &[u8]) -> Option<&'static str> {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(what);
    }
    let start = head.trim_ascii_start();
    let start = start.get(..start.len().min(LOOKED_AT)).unwrap_or_default().to_ascii_lowercase();
    match start.as_slice() {
        [b'<', ..] => markup(&start),
        [b'{', ..] => recording(&start).or_else(|| answer(head)),
        _ => None,
    }
}

const PACKED: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "this is a zip archive inside something else, or in a pipe; unpack it first"),
    (b"\x1f\x8b", "it is packed twice; unpack it once"),
    (b"\x28\xb5\x2f\xfd", "it is packed twice; unpack it once"),
    (b"\xfd7zXZ\0", OTHERWISE),
    (b"BZh91AY&SY", OTHERWISE),
    (b"7z\xbc\xaf\x27\x1c", OTHERWISE),
    (b"Rar!\x1a\x07", OTHERWISE),
];

const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"RIFF", PICTURE),
    (b"%PDF", "this is a PDF, not a log; export the log as JSON or CSV"),
    (b"{\\rtf", "this is a document of a word processor, not a log; export the log as JSON or CSV"),
    (b"ElfFile", "this is a Windows event log (.evtx); export the provisioning log from the portal instead"),
    (b"\x7fELF", PROGRAM),
    (b"MZ\x90\0", PROGRAM),
    (b"\xd0\xcf\x11\xe0", "this is an old Office document; save the sheet as CSV (UTF-8)"),
    (b"SQLite format 3\0", "this is a database, not a log; export the log as JSON or CSV"),
    (b"PAR1", "this is a Parquet file; export the log as JSON or CSV"),
    (b"\xff\xfe\0\0", UTF_32),
    (b"\0\0\xfe\xff", UTF_32),
];

const UTF_32: &str = "this text is UTF-32, which no exporter writes; save it as UTF-8";

/// A page, a picture or a document; `start` is in small letters.
fn markup(start: &[u8]) -> Option<&'static str> {
    let mut rest = start;
    while let Some(comment) = rest.strip_prefix(b"<!--") {
        let end = memchr::memmem::find(comment, b"-->").map_or(comment.len(), |at| at + 3);
        rest = comment.get(end..).unwrap_or_default().trim_ascii_start();
        if rest.is_empty() {
            return Some(XML);
        }
    }
    let is =
        |tag: &[u8]| rest.strip_prefix(tag).is_some_and(|after| !after.first().is_some_and(u8::is_ascii_alphabetic));
    let holds = |word: &[u8]| memchr::memmem::find(rest, word).is_some();
    let pages: [&[u8]; 9] =
        [b"<!doctype", b"<html", b"<head", b"<body", b"<title", b"<meta", b"<script", b"<form", b"<div"];
    match rest {
        _ if is(b"<svg") => Some(PICTURE),
        _ if pages.iter().any(|tag| is(tag)) || holds(b"<html") => Some(WEB_PAGE),
        // Not every bracket: lines of syslog begin with a number in them.
        [b'<', b'?' | b'a'..=b'z', ..] => Some(XML),
        _ => None,
    }
}

/// What a browser saved of its traffic (HAR).
fn recording(start: &[u8]) -> Option<&'static str> {
    let mut words = start.split(u8::is_ascii_whitespace).flatten();
    let begins = b"{\"log\":{".iter().all(|byte| words.next() == Some(byte));
    let holds = |word: &[u8]| memchr::memmem::find(start, word).is_some();
    (begins && holds(b"\"version\"") && holds(b"\"creator\"")).then_some(
        "this is a recording of a browser (HAR), not a log, and it may hold passwords; export the log as JSON or CSV",
    )
}

/// What an API says of a call that it refused, if that is all there is.
fn answer(head: &[u8]) -> Option<&'static str> {
    let answer: Answer = serde_json::from_slice(head).ok()?;
    let of_okta = answer.code.is_some_and(|code| code.starts_with("E0")) && answer.summary.is_some();
    // Whatever else Microsoft Graph answers may be why something was not provisioned.
    let of_call = ["InvalidAuthentication", "Authentication", "Authorization_"];
    let refused = |error: Refusal| of_call.iter().any(|code| error.code.starts_with(code));
    (of_okta || answer.error.is_some_and(refused)).then_some(REFUSED)
}

/// Okta's answer, or Microsoft Graph's.
#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "errorCode")]
    code: Option<String>,
    #[serde(rename = "errorSummary")]
    summary: Option<String>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a8_whatever_is_saved_instead_of_a_log_is_named() {
        for (head, word) in [
            (&b"\x89PNG\r\n\x1a\n"[..], "picture"),
            (b"\xff\xd8\xff\xe0", "picture"),
            (b"\n<svg xmlns='x'>", "picture"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "picture"),
            (b"%PDF-1.7", "PDF"),
            (b"ElfFile\0", ".evtx"),
            (b"MZ\x90\0", "program"),
            (b"\xd0\xcf\x11\xe0", "Office"),
            (b"SQLite format 3\0", "database"),
            (b"PAR1", "Parquet"),
            (b"\xfd7zXZ\0", "packed"),
            (b"\x1f\x8b\x08", "packed twice"),
            (b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
            (b"{\\rtf1\\ansi x}", "word processor"),
            (b"\r\n<!DOCTYPE html>", "web page"),
            (b"<!-- saved from x -->\n<html>", "web page"),
            (b"<head><title>Object moved</title></head>", "web page"),
            (b"<?xml version=\"1.0\"?><html xmlns='x'>", "web page"),
            (b"<?xml version=\"1.0\"?><Events>", "XML"),
            (b"<Event xmlns='x'>", "XML"),
            (b"{\"errorCode\":\"E0000011\",\"errorSummary\":\"Invalid token provided\",\"errorCauses\":[]}\n", "token"),
            (b"{\"error\": {\"code\": \"InvalidAuthenticationToken\", \"message\": \"expired\"}}", "token"),
            (b"{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"x\"}}", "token"),
            (b"{\n \"log\": {\n  \"version\": \"1.2\", \"creator\": {}", "browser"),
        ] {
            let said = packed(head).or_else(|| name(head));
            assert!(said.is_some_and(|what| what.contains(word)), "{word}: {said:?}");
        }
    }

    #[test]
    fn logs_are_not_taken_for_something_else() {
        for head in [
            &b"{\"log\":{\"level\":\"info\"},\"creator\":1}"[..],
            b"{\"log\": \"a line\", \"stream\": \"stdout\"}",
            b"<180>Aug 13 10:00:00 host okta: {\"uuid\":1}",
            b"[{\"id\":\"x\"}]",
            b"Error: StatusCode: BadRequest",
            b"{\"errorCode\":\"E0000011\",\"errorSummary\":\"x\"}\n{\"uuid\":1}",
            b"{\"errorCode\":\"E0000011\",\"errorSummary\":\"cut o",
            b"{\"error\":{\"code\":\"Request_BadRequest\",\"message\":\"x\"}}",
            b"{\"error\":\"no such user\",\"time\":1}",
            b"ID,Date,Status",
            b"",
        ] {
            assert_eq!((packed(head), name(head)), (None, None), "{}", String::from_utf8_lossy(head));
        }
    }
}
