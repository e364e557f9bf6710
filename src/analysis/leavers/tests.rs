//! How long removals take, and who still waits.

use super::*;

const MINUTE: Micros = HOUR / 60;
const PERSON: u32 = 4;
const APP: u32 = 2;

/// What comes of events at application 2, in any order; the log goes on for long.
fn read(events: &[(Effect, u32, Micros)]) -> (Vec<Micros>, Vec<Micros>) {
    let once = |events: &mut dyn Iterator<Item = &(Effect, u32, Micros)>| {
        let (mut leavers, mut histories) = (Leavers::default(), Histories::default());
        for (effect, app, at) in events {
            leavers.see((PERSON, *app), *effect, *at);
            histories.succeeded((PERSON, *app), *effect, Some(*at));
        }
        let left = leavers.finish(&histories, |_| Some(1_000 * HOUR));
        let times = left.times.get(&APP).map(|times| times.took.clone()).unwrap_or_default();
        (times, left.never_tried.iter().map(|never| never.since).collect())
    };
    let forward = once(&mut events.iter());
    assert_eq!(forward, once(&mut events.iter().rev()), "the order does not matter");
    forward
}

#[test]
fn from_the_end_of_an_assignment_to_the_end_of_access() {
    use Effect::{Assign, Grant, Remove, Unassign};
    let (given, gone, off) = ((Assign, APP, 0), (Unassign, APP, 10 * HOUR), (Remove, APP, 10 * HOUR + 4 * MINUTE));
    assert_eq!(read(&[given, gone, off]), (vec![4 * MINUTE], vec![]));
    assert_eq!(read(&[gone, (Unassign, APP, 10 * HOUR + MINUTE), off]), (vec![4 * MINUTE], vec![]), "said twice");
    assert_eq!(read(&[gone, off, (Remove, APP, 20 * HOUR)]), (vec![4 * MINUTE], vec![]), "done twice");
    assert_eq!(read(&[(Remove, APP, 10 * HOUR - MINUTE), gone]), (vec![0], vec![]), "a moment before");
    assert_eq!(read(&[(Remove, APP, HOUR), gone]), (vec![], vec![]), "there was nothing left to remove");
    let back =
        [(Assign, APP, 20 * HOUR), (Grant, APP, 21 * HOUR), (Unassign, APP, 30 * HOUR), (Remove, APP, 31 * HOUR)];
    assert_eq!(read(&[&[gone, off], &back[..]].concat()), (vec![4 * MINUTE, HOUR], vec![]), "left twice");
    assert_eq!(read(&[gone, back[0], back[2], back[3]]), (vec![HOUR], vec![]), "came back before access was gone");
}

#[test]
fn who_still_waits_for_the_end_of_access() {
    use Effect::{Assign, Change, Grant, Unassign};
    let gone = (Unassign, APP, 10 * HOUR);
    assert_eq!(read(&[gone]), (vec![], vec![10 * HOUR]));
    assert_eq!(read(&[(Grant, APP, 0), gone, (Change, APP, 20 * HOUR)]), (vec![], vec![10 * HOUR]));
    assert_eq!(read(&[gone, (Assign, APP, 11 * HOUR)]), (vec![], vec![]));
    assert_eq!(read(&[gone, (Grant, APP, 11 * HOUR)]), (vec![], vec![]));
    assert_eq!(read(&[gone, (Assign, APP, 10 * HOUR)]), (vec![], vec![]), "moved from group to group within a second");
}

#[test]
fn who_left_the_directory() {
    use Effect::{Grant, Import, Remove};
    let (had, left, off) = ((Grant, APP, 0), (Remove, DIRECTORY, 10 * HOUR), (Remove, APP, 11 * HOUR));
    assert_eq!(read(&[had, left, off]), (vec![HOUR], vec![]));
    assert_eq!(read(&[had, left]), (vec![], vec![10 * HOUR]));
    assert_eq!(read(&[left]), (vec![], vec![]), "never had an account there, as far as is known");
    assert_eq!(read(&[(Import, APP, 0), left]), (vec![], vec![]), "is only read from there");
    assert_eq!(read(&[(Effect::Change, APP, 0), left]), (vec![], vec![10 * HOUR]));
    assert_eq!(read(&[had, left, (Grant, DIRECTORY, 12 * HOUR)]), (vec![], vec![]), "came back");
    assert_eq!(read(&[had, left, (Effect::Unassign, APP, 10 * HOUR + MINUTE), off]), (vec![HOUR], vec![]));
}

#[test]
fn nothing_is_said_where_the_log_could_not_show_it() {
    let finish = |until: Option<Micros>, refused: bool| {
        let (mut leavers, mut histories) = (Leavers::default(), Histories::default());
        leavers.see((PERSON, APP), Effect::Unassign, 10 * HOUR);
        histories.succeeded((PERSON, APP), Effect::Unassign, Some(10 * HOUR));
        if refused {
            histories.failed((PERSON, APP), Effect::Grant, Some(HOUR), None);
        }
        leavers.finish(&histories, |_| until).never_tried.len()
    };
    assert_eq!(finish(Some(12 * HOUR), false), 1);
    assert_eq!(finish(Some(12 * HOUR - 1), false), 0, "there is time yet");
    assert_eq!(finish(None, false), 0, "the log never shows removals there");
    assert_eq!(finish(Some(12 * HOUR), true), 0, "an account was never made");
}
