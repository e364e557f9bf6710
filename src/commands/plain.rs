//! `provlens tui --plain`: the same as a dialogue, for screen readers and terminals that show lines only.
//! One question at a time, choices by number, nothing that moves, no lines drawn around anything.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use super::setup::{self, Ready};
use super::{demo, fail};
use crate::analysis::Issue;
use crate::cli::{Color, Common};
use crate::exit::ExitStatus;
use crate::output::page::{counted, shown};
use crate::output::person;
use crate::output::report::{inputs, text};
use crate::source::{self, Gathered};
use crate::tui::screen::inputs::path_of;

/// Issues that are listed at once.
const LISTED: usize = 20;

pub(super) fn run(paths: &[PathBuf], common: &Common) -> ExitStatus {
    let common = Common { color: Color::Never, quiet: true, ..common.clone() };
    let mut talk = Talk { input: io::stdin().lock(), out: io::stdout().lock(), common };
    match talk.begin(paths) {
        Ok(status) => status,
        // Nobody listens any more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitStatus::Ok,
        Err(error) => fail(ExitStatus::Input, &format!("the dialogue ended: {error}")),
    }
}

/// What is talked about.
enum Logs {
    Paths(Vec<PathBuf>),
    Sample,
}

struct Talk<I, O> {
    input: I,
    out: O,
    common: Common,
}

impl<I: BufRead, O: Write> Talk<I, O> {
    fn begin(&mut self, paths: &[PathBuf]) -> io::Result<ExitStatus> {
        let mut logs = Logs::Paths(paths.to_vec());
        if paths.is_empty() {
            let question = "Which log? Type the path of a file or a folder, s for the built-in sample, or q to leave.";
            match self.ask(question)?.as_deref() {
                None => return Ok(ExitStatus::Ok),
                Some("s" | "S") => logs = Logs::Sample,
                Some(path) => logs = Logs::Paths(path_of(path).map(PathBuf::from).into_iter().collect()),
            }
        }
        if let Logs::Paths(paths) = &logs
            && paths.iter().any(|path| source::is_live(path))
        {
            let what = "--plain asks its questions on standard input and reads the log again for an answer, so the log must be a file";
            return Ok(fail(ExitStatus::Usage, what));
        }
        let ready = match self.read(&logs, None) {
            Ok(ready) => ready,
            Err(status) => return Ok(status),
        };
        self.lines(&summary(&ready))?;
        while self.choose(&ready, &logs)? {}
        Ok(ready.end(ExitStatus::Ok))
    }

    fn read(&self, logs: &Logs, person: Option<&str>) -> Result<Ready, ExitStatus> {
        match logs {
            Logs::Paths(paths) => setup::ready(paths, &self.common, person),
            Logs::Sample => {
                let gathered = Gathered { sources: demo::sources(), ..Gathered::default() };
                setup::ready_from(gathered, &self.common, person)
            }
        }
    }

    /// One question of the first level; false once it is over.
    fn choose(&mut self, ready: &Ready, logs: &Logs) -> io::Result<bool> {
        let menu = "\nWhat do you want to know?\n1. What is wrong, in full\n2. One issue, with its steps\n\
                    3. What happened to a person\n4. Whether everything was read";
        writeln!(self.out, "{menu}")?;
        match self.ask("Type a number from 1 to 4, or q to leave.")?.as_deref() {
            None => return Ok(false),
            Some("1") => self.lines(&text::render(&ready.analysis, &ready.library, &ready.style))?,
            Some("2") => self.issue(ready, logs)?,
            Some("3") => self.person(logs)?,
            Some("4") => self.lines(&inputs::text(&ready.analysis, false))?,
            Some(other) => writeln!(self.out, "There is no choice {}.", shown(other))?,
        }
        Ok(true)
    }

    fn issue(&mut self, ready: &Ready, logs: &Logs) -> io::Result<()> {
        let issues: Vec<&Issue> = ready.analysis.issues.iter().collect();
        if issues.is_empty() {
            return writeln!(self.out, "No known issue was found in these logs.");
        }
        writeln!(self.out)?;
        for (at, issue) in issues.iter().enumerate().take(LISTED) {
            writeln!(self.out, "{}. {}", at + 1, line(issue, ready))?;
        }
        if issues.len() > LISTED {
            writeln!(self.out, "And {} more; choice 1 shows all.", issues.len() - LISTED)?;
        }
        let most = issues.len().min(LISTED);
        let Some(answer) = self.ask(&format!("Which one? Type a number from 1 to {most}, or q to go back."))? else {
            return Ok(());
        };
        let chosen = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match chosen.filter(|at| *at < most).and_then(|at| issues.get(at)) {
            Some(issue) => {
                self.lines(&text::issue(issue, &ready.analysis, &ready.library, &ready.style))?;
                self.bundle(issue, ready, logs)
            }
            None => writeln!(self.out, "There is no issue {}.", shown(&answer)),
        }
    }

    /// Which command hands an issue on to support. The built-in sample is nothing to hand on.
    fn bundle(&mut self, issue: &Issue, ready: &Ready, logs: &Logs) -> io::Result<()> {
        let (Some(rule), Logs::Paths(paths)) = (issue.rule.and_then(|rule| ready.library.rule(rule)), logs) else {
            return Ok(());
        };
        let quoted = |path: String| if path.contains(' ') { format!("\"{path}\"") } else { path };
        let paths: Vec<String> = paths.iter().map(|path| quoted(shown(&path.display().to_string()))).collect();
        writeln!(
            self.out,
            "\nThis command packs the evidence for support, with names and mails hidden; with --dry-run it shows what \
             would be inside:\nprovlens bundle --issue {} {}",
            rule.id,
            paths.join(" ")
        )
    }

    fn person(&mut self, logs: &Logs) -> io::Result<()> {
        let Some(who) = self.ask("Whose story? Type a login, an e-mail address, an id or a name, or q to go back.")?
        else {
            return Ok(());
        };
        // What went wrong was told.
        let Ok(ready) = self.read(logs, Some(&who)) else { return Ok(()) };
        match &*ready.analysis.asked {
            [_, _, ..] => {
                let mut names: Vec<String> = ready.analysis.asked.iter().map(|who| shown(&who.label)).collect();
                names.sort();
                names.truncate(LISTED);
                writeln!(self.out, "Several people are called so: {}. Give the login or id of one.", names.join(", "))
            }
            _ if ready.analysis.story.is_empty() => {
                writeln!(self.out, "Nothing in these logs is about {}.", shown(&who))
            }
            _ => {
                let story = person::Story::of(&ready.analysis, &who);
                self.lines(&person::text::render(&story, &ready.analysis, &ready.library, &ready.style))
            }
        }
    }

    /// Asks, and gives the answer; `None` for q, for an empty line, and where there is nobody any more.
    fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        writeln!(self.out, "{question}")?;
        self.out.flush()?;
        let mut answer = String::new();
        let letters = self.input.read_line(&mut answer)?;
        let answer = answer.trim();
        Ok((letters > 0 && !answer.is_empty() && !answer.eq_ignore_ascii_case("q")).then(|| answer.to_owned()))
    }

    /// Shows a page without the lines that are drawn on it.
    fn lines(&mut self, page: &str) -> io::Result<()> {
        for line in page.lines() {
            writeln!(self.out, "{}", undrawn(line))?;
        }
        self.out.flush()
    }
}

/// The first two parts of the report: what was read, and the verdict.
fn summary(ready: &Ready) -> String {
    let page = text::render(&ready.analysis, &ready.library, &ready.style);
    let lines = page.lines().take_while(|line| !line.starts_with('─'));
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

fn line(issue: &Issue, ready: &Ready) -> String {
    let rule = issue.rule.and_then(|rule| ready.library.rule(rule));
    let title = rule.map_or_else(String::new, |rule| shown(&rule.title));
    let app = issue.app.as_deref().map(|app| format!(" at {}", shown(app))).unwrap_or_default();
    format!("{title}{app}: {}, {}", text::count(issue), counted(issue.users, "person", "people"))
}

/// A line of a page without what is drawn: rules, bars, frames.
fn undrawn(line: &str) -> String {
    let drawn = |letter: char| matches!(letter, '\u{2500}'..='\u{259f}');
    if !line.contains(drawn) {
        return line.to_owned();
    }
    let words: Vec<&str> = line.split(drawn).map(str::trim_end).filter(|words| !words.trim().is_empty()).collect();
    let text = words.join(" ");
    if line.starts_with(drawn) { text.trim_start().to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(answers: &str, paths: &[PathBuf]) -> String {
        let mut out = Vec::new();
        let common = Common { color: Color::Never, quiet: true, ..Common::default() };
        let mut talk = Talk { input: answers.as_bytes(), out: &mut out, common };
        talk.common.library.no_user_rules = true;
        talk.begin(paths).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_sample_in_a_dialogue() {
        insta::assert_snapshot!(talk("s\n2\n1\n3\nana.lopez@example.com\n9\nq\n", &[]));
    }

    #[test]
    fn the_command_that_makes_a_bundle_is_named() {
        let sample = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/okta-system-log.ndjson"));
        let said = talk("2\n1\nq\n", std::slice::from_ref(&sample));
        assert!(said.contains("\nprovlens bundle --issue okta-remote-unauthorized "), "{said}");
        assert!(said.contains(&format!(" {}\n", sample.display())), "{said}");
        assert!(!talk("s\n2\n1\nq\n", &[]).contains("provlens bundle"));
    }

    #[test]
    fn nothing_is_drawn_and_nothing_steers_a_terminal() {
        let text = talk("s\n1\n4\n2\n77\n3\nnobody\nq\n", &[]);
        let is_plain = |letter: char| !matches!(letter, '\u{2500}'..='\u{259f}' | '\u{1b}');
        assert!(text.chars().all(is_plain), "{text}");
        assert!(text.contains("There is no issue 77.") && text.contains("Nothing in these logs is about nobody."));
    }

    #[test]
    fn it_ends_when_nobody_answers() {
        assert!(talk("", &[]).starts_with("Which log?"));
        let sample = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/entra-provisioning.json"));
        assert!(talk("", &[sample]).trim_end().ends_with("or q to leave."));
    }
}
