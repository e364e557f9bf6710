//! Messages that no rule was written from, in `tests/unseen_messages.toml`.

use provlens::rules::Example;
use serde::Deserialize;

use super::{matched, share};

#[derive(Deserialize)]
struct Messages {
    message: Vec<Example>,
}

#[test]
fn messages_that_no_rule_was_written_from_find_their_rule() {
    let Messages { message: messages } = toml::from_str(include_str!("../unseen_messages.toml")).unwrap();
    let mut wrong = Vec::new();
    for example in &messages {
        let found = matched(example);
        let winner = found.first().map_or("none", |(id, _)| id);
        let wanted = example.winner.as_deref().unwrap();
        if winner != wanted {
            let others: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
            wrong.push(format!("{wanted} should win, not {others:?}: {:?}", example.message));
        }
    }
    println!("{}", share(messages.len() - wrong.len(), messages.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
