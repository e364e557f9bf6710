use super::*;
use crate::event::{Operation, Outcome, Provider};

fn event<'a>() -> Event<'a> {
    let mut event = Event::unrecorded(Provider::Okta, "okta-system-log");
    event.outcome = Outcome::Failure;
    event.operation = Operation::Update;
    event.event_type = Some("application.provision.user.push_profile");
    event.app.name = Some("Cloud Files");
    event.reason.http_status = Some(401);
    event.reason.message = Some("Unauthorized. Errors reported by remote server: the token is not valid");
    event.reason.remote = Some("the token is not valid");
    event
}

/// What is told of every alternative agrees with what the matcher does.
#[test]
fn all_conditions_hold_exactly_if_the_rule_matches() {
    let (library, _) = Library::load(&[]);
    let mut events = vec![event(), event(), event(), event(), event()];
    events[1].outcome = Outcome::Skipped;
    events[2].reason = crate::event::Reason::default();
    events[3].reason.codes = vec!["EntryConflict"];
    events[4].provider = Provider::Entra;
    events[4].reason.message = Some("userName is taken; conflict; the group was not found");
    let mut matches = 0;
    for event in &events {
        let (app, seen) = (AppNames::of(event), library.seen(event));
        for alternative in &library.matcher.alternatives {
            let all = alternative.conditions(event, &app, &seen).iter().all(|condition| condition.holds);
            assert_eq!(all, alternative.holds(event, &app, &seen).is_some(), "{:?}", alternative.spec);
            matches += u32::from(all);
        }
        let order: Vec<usize> = library.consider(event).iter().map(|considered| considered.rule).collect();
        let told: Vec<Option<usize>> =
            library.review(event).matched.iter().map(|matched| library.find(matched.rule)).collect();
        assert_eq!(told, order.into_iter().map(Some).collect::<Vec<_>>());
    }
    assert!(matches > 5, "{matches}");
}

#[test]
fn a_near_miss_names_the_condition_that_failed() {
    let (library, _) = Library::load(&[]);
    let mut event = event();
    event.provider = Provider::Entra;
    let review = library.review(&event);
    let near = review.nearly.iter().find(|near| near.rule == "okta-remote-unauthorized").unwrap();
    assert!(near.failed.starts_with("wanted provider `okta`; the event has `entra`"), "{}", near.failed);
    assert!(near.telling);
    assert!(review.matched.iter().all(|matched| matched.rule != near.rule));
}
