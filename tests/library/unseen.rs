//! Messages that no rule was written from, in `tests/unseen_messages.toml`.

use provlens::rules::Example;
use serde::Deserialize;

use super::{matched, share};

#[derive(Deserialize)]
struct Messages {
    message: Vec<Example>,
    /// Those that do not find their rule yet.
    gap: Vec<Example>,
}

/// Why another rule than the wanted one wins, if so.
fn wrong(example: &Example) -> Option<String> {
    let found = matched(example);
    let winner = found.first().map_or("none", |(id, _)| id);
    let wanted = example.winner.as_deref().unwrap();
    let all: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    (winner != wanted).then(|| format!("{wanted} should win, not {all:?}: {:?}", example.message))
}

#[test]
fn messages_that_no_rule_was_written_from_find_their_rule() {
    let Messages { message: messages, gap: gaps } = toml::from_str(include_str!("../unseen_messages.toml")).unwrap();
    println!("{}", share(messages.len(), messages.len() + gaps.len()));
    let lost: Vec<String> = messages.iter().filter_map(wrong).collect();
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    let closed: Vec<_> = gaps.iter().filter(|gap| wrong(gap).is_none()).map(|gap| &gap.message).collect();
    assert!(closed.is_empty(), "no gap any more, so it belongs to the messages: {closed:?}");
}
