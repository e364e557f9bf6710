use super::*;
use crate::analysis::{Of, Series, SpikeKind};
use crate::output::check::baseline::{Days, Learning, learn};
use crate::output::check::invented::{
    APP, CONFLICT, CREDENTIALS, asked, at, bad_day, calm, issue, later, library, rule, series, spike, with,
};

fn run(analysis: &Analysis, library: &Library, asked: &Asked) -> Checked {
    judge(analysis, library, asked)
}

fn statuses(checked: &Checked) -> Vec<(&str, &str)> {
    checked.gates.iter().map(|judged| (judged.gate.name.as_str(), judged.status.word())).collect()
}

fn known(analysis: &Analysis, library: &Library) -> Before {
    Before::Known(Box::new(learn(None, analysis, library, Learning::Calm, &Days::of(&Settings::default()))))
}

fn hits(checked: &Checked) -> Vec<String> {
    let key = |hit: &Hit| checked.findings.get(hit.finding).unwrap().key.rule.clone();
    checked.gates.iter().flat_map(|judged| judged.hits.iter().map(key)).collect()
}

#[test]
fn each_gate_finds_what_it_is_for() {
    let library = library();
    let analysis = bad_day(&library);
    let gates = "spike,ongoing-spike,silence,unknown,access-not-removed,severity>=high,failures>66,rate>3.8%,people>59";
    let checked = run(&analysis, &library, &asked(gates));
    let expected: Vec<(&str, &str)> = gates.split(',').map(|gate| (gate, "failed")).collect();
    assert_eq!(statuses(&checked), expected);
    assert_eq!(checked.verdict, Verdict::Failed);
    let told: Vec<String> = checked
        .failing()
        .map(|(judged, hit)| {
            let finding = checked.findings.get(hit.finding).unwrap();
            format!("{} | {} | {} | {}", judged.gate, finding.key, hit.what, hit.why())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn each_gate_passes_just_below_its_line() {
    let library = library();
    let mut analysis = bad_day(&library);
    analysis.spikes.clear();
    analysis.silences.clear();
    analysis.people.access_not_removed.clear();
    analysis.unknown.clear();
    let gates = "spike,ongoing-spike,silence,unknown,access-not-removed,severity>high,failures>67,rate>3.9%,people>60";
    let checked = run(&analysis, &library, &asked(gates));
    assert!(statuses(&checked).iter().all(|(_, status)| *status == "passed"), "{:?}", statuses(&checked));
    assert_eq!(checked.verdict, Verdict::Passed);
}

#[test]
fn a_spike_that_is_over_is_not_ongoing_and_a_new_level_is_usual() {
    let library = library();
    let mut analysis = bad_day(&library);
    for (kind, wanted) in [
        (SpikeKind::Spike, ["failed", "passed"]),
        (SpikeKind::Sustained, ["failed", "passed"]),
        (SpikeKind::NewLevel, ["passed", "passed"]),
    ] {
        analysis.spikes = vec![spike(Of::Everything, kind)];
        let checked = run(&analysis, &library, &asked("spike,ongoing-spike"));
        assert_eq!(statuses(&checked).iter().map(|(_, status)| *status).collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn a_spike_under_two_rules_is_one_hit_under_the_rule_that_is_asked_for() {
    let library = library();
    let mut analysis = bad_day(&library);
    let (conflict, credentials) = (rule(&library, CONFLICT), rule(&library, CREDENTIALS));
    let told = crate::analysis::Told { rule: credentials, observed: 9, failures: 9, people: 9 };
    analysis.spikes = vec![crate::analysis::Spike { also: vec![told], ..spike(Of::Rule(conflict), SpikeKind::Spike) }];
    let found = |gate: &str| {
        let checked = run(&analysis, &library, &asked(gate));
        let what = checked.gates[0].hits.iter().map(|hit| hit.what.clone()).collect::<Vec<_>>().join(" | ");
        (hits(&checked), what.split("; ").last().unwrap_or_default().to_owned())
    };
    assert_eq!(found("spike"), (vec![CONFLICT.to_owned()], format!("also as {CREDENTIALS}")));
    assert_eq!(
        found(&format!("spike@rule:{CREDENTIALS}")),
        (vec![CREDENTIALS.to_owned()], format!("also as {CONFLICT}"))
    );
    assert_eq!(found("spike@rule:entra-*").0, Vec::<String>::new());
    let removals = crate::analysis::RemovalCycle {
        app: APP.into(),
        cycle: "c1".into(),
        removals: 41,
        first: Some(at("2026-11-16T02:20:00Z")),
        last: None,
    };
    analysis.spikes = vec![spike(Of::Removals, SpikeKind::Spike)];
    analysis.removal_cycles.push(removals);
    let checked = run(&analysis, &library, &asked("spike"));
    assert!(checked.gates[0].hits[0].what.ends_with("; 41 of them in one Entra cycle"));
}

#[test]
fn a_scope_leaves_the_rest_out_and_one_that_is_not_there_is_not_evaluated() {
    let library = library();
    let analysis = bad_day(&library);
    let checked = run(
        &analysis,
        &library,
        &asked(
            "failures>62@rule:okta-remote-*,failures>63@rule:okta-remote-*,spike@app:team*,spike@app:Wrokday,people>0@rule:entra-*",
        ),
    );
    let words: Vec<&str> = statuses(&checked).iter().map(|(_, status)| *status).collect();
    assert_eq!(words, ["failed", "passed", "failed", "not-evaluated", "passed"]);
    assert_eq!(checked.gates[3].why, "no application in these logs is called Wrokday");
}

#[test]
fn x5_no_data_is_not_success() {
    let library = library();
    let empty = Analysis::default();
    let checked = run(&empty, &library, &asked("none"));
    assert!(
        matches!(&checked.verdict, Verdict::Withheld(Trouble::NoData, why) if why.contains("no data is not success"))
    );
    assert_eq!(statuses(&checked), [("none", "not-evaluated")]);
    let allowed = run(&empty, &library, &Asked { allow_empty: true, ..asked("failures>0") });
    assert_eq!(allowed.verdict, Verdict::Passed);
}

#[test]
fn x4_what_could_not_be_read_may_be_one_in_a_hundred() {
    let library = library();
    let mut analysis = bad_day(&library);
    (analysis.totals.records, analysis.totals.unreadable) = (1_000, 10);
    assert_eq!(run(&analysis, &library, &asked("failures>0")).verdict, Verdict::Failed);
    analysis.totals.unreadable = 11;
    let checked = run(&analysis, &library, &asked("failures>0"));
    assert!(matches!(checked.verdict, Verdict::Withheld(Trouble::NoData, _)));
    // Nothing is told as failed that was not judged.
    assert_eq!((checked.failing().count(), statuses(&checked)), (0, vec![("failures>0", "not-evaluated")]));
    let lenient = Asked { max_unreadable: 2.0, ..asked("failures>0") };
    assert_eq!(run(&analysis, &library, &lenient).verdict, Verdict::Failed);
}

#[test]
fn x6_a_gate_that_cannot_be_evaluated_leaves_it_to_the_others() {
    let library = library();
    let mut analysis = bad_day(&library);
    analysis.spikes.clear();
    analysis.series.clear();
    let verdict = |gates: &str, require_all| run(&analysis, &library, &Asked { require_all, ..asked(gates) }).verdict;
    assert_eq!(verdict("spike,new-issue,failures>1000", false), Verdict::Passed);
    assert_eq!(verdict("spike,failures>0", false), Verdict::Failed);
    assert_eq!(verdict("spike", false), Verdict::Unjudged);
    assert!(
        matches!(verdict("spike,failures>1000", true), Verdict::Withheld(Trouble::Gates, why) if why.contains("spike"))
    );
    // Data that crossed a line did so, whatever else is not known.
    assert_eq!(verdict("spike,failures>0", true), Verdict::Failed);
    assert_eq!(verdict("failures>1000", true), Verdict::Passed);
}

#[test]
fn a_short_history_is_told_with_its_length() {
    let library = library();
    let mut analysis = calm();
    analysis.series[0].buckets = 10;
    let checked = run(&analysis, &library, &asked("spike"));
    assert!(checked.gates[0].why.contains("these logs cover 20 hours"), "{}", checked.gates[0].why);
}

/// A fortnight of one application, and two hours of another one.
fn with_a_young_app(library: &Library) -> Analysis {
    let mut analysis = with(calm(), issue(Some(rule(library, CONFLICT)), None, 300, 300));
    let start = analysis.series[0].start;
    let young = series(Of::Everything, start, 14, |bucket| if bucket == 160 { (300, 300) } else { (0, 0) });
    analysis.series.push(Series { app: "Young".into(), app_id: Some("0oa2".into()), ..young });
    analysis
}

#[test]
fn x6_a_spike_gate_names_the_apps_that_it_could_not_judge() {
    let library = library();
    let analysis = with_a_young_app(&library);
    let checked = run(&analysis, &library, &asked("spike"));
    assert_eq!(checked.verdict, Verdict::Passed);
    assert!(checked.remarks[0].starts_with("spike could not be judged at Young: "), "{:?}", checked.remarks);
    let all = run(&analysis, &library, &Asked { require_all: true, ..asked("spike") });
    assert!(
        matches!(&all.verdict, Verdict::Withheld(Trouble::Gates, why) if why.ends_with("spike at Young")),
        "{:?}",
        all.verdict
    );
    for gate in ["spike@app:Team*", "failures>1000"] {
        let checked = run(&analysis, &library, &Asked { require_all: true, ..asked(gate) });
        assert_eq!((checked.verdict, checked.remarks), (Verdict::Passed, Vec::new()), "{gate}");
    }
    // What short is, is said: the logs are not.
    let alone = run(&analysis, &library, &asked("spike@app:Young"));
    assert!(
        alone.gates[0].why.starts_with(
            "the history of Young is too short: at Young something was tried in 1 period of 2 hours, and a spike needs"
        ),
        "{}",
        alone.gates[0].why
    );
    // Too few for a spike, whatever is usual.
    let mut few = analysis.clone();
    few.series[1].points[0].onsets = 4;
    assert_eq!(run(&few, &library, &asked("spike")).remarks, Vec::<String>::new());
    // As many as that, and days apart.
    let start = few.series[0].start;
    let apart = series(Of::Everything, start, 14, |bucket| if bucket % 40 == 0 { (2, 2) } else { (0, 0) });
    few.series[1] = Series { app: "Young".into(), app_id: Some("0oa2".into()), ..apart };
    assert_eq!(run(&few, &library, &asked("spike")).remarks, Vec::<String>::new());
}

#[test]
fn x6_a_name_that_is_no_app_suggests_one() {
    let library = library();
    let mut analysis = with_a_young_app(&library);
    analysis.apps[0].name = "Workday - Production".into();
    let why = |gate: &str| run(&analysis, &library, &asked(gate)).gates[0].why.clone();
    assert_eq!(
        why("severity>=high@app:workday"),
        "no application in these logs is called workday; a name counts as a whole, and @app:*workday* covers Workday - Production"
    );
    assert_eq!(why("spike@app:Yuong"), "no application in these logs is called Yuong; did you mean Young?");
    assert_eq!(why("spike@app:Somewhere else"), "no application in these logs is called Somewhere else");
}

#[test]
fn a_sum_is_told_once_with_its_largest_parts_first() {
    let library = library();
    let mut analysis = with(calm(), issue(None, Some("depot <NAME> is closed"), 4, 4));
    analysis = with(analysis, issue(Some(rule(&library, CONFLICT)), None, 63, 60));
    analysis = with(analysis, issue(Some(rule(&library, CREDENTIALS)), None, 1, 1));
    let checked = run(&analysis, &library, &asked("failures>10"));
    assert_eq!(
        checked.gates[0].why,
        "68 failures in 3 findings, and it fails at more than 10 in all; to change: --fail-on 'failures>N'"
    );
    assert_eq!(checked.gates[0].hits[0].observed, "63 of 68 failures");
    let view = crate::output::check::View {
        checked: &checked,
        analysis: &analysis,
        library: &library,
        min_severity: None,
        zone: &jiff::tz::TimeZone::UTC,
    };
    let text = crate::output::check::text::render(&view, false);
    assert_eq!((text.matches("why:").count(), text.matches(" × ").count()), (0, 3), "{text}");
    assert_eq!(crate::output::check::github::render(&view).matches("::error").count(), 1);
    assert_eq!(crate::output::check::junit::render(&view).matches("<failure").count(), 1);
}

#[test]
fn a_new_issue_is_told_once_and_only_where_the_app_is_known() {
    let library = library();
    let before = || known(&calm(), &library);
    let today = |people| with(later(calm(), 14), issue(Some(rule(&library, CONFLICT)), None, people, people));
    let checked =
        |analysis: &Analysis, before: Before| run(analysis, &library, &Asked { before, ..asked("new-issue") });
    assert_eq!(hits(&checked(&today(3), before())), [CONFLICT]);
    // Two people are no reason; one is, if it is critical.
    assert!(hits(&checked(&today(2), before())).is_empty());
    let critical = with(later(calm(), 14), issue(Some(rule(&library, CREDENTIALS)), None, 1, 1));
    assert_eq!(hits(&checked(&critical, before())), [CREDENTIALS]);
    // The baseline of that day has it.
    assert!(hits(&checked(&today(3), known(&today(3), &library))).is_empty());
    // Of an application the baseline hardly knows, everything is new.
    let mut thin = calm();
    thin.series[0].buckets = 2;
    thin.series[0].points.truncate(2);
    let checked = checked(&today(3), known(&thin, &library));
    assert_eq!(statuses(&checked), [("new-issue", "not-evaluated")]);
}

#[test]
fn an_issue_of_a_rule_that_is_newer_than_the_baseline_is_not_new() {
    let library = library();
    let text = learn(None, &calm(), &library, Learning::Calm, &Days::of(&Settings::default())).text().unwrap();
    let without = text.replace(&format!("    \"{CONFLICT}\",\n"), "");
    assert_ne!(text, without);
    let analysis = with(later(calm(), 14), issue(Some(rule(&library, CONFLICT)), None, 9, 9));
    let before = Before::Known(Box::new(Baseline::parse(&without).unwrap()));
    let checked = run(&analysis, &library, &Asked { before, ..asked("new-issue") });
    assert_eq!(checked.verdict, Verdict::Passed);
    assert_eq!(checked.remarks, [format!("not judged as new, since the rule is newer than the baseline: {CONFLICT}")]);
}

#[test]
fn a_baseline_far_from_the_logs_in_time_is_told() {
    let library = library();
    let told = |analysis: &Analysis, of: &Analysis| {
        run(analysis, &library, &Asked { before: known(of, &library), ..asked("none") }).remarks
    };
    assert_eq!(told(&later(calm(), 80), &calm()), [""; 0]);
    let old = told(&later(calm(), 186), &calm());
    assert!(matches!(&*old, [old] if old.contains("186 days before these logs do")), "{old:?}");
    let newer = told(&calm(), &later(calm(), 3));
    assert!(matches!(&*newer, [newer] if newer.contains("what is new cannot be told")), "{newer:?}");
}

#[test]
fn rules_that_vanished_are_listed() {
    let library = library();
    let usual = with(calm(), issue(Some(rule(&library, CONFLICT)), None, 9, 9));
    let text = learn(None, &usual, &library, Learning::Calm, &Days::of(&Settings::default()))
        .text()
        .unwrap()
        .replace(CONFLICT, "okta-gone");
    let before = Before::Known(Box::new(Baseline::parse(&text).unwrap()));
    let checked = run(&calm(), &library, &Asked { before, ..asked("none") });
    assert_eq!(checked.remarks, ["the baseline counts rules that are there no more: okta-gone"]);
}

#[test]
fn a_regression_is_told_once_of_what_has_a_name() {
    let library = library();
    let conflict = rule(&library, CONFLICT);
    // One failure a day, then three in every part of a day.
    let day = |onsets: fn(u32) -> u32| {
        let mut analysis = with(calm(), issue(Some(conflict), None, 14, 14));
        let start = analysis.first.unwrap();
        for of in [Of::Everything, Of::Rule(conflict)] {
            analysis.series.retain(|series| series.of != of);
            analysis.series.push(series(of, start, 14, |bucket| (onsets(bucket), 10)));
        }
        analysis
    };
    let before = || known(&day(|bucket| u32::from(bucket % 12 == 0)), &library);
    let check = |analysis: &Analysis| run(analysis, &library, &Asked { before: before(), ..asked("regression") });
    let worse = check(&later(day(|_| 3), 14));
    assert_eq!(hits(&worse), [CONFLICT]);
    let why = worse.gates[0].hits[0].why();
    assert!(why.starts_with("observed 504, expected 14.5; fails at"), "{why}");
    assert_eq!(worse.since[0], Since::Updated);
    assert!(hits(&check(&later(day(|bucket| u32::from(bucket % 12 == 3)), 14))).is_empty());
    // What the baseline counted already says nothing new.
    assert_eq!(statuses(&check(&day(|_| 3))), [("regression", "not-evaluated")]);
}

#[test]
fn a_cluster_is_new_unless_the_baseline_has_it_or_one_with_similar_words() {
    let library = library();
    let shape = "The mailbox of <MAIL> is on hold and cannot be archived before the hold of <N> days ends";
    let similar = shape.replace("before", "until");
    let day = |shape: &str| with(later(calm(), 14), issue(None, Some(shape), 4, 4));
    let before = || known(&with(calm(), issue(None, Some(shape), 4, 4)), &library);
    let check = |shape: &str| run(&day(shape), &library, &Asked { before: before(), ..asked("unknown") });
    assert!(hits(&check(shape)).is_empty());
    let changed = check(&similar);
    assert!(hits(&changed).is_empty());
    assert!(changed.remarks[0].contains("is similar to u-"), "{:?}", changed.remarks);
    assert_eq!(hits(&check("No seat is left for <MAIL>")).len(), 1);
}

/// Fourteen days after the calm ones, at another application.
fn elsewhere() -> Analysis {
    let mut analysis = later(calm(), 14);
    analysis.apps[0].name = "Shift Planner".into();
    for series in &mut analysis.series {
        (series.app, series.app_id) = ("Shift Planner".into(), Some("0oa2".into()));
    }
    analysis
}

#[test]
fn an_application_that_only_the_baseline_knows_is_silent() {
    let library = library();
    let check = |analysis: &Analysis, asked: Asked| {
        run(analysis, &library, &Asked { before: known(&calm(), &library), ..asked })
    };
    let checked = check(&elsewhere(), asked("silence"));
    assert_eq!(hits(&checked), ["silence"]);
    let hit = &checked.gates[0].hits[0];
    assert_eq!(checked.findings.get(hit.finding).unwrap().key.to_string(), "okta/0oa1/silence");
    assert_eq!(hit.what, "no event at all in the 13 days that these logs go on; last seen 2026-11-15 23:59 UTC");
    assert!(hit.why().starts_with("observed 0 events, expected 1680.0 by the baseline"), "{}", hit.why());
    assert_eq!(hits(&check(&elsewhere(), asked("silence@app:0oa1"))), ["silence"]);
    assert_eq!(statuses(&check(&elsewhere(), asked("silence@app:0oa2"))), [("silence@app:0oa2", "passed")]);
    // Without the gate it is told, and fails nothing.
    let told = check(&elsewhere(), asked("failures>0"));
    assert_eq!(told.verdict, Verdict::Passed);
    assert_eq!(
        told.remarks,
        ["busy in the baseline, which keeps ids and no names, and not in these logs at all: 0oa1 (--fail-on silence)"]
    );
    // It is there, or was left out on purpose, or may be there without its id.
    assert!(hits(&check(&later(calm(), 14), asked("silence"))).is_empty());
    let narrowed = |flag: &str| Asked { narrowed: vec![flag.to_owned()], ..asked("silence") };
    assert!(hits(&check(&elsewhere(), narrowed("--app Shift"))).is_empty());
    assert_eq!(hits(&check(&elsewhere(), narrowed("--since 2026-11-20"))), ["silence"]);
    let mut without_ids = elsewhere();
    without_ids.series[0].app_id = None;
    assert!(hits(&check(&without_ids, asked("silence"))).is_empty());
}

#[test]
fn what_was_never_busy_or_is_long_gone_is_not_silent() {
    let library = library();
    let check = |usual: &Analysis, analysis: &Analysis| {
        let asked = Asked { before: known(usual, &library), ..asked("silence") };
        hits(&run(analysis, &library, &asked)).len()
    };
    let usual = |count: fn(u32) -> u32| {
        let mut analysis = calm();
        analysis.series = vec![series(Of::Everything, analysis.first.unwrap(), 14, |bucket| (0, count(bucket)))];
        analysis
    };
    // Two days of seven, however much happens on them.
    assert_eq!(check(&usual(|bucket| if bucket / 12 % 7 < 2 { 50 } else { 0 }), &elsewhere()), 0);
    assert_eq!(check(&usual(|bucket| if bucket / 12 % 7 < 3 { 50 } else { 0 }), &elsewhere()), 1);
    // A day in a fortnight is an event.
    assert_eq!(check(&usual(|bucket| u32::from(bucket % 24 == 0)), &elsewhere()), 0);
    // At noon nothing is usual but at night much is.
    let mut noon = elsewhere();
    noon.first = Some(at("2026-11-17T10:00:00Z"));
    noon.last = Some(at("2026-11-17T14:00:00Z"));
    let nightly = usual(|bucket| if bucket % 12 < 2 { 50 } else { 0 });
    assert_eq!((check(&nightly, &noon), check(&calm(), &noon)), (0, 1));
    noon.last = Some(at("2026-11-17T10:50:00Z"));
    assert_eq!(check(&calm(), &noon), 0, "less than an hour");
    assert_eq!(check(&calm(), &later(elsewhere(), 29)), 0, "nobody expects it any more");
}

#[test]
fn a_holiday_and_the_zone_decide_what_a_short_log_is_compared_with() {
    let library = library();
    let conflict = rule(&library, CONFLICT);
    // On weekdays ten people fail every two hours, at weekends nobody does.
    let log = |start: &str, days: u32| {
        let mut analysis = with(calm(), issue(Some(conflict), None, 20, 20));
        let start = at(start);
        (analysis.first, analysis.last) = (Some(start), Some(start + i64::from(days) * crate::text::time::DAY - 1));
        let counts = |bucket: u32| if bucket / 12 % 7 < 5 { (10, 30) } else { (0, 60) };
        analysis.series = [Of::Everything, Of::Rule(conflict)].map(|of| series(of, start, days, counts)).into();
        analysis
    };
    let usual = log("2026-11-02T00:00:00Z", 14);
    let wednesday = log("2026-11-18T00:00:00Z", 1);
    let check = |spikes: Settings| {
        hits(&run(&wednesday, &library, &Asked { before: known(&usual, &library), spikes, ..asked("spike") })).len()
    };
    assert_eq!(check(Settings::default()), 0);
    let holidays = ["2026-11-18".parse().unwrap()].into();
    assert_eq!(check(Settings { holidays, ..Settings::default() }), 1);
    // Where the day begins fourteen hours earlier, ten o'clock of Friday in UTC is on Saturday.
    let friday = log("2026-11-20T00:00:00Z", 1);
    let there = Settings { zone: crate::text::time::zone("Pacific/Kiritimati").unwrap(), ..Settings::default() };
    let asked = Asked { before: known(&usual, &library), spikes: there, ..asked("spike") };
    let checked = run(&friday, &library, &asked);
    assert_eq!(hits(&checked).len(), 1);
    assert!(checked.remarks[0].contains("tells weekends by UTC and this run by Pacific/Kiritimati"));
}

/// What is tested is windows of fixed lengths; what is told is when it began.
#[test]
fn a_spike_in_a_short_log_begins_with_its_first_failure() {
    let library = library();
    let conflict = rule(&library, CONFLICT);
    let log = |start: &str, days: u32, counts: fn(u32) -> (u32, u32)| {
        let mut analysis = with(calm(), issue(Some(conflict), None, 24, 24));
        let start = at(start);
        (analysis.first, analysis.last) = (Some(start), Some(start + i64::from(days) * crate::text::time::DAY - 1));
        analysis.series = [Of::Everything, Of::Rule(conflict)].map(|of| series(of, start, days, counts)).into();
        analysis
    };
    let usual = log("2026-11-02T00:00:00Z", 14, |_| (0, 60));
    let from_eight = log("2026-11-18T00:00:00Z", 1, |bucket| if bucket < 4 { (0, 60) } else { (3, 30) });
    let checked = run(&from_eight, &library, &Asked { before: known(&usual, &library), ..asked("spike") });
    let what = &checked.gates[0].hits[0].what;
    assert!(what.contains("between 2026-11-18 08:00 and"), "{what}");
}

#[test]
fn without_a_baseline_the_gates_that_need_one_say_how_to_get_it() {
    let library = library();
    let checked = run(&calm(), &library, &asked("new-issue,regression"));
    assert!(checked.gates.iter().all(|judged| judged.why.contains("--save-baseline FILE writes one")));
    let before = Before::Missing("usual.json".to_owned());
    let checked = run(&calm(), &library, &Asked { before, ..asked("new-issue") });
    assert!(checked.gates[0].why.contains("--save-baseline usual.json writes it"));
}

#[test]
fn a_waiver_takes_the_effect_away_and_hides_nothing() {
    let library = library();
    let analysis = bad_day(&library);
    let waive = |text: &str| Waivers::parse(text).unwrap();
    let entry = |rule: &str, until: &str| {
        format!("[[allow]]\napp = \"{APP}\"\nrule = \"{rule}\"\nuntil = {until}\nreason = \"ticket\"\n")
    };
    let check =
        |waivers: &str, gates: &str| run(&analysis, &library, &Asked { waivers: waive(waivers), ..asked(gates) });
    let gates = "spike,severity>=high,failures>4,people>10,rate>1%";
    let checked = check(&entry(CONFLICT, "2026-12-31"), gates);
    assert_eq!(checked.verdict, Verdict::Passed, "{:?}", checked.gates);
    assert_eq!(checked.waived().count(), 5, "{:?}", checked.gates);
    assert!(checked.remarks.is_empty());
    // It ran out before the newest event.
    let over = check(&entry(CONFLICT, "2026-11-14"), gates);
    assert_eq!(over.verdict, Verdict::Failed);
    assert!(over.remarks[0].contains("ran out on 2026-11-14, and what it covered is still there"));
    let unused = check(&entry("entra-conflict", "2026-12-31"), gates);
    assert!(unused.remarks[0].contains("covers nothing in these logs"));
}

#[test]
fn trouble_before_withholds_the_verdict() {
    let library = library();
    let trouble = Some((Trouble::Input, "x".to_owned()));
    let checked = run(&bad_day(&library), &library, &Asked { trouble, ..asked("failures>0") });
    assert_eq!(checked.verdict, Verdict::Withheld(Trouble::Input, "x".to_owned()));
    assert_eq!(checked.failing().count(), 0);
}
