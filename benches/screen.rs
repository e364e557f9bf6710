//! How fast the screen is with many events: `just bench screen`. A million of them, or as many as
//! `PROVLENS_BENCH_EVENTS` says.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use std::env;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::tz::TimeZone;
use provlens::event::filter::{Filter, Vocabulary};
use provlens::event::store::Store;
use provlens::event::{Entry, Ids, Operation, Outcome, Place, Provider, Said, Subject};
use provlens::rules::{Certainty, Library};
use provlens::tui::data::{Events, Shown};
use provlens::tui::jobs::order::{Order, Sorting, sort};
use provlens::tui::jobs::survey::{Survey, survey};
use provlens::tui::jobs::{Narrow, News, around, search};
use provlens::tui::keymap::Action;
use provlens::tui::look::{Colors, FULL};
use provlens::tui::memory::Memory;
use provlens::tui::model::{Look, Model, Size, Zone};
use provlens::tui::update::{Msg, update};
use provlens::tui::view;
use ratatui::buffer::Buffer;

const APPS: [&str; 8] = [
    "Cloud Files",
    "Team Chat",
    "Shift Planner",
    "Expense Desk",
    "Code Host",
    "Ticket Office",
    "Wiki House",
    "Pay Roll",
];
const OPERATIONS: [Operation; 4] =
    [Operation::Create, Operation::Update, Operation::Deactivate, Operation::MembershipAdd];
const PEOPLE: u64 = 50_000;
const SIZE: Size = Size { columns: 120, rows: 40 };

fn wanted() -> u64 {
    env::var("PROVLENS_BENCH_EVENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000_000)
}

/// Numbers that look random and are always the same.
fn dice(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_add(1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 8
}

/// One event in ten failed.
fn events() -> Arc<Events> {
    let mut store = Store::default();
    for number in 0..wanted() {
        let dice = dice(number);
        let failed = dice.is_multiple_of(10);
        let login = format!("person{}@example.com", dice / 10 % PEOPLE);
        let id = format!("{dice:016x}{number:016x}");
        let message = format!("Conflict. Errors reported by remote server: reason {}", dice / 7 % 40);
        let message = failed.then_some(message.as_str());
        let place = Place { input: 0, path: "log.ndjson", line: number + 1, offset: number * 2_400, length: 2_399 };
        store.push(&Entry {
            time: Some(1_790_000_000_000_000 + i64::try_from(number).unwrap() * 250_000),
            operation: OPERATIONS[(dice / 3) as usize % OPERATIONS.len()],
            outcome: if failed { Outcome::Failure } else { Outcome::Success },
            app: Some(APPS[(dice / 11) as usize % APPS.len()]),
            subject: Subject { kind: Some("user"), login: Some(&login), ..Subject::default() },
            said: Said { message, remote: message, http_status: failed.then_some(409), ..Said::default() },
            ids: Ids { event: Some(&id), ..Ids::default() },
            rule: failed.then_some(((dice / 13) as usize % 20, Certainty::Certain)),
            ..Entry::new(place, Provider::Okta, "okta-system-log")
        });
    }
    Arc::new(Events::of(store))
}

fn model(events: &Arc<Events>, library: &Arc<Library>) -> Model {
    let look = Look { theme: Colors::Neutral.into(), glyphs: &FULL, zone: Zone::local(TimeZone::UTC) };
    let mut model = Model::new(library.clone(), Memory::default(), look, SIZE);
    update(&mut model, Msg::News(News::Read(Arc::default(), events.clone())));
    update(&mut model, Msg::Act(Action::Tab3));
    model
}

fn screen(c: &mut Criterion) {
    let library = Arc::new(Library::load(&[]).0);
    let events = events();
    let all = Arc::new(Shown { rows: events.by_time.clone() });
    let mut group = c.benchmark_group("screen");
    group.sample_size(10);

    let mut shown = model(&events, &library);
    let mut buffer = Buffer::empty(view::area(SIZE));
    group.bench_function("draw", |b| b.iter(|| view::draw(black_box(&shown), &mut buffer)));
    let mut down = false;
    group.bench_function("key", |b| {
        b.iter(|| {
            down = !down;
            update(&mut shown, Msg::Act(if down { Action::PageUp } else { Action::PageDown }))
        });
    });

    let always = || true;
    for (name, text) in [
        ("filter-status", "status:failed"),
        ("filter-words", "said:\"reason 7\" app:chat"),
        ("filter-person", "user:person4711@"),
        ("filter-id", "id:00000000000f4240"),
    ] {
        let filter = Filter::parse(text, &Vocabulary::default()).unwrap();
        let narrow =
            Narrow { text: text.to_owned(), filter, events: events.clone(), states: Arc::default(), analyse: false };
        group.bench_function(name, |b| b.iter(|| search(&narrow, &library, &always)));
    }
    for (name, order) in [("sort-person", Order::Person), ("sort-issue", Order::Issue)] {
        let sorting = Sorting { events: events.clone(), shown: all.clone(), order };
        group.bench_function(name, |b| b.iter(|| sort(&sorting, &library, &always)));
    }
    let filter = Filter::parse("status:failed", &Vocabulary::default()).unwrap();
    let narrow = Narrow {
        text: "status:failed".to_owned(),
        filter,
        events: events.clone(),
        states: Arc::default(),
        analyse: false,
    };
    let asked = Survey { shown: Arc::new(Shown { rows: search(&narrow, &library, &always).unwrap().into() }), narrow };
    group.bench_function("narrow-down", |b| b.iter(|| survey(&asked, &library, &always)));
    group.bench_function("before-and-after", |b| b.iter(|| around::around(&events, 1_000, &always)));
    group.finish();
}

criterion_group!(benches, screen);
criterion_main!(benches);
