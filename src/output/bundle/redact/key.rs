//! The key of a case, and the pseudonyms made with it.
//!
//! A pseudonym depends on nothing but key, class and value: not on order, field or thread, so that the
//! same person has the same one in two logs and in two bundles of a case. A hash without a key would not
//! do: logins can be guessed, and a guess could be checked.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The key of a case. Whoever has it can check a guess, so it is never printed and never in a bundle.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Key {
        Key(bytes)
    }

    /// The bytes, for the map beside the bundle.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A name by which two bundles are known to have one key: `k-` and four hex digits of its hash.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"provlens key id\0");
        hash.update(self.0);
        let digest = hash.finalize();
        let [first, second, ..] = *digest.as_slice() else { return "k-0000".to_owned() };
        format!("k-{first:02x}{second:02x}")
    }

    /// 60 bits of the value's HMAC as twelve small characters. A million values collide with a probability
    /// of four in ten million.
    pub(super) fn pseudonym(&self, class: &str, value: &str) -> String {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut bits = self.tag(class, value);
        let mut digit = || {
            let top = (bits >> 59) as usize;
            bits <<= 5;
            char::from(DIGITS.get(top).copied().unwrap_or(b'0'))
        };
        (0..12).map(|_| digit()).collect()
    }

    /// Four hex digits by which one secret in two places is known to be one.
    pub(super) fn fingerprint(&self, secret: &str) -> String {
        format!("{:04x}", self.tag("secret", secret) >> 48)
    }

    /// The first eight bytes of the HMAC.
    fn tag(&self, class: &str, value: &str) -> u64 {
        // A key of any length is accepted, so this cannot fail; a zero would only make pseudonyms alike.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return 0 };
        mac.update(class.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        let tag = mac.finalize().into_bytes();
        tag.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Key({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Key::from_bytes([byte; 32])
    }

    /// RFC 4231, test case 2, says what the HMAC must be; its key is shorter than ours.
    #[test]
    fn it_is_hmac_sha_256() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    /// Computed apart from this code (Python's hmac): 32 bytes of 7, `login`, zero, the address.
    #[test]
    fn a_pseudonym_is_sixty_bits_in_crockford_s_digits() {
        assert_eq!(key(7).pseudonym("login", "ann.lee@corp.example"), "830jsez43gts");
        assert_eq!(key(7).fingerprint("abcdef123456"), "8bcc");
        assert_eq!(key(7).id(), "k-e4f6");
    }

    #[test]
    fn key_and_class_decide() {
        assert_ne!(key(7).pseudonym("login", "x"), key(8).pseudonym("login", "x"));
        assert_ne!(key(7).pseudonym("login", "x"), key(7).pseudonym("name", "x"));
    }

    #[test]
    fn nobody_sees_the_key() {
        let shown = format!("{:?}", Key::from_bytes(*b"0123456789abcdef0123456789abcdef"));
        assert!(shown.len() < 16 && !shown.contains("0123456789"), "{shown}");
    }
}
