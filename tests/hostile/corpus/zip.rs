//! Writes zip archives as other programs do and as nobody should.

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// One member; what is said of it need not be true.
#[derive(Clone)]
pub(crate) struct Member {
    pub name: String,
    /// 0 stored, 8 deflated.
    pub method: u16,
    pub flags: u16,
    pub mode: u32,
    pub sum: u32,
    pub size: u32,
    pub packed: Vec<u8>,
    /// Where the directory says that it begins, if that is not where it does.
    pub at: Option<u32>,
    /// Sum and sizes follow the data.
    pub sizes_behind: bool,
    /// Sizes have 64 bits.
    pub zip64: bool,
}

impl Member {
    pub(crate) fn new(name: &str, bytes: &[u8]) -> Member {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        let mut sum = Crc::new();
        sum.update(bytes);
        Member {
            name: name.to_owned(),
            method: 8,
            flags: 0,
            mode: 0o100_644,
            sum: sum.sum(),
            size: u32::try_from(bytes.len()).unwrap(),
            packed: encoder.finish().unwrap(),
            at: None,
            sizes_behind: false,
            zip64: false,
        }
    }

    /// What stands in front of the data, and for each member in the directory: but for the signature.
    fn header(&self, in_directory: bool) -> Vec<u8> {
        let packed = u32::try_from(self.packed.len()).unwrap();
        let flags = self.flags | if self.sizes_behind { 8 } else { 0 } | 0x800;
        let known = in_directory || !self.sizes_behind;
        let (sum, packed, size) = if known { (self.sum, packed, self.size) } else { (0, 0, 0) };
        let (shown_packed, shown_size) = if self.zip64 { (u32::MAX, u32::MAX) } else { (packed, size) };
        let extra: Vec<u8> = match self.zip64 {
            true => [&[1, 0, 16, 0][..], &u64::from(size).to_le_bytes(), &u64::from(packed).to_le_bytes()].concat(),
            false => Vec::new(),
        };
        let mut header = Vec::new();
        for word in [45, flags, self.method, 0, 0x21] {
            header.extend(u16::to_le_bytes(word));
        }
        for word in [sum, shown_packed, shown_size] {
            header.extend(word.to_le_bytes());
        }
        header.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        header.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        if in_directory {
            header.extend([0; 6]);
            header.extend((self.mode << 16).to_le_bytes());
            header.extend(self.at.unwrap_or_default().to_le_bytes());
        }
        header.extend(self.name.as_bytes());
        header.extend(extra);
        header
    }
}

pub(crate) fn archive(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for member in members {
        let at = member.at.unwrap_or(u32::try_from(bytes.len()).unwrap());
        directory.extend(b"PK\x01\x02\x2d\x03");
        directory.extend(Member { at: Some(at), ..member.clone() }.header(true));
        if member.at.is_some() {
            continue;
        }
        bytes.extend(b"PK\x03\x04");
        bytes.extend(member.header(false));
        bytes.extend(&member.packed);
        if member.sizes_behind {
            bytes.extend(b"PK\x07\x08");
            for word in [member.sum, u32::try_from(member.packed.len()).unwrap(), member.size] {
                bytes.extend(word.to_le_bytes());
            }
        }
    }
    let at = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(members.len()).unwrap();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
