use proptest::prelude::*;

use super::*;

fn tree(text: &str) -> Tree {
    Tree::of(text, &Trace::default())
}

fn keys(tree: &Tree) -> Vec<String> {
    (0..tree.nodes.len()).map(|node| tree.path(node)).collect()
}

#[test]
fn values_stand_in_the_order_of_the_record() {
    let tree = tree(r#"{"z":1,"a":{"y":[true,null],"b":"x"}}"#);
    assert_eq!(keys(&tree), ["", "z", "a", "a.y", "a.y.0", "a.y.1", "a.b"]);
    assert_eq!(tree.nodes.iter().map(|node| node.end).collect::<Vec<_>>(), [7, 2, 7, 6, 5, 6, 7]);
    let again: serde_json::Value = serde_json::from_str(&tree.whole()).unwrap();
    assert_eq!(again, serde_json::json!({ "z": 1, "a": { "y": [true, null], "b": "x" } }));
}

#[test]
fn json_in_a_text_is_opened_below_it() {
    let whole = tree(r#"{"a":"{\"b\":{\"c\":1}}","d":"no {json} here"}"#);
    assert_eq!(keys(&whole), ["", "a", "a.b", "a.b.c", "d"]);
    let answer = r#"{"reason":"Conflict. Errors reported by remote server: {\"scimType\":\"uniqueness\",\"status\":\"409\"} retried"}"#;
    assert_eq!(keys(&tree(answer)), ["", "reason", "reason.scimType", "reason.status"]);
    // The copy is the record, not what it was opened to.
    assert_eq!(tree(answer).whole().matches("scimType").count(), 1);
}

#[test]
fn secrets_are_masked_by_their_form_and_by_their_name() {
    let tree = tree(
        r#"{"a":"Bearer abcdef123456","password":"hunter22 x","b":"plain","c":"{\"client_secret\":\"hunter22\"}"}"#,
    );
    let text = tree.whole();
    assert!(!text.contains("abcdef") && !text.contains("hunter22"), "{text}");
    assert!(text.contains("plain") && tree.masked == 4, "{} {text}", tree.masked);
}

#[test]
fn a_secret_that_the_field_beside_it_names_is_masked() {
    let tree = tree(
        r#"{"Operations":[{"op":"add","path":"password","value":"Summer22"},{"path":"title","value":"plain"}],
            "x":{"password":{"value":"Winter22"},"secret":["Autumn22"]}}"#,
    );
    let text = tree.whole();
    assert!(!text.contains("22") && text.contains("plain"), "{text}");
}

#[test]
fn nothing_in_it_can_steer_a_terminal() {
    let tree = tree("{\"a\\u001b[31m\":\"\\u001b]0;x\\u0007\\u202e\"}");
    let text = tree.whole();
    assert!(text.contains("␛]0;x␇⟨U+202E⟩") && !text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text}");
}

#[test]
fn what_is_no_json_is_shown_line_by_line() {
    let tree = tree("one\ntwo\u{1b}");
    assert_eq!(tree.nodes.len(), 2);
    assert_eq!(tree.whole(), "one\ntwo␛");
}

#[test]
fn times_are_found() {
    let tree = tree(r#"{"published":"2026-09-05T18:03:15Z","a":"2026","b":"a-b:c"}"#);
    let times: Vec<bool> = tree.nodes.iter().map(|node| node.time.is_some()).collect();
    assert_eq!(times, [false, true, false, false]);
}

#[test]
fn a_bomb_of_texts_in_texts_ends() {
    let mut text = "1".to_owned();
    for _ in 0..12 {
        text = format!("{{\"a\":{}}}", serde_json::to_string(&text).unwrap());
    }
    assert!(tree(&text).nodes.len() <= 30);
    assert!(tree(&format!("[{}1]", "1,".repeat(2 * MOST))).is_cut);
}

/// Any JSON, texts with JSON in them included.
pub(in crate::tui) fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,60}".prop_map(Into::into),
        "\\PC{0,200}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec((".{0,8}", inner.clone()), 0..6)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            inner.prop_map(|value| value.to_string().into()),
        ]
    })
}

proptest! {
    #[test]
    fn nodes_lie_inside_each_other(value in any_json()) {
        let tree = tree(&value.to_string());
        prop_assert!(!tree.nodes.is_empty());
        for (at, node) in tree.nodes.iter().enumerate() {
            prop_assert!(node.end > at && node.end <= tree.nodes.len());
            if let Some(parent) = node.parent {
                prop_assert!(parent < at && tree.nodes[parent].end >= node.end);
                prop_assert_eq!(tree.nodes[parent].depth + 1, node.depth);
            }
        }
        let again: Result<serde_json::Value, _> = serde_json::from_str(&tree.whole());
        prop_assert!(again.is_ok(), "{}", tree.whole());
    }

    #[test]
    fn any_text_is_taken_apart(text in ".{0,400}") {
        tree(&text);
    }
}
