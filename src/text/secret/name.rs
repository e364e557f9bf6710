//! What the names of fields say of their values: some say that they are secret, some only that they are what another
//! field names (`{"path":"password","value":…}`).

/// Endings by which a name says something of a secret: `tokenType`, `passwordChanged`, `secretCount`.
const ABOUT: [&str; 19] = [
    "changed", "type", "count", "policy", "policies", "expires", "expiry", "expired", "status", "length", "id", "ids",
    "name", "set", "exists", "enabled", "required", "date", "at",
];

/// Whether a field's name says that its value is secret, however it looks.
pub fn is_secret(name: &str) -> bool {
    const SAYS: [&str; 12] = [
        "password",
        "passwd",
        "passwort",
        "kennwort",
        "secret",
        "privatekey",
        "apikey",
        "passcode",
        "passphrase",
        "authorization",
        "cookie",
        "answer",
    ];
    const ARE: [&str; 9] =
        ["token", "accesstoken", "refreshtoken", "idtoken", "pwd", "otp", "pass", "dbpass", "mfacode"];
    let name = folded(name);
    SAYS.iter().any(|word| name.contains(word)) && !is_about(&name)
        || ARE.contains(&name.as_str())
        || name.ends_with("pwd")
}

/// Whether a name says that its value is secret if it looks like chance.
pub fn may_be_secret(name: &str) -> bool {
    let name = folded(name);
    ["token", "secret", "passw", "apikey", "credential"].iter().any(|word| name.contains(word)) && !is_about(&name)
}

/// Whether a field holds what another one names.
pub fn is_holder(key: &str) -> bool {
    ["value", "newvalue", "oldvalue"].contains(&folded(key).as_str())
}

/// The name of the secret that a field holds because a field beside it says so. The siblings are keys and texts.
pub fn beside<'t>(key: &str, siblings: impl Iterator<Item = (&'t str, Option<&'t str>)>) -> Option<&'t str> {
    const NAMING: [&str; 9] =
        ["name", "path", "key", "header", "attribute", "attributename", "property", "propertyname", "displayname"];
    /// No object that names what it holds has more fields.
    const MOST: usize = 32;
    if !is_holder(key) {
        return None;
    }
    let named = siblings.take(MOST).filter(|(key, _)| NAMING.contains(&folded(key).as_str()));
    named.filter_map(|(_, text)| text).find(|text| is_secret(text))
}

fn is_about(folded: &str) -> bool {
    ABOUT.iter().any(|end| folded.ends_with(end))
}

/// Small letters without separators.
fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '.' | ' ' | '-')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_beside_a_value_says_what_it_is() {
        let of = |fields: &[(&'static str, &'static str)]| {
            beside("value", fields.iter().map(|(key, text)| (*key, Some(*text))))
        };
        assert_eq!(of(&[("op", "add"), ("path", "password"), ("value", "x")]), Some("password"));
        assert_eq!(of(&[("value", "x"), ("name", "X-Api-Key")]), Some("X-Api-Key"));
        assert_eq!(of(&[("path", "userName"), ("value", "password")]), None);
        assert_eq!(of(&[("name", "passwordPolicies"), ("value", "x")]), None);
        assert_eq!(beside("op", [("path", Some("password"))].into_iter()), None);
    }
}
