use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::event::filter::{Filter, IssueNames, Shown, State, Vocabulary};
use crate::event::{Ids, Names, Place, Subject};

/// An event that owns its texts.
#[derive(Clone, Debug)]
struct Made {
    place: (usize, u64, u64, u64),
    time: Option<Micros>,
    kind: (Operation, Outcome, bool, Option<u16>),
    rule: Option<(usize, Certainty)>,
    texts: [Option<String>; 15],
    ids: [Option<String>; 6],
    duration_ms: Option<i64>,
    changed: Vec<String>,
}

impl Made {
    fn lines(&self) -> String {
        self.changed.join("\n")
    }

    fn entry<'a>(&'a self, lines: &'a str, paths: &'a [String]) -> Entry<'a> {
        let [
            event_type,
            app,
            app_id,
            kind,
            id,
            login,
            name,
            actor,
            code,
            message,
            phase,
            scim_type,
            remote,
            shape,
            app_kind,
        ] = self.texts.each_ref().map(|text| text.as_deref());
        let [event, transaction, request, cycle, job, change] = self.ids.each_ref().map(|id| id.as_deref());
        let (input, line, offset, length) = self.place;
        let (operation, outcome, needs_action, http_status) = self.kind;
        let provider = if needs_action { Provider::Okta } else { Provider::Entra };
        Entry {
            time: self.time,
            event_type,
            operation,
            outcome,
            needs_action,
            app,
            app_kind,
            app_id,
            subject: Subject { kind, id, login, name },
            actor,
            said: Said { code, message, phase, http_status, scim_type, remote },
            ids: Ids { event, transaction, request, cycle, job, change },
            duration_ms: self.duration_ms,
            changed: Names::of_lines(lines),
            rule: self.rule,
            shape,
            ..Entry::new(Place { input, path: &paths[input], line, offset, length }, provider, "text")
        }
    }
}

fn text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), "[ab]?".prop_map(Some), ".{0,40}".prop_map(Some)]
}

fn id() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".prop_map(Some),
        "[A-Za-z0-9_-]{1,30}".prop_map(Some),
        ".{1,30}".prop_map(Some),
    ]
}

prop_compose! {
    fn made()(
        place in (0..3usize, any::<u64>(), any::<u64>(), any::<u64>()),
        time in prop::option::of((NO_TIME + 1)..),
        kind in (
            prop::sample::select(vec![Operation::Create, Operation::Cycle, Operation::Other]),
            prop::sample::select(vec![Outcome::Success, Outcome::Failure, Outcome::Pending]),
            any::<bool>(),
            any::<Option<u16>>(),
        ),
        rule in prop::option::of((0..500usize, prop::sample::select(vec![Certainty::Guess, Certainty::Certain]))),
        texts in prop::array::uniform15(text()),
        ids in prop::array::uniform6(id()),
        duration_ms in prop_oneof![Just(None), (0..9000i64).prop_map(Some), any::<i64>().prop_map(Some)],
        changed in prop::collection::vec("[a-z ]{1,9}", 0..4),
    ) -> Made {
        Made { place, time, kind, rule, texts, ids, duration_ms, changed }
    }
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(mut events in prop::collection::vec(made(), 0..12)) {
        for event in &mut events {
            // The application's words are mostly a part of the message.
            if event.time.is_some_and(|time| time % 2 == 0) {
                event.texts[12] = event.texts[9].as_ref().map(|message| message.chars().skip(1).collect());
            }
        }
        let paths = ["a.ndjson", "b.csv", "-"].map(str::to_owned);
        let lines: Vec<String> = events.iter().map(Made::lines).collect();
        let mut store = Store::default();
        for (event, lines) in events.iter().zip(&lines) {
            store.push(&event.entry(lines, &paths));
        }
        let mut scratch = Scratch::default();
        prop_assert_eq!(store.len() as usize, events.len());
        for ((row, event), lines) in store.rows().zip(&events).zip(&lines) {
            prop_assert_eq!(row.entry(&mut scratch), event.entry(lines, &paths));
        }
        prop_assert!(store.row(store.len()).is_none());
        prop_assert_eq!(store.left_out(), LeftOut::default());
    }
}

/// Filters of words that those events may have.
fn filter() -> impl Strategy<Value = String> {
    let term = prop::sample::select(vec![
        "a",
        "b*a",
        "é",
        "app:a",
        "app:=b",
        "user:a",
        "issue:a",
        "issue:none",
        "issue:unknown",
        "issue:rule-4*",
        "issue:u-*",
        "status:failed",
        "action:c*",
        "code:a",
        "code:>4000",
        "code:4*",
        "said:a",
        "said:/^.b?$/",
        "provider:okta",
        "in:a.nd",
        "after:0h",
        "before:2026-01-01",
        "on:\"3 Sep\"",
        "took:>99",
        "id:a",
        "id:*0*",
        "is:marked",
        "rule",
    ]);
    prop::collection::vec((term, prop::sample::select(vec![" ", " -", " or ", " or -"])), 1..5).prop_map(|terms| {
        terms.into_iter().fold(String::new(), |text, (term, join)| {
            if text.is_empty() { term.to_owned() } else { format!("{text}{join}{term}") }
        })
    })
}

proptest! {
    #[test]
    fn a_search_finds_the_rows_whose_events_pass_the_filter(
        events in prop::collection::vec(made(), 0..12),
        texts in prop::collection::vec(filter(), 12),
    ) {
        let paths = ["a.ndjson", "b.csv", "-"].map(str::to_owned);
        let lines: Vec<String> = events.iter().map(Made::lines).collect();
        let entries: Vec<Entry<'_>> =
            events.iter().zip(&lines).map(|(event, lines)| event.entry(lines, &paths)).collect();
        let mut store = Store::default();
        entries.iter().for_each(|entry| store.push(entry));
        let rules: Vec<(String, String)> = (0..400).map(|at| (format!("rule-{at}"), format!("a {at}"))).collect();
        let rules: Vec<(&str, &str)> = rules.iter().map(|(id, title)| (&**id, &**title)).collect();
        let names = IssueNames { rules: &rules, cluster: |shape| format!("u-{shape}") };
        let newest = events.iter().filter_map(|event| event.time).max();
        for text in texts {
            let filter = Filter::parse(&text, &Vocabulary::default()).unwrap().at(newest, &TimeZone::UTC);
            let mut search = Search::new(&store, &filter, &names);
            let mut passing = Vec::new();
            for (row, entry) in store.rows().zip(&entries) {
                let wanted = filter.holds(&Shown::new(entry, &names));
                prop_assert_eq!(search.lets(row, &|_, _| false), wanted, "{} on {:?}", text, entry);
                passing.extend(wanted.then(|| row.number()));
            }
            let rows: Vec<u32> = store.rows().map(Row::number).collect();
            let mut picked = Vec::new();
            search.pick(&rows, &|_, _| false, &mut picked);
            prop_assert_eq!(picked, passing, "{}", text);
        }
    }
}

/// Ids are looked through together, and every row is judged by its own.
#[test]
fn of_many_rows_those_are_picked_whose_ids_say_so() {
    let mut store = Store::default();
    for line in 0..1_600 {
        let event = match line {
            // What is not ASCII is compared in another way: the sign for kelvin is the letter.
            1_100 => "job-\u{212a}-7".to_owned(),
            _ => format!("job-{}-{}", if line % 500 == 7 { "K" } else { "x" }, line % 10),
        };
        // In the text of all rows, the end of one id and the start of the next one are something else again.
        let ids = Ids { event: Some(&event), transaction: (line == 40).then_some("7job"), ..Ids::default() };
        store.push(&Entry {
            ids,
            outcome: if line % 400 == 399 { Outcome::Failure } else { Outcome::Success },
            ..Entry::new(Place { path: "log", line, ..Place::default() }, Provider::Okta, "log")
        });
    }
    let rows: Vec<u32> = store.rows().map(Row::number).collect();
    for (text, wanted) in [
        ("id:job-k-7", vec![7, 507, 1_007, 1_100, 1_507]),
        ("-id:job-x", vec![7, 507, 1_007, 1_100, 1_507]),
        ("id:7job", vec![40]),
        ("id:7job,k-7", vec![7, 40, 507, 1_007, 1_100, 1_507]),
        ("id:=job-K-7", vec![7, 507, 1_007, 1_100, 1_507]),
        ("id:job-k-7 status:failed", vec![]),
        ("id:/^job-[^x]/", vec![7, 507, 1_007, 1_100, 1_507]),
    ] {
        let filter = Filter::parse(text, &Vocabulary::default()).unwrap();
        let mut search = Search::new(&store, &filter, &IssueNames { rules: &[], cluster: |_| String::new() });
        let mut picked = Vec::new();
        search.pick(&rows, &|_, _| false, &mut picked);
        assert_eq!(picked, wanted, "{text}");
        let one_by_one: Vec<u32> =
            store.rows().filter(|row| search.lets(*row, &|_, _| false)).map(Row::number).collect();
        assert_eq!(picked, one_by_one, "{text}");
        // A row that does not exist passes nothing, not even that something is not so.
        picked.clear();
        search.pick(&[u32::MAX], &|_, _| false, &mut picked);
        assert!(picked.is_empty());
    }
}

#[test]
fn what_only_others_know_is_asked_of_them() {
    let mut store = Store::default();
    (0..4).for_each(|line| {
        store.push(&Entry::new(Place { path: "log", line, ..Place::default() }, Provider::Okta, "log"))
    });
    let filter = Filter::parse("is:not-removed -is:marked", &Vocabulary::default()).unwrap();
    let mut search = Search::new(&store, &filter, &IssueNames { rules: &[], cluster: |_| String::new() });
    let is = |state: State, row: Row<'_>| match state {
        State::NotRemoved => row.number() > 1,
        _ => row.number() == 3,
    };
    let found: Vec<u32> = store.rows().filter(|row| search.lets(*row, &is)).map(Row::number).collect();
    assert_eq!(found, [2]);
}

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    fn uuid(&mut self) -> String {
        let (a, b) = (self.next() << 32 | self.next() & 0xffff_ffff, self.next() << 32 | self.next() & 0xffff_ffff);
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52,
            b & 0xffff_ffff_ffff
        )
    }

    fn letters(&mut self, count: usize) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        (0..count).map(|_| char::from(letters[(self.next() % 64) as usize])).collect()
    }
}

/// Events as large logs have them: thousands of people, dozens of applications, every tenth failed, and
/// each message of its own.
fn fill(store: &mut Store, count: u64, okta: bool) {
    let mut dice = Dice(7);
    let people: Vec<[String; 3]> = (0..5_000)
        .map(|n| [format!("00u{}", dice.letters(17)), format!("person{n}@example.com"), format!("First{n} Last{n}")])
        .collect();
    for at in 0..count {
        let [id, login, name] = &people[(dice.next() % 5_000) as usize];
        let number = dice.next() % 40;
        let (app, app_id) = (format!("Application {number}"), format!("0oa{number:017}"));
        let failed = dice.next().is_multiple_of(10);
        let message = format!(
            "Automatic provisioning of user {name} to app {app} failed: Conflict. Errors reported by remote server: A user with the name {login} and the number {} already exists",
            dice.next()
        );
        let said = Said {
            code: Some("conflict"),
            message: Some(&message),
            phase: Some("push"),
            http_status: Some(409),
            scim_type: Some("uniqueness"),
            remote: message.split_once("server: ").map(|(_, words)| words),
        };
        let (event, request) = (dice.uuid(), if okta { dice.letters(27) } else { dice.uuid() });
        let (cycle, job) = (format!("cycle {}", at / 400), format!("scim.0123456789abcdef.{number}"));
        // Of 26 real records of Okta 23 name their request as their transaction.
        let transaction = if at % 8 == 0 { dice.letters(24) } else { request.clone() };
        let ids = match okta {
            true => {
                Ids { event: Some(&event), transaction: Some(&transaction), request: Some(&request), ..Ids::default() }
            }
            false => Ids {
                event: Some(&event),
                request: Some(&request),
                cycle: Some(&cycle),
                job: Some(&job),
                change: Some(&request),
                ..Ids::default()
            },
        };
        let place =
            Place { input: (at * 3 / count) as usize, path: "log", line: at + 1, offset: at * 2_400, length: 2_390 };
        store.push(&Entry {
            time: Some(1_767_225_600_000_000 + at as i64 * 1_000_003),
            event_type: Some("application.provision.user.push"),
            operation: Operation::Update,
            outcome: if failed { Outcome::Failure } else { Outcome::Success },
            app: Some(&app),
            app_id: Some(&app_id),
            subject: Subject { kind: Some("user"), id: Some(id), login: Some(login), name: Some(name) },
            actor: Some("system"),
            said: if failed { said } else { Said { phase: said.phase, ..Said::default() } },
            ids,
            duration_ms: (!okta).then_some((at % 4_000) as i64),
            changed: Names::of_lines(if failed { "" } else { "userName\ndepartment\n" }),
            rule: failed.then_some(((dice.next() % 60) as usize, Certainty::Likely)),
            ..Entry::new(place, if okta { Provider::Okta } else { Provider::Entra }, "log")
        });
    }
}

#[test]
fn ten_million_events_fit_into_memory() {
    for okta in [true, false] {
        let mut store = Store::default();
        fill(&mut store, 100_000, okta);
        assert_eq!(store.left_out(), LeftOut::default());
        let each = store.bytes() / store.len() as usize;
        assert!((50..=120).contains(&each), "{each} bytes an event, okta: {okta}");
    }
}

#[test]
fn a_log_of_nothing_but_new_names_is_bounded_and_what_is_missing_is_counted() {
    let mut store = Store::default();
    let mut dice = Dice(3);
    for at in 0..80_000 {
        let texts: Vec<String> = (0..4).map(|_| dice.letters(120)).collect();
        let said = Said { code: Some(&texts[2]), message: Some(&texts[3]), ..Said::default() };
        let place = Place { path: "log", line: at, offset: at * 600, length: 600, ..Place::default() };
        let subject = Subject { login: Some(&texts[1]), ..Subject::default() };
        store.push(&Entry { app: Some(&texts[0]), subject, said, ..Entry::new(place, Provider::Okta, "log") });
    }
    let left = store.left_out();
    assert!(left.texts > 100_000, "{left:?}");
    let in_records = store.rows().filter(|row| row.words_are_in_the_record()).count();
    assert!(in_records > 30_000, "{in_records}");
    // Where its record is, each event still says.
    assert!(store.rows().zip(0..).all(|(row, at)| row.place().line == at && row.outcome() == Outcome::Success));
    let first = store.row(0).unwrap();
    assert!(first.app().is_some() && first.words().0.is_some());
    // The floor, and for each event its columns and its share.
    assert!(store.bytes() < (48 << 20) + 80_000 * 150, "{}", store.bytes());
}
