//! What a run is told to fail on: `--fail-on spike,failures>100@app:Workday*`.

use std::fmt;

use crate::rules::Severity;
use crate::text::{glob, suggest};

/// Names of gates, as they are written and suggested.
const NAMES: [&str; 12] = [
    "spike",
    "ongoing-spike",
    "new-issue",
    "regression",
    "silence",
    "unknown",
    "access-not-removed",
    "severity",
    "failures",
    "rate",
    "people",
    "none",
];

const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// One thing to fail on, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// As it was written, without blanks around it.
    pub name: String,
    /// What it looks at.
    pub what: What,
    /// Only applications whose name or id is like this.
    pub app: Option<String>,
    /// Only rules whose id is like this.
    pub rule: Option<String>,
}

/// What a gate looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum What {
    /// A time in which unusually many failures began.
    Spike,
    /// One that reaches the end of the logs.
    OngoingSpike,
    /// An issue that the baseline did not have.
    NewIssue,
    /// An issue that is more frequent than in the baseline.
    Regression,
    /// An application whose log stopped.
    Silence,
    /// A kind of failure that no rule explains.
    Unknown,
    /// Somebody who should have lost access and has not.
    AccessNotRemoved,
    /// An issue at least or more than this bad.
    Severity(Bound, Severity),
    /// Failures, all together.
    Failures(Bound, u64),
    /// Percent of the changes at one application that failed.
    Rate(Bound, f64),
    /// People whom one issue affects.
    People(Bound, u64),
    /// No finding at all.
    None,
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `>`
    Over,
    /// `>=`
    AtLeast,
}

impl Bound {
    /// Whether a value is beyond the limit.
    pub fn is_crossed<T: PartialOrd>(self, value: T, limit: T) -> bool {
        match self {
            Bound::Over => value > limit,
            Bound::AtLeast => value >= limit,
        }
    }

    /// `more than`, `at least`.
    pub fn words(self) -> &'static str {
        match self {
            Bound::Over => "more than",
            Bound::AtLeast => "at least",
        }
    }
}

impl Gate {
    /// The word for what it looks at: `spike`, `failures`.
    pub fn kind(&self) -> &'static str {
        match self.what {
            What::Spike => "spike",
            What::OngoingSpike => "ongoing-spike",
            What::NewIssue => "new-issue",
            What::Regression => "regression",
            What::Silence => "silence",
            What::Unknown => "unknown",
            What::AccessNotRemoved => "access-not-removed",
            What::Severity(..) => "severity",
            What::Failures(..) => "failures",
            What::Rate(..) => "rate",
            What::People(..) => "people",
            What::None => "none",
        }
    }

    /// Whether findings cross its line together, and none by itself.
    pub fn adds_up(&self) -> bool {
        matches!(self.what, What::Failures(..))
    }

    /// Whether it looks at this rule of this application.
    pub fn covers(&self, app: &str, app_id: &str, rule: &str) -> bool {
        let rule_fits = self.rule.as_ref().is_none_or(|pattern| glob::matches(pattern, rule));
        self.covers_app(app, app_id) && rule_fits
    }

    /// Whether it looks at this application.
    pub fn covers_app(&self, app: &str, app_id: &str) -> bool {
        self.app.as_ref().is_none_or(|pattern| glob::matches(pattern, app) || glob::matches(pattern, app_id))
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What is checked if nobody says: a baseline makes more of it possible.
pub fn usual(with_baseline: bool) -> Vec<Gate> {
    let plain = |what, name: &str| Gate { name: name.to_owned(), what, app: None, rule: None };
    let mut gates = vec![plain(What::Spike, "spike")];
    if with_baseline {
        gates.extend([plain(What::NewIssue, "new-issue"), plain(What::Regression, "regression")]);
    }
    gates
}

/// Reads the value of one `--fail-on`.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse(list: &str) -> Result<Vec<Gate>, String> {
    list.split(',').map(|item| parse_one(item.trim())).collect()
}

/// The gates if they can stand together, each once.
///
/// # Errors
/// A sentence that says what would be right.
pub fn together(gates: Vec<Gate>) -> Result<Vec<Gate>, String> {
    if gates.len() > 1 && gates.iter().any(|gate| gate.what == What::None) {
        return Err(
            "`none` means to fail on no finding, so it stands alone; leave it out, or all the others".to_owned()
        );
    }
    let mut apart: Vec<Gate> = Vec::new();
    for gate in gates {
        if !apart.contains(&gate) {
            apart.push(gate);
        }
    }
    Ok(apart)
}

fn parse_one(item: &str) -> Result<Gate, String> {
    let mut parts = item.split('@');
    let condition = parts.next().unwrap_or_default().trim();
    if condition.is_empty() {
        return Err(format!("a gate is missing; name one or more of {}, with commas between them", NAMES.join(", ")));
    }
    let mut gate = Gate { name: item.to_owned(), what: what(condition)?, app: None, rule: None };
    for scope in parts {
        let (place, value) = scope.split_once(':').unwrap_or((scope, ""));
        let (place, value) = (place.trim(), value.trim());
        let slot = match place {
            "app" => &mut gate.app,
            "rule" => &mut gate.rule,
            other => {
                let near = rather(other, &["app", "rule"]);
                return Err(format!("`@{other}` in `{item}` is no scope{near}"));
            }
        };
        if value.is_empty() {
            return Err(format!("`@{place}` in `{item}` names nothing; write @{place}:NAME, * stands for any text"));
        }
        if slot.replace(value.to_owned()).is_some() {
            return Err(format!("`{item}` has two scopes @{place}; write two gates, with a comma between them"));
        }
    }
    if gate.what == What::None && (gate.app.is_some() || gate.rule.is_some()) {
        return Err(format!("`{item}` can have no scope: `none` means to fail on no finding"));
    }
    Ok(gate)
}

fn what(condition: &str) -> Result<What, String> {
    let name_end = condition.find(['>', '<', '=', ' ']).unwrap_or(condition.len());
    let (name, rest) = condition.split_at(name_end);
    let rest = rest.trim();
    let plain = |what: What| match rest {
        "" => Ok(what),
        _ => Err(format!("`{name}` takes no number, so `{rest}` after it has no meaning; write only `{name}`")),
    };
    match name {
        "spike" => plain(What::Spike),
        "ongoing-spike" => plain(What::OngoingSpike),
        "new-issue" => plain(What::NewIssue),
        "regression" => plain(What::Regression),
        "silence" => plain(What::Silence),
        "unknown" => plain(What::Unknown),
        "access-not-removed" => plain(What::AccessNotRemoved),
        "none" => plain(What::None),
        "severity" => {
            let (bound, word) = bound(name, rest, "severity>=high")?;
            let severity = severity(word).ok_or_else(|| {
                let words = SEVERITIES.map(Severity::word);
                format!("`{word}` in `{condition}` is no severity{}", rather(word, &words))
            })?;
            Ok(What::Severity(bound, severity))
        }
        "failures" => limit(name, rest, condition, "failures>100").map(|(bound, count)| What::Failures(bound, count)),
        "people" => limit(name, rest, condition, "people>20").map(|(bound, count)| What::People(bound, count)),
        "rate" => {
            let (bound, value) = bound(name, rest, "rate>5%")?;
            let percent = value.strip_suffix('%').map(str::trim).and_then(|number| number.parse::<f64>().ok());
            match percent {
                Some(0.0) if bound == Bound::AtLeast => Err(always(condition, "rate>0%")),
                Some(percent) if (0.0..=100.0).contains(&percent) => Ok(What::Rate(bound, percent)),
                _ => Err(format!("`{condition}`: a rate is a share from 0% to 100%, with its sign, such as rate>5%")),
            }
        }
        other => Err(format!("`{other}` is no gate{}", rather(other, &NAMES))),
    }
}

/// The comparison and what stands behind it.
fn bound<'t>(name: &str, rest: &'t str, example: &str) -> Result<(Bound, &'t str), String> {
    if let Some(value) = rest.strip_prefix(">=") {
        return Ok((Bound::AtLeast, value.trim()));
    }
    if let Some(value) = rest.strip_prefix('>') {
        return Ok((Bound::Over, value.trim()));
    }
    Err(format!("`{name}` needs > or >= and a limit, such as {example}"))
}

/// The comparison and the whole number behind it.
fn limit(name: &str, rest: &str, condition: &str, example: &str) -> Result<(Bound, u64), String> {
    let (bound, number) = bound(name, rest, example)?;
    let count = number.parse().map_err(|_| format!("`{condition}`: `{number}` is not a whole number"))?;
    match (bound, count) {
        (Bound::AtLeast, 0) => Err(always(condition, &format!("{name}>0"))),
        _ => Ok((bound, count)),
    }
}

fn always(condition: &str, instead: &str) -> String {
    format!("`{condition}` is always so, even where nothing failed; did you mean `{instead}`?")
}

/// The severity with this name.
pub fn severity(word: &str) -> Option<Severity> {
    SEVERITIES.into_iter().find(|severity| severity.word() == word)
}

/// What was probably meant; if nothing is near, all there is.
fn rather(given: &str, words: &[&str]) -> String {
    match suggest::nearest(given, words.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; there are {}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Gate {
        let gates = parse(text).unwrap();
        assert_eq!(gates.len(), 1);
        gates.into_iter().next().unwrap()
    }

    #[test]
    fn every_gate_is_read() {
        let list = "spike, ongoing-spike,new-issue,regression,silence,unknown,access-not-removed,severity>=high,\
                    failures>10,rate>5%,people>=3,none";
        let gates = parse(list).unwrap();
        assert_eq!(gates.iter().map(Gate::kind).collect::<Vec<_>>(), NAMES);
        assert_eq!(one("severity>=high").what, What::Severity(Bound::AtLeast, Severity::High));
        assert_eq!(one("failures > 10").what, What::Failures(Bound::Over, 10));
        assert_eq!(one("rate>2.5%").what, What::Rate(Bound::Over, 2.5));
    }

    #[test]
    fn a_scope_narrows_a_gate_to_names_or_ids_that_fit() {
        let gate = one("failures>0@rule:okta-token-*@app:work*");
        assert!(gate.covers("Workday", "0oa1", "okta-token-expired"));
        assert!(!gate.covers("Workday", "0oa1", "okta-remote-conflict"));
        assert!(!gate.covers("Files", "0oa1", "okta-token-expired"));
        assert!(one("spike@app:0OA1").covers_app("Files", "0oa1"));
        assert!(one("spike").covers("", "", "*"));
    }

    #[test]
    fn an_error_is_one_sentence_that_says_what_would_be_right() {
        let wrong = |text: &str| parse(text).unwrap_err();
        insta::assert_snapshot!(
            [
                "spkie",
                "",
                "spike,",
                "spike>3",
                "failures",
                "failures>many",
                "failures<3",
                "rate>5",
                "rate>500%",
                "severity>=hihg",
                "severity",
                "spike@ap:Workday",
                "spike@app",
                "spike@app:a@app:b",
                "none@app:x",
                "spike>=x",
                "failures>-1",
                "rate>NaN%",
                "people>=0"
            ]
            .map(|text| format!("{text:?}: {}", wrong(text)))
            .join("\n")
        );
    }

    #[test]
    fn none_stands_alone_and_twice_is_once() {
        assert!(together(parse("none,spike").unwrap()).is_err());
        assert_eq!(together(parse("none").unwrap()).unwrap().len(), 1);
        assert_eq!(together(parse("spike,spike,spike@app:a").unwrap()).unwrap().len(), 2);
    }

    #[test]
    fn any_text_is_read_or_refused() {
        let mut config = proptest::prelude::ProptestConfig::with_cases(512);
        config.failure_persistence = None;
        let words = "[a-z>=<%@:, *0-9.-]{0,40}|(spike|rate|failures|severity)[>=@:%a-z0-9 ]{0,12}|\\PC{0,20}";
        proptest::proptest!(config, |(text in words)| {
            if let Ok(gates) = parse(&text) {
                // What was read is read again as the same.
                for gate in gates {
                    proptest::prop_assert_eq!(parse(&gate.name).unwrap(), vec![gate]);
                }
            }
        });
    }
}
