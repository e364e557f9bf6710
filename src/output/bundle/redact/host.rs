//! What a host name says: whose organisation, or nothing because everybody uses it.

/// Hosts whose first part is the name of a customer.
const OF_ORGANISATIONS: [&str; 14] = [
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "okta-gov.com",
    "onmicrosoft.com",
    "sharepoint.com",
    "b2clogin.com",
    "ciamlogin.com",
    "awsapps.com",
    "slack.com",
    "atlassian.net",
    "snowflakecomputing.com",
    "zendesk.com",
    "service-now.com",
];

/// Hosts that everybody uses.
const SHARED: [&str; 36] = [
    "okta.com",
    "microsoft.com",
    "microsoftonline.com",
    "windows.net",
    "azure.com",
    "azure.net",
    "office.com",
    "office365.com",
    "live.com",
    "amazonaws.com",
    "amazon.com",
    "google.com",
    "googleapis.com",
    "github.com",
    "slack.com",
    "atlassian.com",
    "salesforce.com",
    "zoom.us",
    "dropbox.com",
    "dropboxapi.com",
    "box.com",
    "cloudflare.com",
    "databricks.com",
    "workday.com",
    "zendesk.com",
    "w3.org",
    "ietf.org",
    "rfc-editor.org",
    "xmlsoap.org",
    "oasis-open.org",
    "mozilla.org",
    "apache.org",
    "nginx.org",
    "readthedocs.io",
    "goauthentik.io",
    "localhost",
];

/// Domains of mail providers for everybody: which one it is says nothing of a company, and that somebody
/// has a private address is often the finding.
const PUBLIC_MAIL: [&str; 24] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "ymail.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "gmx.de",
    "gmx.net",
    "gmx.com",
    "web.de",
    "mail.com",
    "zoho.com",
    "yandex.ru",
    "mail.ru",
    "qq.com",
    "163.com",
];

/// Whether the domain of an address is one of a mail provider for everybody.
pub(super) fn is_public_mail(domain: &str) -> bool {
    PUBLIC_MAIL.contains(&domain)
}

/// Whether a host is the place of one organisation at a provider.
pub(super) fn is_of_organisation(host: &str) -> bool {
    OF_ORGANISATIONS.iter().any(|suffix| {
        host.strip_suffix(suffix).and_then(|rest| rest.strip_suffix('.')).is_some_and(|name| {
            !name.is_empty() && !matches!(name, "www" | "api" | "login" | "developer" | "help" | "support" | "status")
        })
    })
}

/// Whether a host is everybody's, so that it is left alone wherever it stands.
pub(super) fn is_shared(host: &str) -> bool {
    !is_of_organisation(host)
        && SHARED
            .iter()
            .any(|known| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_s_host_is_told_from_everybody_s() {
        assert!(is_of_organisation("corp.okta.com") && !is_shared("corp.okta.com"));
        assert!(is_shared("graph.microsoft.com") && is_shared("okta.com") && is_shared("help.okta.com"));
        assert!(!is_shared("scim.corp.example") && !is_shared("notgoogle.com"));
        assert!(is_public_mail("gmail.com") && !is_public_mail("corp.example"));
    }
}
