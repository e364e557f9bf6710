use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::event::{Event, Operation, Outcome, Provider};
use crate::text::time::{self, HOUR};
use crate::text::width::width;

const VOCABULARY: Vocabulary<'_> = Vocabulary {
    providers: &[Provider::Okta, Provider::Entra, Provider::Aws],
    issues: &[
        ("okta-credentials-invalid", "App no longer accepts the login of Okta"),
        ("scim-no-licence", "No free licence left in the app"),
    ],
};

const NEWEST: &str = "2026-09-05T20:00:00Z";

fn parse(text: &str) -> Result<Filter, Mistake> {
    Filter::parse(text, &VOCABULARY).map(|filter| filter.at(time::parse(NEWEST), &TimeZone::UTC))
}

/// The same where every issue and provider may be named.
fn parse_any(text: &str) -> Result<Filter, Mistake> {
    Filter::parse(text, &Vocabulary::default()).map(|filter| filter.at(time::parse(NEWEST), &TimeZone::UTC))
}

/// A failure of a person at an application, as Okta tells it.
fn failure<'a>() -> Event<'a> {
    let mut event = Event::unrecorded(Provider::Okta, "okta-system-log");
    event.time = time::parse("2026-09-05T19:40:02Z");
    event.operation = Operation::Deactivate;
    event.outcome = Outcome::Failure;
    event.app.name = Some("Salesforce");
    event.app.id = Some("0oa1");
    event.subject.login = Some("tom.berg@example.com");
    event.subject.name = Some("Tom Berg");
    event.actor = Some("Okta System");
    event.event_type = Some("application.provision.user.deactivate");
    event.reason.code = Some("E0000047");
    event.reason.message = Some("Unable to deactivate: Unauthorized. Errors reported by remote server: token expired");
    event.reason.remote = Some("token expired");
    event.reason.http_status = Some(401);
    event.reason.scim_type = Some("sensitive");
    event.ids.event = Some("00004dd9-aa");
    event.ids.transaction = Some("9f2c77");
    event.duration_ms = Some(1_500);
    event
}

fn holds(text: &str, event: &Event<'_>) -> bool {
    let rule = (event.outcome == Outcome::Failure)
        .then_some(("okta-credentials-invalid", "App no longer accepts the login of Okta"));
    let known = Known { event, input: "logs/okta-sept.jsonl", rule, cluster: None };
    parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake}")).holds(&known)
}

#[test]
fn each_field_finds_what_it_is_for_and_passes_over_what_it_is_not() {
    for (text, not) in [
        ("", "-salesforce"),
        ("SALESFORCE berg", "salesforce lee"),
        ("\"token expired\"", "\"expired token\""),
        ("unauth*server", "server*unauth"),
        ("401", "402"),
        ("\"no longer accepts\"", "\"licence left\""),
        ("app:sales", "app:box"),
        ("app:box,sales", "app:box,slack"),
        ("app:=salesforce", "app:=sales"),
        ("app:*force", "app:*sales"),
        ("app:/^sales.{5}$/", "app:/^force/"),
        ("app:0oa1", "app:=0oa"),
        ("user:tom.berg", "user:kim"),
        ("user:\"tom berg\"", "user:\"berg tom\""),
        ("issue:okta-credentials-invalid", "issue:scim-no-licence"),
        ("issue:\"accepts the login\"", "issue:\"free licence\""),
        ("issue:okta-*", "issue:scim-*"),
        ("-issue:unknown", "issue:unknown"),
        ("-issue:none", "issue:none"),
        ("status:failed", "status:ok,warning"),
        ("status:FAILURE", "status:success"),
        ("action:deactivate", "action:create"),
        ("action:*activate", "action:member*"),
        ("code:401", "code:40"),
        ("code:4*", "code:5*"),
        ("code:E0000047", "code:E0000"),
        ("code:sensitive", "code:uniqueness"),
        ("code:>400", "code:>401"),
        ("code:<500", "code:<401"),
        ("said:expired", "said:unauthorized"),
        ("said:/token\\s+expired/", "said:/^expired/"),
        ("provider:okta", "provider:entra"),
        ("in:*sept*", "in:*oct*"),
        ("in:logs/okta", "in:/var/log"),
        ("id:9f2c", "id:77aa"),
        ("after:6h", "after:10m"),
        ("before:10m", "before:6h"),
        ("on:\"5 Sep\"", "on:2026-09-04"),
        ("after:2026-09-05T19:40:02Z", "after:2026-09-05T19:40:03Z"),
        ("before:2026-09-05T19:40:03Z", "before:2026-09-05T19:40:02Z"),
        ("after:\"5 Sep 19:30\" before:\"5 Sep 2026 19:50\"", "before:\"5 Sep\""),
        ("took:>1s took:<2s", "took:>1500"),
        ("-is:marked", "is:not-removed"),
        ("app:box or user:tom", "app:box and user:tom"),
        ("NOT app:box AND (code:409 OR code:401)", "not (app:box or code:401)"),
        ("-(app:box or app:slack) berg", "-(app:box or app:sales) berg"),
        ("app:box berg or token", "(app:box or berg) lee"),
    ] {
        assert!(holds(text, &failure()), "{text}");
        assert!(!holds(not, &failure()), "{not}");
    }
}

#[test]
fn what_an_event_does_not_have_is_not_found_in_it() {
    let bare = Event::unrecorded(Provider::Okta, "okta-system-log");
    for text in
        ["app:*", "user:*", "code:*", "code:>0", "took:<9h", "after:9999w", "before:9999-01-01", "on:\"5 Sep\"", "id:*"]
    {
        if text.starts_with("before") {
            // No such year is a time in a log.
            assert!(parse(text).is_err() || !holds(text, &bare), "{text}");
        } else {
            assert!(!holds(text, &bare), "{text}");
        }
    }
    assert!(holds("issue:none -issue:unknown provider:okta in:*", &bare));
}

#[test]
fn a_failure_without_a_rule_is_unknown_and_found_by_its_cluster() {
    let event = failure();
    let known = Known { event: &event, input: "x", rule: None, cluster: Some("u-1a2b3c4d") };
    for text in ["issue:unknown", "issue:u-1a2b3c4d", "-issue:none", "u-1a2b"] {
        assert!(parse(text).unwrap().holds(&known), "{text}");
    }
}

#[test]
fn times_hold_for_nothing_until_they_are_fixed() {
    let event = failure();
    let known = Known { event: &event, input: "x", rule: None, cluster: None };
    let open = Filter::parse("after:6h", &VOCABULARY).unwrap();
    assert!(open.needs_newest() && !open.holds(&known));
    assert!(!open.clone().at(None, &TimeZone::UTC).holds(&known));
    assert!(!Filter::parse("after:2026-09-05", &VOCABULARY).unwrap().needs_newest());
    assert!(Filter::parse("after:2026-09-05T00:00:00Z", &VOCABULARY).unwrap().holds(&known));
}

#[test]
fn days_are_those_of_the_zone_that_is_shown() {
    let mut event = failure();
    event.time = time::parse("2026-09-04T23:30:00Z");
    let known = Known { event: &event, input: "x", rule: None, cluster: None };
    let on = |zone: &str| {
        let filter = Filter::parse("on:\"5 Sep\"", &VOCABULARY).unwrap();
        filter.at(time::parse(NEWEST), &time::zone(zone).unwrap()).holds(&known)
    };
    assert!(on("Europe/Berlin") && !on("UTC"));
}

#[test]
fn filters_join_with_and() {
    let event = failure();
    let known = Known { event: &event, input: "x", rule: None, cluster: None };
    let at = event.time.unwrap();
    let flags = Filter::from(at - HOUR).and(Filter::before(at + 1)).and(Filter::with(Field::App, "SALES"));
    let either = parse("app:box or user:tom").unwrap();
    let both = flags.and(either).and(Filter::default());
    assert_eq!(
        both.to_string(),
        "after:2026-09-05T18:40:02Z before:2026-09-05T19:40:02.000001Z app:SALES (app:box or user:tom)"
    );
    assert!(both.holds(&known));
    assert!(!both.clone().and(Filter::exactly(Field::Provider, "entra")).holds(&known));
    assert!(Filter::default().and(Filter::default()).is_open() && !both.is_open());
}

#[test]
fn there_is_one_way_of_writing_a_filter() {
    for (text, printed) in [
        ("  Licence   Berlin ", "Licence Berlin"),
        ("a AND NOT b OR c", "a -b or c"),
        ("(a or b) or c (d e)", "a or b or c d e"),
        ("-(a b) not (c or d)", "-(a b) -(c or d)"),
        ("-(-a)", "-(-a)"),
        ("STATUS:Failure,success -Status:OK", "status:failed,ok -status:ok"),
        ("\"or\" \"a b\" \"-x\" app:\"salesforce\"", "\"or\" \"a b\" \"-x\" app:salesforce"),
        ("issue:\"none\",none,=unknown", "issue:\"none\",none,=\"unknown\""),
        ("said:\"a \\\"b\\\" \\\\ c\\d\"", "said:\"a \\\"b\\\" \\\\ c\\\\d\""),
        ("said:/a b\\/c/ in:/var/log in:/var/", "said:/a b\\/c/ in:\"/var/log\" in:/var/"),
        ("in:/a*b x\\/,", "in:/a*b \"x\\\\/,\""),
        ("in:/a*,\"b\",*/", "in:/a*,\"b\",*/"),
        ("in:/a*b/ in:/(a b)/", "in:/a*b/ in:\"/\" a b \"/\""),
        ("took:>2s took:<1m code:>399", "took:>2000 took:<60000 code:>399"),
        ("after:24H before:\"september 3\" on:2026-09-03", "after:24h before:\"3 Sep\" on:2026-09-03"),
        ("12:30 a(b)", "\"12:30\" a b"),
    ] {
        assert_eq!(parse_any(text).unwrap().to_string(), printed, "{text}");
    }
}

#[test]
fn mistakes_are_explained_under_the_bar() {
    let mut page = String::new();
    for text in [
        "status:faild after:6h",
        "stauts:failed",
        "person:tom",
        "urn:ietf:params",
        "app:sales action:remove",
        "action:member",
        "is:broken",
        "provider:octa",
        "issue:okta-credential-invalid",
        "app:sales on:6h",
        "after:yesterday",
        "after:\"31 Feb\"",
        "status:>3",
        "code:>many",
        "took:5s",
        "app:",
        "app: sales",
        "app:sales, slack",
        "said:\"already exists",
        "said:“already exists”",
        "a\"b",
        "\"\"",
        "\"a\"b",
        "said:/(/",
        "said:/a(?=b)/",
        "said:/already exists",
        "said:/scim/v2",
        "(app:sales or",
        "app:sales)",
        "()",
        "or app:sales",
        "app:sales or",
        "app:sales and and slack",
        "not",
        "app:sales - slack",
        "ユーザー ステータス:x status:失敗 after:6h",
        "user:\u{1b}[31mtom status:faild",
        "app:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa user:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb status:faild after:6h app:c",
        "status:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa after:6h",
    ] {
        let mistake = parse(text).expect_err(text);
        assert!(text.get(mistake.span.clone()).is_some(), "{text}");
        let shown = mistake.under(" Filter  ", text, 80);
        assert!(shown.lines().all(|line| width(line) <= 80), "{shown}");
        page.push_str(&shown);
        page.push_str("\n\n");
    }
    insta::assert_snapshot!(page);
}

#[test]
fn what_is_too_much_is_refused_and_not_repeated() {
    let long = "a ".repeat(1 << 19);
    let deep = format!("{}a{}", "(".repeat(40), ")".repeat(40));
    let many = "a ".repeat(501);
    let patterns = "said:/a/ ".repeat(17);
    for (text, what) in [
        (&long, "the filter is 1048576 bytes long; 8192 are the most"),
        (&deep, "parentheses are nested more than 32 deep"),
        (&many, "a filter has at most 500 values"),
        (&patterns, "a filter has at most 16 patterns between slashes"),
    ] {
        let mistake = parse(text).unwrap_err();
        assert_eq!(mistake.sentence, what);
        assert!(mistake.under(" Filter  ", text, 80).len() < 400);
    }
    assert!(parse(&"a ".repeat(500)).is_ok() && parse(&format!("{}a{}", "(".repeat(32), ")".repeat(32))).is_ok());
}

/// Pieces of filters, whole and broken.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "app:sales", "status:failed", "-status:ok", "code:>400", "code:4*,409", "after:6h", "on:\"3 Sep\"", "is:new",
            "before:2026-09-05", "issue:unknown,none", "issue:\"unknown\"", "said:/to(k|l)en/", "said:/a\\/b/", "took:<5s",
            "user:=\"tom berg\"", "action:*activate", "in:/var/log", "in:/a b/", "\"or\"", "\"a \\\" b\"", "\"\\\\\"", "x*y", "é", "-",
            "berg", "or", "and", "not", "(", ")", "(", ")", "app:", ",", "\"", "/", "=", "*", ":", "a:b", "12:30",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    let space = prop::sample::select(vec![" ", " ", " ", "", "\t"]);
    prop::collection::vec((piece, space), 0..8)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, space)| piece + space).collect())
}

proptest! {
    #[test]
    fn any_text_is_a_filter_or_a_mistake_inside_it(text in prop_oneof![any::<String>(), pieces()]) {
        if let Err(mistake) = parse(&text) {
            prop_assert!(text.get(mistake.span.clone()).is_some(), "{:?}", mistake);
            for columns in [22, 60, 200] {
                let shown = mistake.under(" Filter  ", &text, columns);
                prop_assert!(shown.lines().all(|line| width(line) <= columns), "{}", shown);
                let escapes = shown.contains('\u{1b}');
                prop_assert!(!escapes);
            }
        }
        for cursor in 0..=text.len() {
            let found = complete(&text, cursor, &[]);
            prop_assert!(text.get(found.replace).is_some());
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same_filter(text in pieces(), login in "[tT]om|x.y|é|unknown|a \\\\?\" b", failed in any::<bool>()) {
        let Ok(filter) = parse_any(&text) else { return Ok(()) };
        let printed = filter.to_string();
        let again = parse_any(&printed);
        prop_assert!(again.is_ok(), "{:?} printed as {:?}: {}", text, printed, again.unwrap_err());
        let again = again.unwrap();
        prop_assert_eq!(&printed, &again.to_string());
        let mut event = failure();
        event.subject.login = Some(&login);
        event.outcome = if failed { Outcome::Failure } else { Outcome::Success };
        let known = Known { event: &event, input: "/var/log/a b", rule: None, cluster: None };
        prop_assert_eq!(filter.holds(&known), again.holds(&known));
    }
}

#[test]
fn the_time_that_a_filter_asks_for_outright_is_known() {
    let at = |text: &str| time::parse(text);
    let day = (at("2026-09-03T00:00:00Z"), at("2026-09-04T00:00:00Z"));
    for (text, within) in [
        ("on:2026-09-03 status:failed", day),
        ("after:2026-09-03 before:2026-09-04 -app:sales", day),
        ("on:2026-09-03,2026-09-05", (day.0, at("2026-09-06T00:00:00Z"))),
        ("after:20h", (at("2026-09-05T00:00:00Z"), None)),
        ("on:2026-09-03 or app:sales", (None, None)),
        ("-on:2026-09-03", (None, None)),
        ("app:sales", (None, None)),
    ] {
        assert_eq!(parse(text).unwrap().within(), within, "{text}");
    }
}
