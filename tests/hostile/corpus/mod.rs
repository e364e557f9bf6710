//! The hostile inputs: those in `tests/hostile/inputs`, and those made here since they are binary. Each is
//! explained in `tests/hostile/README.md`.

pub(crate) mod zip;

use std::fs;
use std::path::Path;

use super::{gzip, lines, okta, utf16};
use zip::{Member, archive};

/// Writes them all into a folder and gives their names in order.
pub(crate) fn write(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/inputs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        fs::copy(&path, folder.join(&name)).unwrap();
        names.push(name);
    }
    for (name, bytes) in made() {
        fs::write(folder.join(name), bytes).unwrap();
        names.push(name.to_owned());
    }
    names.sort();
    names
}

fn made() -> Vec<(&'static str, Vec<u8>)> {
    let three = || String::from_utf8(lines(3)).unwrap();
    let record = three().lines().next().unwrap().to_owned();
    let within = |value: &str| format!("{},\"zz\":{value}}}\n", &record[..record.len() - 1]).into_bytes();
    let packed = gzip(&okta());
    let changed = |at: usize| {
        let mut bytes = packed.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    let member = |name: &str| Member::new(name, &lines(3));
    let zeros = vec![0; 4096];
    vec![
        ("empty.json", Vec::new()),
        ("space.json", b" \n\t\r\n ".to_vec()),
        ("empty-list.json", b"{\"value\":[]}".to_vec()),
        ("picture.json", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()),
        ("page.pdf", b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n1 0 obj".to_vec()),
        ("events.evtx", b"ElfFile\0\0\0\0\0".to_vec()),
        ("random.bin", (0u32..6000).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect()),
        ("half.gz", packed[..packed.len() / 2].to_vec()),
        ("stub.gz", packed[..12].to_vec()),
        ("wrong-sum.gz", changed(packed.len() - 6)),
        ("damaged.gz", changed(packed.len() / 2)),
        ("behind.gz", [packed.clone(), b"and a remark".to_vec()].concat()),
        ("two-members.gz", [gzip(&lines(20)), gzip(&okta()[lines(20).len()..])].concat()),
        ("names.zip", archive(&["../../x.json", "/etc/x", "C:\\x", "a\x1b]0;x\x07\n.json", "nul\0.json"].map(member))),
        ("encrypted.zip", archive(&[Member { flags: 1, ..member("a.json") }, member("b.json")])),
        ("method.zip", archive(&[Member { method: 14, ..member("a.json") }])),
        ("overlap.zip", archive(&[member("a.json"), Member { at: Some(0), ..member("b.json") }])),
        ("lying.zip", archive(&[Member { size: 10, ..Member::new("a.json", &okta()) }])),
        ("nested.zip", archive(&[Member::new("b.zip", &archive(&[member("c.json")]))])),
        ("cut.zip", archive(&[member("a.json")])[..200].to_vec()),
        ("marked.json", [b"\xef\xbb\xbf".to_vec(), lines(3)].concat()),
        ("utf-16-le.json", utf16(&three(), true, true)),
        ("utf-16-be.json", utf16(&three(), false, false)),
        ("odd-utf-16.json", utf16(&three(), true, true)[..901].to_vec()),
        ("utf-32.json", three().chars().fold(vec![0xff, 0xfe, 0, 0], |all, c| [all, u32::from(c).to_le_bytes().to_vec()].concat())),
        ("broken-utf-8.json", within("\"\u{1}\"").into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect()),
        ("zeros-behind.json", [lines(3), zeros.clone()].concat()),
        ("zeros-between.json", [record.clone().into_bytes(), zeros.clone(), lines(3)].concat()),
        ("zeros.json", zeros),
        ("latin-1.csv", b"ID,Date,Change ID,Job ID,Action,Status,Source Identity\ne1,2026-03-02T10:00:00Z,c1,s,Create,Failure,j\xf6rg\n".to_vec()),
        ("carriage-returns.json", three().replace('\n', "\r").into_bytes()),
        ("separators.json", three().replace("Add user", "\u{2028}\u{2029}\u{85}").into_bytes()),
        ("cut-off.json", okta()[..okta().len() / 2].to_vec()),
        ("glued.json", three().replace('\n', "").into_bytes()),
        ("deep.json", [within(&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))), lines(3)].concat()),
        ("deep-text.json", within(&format!("\"{}{}\"", "[".repeat(50_000), "]".repeat(50_000)))),
        ("opened.json", "{\"a\":".repeat(50_000).into_bytes()),
        ("long-number.json", within(&"9".repeat(100_000))),
        ("long-name.json", within(&format!("{{\"{}\":1}}", "n".repeat(100_000)))),
        ("one-line.txt", "word ".repeat(50_000).into_bytes()),
    ]
}
