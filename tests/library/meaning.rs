//! Whether a message alone leads to its rule: the messages of all examples, without the rest of the record.

use provlens::event::Provider;
use provlens::pipeline::{examples, quoted};
use provlens::rules::{Library, Origin};

use super::LIBRARY;

/// What an example that its rule wins says, and where it comes from.
struct Said {
    rule: usize,
    message: String,
    provider: Provider,
    app: Option<String>,
}

impl Said {
    fn origin(&self) -> Origin<'_> {
        Origin { provider: Some(self.provider), app: self.app.as_deref(), ..Origin::default() }
    }
}

/// Of every second example, since there are many.
fn said(library: &Library) -> Vec<Said> {
    let mut said = Vec::new();
    let rules = library.rules().iter().enumerate().filter(|(_, rule)| !rule.fallback);
    let examples = rules.flat_map(|(at, rule)| rule.examples.iter().map(move |example| (at, example)));
    for (rule, example) in examples.step_by(2) {
        let read = examples::events(example, &mut |event| {
            let event = event.unwrap();
            let is_won = library.explain(event).is_some_and(|finding| finding.rule == rule);
            said.extend(event.reason.message.filter(|_| is_won).map(|message| Said {
                rule,
                message: message.to_owned(),
                provider: event.provider,
                app: event.app.name.map(str::to_owned),
            }));
        });
        read.unwrap();
    }
    said
}

/// Of the messages that their rule goes by, percent of which it is the first, and one of the first five.
fn found(library: &Library, said: &[Said], origin: impl Fn(&Said) -> Origin<'_>) -> (usize, usize) {
    let place = |one: &Said| {
        let meanings = quoted::meanings(&one.message, origin(one), library);
        meanings.iter().position(|meaning| meaning.rule == one.rule)
    };
    let places: Vec<usize> = said.iter().filter_map(place).collect();
    assert!(places.len() * 4 > said.len() * 3, "{} of {}", places.len(), said.len());
    let share = |most: usize| places.iter().filter(|place| **place < most).count() * 100 / places.len();
    (share(1), share(5))
}

#[test]
fn most_messages_lead_to_their_rule_without_the_rest_of_the_record() {
    let said = said(&LIBRARY);
    let (first, among_five) = found(&LIBRARY, &said, |_| Origin::default());
    println!("without more: {first} % first, {among_five} % among five");
    assert!(first >= 85 && among_five >= 97, "{first} % first, {among_five} % among five");
    let (first, among_five) = found(&LIBRARY, &said, Said::origin);
    println!("with provider and app: {first} % first, {among_five} % among five");
    assert!(first >= 93 && among_five >= 98, "{first} % first, {among_five} % among five");
}
