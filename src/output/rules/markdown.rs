//! A rule as a page of Markdown, and an index of all by provider.

use std::collections::BTreeMap;

use super::word_of;
use crate::output::markdown::{source, words as plain};
use crate::output::page::counted;
use crate::rules::{Library, Rule, Status};

/// The page of one rule. What stands in a rule of a stranger is text, never markup.
pub fn page(rule: &Rule, library: &Library) -> String {
    let mut page = vec![format!("# {}", plain(&rule.title)), String::new()];
    let apps = if rule.apps.is_empty() { String::new() } else { format!(", {}", plain(&rule.apps.join(", "))) };
    page.push(format!(
        "`{}` · {}{apps} · {} · {}",
        code(&rule.id),
        plain(&rule.provider),
        word_of(&rule.category),
        rule.severity.word()
    ));
    let mut section = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            page.extend([String::new(), format!("## {heading}"), String::new()]);
            page.extend(lines);
        }
    };
    let preview = (rule.status == Status::Preview)
        .then(|| "> Preview: the wording of this issue is not confirmed by a public source.".to_owned());
    section(
        "What happened",
        preview.into_iter().flat_map(|text| [text, String::new()]).chain([plain(&rule.advice().cause)]).collect(),
    );
    section(
        "What to do",
        rule.advice().fix.iter().enumerate().map(|(at, step)| format!("{}. {}", at + 1, plain(step))).collect(),
    );
    section("How to check", vec![plain(&rule.advice().verify)]);
    section("Who can fix it", vec![format!("{}. {}", capital(rule.owner.words()), rule.retry.words())]);
    let escalate = &rule.advice().escalate;
    let evidence = escalate.evidence.iter().map(|item| format!("- {}", plain(item)));
    let to = format!("{} To: {}. Send along:", plain(&escalate.when), plain(escalate.to.trim_end_matches('.')));
    section("When to hand it on", [to, String::new()].into_iter().chain(evidence).collect());
    section("What the log cannot tell", rule.advice().cannot_tell.iter().map(|text| plain(text)).collect());
    section("Why no log shows it", rule.unseen.iter().map(|text| plain(text)).collect());
    let pattern = |detector| format!("By several events together: the pattern `{}`.", word_of(&detector));
    let instead = |other: &crate::rules::InsteadOf| {
        format!("In place of {}, where other events show that {}.", code(&other.rule), other.when.words())
    };
    let found = rule.detector.map(pattern).into_iter().chain(rule.instead_of.iter().map(instead));
    section("How it is found", found.collect());
    let other = |other: &crate::rules::LookAlike| match library.find(&other.rule) {
        Some(_) => format!("- [{0}]({0}.md): {1}", code(&other.rule), plain(&other.tell)),
        None => format!("- {}: {}", plain(&other.rule), plain(&other.tell)),
    };
    section("What looks alike", rule.advice().look_alikes.iter().map(other).collect());
    section("Sources", rule.advice().sources.iter().map(|text| format!("- {}", source(text))).collect());
    page.push(String::new());
    page.join("\n")
}

/// A page that lists all rules by provider.
pub fn index(library: &Library) -> String {
    let mut groups: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in library.rules() {
        groups.entry(&rule.provider).or_default().push(rule);
    }
    let total = counted(library.rules().len() as u64, "known issue", "known issues");
    let mut page = vec!["# Known issues".to_owned(), String::new(), format!("{total}, by provider.")];
    for (provider, mut rules) in groups {
        rules.sort_by(|a, b| (&a.apps, &a.id).cmp(&(&b.apps, &b.id)));
        page.extend([String::new(), format!("## {}", plain(provider)), String::new()]);
        page.extend(["| issue | applications | severity | category |", "| --- | --- | --- | --- |"].map(str::to_owned));
        page.extend(rules.into_iter().map(|rule| {
            format!(
                "| [{}]({}.md) | {} | {} | {} |",
                plain(&rule.title),
                code(&rule.id),
                plain(&rule.apps.join(", ")),
                rule.severity.word(),
                word_of(&rule.category)
            )
        }));
    }
    page.push(String::new());
    page.join("\n")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// An id. The parser lets nothing else through; this holds for whatever comes.
fn code(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}
