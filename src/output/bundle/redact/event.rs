//! The normalised event, with its texts treated.

use bumpalo::Bump;

use super::Redactor;
use super::class::{Class, Recipient};
use crate::analysis::field::Labels;
use crate::event::{Entry, Ids, Names, Place, Provider, Said, Subject};
use crate::output::events;

/// Whose ids those in a log of this provider are.
pub fn id_class(provider: Provider) -> Class {
    if provider.makes_calls() { Class::Id } else { Class::RemoteId }
}

impl Redactor {
    /// Looks at an event before anything is written, so that names belong to their logins and free text anywhere is
    /// searched for both.
    pub fn learn(&mut self, entry: &Entry<'_>) {
        let Subject { kind, login, name, .. } = entry.subject;
        let is_group = kind == Some("group");
        let is_login = |text: &str| text.contains('@');
        if let (Some(name), Some(login), false) = (name, login.filter(|login| is_login(login)), is_group)
            && !is_login(name)
            && !super::value::is_nobody(name)
        {
            self.people.name(name, login);
        }
        for login in [login, entry.actor].into_iter().flatten().filter(|login| is_login(login)) {
            self.people.login(login);
        }
        [entry.app, entry.app_kind].into_iter().flatten().for_each(|app| self.protect(app));
        let class = if is_group { Class::Group } else { Class::Name };
        let values = [(Class::Login, login), (class, name), (actor_class(entry.actor), entry.actor)];
        self.pending.extend(values.into_iter().filter_map(|(class, text)| Some((class, text?.to_owned()))));
    }

    /// A normalised event as a JSON object, as `provlens events` writes it, redacted.
    pub fn event(&mut self, entry: &Entry<'_>, labels: &Labels) -> String {
        if let Some(rule) = labels.rule(entry) {
            self.protect(rule);
        }
        [entry.app, entry.app_kind].into_iter().flatten().for_each(|app| self.protect(app));
        self.settle();
        let arena = Bump::new();
        let treated = self.entry(entry, &arena);
        // Only a writer that fails can fail here, and a text does not.
        events::line(&treated, labels).unwrap_or_else(|_| "{}".to_owned())
    }

    fn entry<'a>(&mut self, entry: &Entry<'a>, arena: &'a Bump) -> Entry<'a> {
        let id = id_class(entry.provider);
        let is_group = entry.subject.kind == Some("group");
        let is_vendor = self.settings.recipient == Recipient::AppVendor;
        let mut of = |class: Class, text: Option<&'a str>| -> Option<&'a str> {
            text.map(|text| &*arena.alloc_str(&self.value(class, text)))
        };
        let subject = Subject {
            kind: entry.subject.kind,
            id: of(id, entry.subject.id),
            login: of(Class::Login, entry.subject.login),
            name: of(if is_group { Class::Group } else { Class::Name }, entry.subject.name),
        };
        let actor = of(actor_class(entry.actor), entry.actor.filter(|_| !is_vendor));
        let app_id = of(id, entry.app_id);
        let ids = Ids {
            event: of(id, entry.ids.event),
            transaction: of(id, entry.ids.transaction),
            request: of(id, entry.ids.request),
            cycle: of(id, entry.ids.cycle),
            job: of(id, entry.ids.job),
            change: of(id, entry.ids.change),
        };
        let mut text =
            |text: Option<&'a str>| -> Option<&'a str> { text.map(|text| &*arena.alloc_str(&self.text(text))) };
        let said = Said {
            code: text(entry.said.code),
            message: text(entry.said.message),
            phase: text(entry.said.phase),
            http_status: entry.said.http_status,
            scim_type: text(entry.said.scim_type),
            remote: text(entry.said.remote),
        };
        let subject = Subject { kind: text(subject.kind), ..subject };
        let changed: Vec<&str> = entry.changed.iter().filter_map(|name| text(Some(name))).collect();
        let (app, app_kind) = (text(entry.app), text(entry.app_kind));
        let event_type = text(entry.event_type);
        // The file's own name may be somebody's; its position is what the manifest lists it by.
        let path = arena.alloc_str(&format!("input-{:04}", entry.place.input + 1));
        Entry {
            place: Place { path, ..entry.place },
            event_type,
            app,
            app_kind,
            app_id,
            subject,
            actor,
            said,
            ids,
            changed: Names::of_lines(arena.alloc_str(&changed.join("\n"))),
            ..*entry
        }
    }
}

/// An actor is told as a login, a name, or an id.
fn actor_class(actor: Option<&str>) -> Class {
    match actor {
        Some(actor) if actor.contains('@') => Class::Login,
        Some(actor)
            if !actor.contains(' ') && actor.chars().any(|c| c.is_ascii_digit()) && super::ids::is_id(actor) =>
        {
            Class::Id
        }
        Some(actor) if actor.contains(' ') => Class::Name,
        _ => Class::Login,
    }
}
