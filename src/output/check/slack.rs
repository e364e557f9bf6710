//! A message for Slack, to be sent by the pipeline.

use serde_json::{Value, json};

use super::View;
use super::chat::Message;
use crate::text::width::truncate;

/// Most blocks of a message.
const MAX_BLOCKS: usize = 50;
/// Most characters of a text.
const MAX_TEXT: usize = 3_000;
/// Most characters of a header.
const MAX_HEADER: usize = 150;

/// The payload. All texts are plain ones: nothing in them is markup, a link, or a call for everybody.
pub fn payload(view: &View<'_>) -> Value {
    let message = Message::of(view);
    let header = format!("provlens check: {}", view.checked.verdict.word());
    let mut blocks = vec![json!({ "type": "header", "text": plain(&truncate(&header, MAX_HEADER)) })];
    let sections = [&message.headline].into_iter().chain(&message.paragraphs).chain(&message.rest);
    blocks.extend(sections.map(|text| json!({ "type": "section", "text": plain(text) })));
    blocks.truncate(MAX_BLOCKS);
    // Shown where blocks are not; here three characters would be markup.
    let fallback = message.headline.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": cut(&fallback), "blocks": blocks })
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": cut(text), "emoji": false })
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
