//! Who is who: joined by id, then by login without case, never by display name.
//!
//! Whoever shares an id or a login is one person, in whatever order the records come. A person who
//! was met by login in one log and by id in another one got two numbers; the record that names both
//! makes them one, and at the end whoever kept the second number asks for the first ([`Roots`]).

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::Arc;

use foldhash::quality::RandomState;

use super::{Row, Seeded};
use crate::event::Provider;
use crate::text::fold::folded;
use crate::text::start;
use crate::text::time::Micros;

/// Shorter ids are numbers that several systems give out; longer ones are random, and nobody's else.
pub(super) const RANDOM: usize = 16;
/// Bytes that are kept of an id, a login or a name: a stranger writes names of megabytes.
const LONGEST: usize = 256;

/// Ids and logins are known by a hash of 64 bits with a seed of this run: two that are not the same
/// meet there less often than memory fails, and nobody can make them meet. A look-up is then one
/// place in memory instead of two.
#[derive(Clone, Default)]
pub(super) struct People {
    seed: RandomState,
    by_id: HashMap<u64, u32, Seeded>,
    /// The place of a login in `names`.
    by_login: HashMap<u64, u32, Seeded>,
    people: Vec<Person>,
    names: Vec<Name>,
    /// What the names are, one after the other.
    texts: String,
    /// When somebody's logins were last used, but for the one that was looked up last.
    older: HashMap<u32, Micros, Seeded>,
    /// How often two numbers turned out to be one person.
    unions: u32,
}

/// Most display names that are compared for somebody without a login.
const MOST_CALLED: usize = 8;

/// One number; a person has several if that was seen too late.
#[derive(Clone)]
struct Person {
    /// The login that was looked up last, as it was spelled; 0 if there is none.
    login: u64,
    /// When it was last used.
    newest: Micros,
    /// Its place in `names`.
    name: u32,
    /// The number to use instead; itself if there is none.
    root: u32,
    /// The first of its names.
    names: u32,
}

/// An id, a login or a display name.
#[derive(Clone)]
struct Name {
    person: u32,
    /// The next one of this person.
    next: u32,
    /// Where its text is.
    at: u32,
    length: u16,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Id,
    Login,
    Called,
}

const NONE: u32 = u32::MAX;
const NEVER: Micros = Micros::MIN;

/// Everything by which somebody is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The login that was used last; else the display name, else the id.
    pub label: Arc<str>,
    /// All ids, in order.
    pub ids: Vec<Arc<str>>,
    /// All logins, in order.
    pub logins: Vec<Arc<str>>,
}

/// Which numbers are the same person.
pub(super) struct Roots(Vec<u32>);

impl Roots {
    /// The number by which a person is known in the end.
    pub(super) fn of(&self, person: u32) -> u32 {
        self.0.get(person as usize).copied().unwrap_or(person)
    }

    #[cfg(test)]
    pub(super) fn for_tests(roots: &[u32]) -> Roots {
        Roots(roots.to_vec())
    }
}

impl People {
    /// The person a row is about; groups and other things are no people.
    pub(super) fn find(&mut self, row: &Row<'_>) -> Option<u32> {
        if row.subject_kind.as_deref() != Some("user") {
            return None;
        }
        let id = row.subject_id.as_deref().map(|id| self.hash_id(id, row.provider, row.app.as_deref()));
        // No login has the hash 0, which stands for none.
        let login = row.login.as_deref().map_or(0, |login| self.seed.hash_one(login).max(1));
        let by_id = id.and_then(|id| self.by_id.get(&id)).copied();
        if let Some(person) = by_id
            && let Some(known) = self.people.get_mut(person as usize)
            && known.login != 0
            && (login == known.login || login == 0)
        {
            if login != 0 {
                known.newest = known.newest.max(row.time.unwrap_or(NEVER));
            }
            let is_root = known.root == person;
            return Some(if is_root { person } else { self.root(person) });
        }
        self.get_to_know(row, (id, by_id), login)
    }

    fn hash_id(&self, id: &str, provider: Provider, app: Option<&str>) -> u64 {
        match (id.len() < RANDOM, provider.makes_calls()) {
            (false, _) => self.seed.hash_one(id),
            (true, true) => self.seed.hash_one((provider, id)),
            (true, false) => self.seed.hash_one((provider, app, id)),
        }
    }

    /// The number by which a row with this id will find its person, if it is known already.
    pub(super) fn expect(&self, provider: Provider, app: Option<&str>, id: &str) -> Option<u32> {
        self.by_id.get(&self.hash_id(id, provider, app)).copied()
    }

    /// Whether somebody's login is known.
    pub(super) fn is_known(&self, person: u32) -> bool {
        self.people.get(person as usize).is_some_and(|person| person.login != 0)
    }

    /// The same for whoever is new, or has an id or a login that is new for them.
    fn get_to_know(&mut self, row: &Row<'_>, (id, by_id): (Option<u64>, Option<u32>), spelled: u64) -> Option<u32> {
        let folded = row.login.as_deref().map(|login| self.seed.hash_one(folded(login).as_ref()));
        let name = folded.and_then(|login| self.by_login.get(&login)).copied();
        let by_login = name.and_then(|name| self.names.get(name as usize)).map(|name| name.person);
        let person = match (by_id.map(|person| self.root(person)), by_login.map(|person| self.root(person))) {
            (Some(a), Some(b)) => self.unite(a, b),
            (Some(person), None) | (None, Some(person)) => person,
            // Only a display name: nobody to be sure about.
            (None, None) if id.is_none() && folded.is_none() => return None,
            (None, None) => self.add()?,
        };
        if let (None, Some(hash), Some(id)) = (by_id, id, row.subject_id.as_deref()) {
            self.by_id.insert(hash, person);
            self.name(person, Kind::Id, id);
        }
        // Where the next look-up of this id leads.
        let number = by_id.unwrap_or(person);
        match folded.zip(row.login.as_deref()) {
            Some((hash, login)) => {
                let name = match name {
                    Some(name) => {
                        self.spell(name, login);
                        name
                    }
                    None => {
                        let name = self.name(person, Kind::Login, login)?;
                        self.by_login.insert(hash, name);
                        name
                    }
                };
                self.use_login(number, spelled, name, row.time.unwrap_or(NEVER));
            }
            None => self.call(number, row.subject_name.as_deref()),
        }
        Some(person)
    }

    fn add(&mut self) -> Option<u32> {
        let next = u32::try_from(self.people.len()).ok().filter(|next| *next != NONE)?;
        let person = Person { login: 0, newest: NEVER, name: NONE, root: next, names: NONE };
        self.people.push(person);
        Some(next)
    }

    /// Keeps a name of somebody; gives its place.
    fn name(&mut self, person: u32, kind: Kind, text: &str) -> Option<u32> {
        let place = u32::try_from(self.names.len()).ok().filter(|place| *place != NONE)?;
        let text = start::of(text, LONGEST);
        // Of more than four gigabytes of names the last ones have no text.
        let at = u32::try_from(self.texts.len()).ok();
        let (at, length) = at.zip(u16::try_from(text.len()).ok()).unwrap_or_default();
        if length > 0 {
            self.texts.push_str(text);
        }
        let known = self.people.get_mut(person as usize)?;
        self.names.push(Name { person, next: known.names, at, length, kind });
        known.names = place;
        Some(place)
    }

    fn text(&self, name: &Name) -> &str {
        let at = name.at as usize;
        self.texts.get(at..at + usize::from(name.length)).unwrap_or_default()
    }

    /// Takes note that somebody used a login.
    fn use_login(&mut self, number: u32, spelled: u64, name: u32, at: Micros) {
        let Some(known) = self.people.get_mut(number as usize) else { return };
        let (before, newest) = (known.name, known.newest);
        known.login = spelled;
        if before == name {
            known.newest = newest.max(at);
            return;
        }
        (known.name, known.newest) = (name, at);
        if before != NONE {
            let older = self.older.entry(before).or_insert(NEVER);
            *older = newest.max(*older);
        }
    }

    /// A login that is spelled in more than one way is shown in small letters with their accents in them,
    /// whichever came first.
    fn spell(&mut self, name: u32, login: &str) {
        let Some(kept) = self.names.get(name as usize) else { return };
        let (at, length) = (kept.at as usize, usize::from(kept.length));
        let shown = self.text(kept);
        let folded = folded(shown);
        if shown == login || shown == folded || folded.len() > length {
            return;
        }
        // A spelling in fewer bytes leaves some over, which nobody's name is.
        let filled = format!("{folded:<0$}", length - (folded.len() - folded.chars().count()));
        let shorter = u16::try_from(folded.len()).ok().filter(|_| filled.len() == length);
        if let (Some(shorter), Some(kept)) = (shorter, self.names.get_mut(name as usize)) {
            kept.length = shorter;
            self.texts.replace_range(at..at + length, &filled);
        }
    }

    /// Takes note of a display name of somebody who has no login, as far as is known.
    fn call(&mut self, number: u32, called: Option<&str>) {
        let Some(known) = self.people.get(number as usize).filter(|known| known.login == 0) else { return };
        let Some(called) = called else { return };
        let mut count = 0;
        let mut next = known.names;
        while let Some(name) = self.names.get(next as usize) {
            if name.kind == Kind::Called {
                count += 1;
                if count >= MOST_CALLED || self.text(name) == called {
                    return;
                }
            }
            next = name.next;
        }
        self.name(number, Kind::Called, called);
    }

    /// The number to use for a person. On the way there, whoever it led past is led half as far, or long chains would
    /// be walked again and again.
    fn root(&mut self, person: u32) -> u32 {
        let next = |people: &[Person], person: u32| people.get(person as usize).map_or(person, |known| known.root);
        let mut person = person;
        loop {
            let root = next(&self.people, person);
            if root == person {
                return person;
            }
            let beyond = next(&self.people, root);
            if let Some(known) = self.people.get_mut(person as usize) {
                known.root = beyond;
            }
            person = beyond;
        }
    }

    /// Makes two numbers one person, the smaller one.
    fn unite(&mut self, a: u32, b: u32) -> u32 {
        let (root, other) = (a.min(b), a.max(b));
        if root != other
            && let Some(known) = self.people.get_mut(other as usize)
        {
            known.root = root;
            self.unions += 1;
        }
        root
    }

    /// How many people there are.
    pub(super) fn count(&self) -> u64 {
        self.people.len() as u64 - u64::from(self.unions)
    }

    /// How many numbers were given.
    pub(super) fn numbers(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(NONE)
    }

    /// Which numbers are the same person; nothing if each is one.
    pub(super) fn roots(&self) -> Option<Roots> {
        if self.unions == 0 {
            return None;
        }
        let mut roots: Vec<u32> = Vec::with_capacity(self.people.len());
        for (number, known) in (0..).zip(&self.people) {
            // Who is used instead has a smaller number, and is known by now.
            roots.push(roots.get(known.root as usize).copied().unwrap_or(number));
        }
        Some(Roots(roots))
    }

    /// Everything by which people are known, asked for by the number of [`Roots`].
    pub(super) fn identities(&self) -> Identities<'_> {
        let mut others: HashMap<u32, Vec<u32>> = HashMap::new();
        if let Some(roots) = self.roots() {
            for number in 0..self.numbers() {
                let root = roots.of(number);
                if root != number {
                    others.entry(root).or_default().push(number);
                }
            }
        }
        // A login is used under several numbers where they were united late.
        let mut used = HashMap::with_hasher(Seeded::default());
        if self.unions > 0 {
            used.clone_from(&self.older);
            for known in self.people.iter().filter(|known| known.name != NONE) {
                let newest = used.entry(known.name).or_insert(NEVER);
                *newest = known.newest.max(*newest);
            }
        }
        Identities { people: self, others, used }
    }
}

/// Everything by which people are known.
pub(super) struct Identities<'p> {
    people: &'p People,
    /// The other numbers of those who have several.
    others: HashMap<u32, Vec<u32>>,
    /// When logins were last used, if there are such people.
    used: HashMap<u32, Micros, Seeded>,
}

impl Identities<'_> {
    /// Everything by which this person is known.
    pub(super) fn of(&self, person: u32) -> Identity {
        let (mut ids, mut logins, mut called) = (Vec::new(), Vec::new(), Vec::new());
        let numbers = self.others.get(&person).into_iter().flatten().copied().chain([person]);
        for number in numbers {
            let mut next = self.people.people.get(number as usize).map_or(NONE, |known| known.names);
            while let Some(name) = self.people.names.get(next as usize) {
                let text = self.people.text(name);
                match name.kind {
                    Kind::Id => ids.push(text),
                    Kind::Login => logins.push((self.last_use(number, next), text)),
                    Kind::Called => called.push(text),
                }
                next = name.next;
            }
        }
        // Used last; of several at the same time the first one in the alphabet.
        let login = logins.iter().max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, login)| *login);
        ids.sort_unstable();
        let label = login.or(called.iter().min().copied()).or(ids.first().copied()).unwrap_or_default();
        let shared = |texts: Vec<&str>| texts.into_iter().map(Arc::from).collect();
        let mut logins: Vec<&str> = logins.into_iter().map(|(_, login)| login).collect();
        logins.sort_unstable();
        ids.dedup();
        Identity { label: label.into(), ids: shared(ids), logins: shared(logins) }
    }

    /// When a login of somebody was last used.
    fn last_use(&self, number: u32, name: u32) -> Micros {
        if let Some(used) = self.used.get(&name) {
            return *used;
        }
        let current = self.people.people.get(number as usize).filter(|known| known.name == name);
        let current = current.map_or(NEVER, |known| known.newest);
        self.people.older.get(&name).copied().unwrap_or(NEVER).max(current)
    }
}

#[cfg(test)]
mod tests;
