//! What must hold for any bytes: each target takes some and panics if it does not.
//!
//! They run in the tests over the stored inputs of `fuzz/corpus` and simple mutations of them
//! (`tests/fuzz`), and in a fuzzer that looks for inputs of its own (`fuzz/README.md`).

mod bundle_verify;
mod decode;
mod decompress;
mod differential_json;
mod escape_csv;
mod escape_gh;
mod escape_html;
mod escape_md;
mod escape_prom;
mod escape_xml;
mod fail_on_expr;
mod filter_expr;
mod frame_csv;
mod frame_json;
mod frame_json_split;
mod hostile;
mod input;
mod redact;
mod rule_toml;
mod sanitize;
mod spike;
mod time;
mod tui_update;

/// One target.
pub(crate) struct Target {
    /// Its name, which is also that of its folder in `fuzz/corpus`.
    pub name: &'static str,
    pub run: fn(&[u8]),
}

macro_rules! targets {
    ($($name:ident),+ $(,)?) => {
        pub(crate) const TARGETS: &[Target] = &[$(Target { name: stringify!($name), run: $name::run }),+];
    };
}

targets![
    frame_json,
    frame_json_split,
    frame_csv,
    decode,
    differential_json,
    decompress,
    time,
    rule_toml,
    filter_expr,
    fail_on_expr,
    sanitize,
    redact,
    escape_csv,
    escape_html,
    escape_md,
    escape_xml,
    escape_gh,
    escape_prom,
    bundle_verify,
    spike,
    tui_update,
];

/// The dialects that a log's bytes are decoded as, for whoever asks whether a corpus has all of them.
#[allow(dead_code)]
pub(crate) fn dialects(data: &[u8]) -> Vec<&'static str> {
    decode::dialects(data)
}
