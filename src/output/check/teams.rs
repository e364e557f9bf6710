//! A message for Microsoft Teams, to be sent by the pipeline: an adaptive card.

use serde_json::{Value, json};

use super::View;
use super::chat::Message;

/// Teams takes about 28 KB.
const MAX_BYTES: usize = 27_000;

/// The payload, with as many findings as there is room for. All texts are runs, which know no Markdown.
pub fn payload(view: &View<'_>) -> Value {
    let Message { headline, mut paragraphs, mut rest } = Message::of(view);
    let mut left_out = 0;
    loop {
        let more = (left_out > 0).then(|| format!("and {left_out} that there is no room for here"));
        let card = card(&headline, paragraphs.iter().chain(&rest).chain(&more));
        let dropped =
            if format!("{card:#}").len() <= MAX_BYTES { None } else { rest.pop().or_else(|| paragraphs.pop()) };
        match dropped {
            None => return card,
            Some(_) => left_out += 1,
        }
    }
}

fn card<'t>(headline: &str, texts: impl Iterator<Item = &'t String>) -> Value {
    let run = |text: &str, weight: &str| json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": text, "weight": weight }] });
    let mut body = vec![run(headline, "Bolder")];
    body.extend(texts.map(|text| run(text, "Default")));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
            },
        }],
    })
}
