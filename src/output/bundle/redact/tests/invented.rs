//! Invented secrets and people, and records that have them in every field of a policy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::policy::Node;

/// Kinds of secrets: a text with the secret between the marks.
pub(super) const SECRETS: [&str; 48] = [
    "Authorization: Bearer ⟦Qz7Lp2Xv9Rt4Wn6Ys1Kd8Fh3Jg5Mb0Ca⟧",
    "Authorization: SSWS ⟦00Tz8Kx3Vn5Qw1Rp7Lm9Yb2Hd4Gf6Js0Ac3E⟧",
    "Authorization: Basic ⟦c2NpbV91c2VyOmtkOFFtWHc3UnQyTHY5⟧",
    "Authorization: Vendor ⟦Wk5Tn8Zq2Lx7Rv4Yp9Hs1Gd6Fj3Mb0Ec⟧",
    "Proxy-Authorization: Negotiate ⟦YIIJvwYGKwYBBQUCoIIJszCCCa8Qx7LpZw⟧",
    "X-Api-Key: ⟦7f1c9e4b2a8d5063fe917c4d⟧",
    "received ⟦eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJxN3hMcDIiLCJpYXQiOjE3fQ.Tz8Kx3Vn5Qw1Rp7Lm9Yb2Hd4Gf⟧ as",
    "Cookie: ⟦sid=102Tz8Kx3Vn5Qw1Rp7Lm; DT=DI0Yb2Hd4Gf6Js0⟧",
    "Set-Cookie: ⟦JSESSIONID=8F2B6C1D9E3A7054BD68; Path=/; HttpOnly⟧",
    "with sid=⟦102Xv9Rt4Wn6Ys1Kd8Fh3Jg5⟧ in it",
    "with idx=⟦9Hs1Gd6Fj3Mb0EcWk5Tn8Zq⟧ in it",
    "posted SAMLResponse=⟦PHNhbWxwOlJlc3BvbnNlIElEPSJfOGU4ZGM1ZjY5YTk4Y2M0Ii8⟧ back",
    "got ⟦<saml2:Assertion ID=\"_a75adf55\"><saml2:NameID>Kd8QmXw7Rt2L</saml2:NameID></saml2:Assertion>⟧ back",
    "went to https://cb.example/x?code=⟦Rp7Lm9Yb2Hd4Gf6Js0Ac3E⟧ then",
    "went to /cb?state=⟦Vn5Qw1Rp7Lm9Yb2Hd4Gf⟧ then",
    "grant with access_token=⟦Gd6Fj3Mb0EcWk5Tn8Zq2Lx7Rv4Yp⟧ done",
    r#"{"refresh_token":"⟦1Rp7Lm9Yb2Hd4Gf6Js0Ac3ETz8Kx⟧"}"#,
    "with client_secret=⟦n8Zq2Lx7Rv4Yp9Hs1Gd6Fj3M⟧ sent",
    "with client_assertion=⟦Yb2Hd4Gf6Js0Ac3ETz8Kx3Vn⟧ sent",
    "with code_verifier=⟦dBjftJeZ4CVPmB92K27uhbUJU1p1⟧ sent",
    r#"{"password":"⟦Kd8QmXw7-Rt2Lv9!⟧"}"#,
    "password=⟦Zq2Lx7Rv4Yp9Hs1⟧ was set",
    r#"{"newPassword": "⟦correct zebra battery 47 staple⟧"}"#,
    "pwd: ⟦Hs1Gd6Fj3Mb0Ec9⟧",
    "passcode=⟦Fj3Mb0EcWk5T⟧",
    r#"{"answer":"⟦Mrs. Quibblesworth 1987⟧"}"#,
    "recoveryToken: ⟦XdZ3Qw1Rp7Lm9Yb2Hd4G⟧",
    "secret=⟦Lm9Yb2Hd4Gf6Js0A⟧",
    "api_key=⟦Js0Ac3ETz8Kx3Vn5Qw⟧",
    "-----BEGIN RSA PRIVATE KEY-----⟦\nMIIEpAIBAAKCAQEAqX7LpZwTn8Kv3Rm5Yb2Hd4Gf\nJs0Ac3ETz8Kx3Vn5Qw1Rp7Lm9\n⟧-----END RSA PRIVATE KEY-----",
    "used ⟦AKIAQX7LPZWTN8KV3RM5⟧ then",
    "aws_secret_access_key=⟦wJqX7LpZwTn8Kv3Rm5Yb2Hd4Gf6Js0Ac3ETz8Kxx⟧",
    "at https://st.blob.core.windows.net/c?sv=2024&sig=⟦qX7LpZwTn8Kv3Rm5Yb2Hd4Gf6Js0Ac3ETz8Kx3Vn5Q%3D⟧",
    "AccountKey=⟦qX7LpZwTn8Kv3Rm5Yb2Hd4Gf6Js0Ac3ETz8Kx3Vn5Qw1Rp7Lm9==⟧;x",
    "SharedAccessKey=⟦Rm5Yb2Hd4Gf6Js0Ac3ETz8Kx3Vn5Qw1Rp7Lm9Zq=⟧",
    "used ⟦Kx38Q~Yb2Hd4Gf6Js0Ac3ETz8Kx3Vn5Qw1Rp7Lm⟧ here",
    "used ⟦AIzaSyQx7LpZwTn8Kv3Rm5Yb2Hd4Gf6Js0Ac3E⟧ here",
    "used ⟦ya29.a0Qx7LpZwTn8Kv3Rm5Yb2Hd4Gf6Js0Ac⟧ here",
    "used ⟦ghp_Qx7LpZwTn8Kv3Rm5Yb2Hd4Gf6Js0Ac3ETz8K⟧ here",
    "used ⟦glpat-Qx7LpZwTn8Kv3Rm5Yb2H⟧ here",
    "used ⟦xoxb-178293645102-Tn8Kv3Rm5Yb2Hd4G⟧ here",
    "used ⟦sk_live_Qx7LpZwTn8Kv3Rm5Yb2Hd4Gf⟧ here",
    "used ⟦dapi7f1c9e4b2a8d5063fe917c4d7f1c9e4b⟧ here",
    "at https://svc:⟦Rv4Yp9Hs1Gd6Fj3M⟧@scim.example/v2 again",
    "to https://hooks.slack.com/services/⟦T07QX7LPZ/B08TN8KV3/Rm5Yb2Hd4Gf6Js0Ac3ETz8Kx⟧ posted",
    "to https://acme.webhook.office.com/⟦webhookb2/7f1c9e4b-2a8d@5063fe91/IncomingWebhook/9e4b2a8d5063/fe91⟧ posted",
    "deviceTokenValue=⟦Pq8Zx3Lm6Vt1Rk9Wn4Ys⟧ seen",
    "found 00⟦Xv9Rt4Wn6Ys1Kd8Fh3Jg5Mb0CaQz7Lp2Tn8KvZr⟧ in a file",
];

/// How a text is put into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Plain,
    Json,
    JsonTwice,
    Percent,
    Base64,
    Wrapped,
}

impl Coding {
    pub(super) const ALL: [Coding; 6] =
        [Coding::Plain, Coding::Json, Coding::JsonTwice, Coding::Percent, Coding::Base64, Coding::Wrapped];
}

/// The text without the marks, put so, and the secret.
pub(super) fn planted(marked: &str, coding: Coding) -> (String, String) {
    let (before, rest) = marked.split_once('⟦').unwrap();
    let (secret, after) = rest.split_once('⟧').unwrap();
    let text = format!("{before}{secret}{after}");
    (coded(&text, secret, coding), secret.to_owned())
}

fn coded(text: &str, secret: &str, coding: Coding) -> String {
    let json = |text: &str| json!({ "level": 3, "note": { "message": text } }).to_string();
    match coding {
        Coding::Plain => text.to_owned(),
        Coding::Json => json(text),
        Coding::JsonTwice => json(&json(text)),
        Coding::Percent => percent(text),
        Coding::Base64 => STANDARD.encode(text),
        // As a log breaks a long token; short ones are not broken.
        Coding::Wrapped if secret.len() >= 28 && !secret.contains([' ', '\n']) => {
            let (first, second) = secret.split_at(20);
            text.replace(secret, &format!("{first}\n    {second}"))
        }
        Coding::Wrapped => text.to_owned(),
    }
}

/// Everything but letters and digits as `%22`, as the strictest clients write it.
fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// An invented person.
pub(super) struct Person {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) login: String,
}

impl Person {
    /// One of many, whose names are no words and occur nowhere else.
    pub(super) fn nth(number: usize) -> Person {
        const FIRST: [&str; 14] = [
            "Brunhilde",
            "Zoltán",
            "Ottokar",
            "Yevgenia",
            "Ximena",
            "Þórdís",
            "Wolfram",
            "Ngozi",
            "Quirin",
            "Svetlana",
            "Iñigo",
            "Gwendolyn",
            "Kunigunde",
            "Thaddäus",
        ];
        const LAST: [&str; 15] = [
            "Szczepański",
            "Okonkwo",
            "Vandersloot",
            "Quibbleworth",
            "Ó Murchú",
            "Krzyżanowska",
            "Featherstonehaugh",
            "Żółkiewski",
            "Papadimitriou",
            "Oyelowo",
            "Wigglesworth",
            "Bjørnstad",
            "Mkhitaryan",
            "Xoconostle",
            "Ümitoğlu",
        ];
        let (first, last) = (FIRST[number % 14], LAST[number % 15]);
        let ascii = |name: &str| -> String {
            let plain = name.to_lowercase().replace(' ', "");
            let pairs = [
                ("á", "a"),
                ("ó", "o"),
                ("þ", "th"),
                ("í", "i"),
                ("ñ", "n"),
                ("ä", "ae"),
                ("ń", "n"),
                ("ż", "z"),
                ("ł", "l"),
                ("ú", "u"),
                ("ø", "o"),
                ("ü", "u"),
                ("ğ", "g"),
            ];
            pairs.iter().fold(plain, |name, (from, to)| name.replace(from, to))
        };
        Person { first, last, login: format!("{}.{}{number}@hauptwerk.example", ascii(first), ascii(last)) }
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    pub(super) fn local(&self) -> &str {
        self.login.split('@').next().unwrap()
    }

    /// Forms in which logs name this person. Beside each, whether it is found only once the person is known.
    pub(super) fn forms(&self) -> [String; 14] {
        let (login, name) = (&self.login, self.name());
        let json = |text: &str| {
            let unit =
                |unit: u16| if unit < 128 { char::from(unit as u8).to_string() } else { format!("\\u{unit:04X}") };
            text.encode_utf16().map(unit).collect::<String>()
        };
        [
            login.clone(),
            login.to_uppercase(),
            login.replace('@', "%40"),
            login.replace('@', "\\u0040"),
            STANDARD.encode(format!("account {login} of ours")),
            format!("{}#EXT#@contoso.onmicrosoft.com", login.replace('@', "_")),
            format!("HAUPTWERK\\{}", self.local()),
            login[..self.local().len() - 2].to_owned(),
            name.clone(),
            name.to_uppercase(),
            format!("{}, {}", self.last, self.first),
            name.replace(' ', "  \n "),
            json(&name),
            format!("CN={name},OU=Users,DC=hauptwerk,DC=example"),
        ]
    }

    /// What may stand nowhere, in small letters.
    pub(super) fn traces(&self) -> [String; 5] {
        let local = self.local();
        [
            local[..local.len() - 2].to_owned(),
            self.login.clone(),
            self.name().to_lowercase(),
            format!("{}, {}", self.last, self.first).to_lowercase(),
            "hauptwerk.example".to_owned(),
        ]
    }
}

/// A record with a text in every field that a policy has lines for, in every kind of element that its conditions
/// tell, and in fields that it has none for.
pub(super) fn record(node: &Node, leaf: &mut dyn FnMut() -> Value) -> Value {
    if node.children.is_empty() {
        return leaf();
    }
    let mut object = Map::new();
    let mut done: Vec<Option<&str>> = Vec::new();
    for child in &node.children {
        let name = child.name.as_deref();
        if done.contains(&name) {
            continue;
        }
        done.push(name);
        let alike: Vec<_> = node.children.iter().filter(|other| other.name == child.name).collect();
        let mut elements = Vec::new();
        for one in &alike {
            let Some(condition) = &one.condition else {
                elements.push(record(&one.node, leaf));
                continue;
            };
            for value in &condition.values {
                let mut element = record(&one.node, leaf);
                if let Value::Object(fields) = &mut element {
                    fields.insert(condition.key.clone(), value.as_str().into());
                }
                elements.push(element);
            }
        }
        let value = if elements.len() == 1 { elements.remove(0) } else { Value::Array(elements) };
        object.insert(name.unwrap_or("zzany").to_owned(), value);
    }
    object.insert("zzunknown".to_owned(), json!({ "zz": leaf(), "zzlist": [leaf()] }));
    Value::Object(object)
}
