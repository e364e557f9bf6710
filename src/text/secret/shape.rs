//! The closed list of shapes that secrets have.

use super::judge;
use super::kind::Kind;

/// What a pattern found.
pub(super) struct Hit<'t> {
    /// The secret, if it is one.
    pub(super) value: &'t str,
    /// The text in front of it.
    pub(super) before: &'t str,
    /// The text behind it.
    pub(super) after: &'t str,
}

/// What stands in every text of a shape, in whatever case. The rarer it is, the fewer texts are searched, and the fewer
/// patterns are compiled for a small log.
#[derive(Clone, Copy)]
pub(super) enum Words {
    /// One of them.
    One(&'static [&'static str]),
    /// One of the first and one of the second.
    Both(&'static [&'static str], &'static [&'static str]),
}

/// One shape.
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) words: Words,
    /// The first group that takes part is the secret; without a group it is all of it. `<key>` stands for
    /// what may be between a name and its sign, `<quote>` for a quote, `<name>` for the name of a secret;
    /// `<value>` at the end says that the secret is the value that stands behind.
    parts: &'static [&'static str],
    /// Whether what was found can be a secret.
    pub(super) is_secret: fn(&Hit<'_>) -> bool,
}

/// Letters in front of the `@` of a URL from which on they may be a token; so says the pattern below, too.
pub const LEAST_USER_INFO: usize = 12;

/// A quote, also as JSON inside JSON, HTML and addresses write it.
const QUOTE: &str = r#"(?:\\*["']|\\+u002[27]|&(?:quot|apos|#3[49]);|%2[27])"#;

/// What stands between a name and its value: the quote that ends the name, and `=`, `:`, `=>`, also URL-encoded. A
/// list of one value is met in traces of headers, an object around it in SCIM, a line of its own in YAML.
const KEY: &str = concat!(
    r"<quote>?\s*(?:=>|::|[=:：]|%(?:25)?3[aAdD])(?:\s|%20)*\[?\s*",
    r"(?:\{\s*<quote>(?:value|text|data|\$|plaintext|cleartext)<quote>\s*:\s*)?(?:[|>][+-]?[ \t]*\r?\n\s*)?"
);

/// The end of a name that says what it names is secret, wherever the value stands.
const NAME: &str = concat!(
    r"(?:passw(?:or[dt])?d?|passphrase|passcode|pwd|secret|token|credentials?|authorization|cookie|jsessionid",
    r"|(?:api|auth|access|private|subscription|functions|encryption|signing|secret)[_-]?key|sid|idx)"
);

/// Fields that name what the field beside them holds: `{"path":"password","value":…}`.
const NAMING: &str = r"(?:name|path|key|header|attribute|attributename|property|propertyname|displayname|field|param)";

/// Fields that hold what the field beside them names.
const HOLDING: &str = r"(?:value|newvalue|oldvalue|content|text)";

/// Words of which one is in every [`HOLDING`].
const WORDS_OF_HOLDERS: &[&str] = &["value", "content", "text"];

/// Words of which one is in every [`NAME`].
const WORDS_OF_NAMES: &[&str] = &[
    "passw",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "credential",
    "authorization",
    "cookie",
    "jsessionid",
    "api-key",
    "api_key",
    "apikey",
    "key\"",
    "\"sid",
    "\"idx",
];

impl Shape {
    /// The pattern, as the search wants it.
    pub(super) fn pattern(&self) -> String {
        let mut pattern = self.parts.concat();
        for (mark, part) in [
            ("<value>", ""),
            ("<key>", KEY),
            ("<name>", NAME),
            ("<naming>", NAMING),
            ("<holding>", HOLDING),
            ("<quote>", QUOTE),
        ] {
            pattern = pattern.replace(mark, part);
        }
        // By Unicode it would be looked for letter by letter in every text that is not all ASCII.
        pattern.replace(r"(?-u:\b)", r"\b").replace(r"\b", r"(?-u:\b)")
    }

    /// Whether the secret stands behind what the pattern finds.
    pub(super) fn is_followed(&self) -> bool {
        self.parts.last().is_some_and(|part| part.ends_with("<value>"))
    }
}

fn always(_: &Hit<'_>) -> bool {
    true
}

/// All shapes, the more exact ones of two that overlap first.
pub(super) static SHAPES: &[Shape] = &[
    // To the end of the text where the last line is missing: half a key is a secret too.
    Shape {
        kind: Kind::Pem,
        words: Words::One(&["-----begin"]),
        parts: &[r"(?s)-----BEGIN [A-Za-z0-9 ]{1,60}-----(.*?)(?:-----END [A-Za-z0-9 ]{1,60}-----|\z)"],
        is_secret: always,
    },
    // Encrypted tokens have five parts. `eyJ` is `{"` in base64.
    Shape {
        kind: Kind::Jwt,
        words: Words::One(&["eyj"]),
        parts: &[r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,3}"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Saml,
        words: Words::One(&["samlresponse", "samlrequest", "samlart"]),
        parts: &[r"(?i)\bSAML(?:Response|Request|art)<key><value>"],
        is_secret: |hit| judge::is_value(hit),
    },
    // `PHNhbW` is `<sam` in base64, and the half of the next letter.
    Shape {
        kind: Kind::Saml,
        words: Words::One(&["phnhbw"]),
        parts: &[r"\bPHNhbW[wx][A-Za-z0-9+/_%-]{16,}={0,2}"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Saml,
        words: Words::One(&["assertion"]),
        parts: &[
            r"(?s)(<(?:[A-Za-z0-9]{1,12}:)?(?:Encrypted)?Assertion\b.*?",
            r"(?:</(?:[A-Za-z0-9]{1,12}:)?(?:Encrypted)?Assertion>|\z))",
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Github,
        words: Words::One(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"]),
        parts: &[r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Gitlab,
        words: Words::One(&["glpat-", "gldt-", "glrt-", "glft-", "glsoat-", "glptt-"]),
        parts: &[r"\bgl(?:pat|dt|rt|ft|soat|ptt)-[A-Za-z0-9_.-]{16,}"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Slack,
        words: Words::One(&["xox", "xapp-"]),
        parts: &[r"(?i)\b(?:xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Stripe,
        words: Words::One(&["sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"]),
        parts: &[r"\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::OpenAi,
        words: Words::One(&["sk-"]),
        parts: &[r"\bsk-(?:(?:proj|svcacct|admin|ant)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{40,})"],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    Shape {
        kind: Kind::Google,
        words: Words::One(&["aiza", "ya29.", "gocspx-"]),
        parts: &[r"\b(?:AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{16,}|GOCSPX-[0-9A-Za-z_-]{16,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Atlassian,
        words: Words::One(&["atatt3", "atctt3"]),
        parts: &[r"\bAT[AC]TT3[A-Za-z0-9_=-]{16,}"],
        is_secret: always,
    },
    Shape { kind: Kind::Databricks, words: Words::One(&["dapi"]), parts: &[r"\bdapi[0-9a-f]{32}"], is_secret: always },
    Shape {
        kind: Kind::Aws,
        words: Words::One(&["akia", "asia"]),
        parts: &[r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"],
        is_secret: always,
    },
    // The secret half has no mark of its own, so it is told by the key that it stands behind.
    Shape {
        kind: Kind::Aws,
        words: Words::One(&["akia", "asia"]),
        parts: &[r"\b(?:AKIA|ASIA)[0-9A-Z]{16}[^A-Za-z0-9/+][^\r\n]{0,60}?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|\z)"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Aws,
        words: Words::One(&["x-amz-", "x-goog-", "secretaccesskey", "secret_access_key", "sessiontoken"]),
        parts: &[
            r"(?i)(?:x-(?:amz|goog)-(?:signature|security-token|credential)",
            r"|secret_?access_?key|session_?token)<key><value>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Azure,
        words: Words::One(&["accountkey", "sharedaccess", "sig=", "sig%3d", "sig\"", "sig:", "sig :"]),
        parts: &[
            r"(?i)(?:AccountKey|SharedAccessKey|SharedAccessSignature|\bsig)",
            r#"(?:\\*["'])?\s*(?:[=:]|%3d)\s*(?:\\*["'])?((?:[A-Za-z0-9+/_.~-]|%[0-9a-f]{2}){4,}={0,2})"#,
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // Client secrets of Entra have these three characters behind the first three.
    Shape {
        kind: Kind::Azure,
        words: Words::One(&["8q~", "7q~"]),
        parts: &[r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{30,36}"],
        is_secret: always,
    },
    // 64 bytes in base64: keys of storage accounts.
    Shape {
        kind: Kind::Azure,
        words: Words::One(&["=="]),
        parts: &[r"(?:\A|[^A-Za-z0-9+/])([A-Za-z0-9+/]{86}==)"],
        is_secret: |hit| judge::is_no_text(hit),
    },
    Shape {
        kind: Kind::WebHook,
        words: Words::One(&["hooks.slack.com/", "webhook.office.com/", "/api/webhooks/", "chat.googleapis.com/"]),
        parts: &[
            r#"(?i)(?:hooks\.slack\.com/[a-z]+/|webhook\.office\.com/|/api/webhooks/|chat\.googleapis\.com/v1/spaces/)"#,
            r#"([^\s"'<>\\]{8,})"#,
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Ssws,
        words: Words::One(&["ssws"]),
        parts: &[r"(?i)\bssws(?:\s|%20|\+)+([A-Za-z0-9._~+/=-]{6,})"],
        is_secret: |hit| judge::is_credential(hit),
    },
    // The token alone, where ids of Okta have 20 characters.
    Shape {
        kind: Kind::Ssws,
        words: Words::One(&["00"]),
        parts: &[r"(?-u:\b)00[A-Za-z0-9_-]{40}(?-u:\b)"],
        is_secret: |hit| judge::is_lone_token(hit),
    },
    Shape {
        kind: Kind::Basic,
        words: Words::One(&["basic"]),
        parts: &[r"(?i)\bbasic(?:\s|%20|\+)+([A-Za-z0-9_+/-]{6,}={0,2})"],
        is_secret: |hit| judge::is_basic(hit),
    },
    Shape {
        kind: Kind::Bearer,
        words: Words::One(&["bearer"]),
        parts: &[r"(?i)\bbearer(?:\s|%20|\+)+([A-Za-z0-9._~+/=-]{6,})"],
        is_secret: |hit| judge::is_credential(hit),
    },
    // Schemes whose value is a list of fields: all of the line.
    Shape {
        kind: Kind::Authorization,
        words: Words::One(&["authorization"]),
        parts: &[
            r#"(?i)authorization(?:\\*["'])?\s*(?:=>|[=:])\s*\[?\s*(?:\\*["'])?\s*"#,
            r"(?:digest|hawk|mac|oauth|aws4-hmac-sha256|signature|hmac|sharedkey|sharedkeylite)\s+([^\r\n]{4,})",
        ],
        is_secret: |hit| judge::has_sign(hit),
    },
    // Any other scheme, known or not, and a value without one.
    Shape {
        kind: Kind::Authorization,
        words: Words::One(&["authorization"]),
        parts: &[
            r#"(?i)authorization(?:\\*["'])?\s*(?:=>|[=:]|%3a)(?:\s|%20)*\[?\s*(?:\\*["'])?\s*"#,
            r#"(?:[a-z][a-z0-9-]{1,20}(?:\s|%20|\+)+)?([^\s"',;\\\[\]{}<>‹]{6,})"#,
        ],
        is_secret: |hit| judge::is_credential(hit),
    },
    Shape {
        kind: Kind::Authorization,
        words: Words::One(&["api-key", "auth-token", "functions-key", "subscription-key"]),
        parts: &[r"(?i)\b(?:x-)?(?:api-key|auth-token|functions-key|ocp-apim-subscription-key)<key><value>"],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Cookie,
        words: Words::One(&["cookie"]),
        parts: &[r#"(?i)\b(?:set-)?cookie2?(?:\\*["'])?\s*(?:=>|[=:])\s*\[?\s*(?:\\*["'])?([^\r\n"\\]{3,})"#],
        is_secret: |hit| hit.value.contains('='),
    },
    // Cookies of Okta and of common servers, wherever they stand.
    Shape {
        kind: Kind::Cookie,
        words: Words::One(&["sid=", "idx=", "dt=", "phpsessid", "session", "statetoken", "xsrf-token", "estsauth"]),
        parts: &[
            r"(?i)\b(?:sid|idx|dt|jsessionid|phpsessid|connect\.sid|asp\.net_sessionid|(?:auth_?)?session(?:_?id)?",
            r#"|oktastatetoken|okta-oauth-[a-z]+|xsrf-token|estsauth[a-z]{0,16})=([^\s;"'&,\\<>‹]{8,})"#,
        ],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    Shape {
        kind: Kind::UserInfo,
        words: Words::One(&["://"]),
        // A single quote may stand in a password as it is; one that ends an address has a space or slash before the
        // next @.
        parts: &[r#"(?i)[a-z][a-z0-9+.-]{1,20}://[^\s/:@"'<>]{0,128}:([^\s/@"<>‹]{1,128})@"#],
        is_secret: always,
    },
    Shape {
        kind: Kind::UserInfo,
        words: Words::One(&["jdbc:oracle:"]),
        parts: &[r#"(?i)\bjdbc:oracle:[a-z]{2,10}:[^\s/:@"']{1,64}/([^\s@"']{3,64})@"#],
        is_secret: always,
    },
    Shape {
        kind: Kind::UserInfo,
        words: Words::One(&["://"]),
        parts: &[r#"(?i)[a-z][a-z0-9+.-]{1,20}://([^\s/:@"<>‹]{12,256})@"#],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    // Only in a query or form: `code` and `state` are also what errors and accounts have.
    Shape {
        kind: Kind::OauthCode,
        words: Words::One(&["code=", "state=", "nonce="]),
        parts: &[r#"(?i)(?:[?&]|\A|\\u0026|&amp;)(?:code|state|nonce)=([^\s&"'#\\<>‹]{8,})"#],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    Shape {
        kind: Kind::Oauth,
        words: Words::One(&[
            "token",
            "client_secret",
            "client-secret",
            "clientsecret",
            "assertion",
            "code_verifier",
            "codeverifier",
        ]),
        parts: &[
            r"(?i)(?:(?:access|refresh|id|session|auth|api|bearer|csrf|xsrf|device|recovery|activation|state|factor",
            r"|security|user|sas|impersonation|scim)[_-]?token|client[_-]?secret|client[_-]?assertion",
            r"|code[_-]?verifier)<key><value>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // Any other token: of what is called so, only what is neither a word nor an id.
    Shape {
        kind: Kind::Oauth,
        words: Words::One(&["token", "assertion"]),
        parts: &[r"(?i)(?:token|\bassertion)<key><value>"],
        is_secret: |hit| judge::is_token(hit),
    },
    // In a sentence, without a sign between them: long, and neither a word nor an id.
    Shape {
        kind: Kind::Oauth,
        words: Words::One(&["token", "secret key", "api key", "session cookie"]),
        parts: &[r#"(?i)\b(?:token|(?:secret|api) key|session cookie)\s+["']?([A-Za-z0-9_~+/-]{30,}={0,2})"#],
        is_secret: |hit| judge::is_long_token(hit.value),
    },
    Shape {
        kind: Kind::Otp,
        words: Words::One(&[
            "otp",
            "passcode",
            "mfa_code",
            "mfacode",
            "mfa code",
            "verification",
            "one_time",
            "one-time",
            "onetime",
        ]),
        parts: &[
            r"(?i)\b(?:otp|totp|passcode|(?:mfa|verification)[ _-]?code|one[_-]?time[ _-]?(?:pass)?(?:code|word))",
            r#"<quote>?\s*(?:=>|[=:]|\bis\b)\s*<quote>?([0-9]{4,10})\b"#,
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Answer,
        words: Words::One(&["answer"]),
        parts: &[
            r#"(?i)(?:(?:\\*["'])(?:\w{1,20}_?)?answer(?:\\*["'])\s*:\s*(?:\\+"(.*?)(?:\\+"|\z)|"((?:[^"\\]|\\.)*)"?)"#,
            r#"|(?:[?&]|\b(?:security|recovery|secret)_?)answer\s*=\s*([^\s&"'<>‹]{2,}))"#,
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::PasswordHash,
        words: Words::One(&["$2", "$argon2", "$5$", "$6$", "$pbkdf2", "{ssha", "{sha", "{pbkdf2"]),
        parts: &[
            r"(?:\$2[abxy]\$\d\d\$[./A-Za-z0-9]{40,}|\$argon2(?:id|i|d)\$[^\s\x22',]{20,}|\$[56]\$[^\s\x22',]{20,}",
            r"|\$pbkdf2[a-z0-9-]*\$[^\s\x22',]{20,}|\{(?:S?SHA(?:256|512)?|PBKDF2[A-Z0-9-]*)\}[A-Za-z0-9+/=.$,]{20,})",
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Password,
        words: Words::One(&[
            "passw",
            "passphrase",
            "pass_phrase",
            "pwd",
            "passcode",
            "secret",
            "api_key",
            "api-key",
            "api key",
            "apikey",
            "private_key",
            "privatekey",
            "encryption_key",
            "signing_key",
            "access_key",
            "accesskey",
            "kennwort",
            "mot de passe",
            "contrase",
            "wachtwoord",
        ]),
        parts: &[
            r"(?i)(?:password(?:[_-]?confirm(?:ation)?)?|passwd|passphrase|pass_phrase|passcode|pwd|secret|secret[_-]?key",
            r"|api[ _-]?key|api[_-]?secret|private[_-]?key(?:[_-]?id)?|encryption[_-]?key|signing[_-]?key",
            r"|secret[_-]?access[_-]?key|passwort|kennwort|mot de passe|contraseña|contrasena|wachtwoord)<key><value>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // Names that are words besides: only behind `=`, or as the name of a field.
    Shape {
        kind: Kind::Password,
        words: Words::One(&["pass=", "pass =", "pass\"", "pass\\", "pass&", "pass%", "credential", "\"pin"]),
        parts: &[r"(?i)(?:\b|_)(?:pass|credentials?|(?-u:\b)pin)(?:\s*=\s*|<quote>\s*(?:=>|[=:]|%3[ad])\s*)<value>"],
        is_secret: |hit| judge::is_odd_value(hit),
    },
    // The name in one field and the value in the next: SCIM changes, headers, settings in XML.
    Shape {
        kind: Kind::Password,
        words: Words::Both(WORDS_OF_NAMES, WORDS_OF_HOLDERS),
        parts: &[
            r"(?i)(?:<quote>|\b)<naming><quote>?\s*[=:]\s*<quote>?[a-z0-9_.:-]{0,60}<name>(?:<quote>[,\s]|[,;\r\n])",
            // What was there before may be nothing, or masked by now.
            r"[^{}<>]{0,120}?(?:<quote>oldvalue<quote>\s*:\s*(?:null|\[\]|<quote>(?:‹[^›]{1,60}›)?<quote>)\s*,\s*)?",
            r"(?:<quote>|\b)<holding><key><value>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // The same with the value first.
    Shape {
        kind: Kind::Password,
        words: Words::Both(WORDS_OF_NAMES, WORDS_OF_HOLDERS),
        parts: &[
            r#"(?i)(?:<quote>|\b)<holding><key>\\*"((?:[^"\\]|\\[^"])+)\\*"\s*,[^{}<>]{0,120}?<quote><naming><quote>"#,
            r"\s*:\s*<quote>[a-z0-9_.:-]{0,60}<name><quote>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // In a sentence: "your temporary password is …". Only with a digit in it, since words are what is said of it.
    Shape {
        kind: Kind::Password,
        words: Words::One(&["password "]),
        parts: &[
            r"(?i)\b(?:(?:temporary|initial|new|generated|default|one-time)\s+password(?:\s+is)?|password\s+is",
            r"|(?:set|reset|setting|resetting|chang(?:ed?|ing)|updat(?:ed?|ing))\s+(?:the\s+)?password\s+to)\s+",
            r#"["']?([^\s"'&,;{}<>\[\]()\\‹]{6,})"#,
        ],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    // "The password 'X' does not meet …", and what SQL says.
    Shape {
        kind: Kind::Password,
        words: Words::One(&["password "]),
        parts: &[r#"(?i)\bpassword(?:\s+value)?\s+(?:\\*"([^"\\\s]{4,})\\*"|\\*'([^'\\\s]{4,})\\*')"#],
        is_secret: |hit| judge::is_odd_value(hit),
    },
    Shape {
        kind: Kind::Password,
        words: Words::One(&["identified by "]),
        parts: &[r"(?i)\b(?:create|alter|grant)\b[^\r\n;]{1,120}?\bidentified by (?:password )?<value>"],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Password,
        words: Words::Both(&["password", "passwd", "pwd", "secret", "token", "apikey", "passphrase"], &["<", "&lt;"]),
        parts: &[
            r"(?i)(?:<|&lt;)(?:[a-z0-9]{1,12}:)?[a-z0-9_]{0,30}(?:password|passwd|pwd|secret|token|apikey|passphrase)",
            r"(?:\s[^<>&\r\n]{0,120})?(?:>|&gt;)\s*(?:<!\[CDATA\[)?([^<&\]\r\n‹]{3,})",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Password,
        words: Words::One(&["--password", "--token", "--secret", "--api-key", "--client-secret", "--pass"]),
        parts: &[r#"(?i)--(?:password|token|secret|api-key|client-secret|pass)[ =]+(?:\\*["'])?([^\s"'\\‹]{4,})"#],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Password,
        words: Words::One(&["curl ", "mysql", "mariadb ", "sshpass "]),
        parts: &[
            r#"(?i)\b(?:curl\b[^\r\n|]{0,120}?\s(?:-u|--user)[ =]?["']?[^\s:"']{1,64}:([^\s"'\\‹]{3,})"#,
            r#"|(?:mysql[a-z]*|mariadb)\b[^\r\n|]{0,120}?\s-p([^\s"'\\‹]{3,})|sshpass\s+-p\s*["']?([^\s"'\\‹]{3,}))"#,
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Service,
        words: Words::One(&[
            "npm_",
            "hf_",
            "dop_v1_",
            "doo_v1_",
            "dor_v1_",
            "shpat_",
            "shpca_",
            "shpss_",
            "nrak-",
            "age-secret-key-",
            "sg.",
            "pypi-",
            "hvs.",
            "hvb.",
            "lin_api_",
            "ntn_",
            "pmak-",
            "glsa_",
            "figd_",
            ".atlasv1.",
            "dp.st.",
            ":aa",
            "00d",
            "sk0",
            "sk1",
            "sk2",
            "sk3",
            "sk4",
            "sk5",
            "sk6",
            "sk7",
            "sk8",
            "sk9",
            "ska",
            "skb",
            "skc",
            "skd",
            "ske",
            "skf",
        ]),
        parts: &[
            r"(?-u:\b)(?:npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{30,}|do[opr]_v1_[a-f0-9]{40,}|shp(?:at|ca|ss)_[A-Fa-f0-9]{24,}",
            r"|NRAK-[A-Z0-9a-z]{20,}|AGE-SECRET-KEY-1[A-Z0-9]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
            r"|pypi-[A-Za-z0-9_-]{40,}|hv[sb]\.[A-Za-z0-9_-]{20,}|lin_api_[A-Za-z0-9]{20,}|ntn_[A-Za-z0-9]{30,}",
            r"|PMAK-[A-Za-z0-9-]{20,}|glsa_[A-Za-z0-9_]{20,}|figd_[A-Za-z0-9_-]{20,}|dp\.st\.[A-Za-z0-9_.-]{20,}",
            r"|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}|[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}|SK[0-9a-f]{32}",
            r"|00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{40,})",
        ],
        is_secret: always,
    },
    // Names that hold ids as well: only what is too long for one.
    Shape {
        kind: Kind::Named,
        words: Words::One(&[
            "key=",
            "signature",
            "/activate/",
            "/reset_password/",
            "/reset-password/",
            "/tokens/",
            "/invite/",
        ]),
        parts: &[
            r"(?i)(?:[?&]key=|signature<key>(?:sha(?:1|256)=)?|/(?:activate|reset[_-]password|tokens|invite)/)",
            r#"([^\s"'&,;<>\[\](){}\\‹/?]{24,})"#,
        ],
        is_secret: |hit| judge::is_long_token(hit.value),
    },
];
