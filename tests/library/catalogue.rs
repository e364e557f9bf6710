//! The catalogue of known issues, which is kept beside the project: what it says a log shows leads to
//! the issue under which it says so. Nothing of it is copied; without it this test is skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use provlens::event::Outcome;
use provlens::rules::{Example, Rule};
use regex::Regex;

use super::{LIBRARY, each_event, matched, share};

/// Strings that mean their issue only together with what the same line says of them: `(issue, start of
/// the string, what stands beside it in the log)`. The last is quoted from the line.
const TOGETHER: &[(&str, &str, &str)] = &[
    ("xts-forbidden-guest-invites", "AzureActiveDirectoryForbidden", "Guest invitations not allowed"),
    ("entra-manager-not-provisioned", "UnableToResolve", "manager"),
    ("hr-manager-invalid-value", "Invalid value", "manager"),
    ("okta-remote-bad-request-opaque", "HTTP 400", "javax.ws.rs"),
    ("okta-remote-validation-invalid-chars", "Unprocessable Entity", "name fields holding special characters"),
    ("okta-no-user-returned", "application.", "HTTP 404"),
    ("okta-sync-failure-null-reason", "app.user_management", "application.provision.user.sync"),
    ("okta-ad-object-exists", "DirectoryServicesCOMException", "object exists already"),
    ("ecma-bad-certificate-or-host", "SystemForCross", "https://localhost/"),
    ("ecma-bad-certificate-or-host", "InternalServerError", "https://localhost/"),
];

/// Strings that cannot lead to their issue, and why. The rule they lead to names the issue.
const OTHERWISE: &[(&str, &str, Why)] = &[
    ("entra-missing-required-attribute", "Salesforce", Why::StandsUnder("salesforce-required-field")),
    ("entra-license-limit", "Salesforce", Why::StandsUnder("salesforce-licence-limit")),
    ("okta-gp-linked-group-missing", "application.", Why::StandsUnder("okta-gp-update-failed")),
    ("ad-value-too-long", "SystemForCross", Why::StandsUnder("entra-service-incompatible")),
    // Every reason for which a pushed group could not be checked has this type; the rule for a group
    // that is gone needs the app's 404 or words.
    ("okta-app-object-missing", "application.", Why::SaysLess),
    // That an agent's events stop is no event; one that comes says that an operation failed.
    ("okta-ad-agent-offline", "system.agent.ad.read_ldap", Why::SaysLess),
    ("okta-org-rate-limit", "system.org.rate_limit.warning", Why::Apart),
    ("entra-api-inbound-unauthorized", "InvalidAuthentication", Why::SaysLess),
    ("aws-validation-or-access", "AccessDenied", Why::Apart),
    ("aws-validation-or-access", "ResourceNotFound", Why::Apart),
];

/// Why a string leads elsewhere.
#[derive(Clone, Copy, Debug)]
enum Why {
    /// The catalogue has the same string under this issue too, and only one rule can win.
    StandsUnder(&'static str),
    /// The string alone says less than the issue.
    SaysLess,
    /// The catalogue has one issue where the cures differ; the library has a rule for each.
    Apart,
}

/// What a string in a `match` line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Message,
    Code,
    EventType,
    LegacyType,
    ScimType,
}

/// One string of the catalogue.
struct Said {
    issue: String,
    /// The `match` line it stands in.
    line: String,
    /// More than one where it is abbreviated and does not say how much is left out.
    texts: Vec<String>,
    kind: Kind,
}

impl Said {
    fn is(&self, issue: &str, start: &str) -> bool {
        self.issue == issue && self.texts[0].starts_with(start)
    }

    /// What stands beside it in the log, if it means nothing alone.
    fn beside(&self) -> Option<&'static str> {
        let (.., beside) = TOGETHER.iter().find(|(issue, start, _)| self.is(issue, start))?;
        assert!(self.line.contains(beside), "the catalogue does not say {beside:?} of {:?}", self.texts);
        Some(beside)
    }
}

#[test]
fn what_the_catalogue_says_leads_to_its_issue() {
    let Some(catalogue) = catalogue() else { return };
    let (mut right, mut together, mut excused, mut wrong) = (0, 0, Vec::new(), Vec::new());
    let mut ruleless: BTreeMap<&str, usize> = BTreeMap::new();
    for said in &catalogue {
        let Some(rule) = rule(&said.issue).filter(|rule| !rule.matches.is_empty()) else {
            *ruleless.entry(&said.issue).or_default() += 1;
            continue;
        };
        match leads(rule, said) {
            Ok(()) => {
                right += 1;
                together += usize::from(said.beside().is_some());
            }
            Err(winners) => {
                let line = format!("{} {:?} {:?}: {winners:?}", said.issue, said.kind, said.texts[0]);
                match OTHERWISE.iter().find(|(issue, start, _)| said.is(issue, start)) {
                    Some((.., why)) if explains(*why, said, &winners, &catalogue) => {
                        excused.push(format!("{line} ({why:?})"));
                    }
                    _ => wrong.push(line),
                }
            }
        }
    }
    let all = right + excused.len() + wrong.len();
    println!("{}, {together} of them together with what the line says beside them", share(right, all));
    println!("{} issues more are found by a detector or show in no log", ruleless.len());
    excused.iter().for_each(|line| println!("{line}"));
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(together, TOGETHER.len(), "a string that needs another one is no longer in the catalogue");
    assert_eq!(excused.len(), OTHERWISE.len(), "what is excused is no longer in the catalogue, or leads to its issue");
    assert!(all > 300, "the catalogue is no longer read");
}

/// All strings of the catalogue; `None` where there is none.
fn catalogue() -> Option<Vec<Said>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/known-issues");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: there is no catalogue at {}", folder.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    paths.sort();
    Some(paths.iter().flat_map(|path| strings(&fs::read_to_string(path).unwrap())).collect())
}

fn rule(id: &str) -> Option<&'static Rule> {
    LIBRARY.rule(LIBRARY.find(id)?)
}

/// Whether a string leads elsewhere for this reason, and whoever reads the rule it leads to learns of
/// the issue.
fn explains(why: Why, said: &Said, winners: &BTreeSet<String>, catalogue: &[Said]) -> bool {
    let names_it = |id: &String| rule(id).unwrap().alike.iter().any(|other| other.rule == said.issue);
    let is_right = match why {
        Why::StandsUnder(other) => {
            winners.contains(other)
                && catalogue.iter().any(|also| also.issue == other && also.texts.iter().any(|t| said.texts.contains(t)))
        }
        Why::SaysLess | Why::Apart => !winners.is_empty(),
    };
    is_right && winners.iter().all(names_it)
}

/// Whether the rule wins an event with this string, in the surroundings of one of its examples: same
/// provider, application, operation and outcome; else the winners.
fn leads(rule: &Rule, said: &Said) -> Result<(), BTreeSet<String>> {
    let mut winners = BTreeSet::new();
    for context in rule.examples.iter().map(context) {
        for example in said.texts.iter().flat_map(|text| events(&context, said.kind, text, said.beside())) {
            match matched(&example).first() {
                Some((id, _)) if *id == rule.id => return Ok(()),
                Some((id, _)) => _ = winners.insert(id.clone()),
                None => {}
            }
        }
    }
    Err(winners)
}

/// What surrounds the words of an example.
fn context(example: &Example) -> Example {
    let mut found = Example::default();
    each_event(example, &mut |event| {
        let text = |text: Option<&str>| text.map(str::to_owned);
        found = Example {
            provider: Some(event.provider.word().to_owned()),
            app: text(event.app_name()),
            operation: Some(event.operation),
            outcome: Some(event.outcome),
            http_status: event.reason.http_status,
            ..Example::default()
        };
    });
    if !matches!(found.provider.as_deref(), Some("okta" | "entra" | "aws" | "scim")) {
        found.provider = Some("scim".to_owned());
    }
    found
}

/// The events that the string can stand in, with what stands beside it: a status, a type or words.
fn events(context: &Example, kind: Kind, text: &str, beside: Option<&str>) -> Vec<Example> {
    let status = beside.and_then(|beside| beside.strip_prefix("HTTP ")).map(|status| status.parse().unwrap());
    let event_type = beside.filter(|beside| self::kind("", beside) == Some(Kind::EventType));
    let said = beside.filter(|_| status.is_none() && event_type.is_none());
    let words = said.map_or_else(|| text.to_owned(), |said| format!("{text} {said}"));
    let context = Example { event_type: event_type.map(str::to_owned), ..context.clone() };
    let text = Some(text.to_owned());
    let with = |change: &dyn Fn(&mut Example)| {
        let mut example = context.clone();
        change(&mut example);
        example
    };
    match kind {
        Kind::Message => {
            let answer = match context.provider.as_deref() {
                Some("okta") => format!(
                    "Error while creating user a@example.com: Bad Request. Errors reported by remote server: {words}"
                ),
                Some("entra") => format!("StatusCode: BadRequest Web Response: {{\"detail\":{words:?}}}"),
                _ => words.clone(),
            };
            vec![
                with(&|example| (example.message, example.http_status) = (Some(words.clone()), status)),
                with(&|example| example.message = Some(words.clone())),
                with(&|example| (example.message, example.http_status) = (Some(answer.clone()), status)),
            ]
        }
        Kind::Code => vec![
            with(&|example| {
                (example.code, example.http_status) = (text.clone(), status);
                example.message = said.map(str::to_owned);
            }),
            with(&|example| example.message = Some(words.clone())),
        ],
        Kind::EventType | Kind::LegacyType => vec![
            with(&|example| (example.event_type, example.http_status) = (text.clone(), status)),
            with(&|example| (example.legacy_type, example.http_status) = (text.clone(), status)),
        ],
        Kind::ScimType => vec![with(&|example| example.scim_type = text.clone())],
    }
}

/// The strings of the `match` lines of one file.
fn strings(file: &str) -> Vec<Said> {
    static TICKS: LazyLock<Regex> = LazyLock::new(|| Regex::new("`([^`]+)`").unwrap());
    let mut found = Vec::new();
    let mut issue = "";
    for line in file.lines() {
        if let Some(id) = line.strip_prefix("### ") {
            issue = id.trim();
        }
        let Some(line) = line.strip_prefix("- match:") else { continue };
        let mut whole = String::new();
        let (mut end, in_line) = (0, found.len());
        for hit in TICKS.captures_iter(line) {
            let (start, gap) = (hit.get(0).unwrap().start(), line[end..hit.get(0).unwrap().start()].trim());
            let before = &line[..start];
            end = hit.get(0).unwrap().end();
            for text in alternatives(&hit[1]) {
                let texts = completed(&text, &whole);
                let Some(kind) = kind(before, &texts[0]) else { continue };
                if !text.starts_with('…') {
                    whole.clone_from(&text);
                }
                let continued = found.len() > in_line;
                match found.last_mut() {
                    // `Could not load file` … `Access is denied` is one message.
                    Some(Said { texts: first, kind: Kind::Message, .. })
                        if continued && matches!(gap, "…" | "with") =>
                    {
                        first[0] = format!("{} x y {}", first[0], filled(&text));
                    }
                    _ => {
                        let texts = texts.iter().map(|text| filled(text)).collect();
                        found.push(Said { issue: issue.to_owned(), line: line.to_owned(), texts, kind });
                    }
                }
            }
        }
    }
    found
}

/// `a.{b,c}.d` stands for `a.b.d` and `a.c.d`.
fn alternatives(text: &str) -> Vec<String> {
    let braces = text.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match braces {
        Some((before, (list, after))) if list.contains(',') => {
            list.split(',').map(|item| format!("{before}{}{after}", item.trim())).collect()
        }
        _ => vec![text.to_owned()],
    }
}

/// `….conflict` behind `app.x.error.create`: the end is replaced, but how much of it is not said.
fn completed(text: &str, whole: &str) -> Vec<String> {
    let Some(end) = text.strip_prefix('…') else { return vec![text.to_owned()] };
    if !end.starts_with('.') {
        return vec![
            format!("{whole}{end}"),
            format!("{}.{end}", whole.rsplit_once('.').map_or(whole, |(kept, _)| kept)),
        ];
    }
    let parts: Vec<&str> = whole.split('.').collect();
    (1..=parts.len()).rev().map(|kept| format!("{}{end}", parts[..kept].join("."))).collect()
}

/// Placeholders as a log would have them. The operations of an agent are listed behind its `*`.
fn filled(text: &str) -> String {
    text.replace("<U>", "ana.lopez@example.com")
        .replace("<A>", "Harbor Notes")
        .replace("<App>", "Harbor Notes")
        .replace("<G>", "Sales")
        .replace("<attribute>", "company")
        .replace("<date>", "2026-03-14 09:00:00")
        .replace('…', "x y")
        .replace("agent.*.error", "agent.read-ldap.error")
        .replace("agent.ad.*", "agent.ad.read_ldap")
        .replace('*', "any")
}

/// What a string is, by what stands in front of it and by its form; `None` for what no message is:
/// the names of fields and shorthands of the catalogue, values that many issues share (a status, an
/// outcome), parts of a path or an address, and names of attributes.
fn kind(before: &str, text: &str) -> Option<Kind> {
    static SHORTHAND: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[A-Z]{2,8}(\.[a-z.]+)?$").unwrap());
    static TYPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^(app|agents|application|system|core|group|user|gooddata|github|moveit_dmz)(\.[A-Za-z0-9_*-]+){2,}$",
        )
        .unwrap()
    });
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^([A-Z][a-z0-9]+[A-Z]\w+|[A-Z]+_[A-Z_]+|AADSTS\d+|E\d{7}|[a-z]+_[a-z_]+)$").unwrap()
    });
    // `STATUS` = `skipped`, `RESULT` FAILURE, `STEP` naming a filter: shared by many issues.
    let shared = ["STATUS` = ", "`RESULT` ", "CAT` = ", "ACTION` = ", "EventName` = "];
    let fields = ["EventName", "ErrorCode", "Web Response", "ProvisioningSteps"];
    if SHORTHAND.is_match(text) || fields.contains(&text) || shared.iter().any(|end| before.ends_with(end)) {
        return None;
    }
    if before.ends_with("TYPE` = ") || before.ends_with("`TYPE` ") {
        return Some(Kind::ScimType);
    }
    let clause = before.rsplit(';').next().unwrap_or(before);
    let of_a_code = ["`CODE`", "`SKIP`", "`JOB.reason`", "`JOB.error.code`"].iter().any(|name| clause.contains(name));
    if of_a_code && text.starts_with(char::is_uppercase) && !text.contains(' ') {
        return Some(Kind::Code);
    }
    // Activities of the audit log.
    if before.ends_with("activity ") {
        return Some(Kind::EventType);
    }
    if TYPE.is_match(text) && !text.starts_with("debug") && !text.starts_with("provisioning") {
        let legacy = clause.contains("legacy") || text.starts_with("app.") || text.starts_with("agents.");
        return Some(if legacy { Kind::LegacyType } else { Kind::EventType });
    }
    if text.starts_with("ProxyAddresses") {
        return Some(Kind::Message);
    }
    if CODE.is_match(text) {
        return Some(Kind::Code);
    }
    // What people read has several words.
    (text.contains(' ') && text.chars().filter(|c| c.is_alphabetic()).count() > 8).then_some(Kind::Message)
}

/// A string of an outcome that is no failure still stands in an event of that outcome.
#[test]
fn surroundings_keep_the_outcome() {
    let example = Example { provider: Some("entra".to_owned()), outcome: Some(Outcome::Skipped), ..Example::default() };
    assert_eq!(context(&example).outcome, Some(Outcome::Skipped));
}

#[test]
fn shorthands_are_no_messages() {
    let found = strings(
        "### some-issue\n- match: `CODE` = `Conflict`; `EVT` = `system.b.{c,d}` FAILURE; legacy `app.x.error.one`, `….two`; text `No user <U> found`; `company`\n",
    );
    let texts: Vec<(Kind, &str)> = found.iter().map(|said| (said.kind, said.texts[0].as_str())).collect();
    assert_eq!(
        texts,
        [
            (Kind::Code, "Conflict"),
            (Kind::EventType, "system.b.c"),
            (Kind::EventType, "system.b.d"),
            (Kind::LegacyType, "app.x.error.one"),
            (Kind::LegacyType, "app.x.error.one.two"),
            (Kind::Message, "No user ana.lopez@example.com found"),
        ]
    );
}
