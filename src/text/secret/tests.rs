use super::{Found, Kind, SHAPES, find, is_ready, mask};

/// Of each shape texts with a secret in them; the part between the marks must go, all else must stay.
const SECRETS: &[(Kind, &str)] = &[
    (Kind::Authorization, "Authorization: ⟦Zk3p9QmX7vRt⟧"),
    (Kind::Authorization, "proxy-authorization: Custom ⟦Zk3p9QmX7vRt⟧"),
    (Kind::Authorization, r#"Authorization: Digest ⟦username="ann", realm="x", nonce="8a7f", response="6629"⟧"#),
    (Kind::Authorization, "Authorization: AWS4-HMAC-SHA256 ⟦Credential=AAAA/2026/x, Signature=fe5f80⟧"),
    (Kind::Authorization, "x-api-key: ⟦9f8a7b6c5d⟧"),
    (Kind::Authorization, "Ocp-Apim-Subscription-Key: ⟦9f8a7b6c5d⟧"),
    (Kind::Bearer, "Authorization: Bearer ⟦abcdef123456⟧"),
    (Kind::Bearer, r#"Authorization: ["Bearer ⟦abcdef123456⟧"]"#),
    (Kind::Bearer, r#"{\"Authorization\":\"Bearer ⟦abcdef123456⟧\"}"#),
    (Kind::Bearer, "x Bearer ⟦abcdefgh⟧"),
    (Kind::Bearer, "header=Bearer%20⟦abcdef123456⟧&x=1"),
    (Kind::Ssws, "SSWS ⟦00aBcDeFgHiJ⟧"),
    (Kind::Ssws, "SSWS ⟦abcdefgh⟧"),
    (Kind::Basic, "Basic ⟦dXNlcjpwYXNz⟧"),
    (Kind::Basic, "basic ⟦dXNlcjpw⟧"),
    (Kind::Jwt, "token ⟦eyJhbGciOiJI.eyJzdWIiOiIx.abc⟧"),
    (Kind::Jwt, "in the body ⟦eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl⟧, twice"),
    (Kind::Cookie, "Cookie: ⟦sid=102abc; DT=DI1xyz⟧"),
    (Kind::Cookie, "Set-Cookie: ⟦JSESSIONID=77AA; Path=/; Secure⟧"),
    (Kind::Cookie, r#""cookie": ["⟦sid=102abc⟧"]"#),
    (Kind::Cookie, "got sid=⟦102Ab3cD4eF5⟧ here"),
    (Kind::Cookie, "idx=⟦eyJ6aXAiOiJERUYi⟧;"),
    (Kind::Cookie, "a=1&JSESSIONID=⟦77AA88BB99cc⟧&b"),
    (Kind::Saml, "SAMLResponse=⟦hunter22⟧"),
    (Kind::Saml, "SAMLRequest: ⟦fZJNT8MwDIb⟧"),
    (Kind::Saml, "posted ⟦PHNhbWxwOlJlc3BvbnNlIHhtbG5z⟧"),
    (Kind::Saml, "got ⟦<saml2:Assertion ID=\"x\"><saml2:Subject>ann</saml2:Subject></saml2:Assertion>⟧ back"),
    (Kind::Saml, "got ⟦<Assertion ID=\"x\"><Subject>ann"),
    (Kind::OauthCode, "https://x.example/cb?code=⟦4aAB0c1D2e3F⟧&x=1"),
    (Kind::OauthCode, "/cb?state=⟦xyzABC123def⟧"),
    (Kind::Oauth, "access_token=⟦hunter22⟧"),
    (Kind::Oauth, r#"{"refresh_token":"⟦Zk3p 9QmX⟧"}"#),
    (Kind::Oauth, "client_secret=⟦hunter2hunter2⟧&x=1"),
    (Kind::Oauth, "client_assertion: ⟦abc123def⟧"),
    (Kind::Oauth, "code_verifier=⟦dBjftJeZ4CVP⟧"),
    (Kind::Oauth, "id_token%3D⟦hunter22⟧"),
    (Kind::Oauth, "scim-token: ⟦hunter22⟧"),
    (Kind::Password, r#"{"password":"⟦hunter22⟧"}"#),
    (Kind::Password, r#"{"newPassword" : "⟦correct horse battery⟧"}"#),
    (Kind::Password, r#"{\"password\":\"⟦hunter22⟧\"}"#),
    (Kind::Password, r#"{"password":"⟦hun\"ter22⟧"}"#),
    (Kind::Password, r#"cut off {"password":"⟦hunter2⟧"#),
    (Kind::Password, "Password=⟦hunter22⟧"),
    (Kind::Password, "passwd: ⟦hunter22⟧"),
    (Kind::Password, "Password: ⟦Summer⟧"),
    (Kind::Password, "pwd=⟦hunter22⟧"),
    (Kind::Password, "apikey=⟦hunter22⟧"),
    (Kind::Password, "passcode: ⟦blue42fox⟧"),
    (Kind::Password, "secret=⟦hunter22⟧"),
    (Kind::Password, "'secret' => '⟦hunter22⟧'"),
    (Kind::Password, "<password>⟦hunter22⟧</password>"),
    (Kind::Password, "<wsse:Password>⟦hunter22⟧</wsse:Password>"),
    (Kind::Password, "curl --password ⟦hunter22⟧ x"),
    (Kind::Password, r#""private_key_id": "⟦0123abcd4567⟧""#),
    (Kind::Otp, "otp=⟦123456⟧"),
    (Kind::Otp, "passcode: ⟦987654⟧"),
    (Kind::Answer, r#""answer":"⟦Fluffy⟧""#),
    (Kind::Answer, "security_answer=⟦Fluffy⟧"),
    (Kind::PasswordHash, "hash ⟦$2b$12$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUV012345⟧ x"),
    (Kind::PasswordHash, "{x} ⟦{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3⟧"),
    (Kind::Pem, "-----BEGIN PRIVATE KEY-----⟦\nMIIEvQIBADANBg\n⟧-----END PRIVATE KEY-----"),
    (Kind::Pem, r"-----BEGIN RSA PRIVATE KEY-----⟦\nMIIEvQ\nProc-Type: 4⟧"),
    (Kind::Aws, "key ⟦AKIAABCDEFGHIJKLMNOP⟧ used"),
    (Kind::Aws, "aws_secret_access_key = ⟦wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY⟧"),
    (Kind::Aws, "X-Amz-Signature=⟦hunter22⟧"),
    (Kind::Azure, "https://x.blob.core.windows.net/c?sv=1&sig=⟦aBc%2Fd12%3D⟧&se=2"),
    (Kind::Azure, "AccountKey=⟦Zk3p9QmX7v==⟧;EndpointSuffix"),
    (Kind::Azure, "SharedAccessKey=⟦Zk3p9QmX7v=⟧"),
    (Kind::Azure, "used ⟦abc8Q~abcdefghijklmnopqrstuvwxyz0123456⟧ as secret"),
    (Kind::Google, "⟦AIzaabcdefghijklmnopqrstuvwxyz01234⟧"),
    (Kind::Google, "⟦ya29.a0AfH6SMBabcdefghij⟧"),
    (Kind::Google, "⟦GOCSPX-abcdefghijklmnop1234⟧"),
    (Kind::Github, "⟦ghp_abcdefghijklmnopqrstu⟧"),
    (Kind::Github, "⟦github_pat_11ABCDEFG0abcdefghijkl⟧"),
    (Kind::Gitlab, "⟦glpat-abcdefghijklmnopq⟧"),
    (Kind::Slack, "⟦xoxb-1234567890a⟧"),
    (Kind::Slack, "⟦xapp-1-A0123456789-abc⟧"),
    (Kind::Stripe, "⟦sk_live_abcdefghij0123⟧"),
    (Kind::Atlassian, "⟦ATATT3xFfGF0abcdefghijklmnop⟧"),
    (Kind::Databricks, "⟦dapi0123456789abcdef0123456789abcdef⟧"),
    (Kind::UserInfo, "https://u:⟦pa55⟧@host/x"),
    (Kind::UserInfo, "ftp://u:⟦hunter22⟧@h"),
    (Kind::UserInfo, "https://⟦Zk3p9QmX7vRt2LwB⟧@host/x"),
    (Kind::WebHook, "https://hooks.slack.com/services/⟦T000/B000/XXXXyyyy⟧"),
    (Kind::WebHook, "https://contoso.webhook.office.com/⟦webhookb2/abc@def/IncomingWebhook/1/2⟧"),
];

/// The text without the marks, and the part between them.
fn parts(marked: &str) -> (String, String) {
    let (before, rest) = marked.split_once('⟦').unwrap();
    let (secret, after) = rest.split_once('⟧').unwrap_or((rest, ""));
    (format!("{before}{secret}{after}"), secret.to_owned())
}

#[test]
fn of_every_secret_all_goes_and_all_else_stays() {
    assert!(is_ready());
    for (kind, marked) in SECRETS {
        let (text, secret) = parts(marked);
        let found = find(&text).unwrap();
        let at = text.find(&secret).unwrap();
        assert_eq!(found, [Found { kind: *kind, range: at..at + secret.len() }], "{text}");
        assert_eq!(mask(&text), text.replacen(&secret, "‹secret›", 1), "{text}");
    }
}

#[test]
fn every_shape_has_its_text() {
    for shape in SHAPES {
        assert!(SECRETS.iter().any(|(kind, _)| *kind == shape.kind), "{:?}", shape.kind);
    }
}

/// What logs say of secrets. Masked, the cause would be hidden.
#[test]
fn ordinary_messages_are_left_alone() {
    let messages = [
        "Token is invalid or expired",
        "The password does not meet the policy",
        "password: does not meet policy",
        "Password: must contain at least 8 characters.",
        r#"{"errors":{"password":"is too short (minimum is 8 characters)"}}"#,
        r#"{"password":"required"}"#,
        r#"{"password":null,"passwordChanged":"2026-01-05T09:00:00Z"}"#,
        "password=null",
        "password: expired",
        "reset password: failed for 3 users",
        "Password sync: enabled",
        "Unauthorized",
        "Authorization failed: user not found",
        "Authorization: rejected by the server",
        "Bearer token is missing",
        "Bearer authentication required",
        r#"WWW-Authenticate: Bearer realm="scim", error="invalid_token""#,
        "Basic authentication is not supported",
        "Basic Information",
        "SSWS token expired",
        "Cookie: missing",
        "the answer: no",
        "state=active",
        "?state=deactivated",
        "https://x.example/cb?code=Request_BadRequest",
        r#"{"code":"E0000001","state":"SUSPENDED"}"#,
        "error code: 502",
        "secret rotation is due",
        "client_secret is missing",
        "HIDDEN_DUE_TO_SECURITY_REASONS",
        r#"{"password":"HIDDEN_DUE_TO_SECURITY_REASONS"}"#,
        r#"{"password":"********"}"#,
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "access token: expired",
        "refresh token: invalid",
        "see https://learn.microsoft.com/azure/active-directory",
        "https://graph.microsoft.com:443/v1.0",
        "user ann@corp.example not found in https://scim.example/v2",
        "54416401-eef2-461c-8de7-385dde2b3cba",
        "application.provision.user.push_password",
        "Push user's password to external application",
        "Secret: is not configured",
        "one time password is required",
        "assertion failed: x == y",
    ];
    for text in messages {
        assert_eq!(mask(text), text);
    }
}

#[test]
fn what_was_masked_is_not_masked_again() {
    for (_, marked) in SECRETS {
        let (text, _) = parts(marked);
        let once = mask(&text).into_owned();
        assert_eq!(mask(&once), once, "{text}");
    }
    let mark = r#"{"password":"‹secret:password len=8 fp=9c41›","x":"Bearer ‹secret:bearer len=9 fp=1111›"}"#;
    assert_eq!(mask(mark), mark);
}

#[test]
fn several_secrets_in_one_text_all_go() {
    let text = "password=hunter22 and Authorization: Bearer abcdef123456, then ghp_abcdefghijklmnopqrstu.";
    assert_eq!(mask(text), "password=‹secret› and Authorization: Bearer ‹secret›, then ‹secret›.");
}

#[test]
fn no_text_makes_it_stumble() {
    proptest::proptest!(|(text: String, at in 0..SECRETS.len())| {
        let (secret, _) = parts(SECRETS[at].1);
        for text in [format!("{text}{secret}"), format!("{secret}{text}"), text.clone()] {
            let found = find(&text).unwrap();
            let in_order = found.windows(2).all(|two| two[0].range.end <= two[1].range.start);
            proptest::prop_assert!(in_order && found.iter().all(|one| text.get(one.range.clone()).is_some()));
        }
    });
}
