//! The closed list of shapes that secrets have.

use serde::Serialize;

use super::judge;

/// What kind of secret it is. The order is that of exactness: where two shapes overlap, the first wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A key or certificate between `BEGIN` and `END`.
    Pem,
    /// A JSON Web Token, all of it: its claims are personal data.
    Jwt,
    /// A SAML assertion or message.
    Saml,
    /// A token of GitHub.
    Github,
    /// A token of GitLab.
    Gitlab,
    /// A token of Slack.
    Slack,
    /// A key of Stripe.
    Stripe,
    /// A key of OpenAI or Anthropic.
    OpenAi,
    /// A key or token of Google.
    Google,
    /// A token of Atlassian.
    Atlassian,
    /// A token of Databricks.
    Databricks,
    /// A key of AWS.
    Aws,
    /// A key, signature or secret of Azure.
    Azure,
    /// The address of a web hook, which is all one needs to post there.
    WebHook,
    /// `SSWS` and an API token of Okta.
    Ssws,
    /// `Basic` and name and password in base64.
    Basic,
    /// `Bearer` and a token.
    Bearer,
    /// The value of an `Authorization` header.
    Authorization,
    /// Cookies.
    Cookie,
    /// Name and password in an address.
    UserInfo,
    /// A code or state of OAuth in an address or form.
    OauthCode,
    /// A token or secret of OAuth.
    Oauth,
    /// A one-time password.
    Otp,
    /// The answer to a security question.
    Answer,
    /// A stored, hashed password.
    PasswordHash,
    /// A password, pass phrase, API key or the like by its name.
    Password,
    /// A value whose name says that it is secret and that looks like chance. The redactor alone looks for it.
    Named,
    /// A long run of characters that looks like chance. The redactor alone looks for it.
    Random,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 28] = [
        Kind::Pem,
        Kind::Jwt,
        Kind::Saml,
        Kind::Github,
        Kind::Gitlab,
        Kind::Slack,
        Kind::Stripe,
        Kind::OpenAi,
        Kind::Google,
        Kind::Atlassian,
        Kind::Databricks,
        Kind::Aws,
        Kind::Azure,
        Kind::WebHook,
        Kind::Ssws,
        Kind::Basic,
        Kind::Bearer,
        Kind::Authorization,
        Kind::Cookie,
        Kind::UserInfo,
        Kind::OauthCode,
        Kind::Oauth,
        Kind::Otp,
        Kind::Answer,
        Kind::PasswordHash,
        Kind::Password,
        Kind::Named,
        Kind::Random,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Pem => "pem",
            Kind::Jwt => "jwt",
            Kind::Saml => "saml",
            Kind::Github => "github",
            Kind::Gitlab => "gitlab",
            Kind::Slack => "slack",
            Kind::Stripe => "stripe",
            Kind::OpenAi => "open-ai",
            Kind::Google => "google",
            Kind::Atlassian => "atlassian",
            Kind::Databricks => "databricks",
            Kind::Aws => "aws",
            Kind::Azure => "azure",
            Kind::WebHook => "web-hook",
            Kind::Ssws => "ssws",
            Kind::Basic => "basic",
            Kind::Bearer => "bearer",
            Kind::Authorization => "authorization",
            Kind::Cookie => "cookie",
            Kind::UserInfo => "user-info",
            Kind::OauthCode => "oauth-code",
            Kind::Oauth => "oauth",
            Kind::Otp => "otp",
            Kind::Answer => "answer",
            Kind::PasswordHash => "password-hash",
            Kind::Password => "password",
            Kind::Named => "named",
            Kind::Random => "random",
        }
    }
}

/// What a pattern found.
pub(super) struct Hit<'t> {
    /// The secret, if it is one.
    pub(super) value: &'t str,
    /// The text in front of it.
    pub(super) before: &'t str,
    /// The text behind it.
    pub(super) after: &'t str,
}

/// One shape.
pub(super) struct Shape {
    pub(super) kind: Kind,
    /// One of them stands in every text of this shape, in whatever case.
    pub(super) words: &'static [&'static str],
    /// The first group that takes part is the secret; without a group it is all of it. `<key>` stands for
    /// what may be between a name and its sign, `<value>` for a value in any quotes or none.
    parts: &'static [&'static str],
    /// Whether what was found can be a secret.
    pub(super) is_secret: fn(&Hit<'_>) -> bool,
}

/// Letters in front of the `@` of a URL from which on they may be a token; so says the pattern below, too.
pub const LEAST_USER_INFO: usize = 12;

/// The quote that may end a name (escaped, if the text is JSON inside JSON), and what stands between a name
/// and its value: `=`, `:`, `=>`, also URL-encoded. A list of one value is met in traces of headers.
const KEY: &str = r#"(?:\\*["'])?\s*(?:=>|[=:]|%3[aAdD])(?:\s|%20)*\[?\s*"#;

/// A value in escaped quotes, quotes, apostrophes, or none. A text that was cut off ends the value too.
const VALUE: &str = concat!(
    r#"(?:\\+"((?s:.)*?)(?:\\+"|\z)|"((?:[^"\\]|\\(?s:.))*)(?:"|\\?\z)"#,
    r#"|'([^'\r\n]*)(?:'|\z)|([^\s"'&,;{}<>\[\]()\\‹]{3,}))"#
);

impl Shape {
    /// The pattern, as the search wants it.
    pub(super) fn pattern(&self) -> String {
        self.parts.concat().replace("<key>", KEY).replace("<value>", VALUE)
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
        words: &["-----begin"],
        parts: &[r"(?s)-----BEGIN [A-Za-z0-9 ]{1,60}-----(.*?)(?:-----END [A-Za-z0-9 ]{1,60}-----|\z)"],
        is_secret: always,
    },
    // Encrypted tokens have five parts. `eyJ` is `{"` in base64.
    Shape {
        kind: Kind::Jwt,
        words: &["eyj"],
        parts: &[r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,3}"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Saml,
        words: &["samlresponse", "samlrequest", "samlart"],
        parts: &[r"(?i)\bSAML(?:Response|Request|art)<key><value>"],
        is_secret: |hit| judge::is_value(hit),
    },
    // `PHNhbW` is `<sam` in base64, and the half of the next letter.
    Shape {
        kind: Kind::Saml,
        words: &["phnhbw"],
        parts: &[r"\bPHNhbW[wx][A-Za-z0-9+/_%-]{16,}={0,2}"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Saml,
        words: &["assertion"],
        parts: &[
            r"(?s)(<(?:[A-Za-z0-9]{1,12}:)?(?:Encrypted)?Assertion\b.*?",
            r"(?:</(?:[A-Za-z0-9]{1,12}:)?(?:Encrypted)?Assertion>|\z))",
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Github,
        words: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        parts: &[r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Gitlab,
        words: &["glpat-", "gldt-", "glrt-", "glft-", "glsoat-", "glptt-"],
        parts: &[r"\bgl(?:pat|dt|rt|ft|soat|ptt)-[A-Za-z0-9_.-]{16,}"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Slack,
        words: &["xox", "xapp-"],
        parts: &[r"(?i)\b(?:xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Stripe,
        words: &["sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"],
        parts: &[r"\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::OpenAi,
        words: &["sk-"],
        parts: &[r"\bsk-(?:(?:proj|svcacct|admin|ant)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{40,})"],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    Shape {
        kind: Kind::Google,
        words: &["aiza", "ya29.", "gocspx-"],
        parts: &[r"\b(?:AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{16,}|GOCSPX-[0-9A-Za-z_-]{16,})"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Atlassian,
        words: &["atatt3", "atctt3"],
        parts: &[r"\bAT[AC]TT3[A-Za-z0-9_=-]{16,}"],
        is_secret: always,
    },
    Shape { kind: Kind::Databricks, words: &["dapi"], parts: &[r"\bdapi[0-9a-f]{32}"], is_secret: always },
    Shape { kind: Kind::Aws, words: &["akia", "asia"], parts: &[r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"], is_secret: always },
    // The secret half has no mark of its own, so it is told by the key that it stands behind.
    Shape {
        kind: Kind::Aws,
        words: &["akia", "asia"],
        parts: &[r"\b(?:AKIA|ASIA)[0-9A-Z]{16}[^A-Za-z0-9/+][^\r\n]{0,60}?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|\z)"],
        is_secret: always,
    },
    Shape {
        kind: Kind::Aws,
        words: &["x-amz-", "secretaccesskey", "secret_access_key", "sessiontoken"],
        parts: &[
            r"(?i)(?:x-amz-(?:signature|security-token|credential)",
            r"|secret_?access_?key|session_?token)<key><value>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Azure,
        words: &["accountkey", "sharedaccess", "sig=", "sig%3d", "sig\"", "sig:", "sig :"],
        parts: &[
            r"(?i)(?:AccountKey|SharedAccessKey|SharedAccessSignature|\bsig)",
            r#"(?:\\*["'])?\s*(?:[=:]|%3d)\s*(?:\\*["'])?((?:[A-Za-z0-9+/_.~-]|%[0-9a-f]{2}){4,}={0,2})"#,
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // Client secrets of Entra have these three characters behind the first three.
    Shape {
        kind: Kind::Azure,
        words: &["8q~", "7q~"],
        parts: &[r"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{30,36}"],
        is_secret: always,
    },
    // 64 bytes in base64: keys of storage accounts.
    Shape {
        kind: Kind::Azure,
        words: &["=="],
        parts: &[r"(?:\A|[^A-Za-z0-9+/])([A-Za-z0-9+/]{86}==)"],
        is_secret: |hit| judge::is_no_text(hit),
    },
    Shape {
        kind: Kind::WebHook,
        words: &["hooks.slack.com/", "webhook.office.com/", "/api/webhooks/", "chat.googleapis.com/"],
        parts: &[
            r#"(?i)(?:hooks\.slack\.com/[a-z]+/|webhook\.office\.com/|/api/webhooks/|chat\.googleapis\.com/v1/spaces/)"#,
            r#"([^\s"'<>\\]{8,})"#,
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Ssws,
        words: &["ssws"],
        parts: &[r"(?i)\bssws(?:\s|%20|\+)+([A-Za-z0-9._~+/=-]{6,})"],
        is_secret: |hit| judge::is_credential(hit),
    },
    Shape {
        kind: Kind::Basic,
        words: &["basic"],
        parts: &[r"(?i)\bbasic(?:\s|%20|\+)+([A-Za-z0-9_+/-]{6,}={0,2})"],
        is_secret: |hit| judge::is_basic(hit),
    },
    Shape {
        kind: Kind::Bearer,
        words: &["bearer"],
        parts: &[r"(?i)\bbearer(?:\s|%20|\+)+([A-Za-z0-9._~+/=-]{6,})"],
        is_secret: |hit| judge::is_credential(hit),
    },
    // Schemes whose value is a list of fields: all of the line.
    Shape {
        kind: Kind::Authorization,
        words: &["authorization"],
        parts: &[
            r#"(?i)authorization(?:\\*["'])?\s*(?:=>|[=:])\s*\[?\s*(?:\\*["'])?\s*"#,
            r"(?:digest|hawk|mac|oauth|aws4-hmac-sha256|signature|hmac|sharedkey|sharedkeylite)\s+([^\r\n]{4,})",
        ],
        is_secret: |hit| judge::has_sign(hit),
    },
    // Any other scheme, known or not, and a value without one.
    Shape {
        kind: Kind::Authorization,
        words: &["authorization"],
        parts: &[
            r#"(?i)authorization(?:\\*["'])?\s*(?:=>|[=:]|%3a)(?:\s|%20)*\[?\s*(?:\\*["'])?\s*"#,
            r#"(?:[a-z][a-z0-9-]{1,20}(?:\s|%20|\+)+)?([^\s"',;\\\[\]{}<>‹]{6,})"#,
        ],
        is_secret: |hit| judge::is_credential(hit),
    },
    Shape {
        kind: Kind::Authorization,
        words: &["api-key", "auth-token", "functions-key", "subscription-key"],
        parts: &[r"(?i)\b(?:x-)?(?:api-key|auth-token|functions-key|ocp-apim-subscription-key)<key><value>"],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Cookie,
        words: &["cookie"],
        parts: &[r#"(?i)\b(?:set-)?cookie2?(?:\\*["'])?\s*(?:=>|[=:])\s*\[?\s*(?:\\*["'])?([^\r\n"\\]{3,})"#],
        is_secret: |hit| hit.value.contains('='),
    },
    // Cookies of Okta and of common servers, wherever they stand.
    Shape {
        kind: Kind::Cookie,
        words: &["sid=", "idx=", "dt=", "jsessionid", "phpsessid", "sessionid=", "statetoken", "xsrf-token"],
        parts: &[
            r"(?i)\b(?:sid|idx|dt|jsessionid|phpsessid|connect\.sid|asp\.net_sessionid|sessionid|session_id",
            r#"|oktastatetoken|okta-oauth-[a-z]+|xsrf-token)=([^\s;"'&,\\<>‹]{8,})"#,
        ],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    Shape {
        kind: Kind::UserInfo,
        words: &["://"],
        // A single quote may stand in a password as it is; one that ends an address has a space or slash before the
        // next @.
        parts: &[r#"(?i)[a-z][a-z0-9+.-]{1,20}://[^\s/:@"'<>]{0,128}:([^\s/@"<>‹]{1,128})@"#],
        is_secret: always,
    },
    Shape {
        kind: Kind::UserInfo,
        words: &["://"],
        parts: &[r#"(?i)[a-z][a-z0-9+.-]{1,20}://([^\s/:@"<>‹]{12,256})@"#],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    // Only in a query or form: `code` and `state` are also what errors and accounts have.
    Shape {
        kind: Kind::OauthCode,
        words: &["code=", "state=", "nonce="],
        parts: &[r#"(?i)(?:[?&]|\A|\\u0026|&amp;)(?:code|state|nonce)=([^\s&"'#\\<>‹]{8,})"#],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    Shape {
        kind: Kind::Oauth,
        words: &[
            "token",
            "client_secret",
            "client-secret",
            "clientsecret",
            "assertion",
            "code_verifier",
            "codeverifier",
        ],
        parts: &[
            r"(?i)(?:(?:access|refresh|id|session|auth|api|bearer|csrf|xsrf|device|recovery|activation|state|factor",
            r"|security|user|sas|impersonation|scim)[_-]?token|client[_-]?secret|client[_-]?assertion",
            r"|code[_-]?verifier)<key><value>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // In a sentence, without a sign between them: long, and neither a word nor an id.
    Shape {
        kind: Kind::Oauth,
        words: &["token"],
        parts: &[r#"(?i)\btoken\s+["']?([A-Za-z0-9_~+/-]{32,}={0,2})"#],
        is_secret: |hit| judge::is_long_token(hit.value),
    },
    Shape {
        kind: Kind::Otp,
        words: &["otp", "passcode", "mfa_code", "verification_code", "one_time"],
        parts: &[
            r#"(?i)\b(?:otp|totp|passcode|mfa_?code|verification_?code|one_?time_?(?:code|password))"#,
            r#"(?:\\*["'])?\s*(?:=>|[=:]|\bis\b)\s*(?:\\*["'])?([0-9]{4,10})\b"#,
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Answer,
        words: &["answer"],
        parts: &[
            r#"(?i)(?:(?:\\*["'])(?:\w{1,20}_?)?answer(?:\\*["'])\s*:\s*(?:\\+"(.*?)(?:\\+"|\z)|"((?:[^"\\]|\\.)*)"?)"#,
            r#"|(?:[?&]|\b(?:security|recovery|secret)_?)answer\s*=\s*([^\s&"'<>‹]{2,}))"#,
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::PasswordHash,
        words: &["$2", "$argon2", "$5$", "$6$", "$pbkdf2", "{ssha", "{sha", "{pbkdf2"],
        parts: &[
            r"(?:\$2[abxy]\$\d\d\$[./A-Za-z0-9]{40,}|\$argon2(?:id|i|d)\$[^\s\x22',]{20,}|\$[56]\$[^\s\x22',]{20,}",
            r"|\$pbkdf2[a-z0-9-]*\$[^\s\x22',]{20,}|\{(?:S?SHA(?:256|512)?|PBKDF2[A-Z0-9-]*)\}[A-Za-z0-9+/=.$,]{20,})",
        ],
        is_secret: always,
    },
    Shape {
        kind: Kind::Password,
        words: &[
            "passw",
            "passphrase",
            "pass_phrase",
            "pwd",
            "passcode",
            "secret",
            "api_key",
            "api-key",
            "apikey",
            "private_key",
            "privatekey",
            "encryption_key",
            "signing_key",
            "access_key",
            "accesskey",
        ],
        parts: &[
            r"(?i)(?:password|passwd|passphrase|pass_phrase|passcode|\bpwd|userpwd|secret|secret[_-]?key|api[_-]?key",
            r"|api[_-]?secret|private[_-]?key(?:[_-]?id)?|encryption[_-]?key|signing[_-]?key|secret[_-]?access[_-]?key)",
            r"<key><value>",
        ],
        is_secret: |hit| judge::is_value(hit),
    },
    // In a sentence: "your temporary password is …". Only with a digit in it, since words are what is said of it.
    Shape {
        kind: Kind::Password,
        words: &["password "],
        parts: &[
            r"(?i)\b(?:(?:temporary|initial|new|generated|default|one-time)\s+password(?:\s+is)?|password\s+is)\s+",
            r#"["']?([^\s"'&,;{}<>\[\]()\\‹]{6,})"#,
        ],
        is_secret: |hit| judge::is_mixed(hit.value),
    },
    Shape {
        kind: Kind::Password,
        words: &["password>", "passwd>", "secret>", "token>", "apikey>"],
        parts: &[r"(?i)<(?:[a-z0-9]{1,12}:)?\w{0,30}(?:password|passwd|secret|token|apikey)>\s*([^<\r\n]{3,})"],
        is_secret: |hit| judge::is_value(hit),
    },
    Shape {
        kind: Kind::Password,
        words: &["--password", "--token", "--secret", "--api-key", "--client-secret", "--pass"],
        parts: &[r#"(?i)--(?:password|token|secret|api-key|client-secret|pass)[ =]+(?:\\*["'])?([^\s"'\\‹]{4,})"#],
        is_secret: |hit| judge::is_value(hit),
    },
];
