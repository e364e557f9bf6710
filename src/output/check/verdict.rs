//! What a check comes to, and why.

use super::finding::Findings;
use super::gate::Gate;
use super::waivers::Waivers;

/// Why nothing is said about the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A rule file is broken, so findings may be missing.
    Rules,
    /// An input could not be used.
    Input,
    /// Somebody stopped the run.
    Interrupted,
    /// There is nothing to judge, or too much of it could not be read.
    NoData,
    /// A gate could not be evaluated, and all of them are required.
    Gates,
}

/// The end of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No gate failed, and at least one was evaluated.
    Passed,
    /// A gate failed.
    Failed,
    /// Nothing was wrong with the run, but no gate could be evaluated.
    Unjudged,
    /// The data were not judged.
    Withheld(Trouble, String),
}

impl Verdict {
    /// The word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Unjudged | Verdict::Withheld(..) => "not-evaluated",
        }
    }
}

/// How one gate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing crossed its line.
    Passed,
    /// Something did.
    Failed,
    /// It cannot be said.
    NotEvaluated,
}

impl Status {
    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::NotEvaluated => "not-evaluated",
        }
    }
}

/// A gate and how it ended.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The gate.
    pub gate: Gate,
    /// How it ended.
    pub status: Status,
    /// One sentence without a full stop: what was seen, where the line is, how to move it.
    pub why: String,
    /// Findings that crossed its line, the worst first.
    pub hits: Vec<Hit>,
    /// Applications in its scope that could not be judged, by their names; words of logs are still raw.
    pub not_judged: Vec<String>,
}

impl Judged {
    /// Findings that fail the run.
    pub fn failing(&self) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(|hit| hit.waived.is_none())
    }
}

/// A finding that crossed the line of a gate.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Position among the findings.
    pub finding: usize,
    /// What happened, as a sentence without a full stop; words of logs are still raw in it.
    pub what: String,
    /// What was seen.
    pub observed: String,
    /// What was to be expected, where that is known.
    pub expected: Option<String>,
    /// Where the line is.
    pub threshold: String,
    /// What moves the line.
    pub change: String,
    /// Position of the waiver that takes its effect away.
    pub waived: Option<usize>,
}

impl Hit {
    /// Observed, expected, threshold, and what moves it.
    pub fn why(&self) -> String {
        let expected = self.expected.as_ref().map(|expected| format!(", expected {expected}")).unwrap_or_default();
        format!("observed {}{expected}; fails at {}; to change: {}", self.observed, self.threshold, self.change)
    }
}

/// A check with all that an output needs of it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Everything that was found.
    pub findings: Findings,
    /// The gates in the order they were given.
    pub gates: Vec<Judged>,
    /// The end.
    pub verdict: Verdict,
    /// The waivers that were given.
    pub waivers: Waivers,
    /// What else one should know: sentences, words of logs still raw.
    pub remarks: Vec<String>,
    /// A baseline was read.
    pub has_baseline: bool,
    /// What became of findings since the baseline, by position; empty without one.
    pub since: Vec<Since>,
}

/// What became of a finding since the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// It was not there.
    New,
    /// It was there, and is more now.
    Updated,
    /// It was there.
    Unchanged,
}

impl Since {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Since::New => "new",
            Since::Updated => "updated",
            Since::Unchanged => "unchanged",
        }
    }
}

/// A finding that fails no gate, since somebody waived it.
pub struct Waived<'c> {
    /// The gate that it would fail.
    pub judged: &'c Judged,
    /// By what.
    pub hit: &'c Hit,
    /// The position of the waiver.
    pub waiver: usize,
}

impl Checked {
    /// Gates that ended so.
    pub fn ended(&self, status: Status) -> impl Iterator<Item = &Judged> {
        self.gates.iter().filter(move |judged| judged.status == status)
    }

    /// Each gate with a finding that fails it.
    pub fn failing(&self) -> impl Iterator<Item = (&Judged, &Hit)> {
        self.ended(Status::Failed).flat_map(|judged| judged.failing().map(move |hit| (judged, hit)))
    }

    /// Everything that would fail a gate, had nobody waived it.
    pub fn waived(&self) -> impl Iterator<Item = Waived<'_>> {
        self.gates.iter().flat_map(|judged| {
            let hits = judged.hits.iter().filter_map(|hit| Some((hit, hit.waived?)));
            hits.map(move |(hit, waiver)| Waived { judged, hit, waiver })
        })
    }
}
