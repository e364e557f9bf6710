//! Bytes as hexadecimal digits.

/// Two small digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_byte_has_two_digits_too() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}
