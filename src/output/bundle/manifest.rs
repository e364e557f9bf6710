//! What is in a bundle, with a hash of each file, so that whoever receives it can prove that nothing was
//! changed on the way.

use serde::{Deserialize, Serialize};

use super::archive::{File, sha256};

/// The form of the manifest.
pub(super) const SCHEMA: &str = "provlens/bundle/1";
/// Its path.
pub(super) const PATH: &str = "manifest.json";
/// The same hashes for `sha256sum -c`.
pub(super) const SUMS: &str = "SHA256SUMS";

/// The manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub schema: String,
    pub tool: Tool,
    /// UTC.
    pub created: String,
    pub case: Subject,
    pub window: Window,
    pub inputs: Vec<Export>,
    pub redaction: Redaction,
    pub files: Vec<Listed>,
    /// Of the lines that [`SUMS`] holds. It stays the same if somebody packs the files again.
    pub content_sha256: String,
}

/// What made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tool {
    pub name: String,
    pub version: String,
    /// The fingerprint of the rules.
    pub rules: String,
}

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subject {
    pub issue: String,
    #[serde(rename = "for")]
    pub recipient: String,
    pub reference: Option<String>,
}

/// Times in UTC: what was asked for, and what the exports cover.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub asked: [Option<String>; 2],
    pub covered: [Option<String>; 2],
}

/// An export that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Export {
    pub name: String,
    pub bytes: u64,
    pub sha256: Option<String>,
    pub records: u64,
    pub unreadable: u64,
}

/// How it was redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Redaction {
    pub profile: String,
    pub pseudonyms: String,
    pub key_id: String,
    pub leak_check: String,
}

/// A file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Listed {
    /// The entry of a file.
    pub(super) fn of(file: &File) -> Listed {
        Listed { path: file.path.clone(), bytes: file.bytes.len() as u64, sha256: file.sha256() }
    }
}

/// The lines of [`SUMS`], in their order.
pub(super) fn sums(files: &[Listed]) -> String {
    let mut lines: Vec<String> = files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
    lines.sort();
    lines.concat()
}

/// The file of hashes: that of the manifest too, which cannot name its own.
pub(super) fn sums_file(files: &[Listed], manifest: &File) -> File {
    File::text(SUMS, format!("{}{}  {PATH}\n", sums(files), manifest.sha256()))
}

/// The hash of the content of a bundle's files, whether those that name hashes are among them or not.
pub(super) fn content_of(files: &[File]) -> String {
    let listed: Vec<Listed> =
        files.iter().filter(|file| ![PATH, SUMS].contains(&&*file.path)).map(Listed::of).collect();
    content_sha256(&listed)
}

/// The hash of the content.
pub(super) fn content_sha256(files: &[Listed]) -> String {
    sha256(sums(files).as_bytes())
}

/// The file.
pub(super) fn file(manifest: &Manifest) -> File {
    let mut text = serde_json::to_string_pretty(manifest).unwrap_or_default();
    text.push('\n');
    File::text(PATH, text)
}
