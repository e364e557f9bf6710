//! What kinds of secrets there are.

use serde::Serialize;

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
    /// A token of another service, told by how it begins.
    Service,
    /// A value whose name says that it may be secret, and that looks like chance.
    Named,
    /// A long run of characters that looks like chance. The redactor alone looks for it.
    Random,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 29] = [
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
        Kind::Service,
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
            Kind::Service => "service",
            Kind::Named => "named",
            Kind::Random => "random",
        }
    }
}
