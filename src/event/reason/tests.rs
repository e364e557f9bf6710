//! The layers of texts as each provider writes them.

use super::*;

fn unwrapped(text: &str) -> (Option<u16>, Option<String>, Option<String>) {
    let arena = Bump::new();
    let text = arena.alloc_str(text);
    let layers = unwrap_reason(text, &arena);
    (layers.http_status, layers.scim_type.map(str::to_owned), layers.remote.map(str::to_owned))
}

#[test]
fn okta_words_and_the_applications_words_are_told_apart() {
    let (status, _, remote) = unwrapped(
        "Error while creating user a@example.com: Conflict. Errors reported by remote server: User not found in team",
    );
    assert_eq!((status, remote.as_deref()), (Some(409), Some("User not found in team")));
    let (status, _, remote) = unwrapped(
        "Errors during execution: Error executing create: Unprocessable Entity. Errors reported by the connector : {\"Errors\":[{\"description\":\"name taken\",\"code\":409}]}. Error Code: null",
    );
    assert_eq!((status, remote.as_deref()), (Some(409), Some("name taken")));
}

#[test]
fn entra_envelope_gives_up_the_scim_error_inside() {
    let text = "StatusCode: BadRequest\r\nMessage: Processing failed.\r\nWeb Response: {\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"status\":\"400\",\"scimType\":\"invalidValue\",\"detail\":\"User must be Active.\"}. This operation was retried 3 times.";
    let (status, scim_type, remote) = unwrapped(text);
    assert_eq!(
        (status, scim_type.as_deref(), remote.as_deref()),
        (Some(400), Some("invalidValue"), Some("User must be Active."))
    );
}

#[test]
fn what_saps_services_call_gives_up_its_answer() {
    let (status, _, remote) = unwrapped(
        "HTTP operation failed invoking https://ias.example.com/scim/Users with statusCode: 400, Response: Missing required attribute in name - [familyName].",
    );
    assert_eq!((status, remote.as_deref()), (Some(400), Some("Missing required attribute in name - [familyName]")));
    let (status, scim_type, remote) = unwrapped(
        r#"Failed to create entity. HTTP operation failed invoking https://ariba.example.com/scim/Users with statusCode: 409 and response: {"status":409,"detail":"taken","scimType":"uniqueness"}"#,
    );
    assert_eq!((status, scim_type.as_deref(), remote.as_deref()), (Some(409), Some("uniqueness"), Some("taken")));
}

#[test]
fn detail_may_be_an_object() {
    let (_, _, remote) =
        unwrapped(r#"Web Response: {"detail":{"Operations":{"op":["\"add\" is not a valid choice"]}}}"#);
    assert_eq!(remote.as_deref(), Some(r#"Operations: op: "add" is not a valid choice"#));
}

#[test]
fn a_cut_off_body_still_shows_its_type() {
    let (_, scim_type, _) =
        unwrapped(r#"Bad Request. Errors reported by remote server: {"schemas":["x"],"status":"409","scimType":"uniq"#);
    assert_eq!(scim_type.as_deref(), Some("uniqueness"));
}

#[test]
fn statuses_in_words() {
    for (text, status) in [
        ("returned an error response with the HTTP status code 409.  This", 409),
        ("error code Request_ResourceNotFound. httpStatusCode=404 errorCode=Request_ResourceNotFound", 404),
        ("An HTTP/404 Not Found response was returned rather than the expected HTTP/200 OK response", 404),
        ("Unauthorized", 401),
        ("javax.ws.rs.BadRequestException: HTTP 400 Bad Request", 400),
        ("Response Status Code: MethodNotAllowed", 405),
        ("Response Code - 429 Error - Too many requests were sent", 429),
    ] {
        assert_eq!(unwrapped(text).0, Some(status), "{text}");
    }
    assert_eq!(unwrapped("Matching user not found").0, None);
}

#[test]
fn codes_are_found_by_their_form() {
    let codes = |text: &str| {
        let arena = Bump::new();
        let text = arena.alloc_str(text);
        unwrap_reason(text, &arena).codes.join(" ")
    };
    for (text, wanted) in [
        (
            "0000217B: AtrErr: DSID-03050F93, #1: 0: 0000217B: DSID-03050F93, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90290 (userPrincipalName)",
            "0000217B DSID-03050F93 CONSTRAINT_ATT_TYPE",
        ),
        ("AADSTS50055: The password is expired.", "AADSTS50055"),
        ("Api validation failed (E0000001)", "E0000001"),
        ("SCIIS0006E The resource exists", "SCIIS0006E"),
        ("Bad Request. Error Code: 25005", "25005"),
        ("There is a problem with the password. error code: 502", ""),
        ("request 1e0000047a of user 00000000-0000-0000-0000-000000000000", ""),
    ] {
        assert_eq!(codes(text), wanted, "{text}");
    }
}

#[test]
fn a_page_is_told_by_its_title() {
    let (status, _, remote) = unwrapped(
        "Error authenticating: Bad Gateway. Errors reported by remote server: <html>\r\n<head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>",
    );
    assert_eq!((status, remote.as_deref()), (Some(502), Some("502 Bad Gateway")));
    let (status, _, remote) =
        unwrapped("Web Response: <!DOCTYPE html><html><body><h1 class=\"e\">403\n Forbidden</h1></body></html>");
    assert_eq!((status, remote.as_deref()), (Some(403), Some("403 Forbidden")));
    assert_eq!(
        unwrapped("Web Response: <html><p>Sign in</p></html>").2.as_deref(),
        Some("<html><p>Sign in</p></html>")
    );
}

#[test]
fn what_entra_says_of_its_next_try_is_not_the_answer() {
    for (text, status, remote) in [
        (
            "StatusCode: 429\r\nMessage: Retry-After: 120\r\nWeb Response: slow down. It will be retried again after this date: 2026-03-14T09:00:00Z UTC",
            429,
            "slow down",
        ),
        ("StatusCode: Conflict Web Response: taken. This operation was retried 0 times.", 409, "taken"),
    ] {
        assert_eq!(unwrapped(text), (Some(status), None, Some(remote.to_owned())), "{text}");
    }
}

#[test]
fn marks_survive_line_breaks() {
    let (status, _, remote) = unwrapped(
        "Error while creating user a@example.com:\r\nConflict. Errors reported by\r\nremote  server: name  taken",
    );
    assert_eq!((status, remote.as_deref()), (Some(409), Some("name taken")));
}

#[test]
fn bodies_are_read_wherever_they_stand() {
    for text in [
        r#"Error: {"scimType":"uniqueness","detail":"taken","status":"409"}"#,
        r#"Conflict. Errors reported by remote server: {\"scimType\":\"uniqueness\",\"detail\":\"taken\",\"status\":\"409\"}"#,
        "Web Response: {&quot;scimType&quot;:&quot;uniqueness&quot;,&quot;detail&quot;:&quot;taken&quot;,&quot;status&quot;:409}",
    ] {
        assert_eq!(unwrapped(text), (Some(409), Some("uniqueness".to_owned()), Some("taken".to_owned())), "{text}");
    }
    let (_, scim_type, _) = unwrapped("HTTP 400: scimType=mutability, the userName is read-only");
    assert_eq!(scim_type.as_deref(), Some("mutability"));
    let (_, _, remote) = unwrapped(
        r#"{"errorCode":"E0000001","errorSummary":"Api validation failed: login","errorCauses":[{"errorSummary":"login: An object with this field already exists"}]}"#,
    );
    assert_eq!(
        remote.as_deref(),
        Some("Api validation failed: login. login: An object with this field already exists")
    );
    let (_, _, remote) = unwrapped(
        r#"{"detail":"Request failed.","urn:ietf:params:scim:schemas:extension:fusionauth:2.0:Error":{"fieldErrors":{"userName":[{"code":"[blank]","message":"A name is needed."}]},"generalErrors":[{"code":"[invalid]patch","message":"Invalid patch."}]}}"#,
    );
    assert_eq!(remote.as_deref(), Some("Request failed. A name is needed. Invalid patch."));
    assert_eq!(unwrapped("The filter {userName} matched nobody").2, None);
}

#[test]
fn a_text_of_megabytes_is_gone_through_once() {
    // If all that follows were looked at behind each mark, this would take minutes.
    let arena = Bump::new();
    let codes: String = (1000..5000).map(|number| format!("AADSTS5{number} ")).collect();
    for text in
        [codes.repeat(20), "problem ".repeat(100_000), "scimType".repeat(100_000), "error code: 7 (".repeat(60_000)]
    {
        let layers = unwrap_reason(arena.alloc_str(&text), &arena);
        assert!(layers.codes.len() <= MOST_CODES, "{}", layers.codes.len());
    }
}

#[test]
fn a_code_is_a_name_in_brackets_behind_a_number_or_the_number() {
    let arena = Bump::new();
    let codes = |text: &str| unwrap_reason(arena.alloc_str(text), &arena).codes.join(" ");
    assert_eq!(codes("AtrErr: #1: problem 1005 (CONSTRAINT_ATT_TYPE), data 0"), "CONSTRAINT_ATT_TYPE");
    assert_eq!(codes("Error Code: 25005. Try again (later)"), "25005");
    assert_eq!(codes("problem with the text (X1)"), "");
}

#[test]
fn what_wraps_an_error_may_be_all_that_says_its_status() {
    let wrapped = r#"Errors reported by remote server: {"status":409,"response":{"detail":"Kim exists.","scimType":"uniqueness"}}"#;
    let (status, scim_type, remote) = unwrapped(wrapped);
    assert_eq!((status, scim_type.as_deref(), remote.as_deref()), (Some(409), Some("uniqueness"), Some("Kim exists.")));
    let inner = r#"{"status":500,"error":{"status":"409","message":"Kim exists."}}"#;
    assert_eq!(unwrapped(inner).0, Some(409), "the innermost counts");
}

#[test]
fn the_status_may_stand_where_others_have_words() {
    let answer = r#"{"detail":"This seat is taken.","error":403,"errorCode":"NO_SEAT","reason":"Forbidden"}"#;
    let (status, _, remote) = unwrapped(answer);
    assert_eq!((status, remote.as_deref()), (Some(403), Some("This seat is taken.")));
}
