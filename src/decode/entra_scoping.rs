//! Why somebody is out of scope: the answers of Entra's scoping step. Their names are sentences
//! ("Assigned to the application"); `ScopeEvaluationResult` lists each scoping filter with its result.

use bumpalo::Bump;

use crate::json::Json;

/// Bytes of one answer that are kept: whoever writes filters names them.
const LONGEST: usize = 2_000;

/// The message with the answers that keep somebody out of scope; as it was if there are none.
pub(super) fn with_answers<'a>(message: Option<&'a str>, details: Json<'a>, arena: &'a Bump) -> Option<&'a str> {
    let Json::Object(answers) = details else { return message };
    let mut words = String::new();
    for (question, answer) in answers.iter() {
        let Json::String(answer) = answer else { continue };
        if keeps_out(question, answer) {
            words.push_str(if words.is_empty() { "Scoping: " } else { "; " });
            words.push_str(&format!("{}: {}", start(question), start(answer)));
        }
    }
    if words.is_empty() {
        return message;
    }
    Some(arena.alloc_str(&message.map_or(words.clone(), |message| format!("{message} {words}"))))
}

/// Whether somebody is assigned and nothing but their role keeps them out: whoever has only Default Access was to have
/// access, by whoever assigned them, and gets none.
/// <https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-no-users-provisioned>
pub(super) fn lacks_only_a_role(details: Json<'_>) -> bool {
    let Json::Object(answers) = details else { return false };
    let answers = || answers.iter().filter_map(|(question, answer)| Some((question, answer.text()?)));
    let is_assigned = |(question, answer): (&str, &str)| {
        question.eq_ignore_ascii_case("Assigned to the application") && answer.eq_ignore_ascii_case("true")
    };
    let mut noes = answers().filter(|(question, answer)| keeps_out(question, answer)).peekable();
    answers().any(is_assigned)
        && noes.peek().is_some()
        && noes.all(|(question, _)| question.eq_ignore_ascii_case("User has the required role"))
}

/// Whether the answer is no; of the filters' results, whether one is.
fn keeps_out(question: &str, answer: &str) -> bool {
    if question.eq_ignore_ascii_case("ScopeEvaluationResult") {
        return answer.to_ascii_lowercase().contains("false");
    }
    answer.eq_ignore_ascii_case("false")
}

fn start(text: &str) -> &str {
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn message(details: &str) -> Option<String> {
        let arena = Bump::new();
        with_answers(Some("Skipped."), parse(details.as_bytes(), &arena).unwrap(), &arena).map(str::to_owned)
    }

    #[test]
    fn the_clause_that_failed_is_in_the_message() {
        let details = r#"{"Assigned to the application":"True","Scoping filter evaluation passed":"False","ScopeEvaluationResult":"{\"Only Oslo.city EQUALS 'Oslo'\": false}"}"#;
        let words = "Skipped. Scoping: Scoping filter evaluation passed: False; \
                     ScopeEvaluationResult: {\"Only Oslo.city EQUALS 'Oslo'\": false}";
        assert_eq!(message(details).as_deref(), Some(words));
        let unassigned = r#"{"Assigned to the application":"False","ScopeEvaluationResult":"{}"}"#;
        assert_eq!(message(unassigned).as_deref(), Some("Skipped. Scoping: Assigned to the application: False"));
    }

    #[test]
    fn who_is_in_scope_has_no_clause() {
        for details in [r#"{"IsActive":"True","ScopeEvaluationResult":"{}"}"#, "{}", "[]", "null", r#"{"a":{"b":1}}"#] {
            assert_eq!(message(details).as_deref(), Some("Skipped."), "{details}");
        }
        let arena = Bump::new();
        assert_eq!(with_answers(None, Json::Null, &arena), None);
    }

    #[test]
    fn only_who_is_assigned_and_fits_every_filter_lacks_nothing_but_a_role() {
        let lacks = |details: &str| lacks_only_a_role(parse(details.as_bytes(), &Bump::new()).unwrap());
        let assigned = r#""Assigned to the application":"True""#;
        let role = r#""User has the required role":"False""#;
        assert!(lacks(&format!(r#"{{"Active in the source system":"True",{assigned},{role}}}"#)));
        for more in [
            r#""Assigned to the application":"False""#,
            r#""Active in the source system":"False""#,
            r#""Scoping filter evaluation passed":"False""#,
            r#""ScopeEvaluationResult":"{\"Only Oslo\": false}""#,
        ] {
            assert!(
                !lacks(&format!("{{{role},{more}}}")) && !lacks(&format!("{{{role},{assigned},{more}}}")),
                "{more}"
            );
        }
        assert!(!lacks(&format!("{{{assigned}}}")) && !lacks(&format!("{{{role}}}")) && !lacks("[]"));
    }

    #[test]
    fn a_stranger_cannot_make_a_message_of_megabytes() {
        let long = format!(r#"{{"ScopeEvaluationResult":"false {}"}}"#, "é".repeat(100_000));
        assert!(message(&long).is_some_and(|words| words.len() < 2 * LONGEST));
    }
}
