//! Proves that a bundle is what was packed.

mod unpack;

use std::collections::{BTreeMap, BTreeSet};

use super::archive::{File, pack, sha256};
use super::hidden;
use super::manifest::{self, Manifest};
use super::mapping::Mapping;
use super::redact::{Key, Recipient, Redactor, Settings};
use unpack::{Unpacked, unpack};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub what: &'static str,
    /// What is wrong, each in a sentence.
    pub wrong: Vec<String>,
    /// What else there is to say.
    pub remark: Option<String>,
}

/// What was found out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What was looked at, in order.
    pub checks: Vec<Check>,
    /// The hash by which the sender names it.
    pub content_sha256: Option<String>,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_passed(&self) -> bool {
        self.checks.iter().all(|check| check.wrong.is_empty())
    }

    fn check(&mut self, what: &'static str, wrong: Vec<String>) {
        self.checks.push(Check { what, wrong, remark: None });
    }
}

/// Verifies the bytes of an archive. `exports` are names and hashes of exports that the bundle may have
/// been made from.
///
/// # Errors
/// A sentence if it is no archive that can be read.
pub fn verify(bytes: &[u8], mapping: Option<&Mapping>, exports: &[(String, String)]) -> Result<Verdict, String> {
    verify_by(bytes, mapping, exports, secrets)
}

/// The same; `secrets` looks for secrets.
fn verify_by(
    bytes: &[u8],
    mapping: Option<&Mapping>,
    exports: &[(String, String)],
    secrets: impl Fn(&[File]) -> Vec<String>,
) -> Result<Verdict, String> {
    let mut verdict = Verdict::default();
    let Unpacked { top, files, wrong } = unpack(bytes)?;
    verdict.check("the archive can be read and has one folder with plain names", wrong);
    let manifest = match manifest_of(&files) {
        Ok(manifest) => manifest,
        Err(why) => {
            verdict.check("it has a manifest", vec![why]);
            return Ok(verdict);
        }
    };
    let schema = if manifest.schema == manifest::SCHEMA {
        Vec::new()
    } else {
        vec![format!("its schema is `{}`, and only {} is known", manifest.schema, manifest::SCHEMA)]
    };
    verdict.check("the form of the manifest is known", schema);
    verdict.check("it holds the files of the manifest and no others", other_files(&manifest, &files));
    verdict.check("every file is as it was packed", changed(&manifest, &files));
    let sums = files.iter().find(|file| file.path == manifest::SUMS);
    let remark = "it was written by an older version, of which only the hashes in the manifest are proven: the case, the times and the recipient that it names may have been changed";
    verdict.checks.push(Check {
        what: "the hash of the content is right",
        wrong: content(&manifest, &files),
        remark: sums.is_some_and(|sums| is_of_old(&manifest, sums)).then(|| remark.to_owned()),
    });
    verdict.check("no secret is in it", secrets(&files));
    if !exports.is_empty() {
        verdict.check("it was made from these exports", of_exports(&manifest, exports));
    }
    if let Some(mapping) = mapping {
        verdict.check("nothing of the mapping is in it in clear", in_clear(mapping, &manifest, &files));
    }
    let same = pack(&top, &files).is_ok_and(|again| again == bytes);
    let remark = "the files are as they were packed, but the archive around them is not byte for byte as Provlens writes it: somebody packed it again, another version wrote it, or a byte that no file needs was changed";
    verdict.checks.push(Check {
        what: "the archive itself is as it was written",
        wrong: Vec::new(),
        remark: (!same).then(|| remark.to_owned()),
    });
    verdict.content_sha256 = Some(manifest.content_sha256);
    Ok(verdict)
}

fn manifest_of(files: &[File]) -> Result<Manifest, String> {
    let Some(file) = files.iter().find(|file| file.path == manifest::PATH) else {
        return Err(format!("{} is missing", manifest::PATH));
    };
    serde_json::from_slice(&file.bytes).map_err(|error| format!("{} cannot be read: {error}", manifest::PATH))
}

fn other_files(manifest: &Manifest, files: &[File]) -> Vec<String> {
    let listed: BTreeSet<&str> = manifest.files.iter().map(|file| &*file.path).collect();
    let own = [manifest::PATH, manifest::SUMS];
    let there: BTreeSet<&str> = files.iter().map(|file| &*file.path).collect();
    let more = there.iter().filter(|path| !listed.contains(*path) && !own.contains(path));
    let missing = listed.iter().chain(&own).filter(|path| !there.contains(*path));
    more.map(|path| format!("{path} is not in the manifest"))
        .chain(missing.map(|path| format!("{path} is missing")))
        .collect()
}

fn changed(manifest: &Manifest, files: &[File]) -> Vec<String> {
    let there: BTreeMap<&str, &File> = files.iter().map(|file| (&*file.path, file)).collect();
    let mut wrong = Vec::new();
    for listed in &manifest.files {
        let Some(file) = there.get(&*listed.path) else { continue };
        if file.bytes.len() as u64 != listed.bytes {
            wrong.push(format!(
                "{} has {} bytes, and had {} when it was packed",
                listed.path,
                file.bytes.len(),
                listed.bytes
            ));
        } else if file.sha256() != listed.sha256 {
            wrong.push(format!("{} was changed", listed.path));
        }
    }
    wrong
}

fn content(manifest: &Manifest, files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    let sums = manifest::sums(&manifest.files);
    if sha256(sums.as_bytes()) != manifest.content_sha256 {
        wrong.push("the manifest's own hash does not fit its list of files".to_owned());
    }
    if let Some(file) = files.iter().find(|file| file.path == manifest::SUMS)
        && let Some(own) = files.iter().find(|file| file.path == manifest::PATH)
        && file.bytes != manifest::sums_file(&manifest.files, own).bytes
        && !is_of_old(manifest, file)
    {
        wrong.push(match file.bytes.starts_with(sums.as_bytes()) {
            true => format!("{} was changed", manifest::PATH),
            false => format!("{} does not say what the manifest says", manifest::SUMS),
        });
    }
    if manifest::content_of(files) != manifest.content_sha256 {
        wrong.push("the files together do not have the hash that the manifest names".to_owned());
    }
    wrong
}

/// Whether the file of hashes is one of older versions, which leave the manifest out.
fn is_of_old(manifest: &Manifest, sums: &File) -> bool {
    sums.bytes == manifest::sums(&manifest.files).as_bytes()
}

fn secrets(files: &[File]) -> Vec<String> {
    // Nothing is known here of who is in it; secrets have shapes.
    let settings = Settings {
        recipient: Recipient::Internal,
        keep_groups: true,
        reveal: Vec::new(),
        key: Key::from_bytes([0; 32]),
    };
    match Redactor::new(settings) {
        Ok(mut redactor) => {
            let leaks = files.iter().flat_map(|file| redactor.check(&file.path, &file.bytes));
            leaks.map(|leak| hidden::leak(&leak)).collect()
        }
        Err(error) => vec![format!("it cannot be looked for: {error}")],
    }
}

fn of_exports(manifest: &Manifest, exports: &[(String, String)]) -> Vec<String> {
    let known: BTreeSet<&str> = manifest.inputs.iter().filter_map(|input| input.sha256.as_deref()).collect();
    exports
        .iter()
        .filter(|(_, hash)| !known.contains(&**hash))
        .map(|(name, _)| format!("{name} is none of the exports that the manifest names, or was changed since"))
        .collect()
}

fn in_clear(mapping: &Mapping, manifest: &Manifest, files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    if mapping.content_sha256() != manifest.content_sha256 {
        wrong.push("the mapping belongs to another bundle".to_owned());
    }
    for file in files {
        let text = String::from_utf8_lossy(&file.bytes).to_lowercase();
        let here = mapping
            .values()
            .iter()
            .filter(|value| value.value.len() >= 4 && text.contains(&value.value.to_lowercase()));
        for value in here {
            wrong.push(format!("{} holds in clear what {} stands for", file.path, value.pseudonym));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;
    use crate::output::bundle::archive::sha256;
    use crate::output::bundle::manifest::{Export, Listed, Redaction, Subject, Tool, Window};

    fn files() -> Vec<File> {
        vec![
            File::text("README.md", "# What is wrong\n".to_owned()),
            File::text("raw/0001.ndjson", "{}\n{}\n".to_owned()),
        ]
    }

    fn manifest(files: &[File]) -> Manifest {
        let files: Vec<Listed> = files.iter().map(Listed::of).collect();
        let none = String::new;
        Manifest {
            schema: manifest::SCHEMA.to_owned(),
            tool: Tool { name: none(), version: none(), rules: none() },
            created: none(),
            case: Subject { issue: none(), recipient: none(), reference: None },
            window: Window::default(),
            inputs: vec![Export { name: none(), bytes: 3, sha256: Some(sha256(b"log")), records: 1, unreadable: 0 }],
            redaction: Redaction { profile: none(), pseudonyms: none(), key_id: none(), leak_check: none() },
            content_sha256: manifest::content_sha256(&files),
            files,
        }
    }

    /// The archive of these files with their manifest.
    fn packed(files: &[File], manifest: &Manifest) -> Vec<u8> {
        let mut all = files.to_vec();
        let own = manifest::file(manifest);
        all.extend([manifest::sums_file(&manifest.files, &own), own]);
        pack("case", &all).unwrap()
    }

    fn checked(bytes: &[u8]) -> Result<Verdict, String> {
        verify_by(bytes, None, &[], |_| Vec::new())
    }

    /// All that is wrong.
    fn wrong(bytes: &[u8]) -> String {
        checked(bytes).unwrap().checks.into_iter().flat_map(|check| check.wrong).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_was_packed_passes() {
        let verdict = checked(&packed(&files(), &manifest(&files()))).unwrap();
        assert!(verdict.is_passed() && verdict.checks.iter().all(|check| check.remark.is_none()), "{verdict:?}");
    }

    #[test]
    fn no_flipped_bit_passes_unseen() {
        let whole = packed(&files(), &manifest(&files()));
        let before = unpack(&whole).unwrap().files;
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Ok(verdict) = checked(&bytes) else { continue };
            if verdict.is_passed() {
                let told = verdict.checks.iter().any(|check| check.remark.is_some());
                let after = unpack(&bytes).unwrap().files;
                assert!(told && after == before, "bit {bit}");
            }
        }
    }

    #[test]
    fn a_file_more_a_file_less_and_a_changed_one_are_named() {
        let manifest = manifest(&files());
        let more = [&files()[..], &[File::text("extra.txt", "x".to_owned())]].concat();
        assert!(wrong(&packed(&more, &manifest)).contains("extra.txt is not in the manifest"));
        assert!(wrong(&packed(&files()[..1], &manifest)).contains("raw/0001.ndjson is missing"));
        let mut other = files();
        other[0].bytes = b"# What is right\n".to_vec();
        assert!(wrong(&packed(&other, &manifest)).contains("README.md was changed"));
        other[0].bytes.push(b'x');
        assert!(wrong(&packed(&other, &manifest)).contains("README.md has 17 bytes, and had 16"));
    }

    #[test]
    fn a_manifest_that_is_missing_damaged_or_foreign_is_told() {
        assert!(wrong(&pack("case", &files()).unwrap()).contains("manifest.json is missing"));
        let broken = [&files()[..], &[File::text(manifest::PATH, "{".to_owned())]].concat();
        assert!(wrong(&pack("case", &broken).unwrap()).contains("manifest.json cannot be read"));
        let foreign = Manifest { schema: "other/2".to_owned(), ..manifest(&files()) };
        assert!(wrong(&packed(&files(), &foreign)).contains("its schema is `other/2`"));
    }

    #[test]
    fn names_that_lead_out_of_the_folder_are_not_plain() {
        let manifest = manifest(&files());
        for name in ["../x", "a\\b", "a//b", "./x"] {
            let more = [&files()[..], &[File::text(name, String::new())]].concat();
            assert!(wrong(&packed(&more, &manifest)).contains("is no plain name"), "{name}");
        }
    }

    #[test]
    fn a_manifest_that_was_changed_is_told() {
        let manifest = manifest(&files());
        let mut changed = manifest.clone();
        changed.case.recipient = "internal".to_owned();
        let sums = manifest::sums_file(&manifest.files, &manifest::file(&manifest));
        let all = [&files()[..], &[sums, manifest::file(&changed)]].concat();
        assert!(wrong(&pack("case", &all).unwrap()).contains("manifest.json was changed"));
    }

    #[test]
    fn a_bundle_of_an_older_version_passes_and_says_what_is_not_proven() {
        let manifest = manifest(&files());
        let sums = File::text(manifest::SUMS, manifest::sums(&manifest.files));
        let all = [&files()[..], &[sums, manifest::file(&manifest)]].concat();
        let verdict = checked(&pack("case", &all).unwrap()).unwrap();
        let told = verdict.checks.iter().filter_map(|check| check.remark.as_deref()).collect::<Vec<_>>();
        assert!(verdict.is_passed() && told.concat().contains("older version"), "{told:?}");
    }

    #[test]
    fn what_no_file_holds_is_told() {
        let whole = packed(&files(), &manifest(&files()));
        let behind = [&whole[..], b"password=Hunter2secret!"].concat();
        assert!(wrong(&behind).contains("23 bytes stand behind the archive"), "{}", wrong(&behind));
        let mut comment = whole.clone();
        let at = comment.len() - 2;
        comment[at] = 2;
        comment.extend(b"hi");
        assert!(wrong(&comment).contains("the archive has a comment"), "{}", wrong(&comment));
    }

    #[test]
    fn a_bundle_that_was_packed_again_with_its_folders_passes() {
        let mut all = files();
        let own = manifest::file(&manifest(&files()));
        all.extend([manifest::sums_file(&manifest(&files()).files, &own), own]);
        let again = |folders: &[&str]| {
            let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let options = zip::write::SimpleFileOptions::default();
            for folder in folders {
                archive.add_directory(*folder, options).unwrap();
            }
            for file in &all {
                archive.start_file(format!("case/{}", file.path), options).unwrap();
                archive.write_all(&file.bytes).unwrap();
            }
            archive.finish().unwrap().into_inner()
        };
        let verdict = checked(&again(&["case/", "case/raw/"])).unwrap();
        assert!(verdict.is_passed() && verdict.checks.iter().any(|check| check.remark.is_some()), "{verdict:?}");
        assert!(wrong(&again(&["case/", "case/x/"])).contains("`case/x/` is a folder without a file"));
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert!(checked(b"").is_err() && checked(b"PK\x03\x04 something").is_err());
    }

    #[test]
    fn a_secret_is_found_by_whoever_receives_it() {
        let files =
            [&files()[..], &[File::text("note.txt", "Authorization: Bearer abcdef1234567890abcdef".to_owned())]]
                .concat();
        let verdict = verify(&packed(&files, &manifest(&files)), None, &[]).unwrap();
        let wrong: Vec<String> = verdict.checks.into_iter().flat_map(|check| check.wrong).collect();
        assert!(wrong.iter().any(|wrong| wrong.contains("note.txt line 1")), "{wrong:?}");
    }

    #[test]
    fn exports_are_known_by_their_hashes() {
        let bytes = packed(&files(), &manifest(&files()));
        let asked = |hash: String| verify_by(&bytes, None, &[("log.ndjson".to_owned(), hash)], |_| Vec::new()).unwrap();
        assert!(asked(sha256(b"log")).is_passed());
        assert!(!asked(sha256(b"other")).is_passed());
    }
}
