//! An event in the store, of which only what is asked for is looked up.

use super::{App, IN_RECORD, Kind, NO_TIME, Scratch, Store};
use crate::event::{Certainty, Entry, Ids, Names, Operation, Outcome, Place, Provider, Said, Subject};
use crate::text::time::Micros;

/// An event in a store.
#[derive(Clone, Copy, Debug)]
pub struct Row<'s> {
    store: &'s Store,
    row: u32,
}

#[allow(missing_docs)] // The same as the fields of `Entry`.
impl<'s> Row<'s> {
    pub(super) fn new(store: &'s Store, row: u32) -> Row<'s> {
        Row { store, row }
    }

    /// Its position.
    pub fn number(self) -> u32 {
        self.row
    }

    /// The number of its kind. Events of one kind have provider, operation, outcome, application, actor,
    /// codes, rule and shape in common, so that much about many events is found out once for each kind.
    pub fn kind_number(self) -> Option<u32> {
        u32::try_from(self.store.kinds.get(self.row)?).ok()
    }

    /// The number of whom it is about, as [`Store::subjects`] counts them.
    pub fn subject_number(self) -> Option<u32> {
        self.store.subjects.get(self.row)?.checked_sub(1)
    }

    pub fn time(self) -> Option<Micros> {
        self.store.times.get(self.row).map(|time| time as Micros).filter(|time| *time != NO_TIME)
    }

    pub fn provider(self) -> Provider {
        // Every row has a kind.
        self.kind().map_or(Provider::Scim, |kind| kind.provider)
    }

    pub fn dialect(self) -> &'static str {
        self.kind().map_or("", |kind| kind.dialect)
    }

    pub fn operation(self) -> Operation {
        self.kind().map_or(Operation::Other, |kind| kind.operation)
    }

    pub fn outcome(self) -> Outcome {
        self.kind().map_or(Outcome::Success, |kind| kind.outcome)
    }

    pub fn needs_action(self) -> bool {
        self.kind().is_some_and(|kind| kind.needs_action)
    }

    pub fn event_type(self) -> Option<&'s str> {
        self.of_kind(|kind| kind.event_type)
    }

    pub fn app(self) -> Option<&'s str> {
        self.of_app(|app| app.name)
    }

    pub fn app_kind(self) -> Option<&'s str> {
        self.of_app(|app| app.kind)
    }

    pub fn app_id(self) -> Option<&'s str> {
        self.of_app(|app| app.id)
    }

    pub fn actor(self) -> Option<&'s str> {
        self.of_kind(|kind| kind.actor)
    }

    pub fn subject(self) -> Subject<'s> {
        self.subject_number().map(|number| self.store.subject_of(number)).unwrap_or_default()
    }

    pub fn code(self) -> Option<&'s str> {
        self.of_kind(|kind| kind.code)
    }

    pub fn phase(self) -> Option<&'s str> {
        self.of_kind(|kind| kind.phase)
    }

    pub fn scim_type(self) -> Option<&'s str> {
        self.of_kind(|kind| kind.scim_type)
    }

    pub fn http_status(self) -> Option<u16> {
        self.kind().and_then(|kind| kind.http_status)
    }

    pub fn said(self) -> Said<'s> {
        let (message, remote) = self.words();
        Said {
            code: self.code(),
            message,
            phase: self.phase(),
            http_status: self.http_status(),
            scim_type: self.scim_type(),
            remote,
        }
    }

    /// The message and the application's own words.
    pub fn words(self) -> (Option<&'s str>, Option<&'s str>) {
        let number = self.store.words.get(self.row).unwrap_or(0);
        self.store.texts.get(number).and_then(apart).unwrap_or_default()
    }

    /// Whether it has a message that is in its record only.
    pub fn words_are_in_the_record(self) -> bool {
        self.store.words.get(self.row) == Some(IN_RECORD)
    }

    pub fn duration_ms(self) -> Option<i64> {
        self.store.durations.get(self.row).map(|duration| duration as i64)
    }

    pub fn changed(self) -> Names<'s> {
        let set = self.store.changed.get(self.row).and_then(|set| u32::try_from(set).ok());
        let lines = set.and_then(|set| self.store.known_changed.get(set));
        let lines = lines.and_then(|number| self.store.texts.get(number));
        Names::of_lines(lines.unwrap_or_default())
    }

    pub fn rule(self) -> Option<(usize, Certainty)> {
        self.kind().and_then(|kind| kind.rule).map(|(rule, certainty)| (rule as usize, certainty))
    }

    pub fn shape(self) -> Option<&'s str> {
        self.of_kind(|kind| kind.shape)
    }

    /// Ids are put together in `scratch`.
    #[inline]
    pub fn ids(self, scratch: &mut Scratch) -> Ids<'_> {
        self.store.ids.get(self.row, &self.store.texts, scratch)
    }

    pub fn place(self) -> Place<'s> {
        let runs = &self.store.inputs;
        let run = runs.partition_point(|(from, _)| *from <= self.row).checked_sub(1);
        let input = run.and_then(|run| runs.get(run)).map_or(0, |(_, input)| *input as usize);
        Place {
            input,
            path: self.store.paths.get(input).map_or("", |path| path),
            line: self.store.lines.get(self.row).unwrap_or_default(),
            offset: self.store.offsets.get(self.row).unwrap_or_default(),
            length: self.store.lengths.get(self.row).unwrap_or_default(),
        }
    }

    /// All of it.
    pub fn entry<'e>(self, scratch: &'e mut Scratch) -> Entry<'e>
    where
        's: 'e,
    {
        Entry {
            place: self.place(),
            time: self.time(),
            provider: self.provider(),
            dialect: self.dialect(),
            event_type: self.event_type(),
            operation: self.operation(),
            outcome: self.outcome(),
            needs_action: self.needs_action(),
            app: self.app(),
            app_kind: self.app_kind(),
            app_id: self.app_id(),
            subject: self.subject(),
            actor: self.actor(),
            said: self.said(),
            ids: self.ids(scratch),
            duration_ms: self.duration_ms(),
            changed: self.changed(),
            rule: self.rule(),
            shape: self.shape(),
        }
    }

    fn kind(self) -> Option<Kind> {
        self.store.known_kinds.get(self.kind_number()?)
    }

    fn of_app(self, part: fn(&App) -> u32) -> Option<&'s str> {
        self.store.texts.get(part(&self.store.app_of(&self.kind()?)))
    }

    fn of_kind(self, part: fn(&Kind) -> u32) -> Option<&'s str> {
        self.store.texts.get(part(&self.kind()?))
    }
}

/// A message and the application's words in one text. The words are mostly a part of the message and
/// are not written again. In front stand the length of the message, and where the words are.
pub(super) fn together(message: Option<&str>, remote: Option<&str>) -> String {
    let body = message.unwrap_or_default();
    let length = message.map(|message| message.len().to_string()).unwrap_or_default();
    let Some(remote) = remote else { return format!("{length},,;{body}") };
    match body.find(remote) {
        Some(from) => format!("{length},{from},{};{body}", from + remote.len()),
        None => format!("{length},{},{};{body}{remote}", body.len(), body.len() + remote.len()),
    }
}

fn apart(text: &str) -> Option<(Option<&str>, Option<&str>)> {
    let (places, body) = text.split_once(';')?;
    let mut places = places.split(',').map(|place| place.parse::<usize>().ok());
    let (length, from, to) = (places.next()?, places.next()?, places.next()?);
    let message = length.and_then(|length| body.get(..length));
    let remote = from.zip(to).and_then(|(from, to)| body.get(from..to));
    Some((message, remote))
}
