//! A group of errors that no rule explains, looked at event by event: what varies, for whom, and which
//! rule looks for nearly the same words. Too much work for a key, so it is done in another thread.

use std::collections::HashMap;
use std::sync::Arc;

use super::data::{Events, Shown};
use crate::analysis::Issue;
use crate::event::store::Row;
use crate::rules::{Library, Nearest};
use crate::unknown::Shape;

/// Rows after which it is asked whether somebody still wants to know.
const STRIDE: usize = 4_096;
/// Most different values that are told apart: a stranger writes another one into every record.
const DIFFERENT: usize = 1_000;
/// Most values of a kind that are kept, the commonest first.
const KEPT: usize = 20;

/// Which group: one shape at one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Group {
    /// The shape of its messages.
    pub shape: String,
    /// The app, if one is named.
    pub app: Option<String>,
}

impl Group {
    /// The group of an issue that no rule describes.
    pub fn of(issue: &Issue) -> Option<Group> {
        Some(Group { shape: issue.shape.clone()?, app: issue.app.clone() })
    }

    fn has(&self, row: Row<'_>) -> bool {
        row.shape() == Some(&self.shape) && row.app() == self.app.as_deref()
    }
}

/// What is asked about a group.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which group.
    pub group: Group,
    /// All events.
    pub events: Arc<Events>,
    /// Those that are looked at.
    pub shown: Arc<Shown>,
}

/// What varies within a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Varied {
    /// Events that were found.
    pub events: u64,
    /// Values in place of each mark of the shape, in its order.
    pub marks: Vec<(&'static str, Values)>,
    /// Whom they are about.
    pub people: Values,
    /// HTTP status of the app's answer.
    pub statuses: Values,
    /// Their wording is in the records only, or is no longer whole.
    pub wording_unknown: u64,
    /// The rule that looks for nearly the same words.
    pub nearest: Option<Nearest>,
}

/// Values and how often each occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The commonest, that one first.
    pub common: Vec<(String, u64)>,
    /// How many different ones there are.
    pub different: usize,
    /// There are more different ones than were told apart.
    pub beyond: bool,
}

#[derive(Default)]
struct Counts {
    counts: HashMap<String, u64>,
    beyond: bool,
}

impl Counts {
    fn add(&mut self, value: &str) {
        if let Some(count) = self.counts.get_mut(value) {
            *count += 1;
        } else if self.counts.len() < DIFFERENT {
            self.counts.insert(value.to_owned(), 1);
        } else {
            self.beyond = true;
        }
    }

    fn values(self) -> Values {
        let different = self.counts.len();
        let mut common: Vec<(String, u64)> = self.counts.into_iter().collect();
        common.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        common.truncate(KEPT);
        Values { common, different, beyond: self.beyond }
    }
}

/// Looks at all events of a group; `None` if nobody wants to know any more.
pub fn look(question: &Question, library: &Library, is_wanted: &dyn Fn() -> bool) -> Option<Varied> {
    let Question { group, events, shown } = question;
    let shape = Shape::new(&group.shape);
    let mut marks: Vec<(&'static str, Counts)> = shape.marks().map(|mark| (mark, Counts::default())).collect();
    let (mut people, mut statuses) = (Counts::default(), Counts::default());
    let mut varied = Varied::default();
    for rows in shown.rows.chunks(STRIDE) {
        if !is_wanted() {
            return None;
        }
        for row in rows.iter().filter_map(|row| events.store.row(*row)).filter(|row| group.has(*row)) {
            varied.events += 1;
            let subject = row.subject();
            if let Some(person) = subject.login.or(subject.name).or(subject.id) {
                people.add(person);
            }
            if let Some(status) = row.http_status() {
                statuses.add(&status.to_string());
            }
            let (message, remote) = row.words();
            match remote.or(message).or(row.event_type()).and_then(|words| shape.values(words)) {
                Some(values) => marks.iter_mut().zip(values).for_each(|((_, counts), value)| counts.add(&value)),
                None => varied.wording_unknown += 1,
            }
        }
    }
    varied.marks = marks.into_iter().map(|(mark, counts)| (mark, counts.values())).collect();
    (varied.people, varied.statuses) = (people.values(), statuses.values());
    varied.nearest = library.nearest(&group.shape);
    Some(varied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::store::Store;
    use crate::event::{Entry, Outcome, Place, Provider, Said, Subject};

    fn question() -> Question {
        let mut store = Store::default();
        let shape = "no seat of kind <NAME>";
        for (who, kind, app) in
            [("ann", "'gold'", "Box"), ("ben", "'gold'", "Box"), ("ann", "'tin'", "Box"), ("eve", "'tin'", "Zoom")]
        {
            let message = format!("no seat  of kind {kind}");
            store.push(&Entry {
                outcome: Outcome::Failure,
                app: Some(app),
                subject: Subject { login: Some(who), ..Subject::default() },
                said: Said { message: Some(&message), http_status: Some(400), ..Said::default() },
                shape: Some(shape),
                ..Entry::new(Place::default(), Provider::Okta, "okta-system-log")
            });
        }
        let events = Events::of(store);
        let shown = Arc::new(Shown { rows: events.by_time.clone() });
        let group = Group { shape: shape.to_owned(), app: Some("Box".to_owned()) };
        Question { group, events: Arc::new(events), shown }
    }

    #[test]
    fn values_are_counted_within_the_group_only() {
        let (library, _) = Library::load(&[]);
        let varied = look(&question(), &library, &|| true).unwrap();
        assert_eq!(varied.events, 3);
        let [("<NAME>", names)] = &varied.marks[..] else { panic!("{varied:?}") };
        assert_eq!(names.common, [("gold".to_owned(), 2), ("tin".to_owned(), 1)]);
        assert_eq!(varied.people.common, [("ann".to_owned(), 2), ("ben".to_owned(), 1)]);
        assert_eq!(varied.statuses.common, [("400".to_owned(), 3)]);
        assert_eq!(varied.wording_unknown, 0);
    }

    #[test]
    fn nobody_waits_for_an_answer_that_is_not_wanted() {
        let (library, _) = Library::load(&[]);
        assert_eq!(look(&question(), &library, &|| false), None);
    }

    #[test]
    fn there_are_limits_to_different_values() {
        let mut counts = Counts::default();
        (0..DIFFERENT + 5).for_each(|number| counts.add(&number.to_string()));
        let values = counts.values();
        assert_eq!((values.common.len(), values.different, values.beyond), (KEPT, DIFFERENT, true));
    }
}
