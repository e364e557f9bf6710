//! The lines of a person's page, of which the screen shows a part.

use std::cmp::Reverse;

use crate::analysis::Identity;
use crate::event::Outcome;
use crate::output::page::{number, shown};
use crate::output::person::moment::Moment;
use crate::output::person::{Stand, Story, words};
use crate::text::time::Micros;
use crate::text::width::{width, wrap};
use crate::tui::cursor::Cursor;
use crate::tui::look::{Glyphs, Role};
use crate::tui::row::Row;
use crate::tui::screen::{Context, events, heading};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    HowThingsStand,
    /// How the person stands at an application.
    Stand(usize),
    /// A further row of that, where it does not fit into one.
    StandOn(usize, usize),
    /// A row of which issue is behind that.
    Behind(usize, usize),
    AlsoKnownAs,
    WhatHappened,
    Moment(usize),
    /// Why it went so.
    Why(usize),
    /// How often it was tried.
    Repeats(usize),
    WhoIsMeant,
    /// One of several people.
    Choice(usize),
}

/// All lines, and what they tell of.
#[derive(Default)]
pub(super) struct Lines<'a> {
    pub(super) lines: Vec<Line>,
    story: Option<Story<'a>>,
    people: &'a [Identity],
    asked: &'a str,
}

/// Where the parts of a line stand.
#[derive(Clone, Copy)]
struct Places {
    app: usize,
    words: usize,
}

impl<'a> Lines<'a> {
    /// Of a story: how things stand, then what happened, the newest first.
    pub(super) fn of_story(story: Story<'a>, context: &Context<'_>) -> Lines<'a> {
        let mut lines = vec![Line::HowThingsStand];
        for (at, stand) in story.stands.iter().enumerate() {
            lines.push(Line::Stand(at));
            lines.extend((1..how_it_stands(stand, context).len()).map(|row| Line::StandOn(at, row)));
            lines.extend((0..behind(stand, context).len()).map(|row| Line::Behind(at, row)));
        }
        if !story.also.logins.is_empty() || !story.also.ids.is_empty() {
            lines.push(Line::AlsoKnownAs);
        }
        lines.push(Line::WhatHappened);
        let mut order: Vec<(usize, &Moment<'_>)> = story.moments.iter().enumerate().collect();
        order.sort_by_key(|(at, moment)| Reverse((moment.last, *at)));
        for (at, moment) in order {
            lines.push(Line::Moment(at));
            if !context.size.is_wide() && why(moment, context).is_some() {
                lines.push(Line::Why(at));
            }
            if moment.count > 1 {
                lines.push(Line::Repeats(at));
            }
        }
        Lines { lines, story: Some(story), people: &[], asked: "" }
    }

    /// Of several people, one of whom is meant.
    pub(super) fn of_several(people: &'a [Identity], asked: &'a str) -> Lines<'a> {
        let lines = std::iter::once(Line::WhoIsMeant).chain((0..people.len()).map(Line::Choice)).collect();
        Lines { lines, story: None, people, asked }
    }

    pub(super) fn moment(&self, at: usize) -> Option<&Moment<'a>> {
        self.story.as_ref()?.moments.get(at)
    }

    fn stand(&self, at: usize) -> Option<&Stand<'a>> {
        self.story.as_ref()?.stands.get(at)
    }

    /// The rule behind a line, and the application.
    pub(super) fn rule_of(&self, line: Line) -> Option<(usize, &'a str)> {
        match line {
            Line::Stand(at) => {
                let stand = self.stand(at).filter(|stand| stand.state.is_open())?;
                Some((stand.rule?, stand.app))
            }
            Line::Moment(at) => {
                let moment = self.moment(at)?;
                let (rule, _) = moment.row.detail.as_deref()?.rule?;
                Some((rule, moment.row.app.as_deref()?))
            }
            _ => None,
        }
    }

    fn is_a_stop(&self, at: usize) -> bool {
        matches!(self.lines.get(at), Some(Line::Stand(_) | Line::Moment(_) | Line::Choice(_)))
    }

    /// The line at or before this one that the cursor can be on, else the one after it.
    pub(super) fn nearest(&self, at: usize) -> usize {
        let at = at.min(self.lines.len().saturating_sub(1));
        let before = (0..=at).rev().find(|at| self.is_a_stop(*at));
        before.or_else(|| (at..self.lines.len()).find(|at| self.is_a_stop(*at))).unwrap_or(at)
    }

    /// Where the cursor comes to rest on its way from one line towards another.
    pub(super) fn next(&self, from: usize, to: usize) -> usize {
        let found = match to > from {
            true => (to..self.lines.len()).find(|at| self.is_a_stop(*at)),
            false => (0..=to).rev().find(|at| self.is_a_stop(*at)),
        };
        found.unwrap_or_else(|| self.nearest(to))
    }

    /// The part of it that is on screen, and what the logs cannot tell below.
    pub(super) fn view(&self, cursor: &Cursor, page: usize, context: &Context<'_>) -> Vec<Row> {
        let chosen = self.nearest(cursor.at);
        // Where there is nothing above but the heading, it is shown.
        let mut shown_cursor = *cursor;
        shown_cursor.at = if chosen <= 1 { 0 } else { chosen };
        let visible = shown_cursor.visible(self.lines.len(), page);
        let lines = self.lines.iter().enumerate().skip(visible.start).take(visible.len());
        let mut rows: Vec<Row> = lines.map(|(at, line)| self.row(*line, context).select(at == chosen)).collect();
        if let Some(story) = &self.story {
            rows.resize(page, Row::new());
            let limits = context.cut(&words::not_in_these_logs(&story.stands), context.size.columns.saturating_sub(2));
            rows.push(Row::of(&limits, Role::Quiet));
        }
        rows
    }

    fn row(&self, line: Line, context: &Context<'_>) -> Row {
        let places = places(context);
        let room = context.size.columns.saturating_sub(places.words + 1);
        let below = |text: &str| Row::new().to(places.words).put(&context.cut(&shown(text), room), Role::Quiet);
        match line {
            Line::HowThingsStand => heading("Where things stand", "as far as these logs show", context),
            Line::WhatHappened => {
                heading("Story", &format!("newest first{}Enter for the event", context.glyphs.dot), context)
            }
            Line::WhoIsMeant => {
                let count = number(self.people.len() as u64);
                heading(&format!("{count} people are called {}", self.asked), "choose one", context)
            }
            Line::Stand(at) => self.stand(at).map(|stand| stand_row(stand, context)).unwrap_or_default(),
            Line::StandOn(at, row) => {
                let words = self.stand(at).map(|stand| how_it_stands(stand, context)).unwrap_or_default();
                Row::new().to(words_at(context)).put(words.get(row).map_or("", String::as_str), Role::Text)
            }
            Line::Behind(at, row) => {
                let words = self.stand(at).map(|stand| behind(stand, context)).unwrap_or_default();
                Row::new().to(words_at(context)).put(words.get(row).map_or("", String::as_str), Role::Quiet)
            }
            Line::AlsoKnownAs => self.also(context),
            Line::Moment(at) => self.moment(at).map(|moment| self.moment_row(moment, context)).unwrap_or_default(),
            Line::Why(at) => below(&self.moment(at).and_then(|moment| why(moment, context)).unwrap_or_default()),
            Line::Repeats(at) => {
                let clock = |at: Micros| context.minute(at);
                let words = self.moment(at).and_then(|moment| words::repeats_since(moment, &clock));
                below(&words.unwrap_or_default())
            }
            Line::Choice(at) => self.people.get(at).map(|who| choice(who, context)).unwrap_or_default(),
        }
    }

    fn also(&self, context: &Context<'_>) -> Row {
        let Some(story) = &self.story else { return Row::new() };
        let names: Vec<&str> = story.also.logins.iter().chain(&story.also.ids).copied().collect();
        let tail = if context.size.columns < 80 { "" } else { "; records were joined by these." };
        let room = context.size.columns.saturating_sub(19 + width(tail));
        Row::new()
            .to(3)
            .put("Also known as  ", Role::Quiet)
            .put(&context.cut(&shown(&names.join(", ")), room), Role::Text)
            .put(tail, Role::Quiet)
    }

    fn moment_row(&self, moment: &Moment<'_>, context: &Context<'_>) -> Row {
        let places = places(context);
        let row = moment.row;
        let known = row.detail.as_deref().is_some_and(|detail| detail.rule.is_some());
        let events::table::Sign { glyph, role, .. } = events::table::sign(row.outcome, known, context.glyphs);
        let log = row.provider.name();
        let place = row.app.as_deref().map_or_else(|| log.to_owned(), shown);
        let mut told = words::what(moment);
        // What both sides say is told apart.
        if self.has_two_sides() && row.app.is_some() {
            told = format!("{log}: {told}");
        }
        if context.size.is_wide()
            && let Some(why) = why(moment, context)
        {
            told = format!("{told}: {}", shown(&why));
        }
        let at = moment.last.map_or_else(|| "time unknown".to_owned(), |at| context.minute(at));
        Row::new()
            .to(3)
            .put(&at, Role::Text)
            .to(places.app - 2)
            .put(glyph, role)
            .to(places.app)
            .put(&context.cut_app(&place, places.words - places.app - 1), Role::Text)
            .to(places.words)
            .put(&context.cut(&told, context.size.columns.saturating_sub(places.words + 1)), Role::Text)
    }

    fn has_two_sides(&self) -> bool {
        let Some(story) = &self.story else { return false };
        let mut providers = story.rows.iter().map(|row| row.provider);
        let first = providers.next();
        providers.any(|other| Some(other) != first)
    }
}

/// Where the words about an application begin. Names of apps have more room where there is more of it.
fn words_at(context: &Context<'_>) -> usize {
    match context.size.columns {
        columns @ 110.. => 24 + (columns - 110) / 8,
        _ => 18,
    }
}

fn places(context: &Context<'_>) -> Places {
    match context.size.columns {
        0..=59 => Places { app: 18, words: 26 },
        60..=109 => Places { app: 18, words: 30 },
        columns => Places { app: 18, words: 40 + (columns - 110) / 5 },
    }
}

/// The issue because of which something is not as it should be, in as many rows as it takes.
fn behind(stand: &Stand<'_>, context: &Context<'_>) -> Vec<String> {
    let rule = stand.rule.filter(|_| stand.state.is_open()).and_then(|rule| context.data.library.rule(rule));
    let room = context.size.columns.saturating_sub(words_at(context) + 1);
    rule.map(|rule| wrap(&shown(&rule.title), room)).unwrap_or_default()
}

/// Why it went so: the issue that explains it, else the words of the log.
fn why(moment: &Moment<'_>, context: &Context<'_>) -> Option<String> {
    let detail = moment.detail().filter(|_| moment.row.outcome != Outcome::Success)?;
    let rule = detail.rule.and_then(|(rule, _)| context.data.library.rule(rule));
    // A message can be megabytes.
    rule.map(|rule| rule.title.clone())
        .or_else(|| Some(context.cut(&shown(detail.message.as_deref().or(detail.remote.as_deref())?), 300)))
}

fn stand_row(stand: &Stand<'_>, context: &Context<'_>) -> Row {
    let (glyph, role) = sign(stand, context.glyphs);
    let words = how_it_stands(stand, context);
    let words = words.first().map_or("", String::as_str);
    Row::new()
        .to(3)
        .put(glyph, role)
        .to(5)
        .put(&context.cut_app(&shown(stand.app), words_at(context) - 6), Role::Text)
        .to(words_at(context))
        .put(words, if stand.state.is_open() { role } else { Role::Text })
}

/// How it stands, in as many rows as it takes; what was tried begins a row of its own then.
fn how_it_stands(stand: &Stand<'_>, context: &Context<'_>) -> Vec<String> {
    let clock = |at: Micros| context.minute(at);
    let words = shown(&words::standing(stand, &clock));
    let room = context.size.columns.saturating_sub(words_at(context) + 1);
    match words.split_once("; ") {
        Some((state, tried)) if width(&words) > room => {
            [state, tried].iter().flat_map(|part| wrap(part, room)).collect()
        }
        _ => wrap(&words, room),
    }
}

fn sign(stand: &Stand<'_>, glyphs: &Glyphs) -> (&'static str, Role) {
    match stand.state.rank() {
        0 => (glyphs.failed, Role::Failed),
        1 | 2 => (glyphs.warning, Role::Warning),
        3 => (glyphs.ok, Role::Ok),
        _ => (glyphs.skipped, Role::Quiet),
    }
}

fn choice(who: &Identity, context: &Context<'_>) -> Row {
    let others = who.logins.iter().chain(&who.ids).filter(|name| **name != who.label);
    let others: Vec<&str> = others.map(|name| &**name).collect();
    let label = context.cut(&shown(&who.label), 36);
    let room = context.size.columns.saturating_sub(41);
    Row::new().to(3).put(&label, Role::Text).to(40).put(&context.cut(&shown(&others.join(", ")), room), Role::Quiet)
}
