use super::{Found, SHAPES, find, is_ready, mask};

#[path = "../../../tests/secrets.rs"]
mod secrets;

use secrets::{SECRETS, parts};

#[test]
fn m1_of_every_secret_all_goes_and_all_else_stays() {
    assert!(is_ready());
    for (kind, marked) in SECRETS {
        let (text, secret) = parts(marked);
        let found = find(&text).unwrap();
        let at = text.find(&secret).unwrap();
        let [Found { kind: found, range }] = &found[..] else { panic!("{text}: {found:?}") };
        assert_eq!((format!("{found:?}").as_str(), range), (*kind, &(at..at + secret.len())), "{text}");
        assert_eq!(mask(&text), text.replacen(&secret, "‹secret›", 1), "{text}");
    }
}

#[test]
fn every_shape_has_its_text() {
    for shape in SHAPES {
        assert!(SECRETS.iter().any(|(kind, _)| **kind == format!("{:?}", shape.kind)), "{:?}", shape.kind);
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
        "password=***: the server says no",
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
        "access token expired",
        "the token 54416401-eef2-461c-8de7-385dde2b3cba was revoked",
        "token SystemForCrossDomainIdentityManagementServiceIncompatible is unknown",
        "the temporary password expired after 7 days",
        "A new password must have 8 characters",
        "the password is too short, 8 are needed",
        "password is required",
        "risk-based policy, task-12345678",
        "password must be at least 8 characters",
        "token has expired",
        "token: expired_token",
        r#"{"token":"invalid"}"#,
        r#"{"path":"password","value":"is too short"}"#,
        r#"{"name":"password","type":"string","multiValued":false,"description":"The clear text password"}"#,
        r#"{"name":"tokenType","value":"Bearer token"}"#,
        r#"{"path":"userName","value":"ann.lee"},{"path":"password"}"#,
        r#"{"displayName":"Password","newValue":null}"#,
        "checks: pass=3 fail=2",
        "second pass: started",
        "spf=pass dkim=fail",
        "https://graph.microsoft.com/v1.0/users/delta?$skiptoken=7fvyyCoIxq2uUqUBN6LT9jUMd9qDYi",
        "the object identified by 'ann' does not exist",
        "Unexpected token: <",
        "unexpected token 'x' in JSON",
        "Passwort: muss mindestens 8 Zeichen haben",
        "token=54416401-eef2-461c-8de7-385dde2b3cba",
        "?key=00u18dk3t7ydOWLDg698",
        "<token> is missing",
        "Directory_00000000-0000-0000-0000-000000000000_APC1W_25149238",
        "the header Authorization: Bearer followed by a token",
        "https://x.example/activate/00u18dk3t7ydOWLDg698",
        "reset password to continue",
        "verification code is missing",
        "Signature: missing",
        "password 'Default' policy",
        "curl -u is not supported",
        "pass:",
        "credentials: invalid",
        r#"{"status":{"pass":true}}"#,
        "2026-01-05T00:00:00.000Z 00u18dk3t7ydOWLDg698",
    ];
    for text in messages {
        assert_eq!(mask(text), text);
    }
}

#[test]
fn what_a_secret_hid_is_masked_too() {
    let text = "https://u?sig=a//abcdefghkl&x:Rv4Yp9Hs@host";
    let once = mask(text);
    assert!(!once.contains("Rv4Yp9Hs"), "{once}");
    assert_eq!(mask(&once), once);
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
    // The name of a scheme, however the space behind it is written.
    for space in [" ", "+", "%20", r"\r", r"\r\n\t", r" \n "] {
        let text = format!("Authorization: BearerOfNews{space}‹secret:authorization len=16 fp=5870› :x");
        assert_eq!(mask(&text), text);
    }
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

#[test]
fn what_stands_in_front_of_a_host_is_a_secret_from_so_many_letters_on() {
    let found = |length: usize| {
        let token: String = "a7Kq2Zx9".chars().cycle().take(length).collect();
        !find(&format!("see https://{token}@scim.example")).unwrap().is_empty()
    };
    assert!(found(super::LEAST_USER_INFO) && !found(super::LEAST_USER_INFO - 1));
}
