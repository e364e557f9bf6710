//! `provlens report --follow`: waits, and tells each new incident in a line.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::ops::ControlFlow;

use serde::Serialize;

use super::{fail, out, setup, warn};
use crate::analysis::{Analysis, Issue, Of, Silence, Spike, State};
use crate::cli::{Format, PageArgs, ReportArgs, ReportFormat};
use crate::exit::ExitStatus;
use crate::output::page::{counted, shown};
use crate::output::report::unusual;
use crate::rules::Library;
use crate::text::time::{self, Micros};
use crate::text::{sanitize, secret};

pub(super) fn run(args: &ReportArgs) -> ExitStatus {
    let format = match format(&args.page) {
        Ok(format) => format,
        Err(sentence) => return fail(ExitStatus::Usage, sentence),
    };
    let prepared = match setup::prepare(&args.paths, &args.common) {
        Ok(prepared) => prepared.following(true),
        Err(status) => return status,
    };
    let (mut known, mut written) = (Known::default(), Ok(()));
    let ready = prepared.run_following(&args.common, &mut |analysis, library| {
        for name in known.newly_gone(analysis) {
            let what = "it is not there any more; what was read of it is kept, and it is read again once it is back";
            warn(&format!("{name}: {what}"));
        }
        written = tell(&known.new_ones(analysis, library), format);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    // Nothing was followed, or the last events came when it was stopped already.
    let written = written.and_then(|()| tell(&known.new_ones(&ready.analysis, &ready.library), format));
    if written.is_err() {
        return out::ended(written);
    }
    // Being stopped is how it is meant to end.
    if ready.analysis.covered.is_some() {
        return ExitStatus::Ok;
    }
    let what = "nothing here can be followed, so it was read once: only plain files of JSON records are followed";
    fail(ready.status, what)
}

fn tell(incidents: &[Incident], format: Format) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for incident in incidents {
        out.write_all(incident.line(format).as_bytes())?;
    }
    out.flush()
}

/// A line for each incident can be text or JSON, on standard output.
fn format(page: &PageArgs) -> Result<Format, &'static str> {
    if page.hide_names {
        return Err(
            "--hide-names needs the whole log, and --follow tells incidents while it grows; leave out one of them",
        );
    }
    match (page.format(), &page.output, page.table) {
        (ReportFormat::Text, None, None) => Ok(Format::Text),
        (ReportFormat::Json, None, None) => Ok(Format::Json),
        _ => Err(
            "--follow tells each incident in a line, as text or json on standard output; for a page or a file run `report` without it",
        ),
    }
}

/// What was told already.
#[derive(Default)]
struct Known {
    open: HashSet<String>,
    spikes: HashSet<(String, Of, Micros)>,
    silent: HashSet<String>,
    gone: HashSet<String>,
}

/// Something that begins.
#[derive(Debug, PartialEq, Serialize)]
struct Incident {
    time: Option<String>,
    /// `issue`, `unknown`, `spike` or `silence`.
    kind: &'static str,
    issue: Option<String>,
    app: Option<String>,
    what: String,
    failures: u64,
    people: u64,
    first_step: Option<String>,
}

impl Known {
    /// What began since the last time. Whoever has recovered may begin anew.
    fn new_ones(&mut self, analysis: &Analysis, library: &Library) -> Vec<Incident> {
        let mut found = self.new_issues(analysis, library);
        found.extend(self.new_spikes(analysis, library));
        found.extend(self.new_silences(analysis));
        found
    }

    /// Followed files that have gone since the last time.
    fn newly_gone(&mut self, analysis: &Analysis) -> Vec<String> {
        let gone: HashSet<String> =
            analysis.inputs.iter().filter(|input| input.gone).map(|input| input.name.clone()).collect();
        let mut new: Vec<String> = gone.difference(&self.gone).cloned().collect();
        new.sort_unstable();
        self.gone = gone;
        new
    }

    fn new_issues(&mut self, analysis: &Analysis, library: &Library) -> Vec<Incident> {
        let mut found = Vec::new();
        let mut open = HashSet::new();
        for issue in analysis.issues.iter().chain(&analysis.unknown) {
            let counts = issue.failures + issue.needs_action > 0 && issue.state != State::Recovered;
            if !counts || issue.is_told_by_the_other_side() {
                continue;
            }
            let key = format!("{:?} {:?} {:?}", issue.rule, issue.shape, issue.app);
            if !self.open.contains(&key) {
                found.push(began(issue, library));
            }
            open.insert(key);
        }
        self.open = open;
        found
    }

    fn new_spikes(&mut self, analysis: &Analysis, library: &Library) -> Vec<Incident> {
        let known = &mut self.spikes;
        let new =
            analysis.spikes.iter().filter(|spike| known.insert((spike.app.to_string(), spike.of.clone(), spike.start)));
        new.map(|spike| rose(spike, library)).collect()
    }

    fn new_silences(&mut self, analysis: &Analysis) -> Vec<Incident> {
        let new = analysis.silences.iter().filter(|silence| !self.silent.contains(&*silence.app));
        let found = new.map(fell_silent).collect();
        self.silent = analysis.silences.iter().map(|silence| silence.app.to_string()).collect();
        found
    }
}

fn rose(spike: &Spike, library: &Library) -> Incident {
    let removed = spike.of == Of::Removals;
    Incident {
        time: Some(time::rfc3339(spike.start)),
        kind: "spike",
        issue: if let Of::Rule(rule) = spike.of { library.rule(rule).map(|rule| rule.id.clone()) } else { None },
        app: Some(secret::mask(&spike.app).into_owned()),
        what: if removed {
            format!("{}, many more than usual", unusual::removed(spike))
        } else {
            format!("many more failures than usual {}", unusual::what(&spike.of, library))
        },
        failures: if removed { 0 } else { spike.failures },
        people: spike.people,
        first_step: removed.then(|| unusual::CHECK_REMOVALS.to_owned()),
    }
}

fn fell_silent(silence: &Silence) -> Incident {
    Incident {
        time: Some(time::rfc3339(silence.last_seen)),
        kind: "silence",
        issue: None,
        app: Some(secret::mask(&silence.app).into_owned()),
        what: "nothing more is heard of it".to_owned(),
        failures: 0,
        people: 0,
        first_step: None,
    }
}

fn began(issue: &Issue, library: &Library) -> Incident {
    let rule = issue.rule.and_then(|rule| library.rule(rule));
    Incident {
        time: issue.first.map(time::rfc3339),
        kind: if rule.is_some() { "issue" } else { "unknown" },
        issue: rule.map(|rule| rule.id.clone()),
        app: issue.app.as_deref().map(|app| secret::mask(app).into_owned()),
        what: match (rule, &issue.shape) {
            (Some(rule), _) => rule.title.clone(),
            (None, Some(shape)) => secret::mask(shape).into_owned(),
            (None, None) => String::new(),
        },
        failures: issue.failures,
        people: issue.users,
        first_step: rule.and_then(|rule| rule.advice().fix.first().cloned()),
    }
}

impl Incident {
    fn line(&self, format: Format) -> String {
        if format == Format::Json {
            let text = serde_json::to_string(self).unwrap_or_default();
            return format!("{}\n", sanitize::json(&text));
        }
        let at = self.time.as_deref().unwrap_or("time unknown");
        let app = self.app.as_deref().map(|app| format!(" at {}", shown(app))).unwrap_or_default();
        let counts = match self.failures {
            0 => String::new(),
            failures => {
                format!(": {}, {}", counted(failures, "failure", "failures"), counted(self.people, "person", "people"))
            }
        };
        let step = self.first_step.as_deref().map(|step| format!(" First: {}", shown(step))).unwrap_or_default();
        format!("{at}  {}{app}{counts}.{step}\n", shown(&self.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Comparison, Mode, SpikeKind};
    use crate::event::Provider;

    fn analysis(lines: &str) -> Analysis {
        let source = crate::source::Source::built_in("x", lines.to_owned().leak().as_bytes());
        let gathered = crate::source::Gathered { sources: vec![source], ..Default::default() };
        crate::pipeline::run(gathered, &Library::load(&[]).0, &crate::pipeline::Options::default()).0
    }

    #[test]
    fn an_incident_is_told_once_until_it_is_over() {
        let library = Library::load(&[]).0;
        let event = |minute: u32, result: &str| {
            format!(
                "{{\"uuid\":\"{minute}\",\"published\":\"2026-03-02T09:{minute:02}:00Z\",\"eventType\":\"application.provision.user.push_profile\",\
                 \"outcome\":{{\"result\":\"{result}\",\"reason\":\"Remote server returned an error: 401 Unauthorized\"}},\
                 \"target\":[{{\"type\":\"AppUser\",\"id\":\"u\",\"alternateId\":\"ann@example.com\"}},{{\"type\":\"AppInstance\",\"id\":\"a\",\"displayName\":\"Chat\"}}]}}\n"
            )
        };
        let mut known = Known::default();
        let mut log = event(1, "FAILURE");
        let first = known.new_ones(&analysis(&log), &library);
        let [incident] = &first[..] else { panic!("{first:?}") };
        let line = incident.line(Format::Text);
        assert!(
            line.starts_with("2026-03-02T09:01:00Z  ") && line.contains(" at Chat: 1 failure, 1 person."),
            "{line}"
        );
        let json: serde_json::Value = serde_json::from_str(&incident.line(Format::Json)).unwrap();
        assert_eq!((json["kind"].as_str(), json["app"].as_str()), (Some("issue"), Some("Chat")));
        log += &event(2, "FAILURE");
        assert_eq!(known.new_ones(&analysis(&log), &library), []);
        log += &event(3, "SUCCESS");
        assert_eq!(known.new_ones(&analysis(&log), &library), []);
        log += &event(4, "FAILURE");
        assert_eq!(known.new_ones(&analysis(&log), &library).len(), 1);
    }

    fn spike(of: Of) -> Spike {
        Spike {
            app: "Chat".into(),
            app_id: None,
            provider: Provider::Okta,
            of,
            kind: SpikeKind::Ongoing,
            start: 0,
            end: time::HOUR,
            observed: 64,
            expected: 1.0,
            usual: (1, 2),
            ratio: 64.0,
            p: 1e-40,
            score: 40.0,
            failures: 90,
            people: 63,
            attempts: 90,
            mode: Mode::Rate,
            baseline: Comparison::default(),
            also: Vec::new(),
        }
    }

    #[test]
    fn a_spike_is_told_once_for_each_kind_and_in_the_words_for_it() {
        let library = Library::load(&[]).0;
        let mut known = Known::default();
        let mut analysis = Analysis { spikes: vec![spike(Of::Everything)], ..Analysis::default() };
        let lines = |found: Vec<Incident>| found.iter().map(|one| one.line(Format::Text)).collect::<Vec<_>>();
        assert_eq!(
            lines(known.new_ones(&analysis, &library)),
            [
                "1970-01-01T00:00:00Z  many more failures than usual for several reasons at Chat: 90 failures, 63 people.\n"
            ]
        );
        analysis.spikes.push(spike(Of::Removals));
        assert_eq!(
            lines(known.new_ones(&analysis, &library)),
            [
                "1970-01-01T00:00:00Z  64 accounts were switched off or deleted, many more than usual at Chat. First: Check that this was meant.\n"
            ]
        );
        assert_eq!(known.new_ones(&analysis, &library), []);
    }

    #[test]
    fn an_app_that_falls_silent_again_is_told_again() {
        let library = Library::load(&[]).0;
        let mut known = Known::default();
        let silence = Silence {
            app: "Chat".into(),
            app_id: None,
            provider: Provider::Okta,
            last_seen: 0,
            usual_interval: 1,
            silent_for: time::HOUR,
            expected: 20.0,
            p: 1e-9,
        };
        let silent = Analysis { silences: vec![silence], ..Analysis::default() };
        let told = [&silent, &silent, &Analysis::default(), &silent].map(|now| known.new_ones(now, &library).len());
        assert_eq!(told, [1, 0, 0, 1]);
    }
}
