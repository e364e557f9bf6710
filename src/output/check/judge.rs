//! Holds the analysis against the gates.

mod changes;
mod cut;
mod missing;
mod numbers;
mod remarks;
mod scope;
mod shape;
mod short;

use super::baseline::Baseline;
use super::finding::{Finding, Findings};
use super::gate::{Gate, What};
use super::verdict::{Checked, Hit, Judged, Since, Status, Trouble, Verdict};
use super::waivers::Waivers;
use crate::analysis::Analysis;
use crate::analysis::spikes::Settings;
use crate::output::page::{counted, number};
use crate::rules::Library;

/// Names listed before "and so many more".
const LISTED: usize = 5;

/// What was read before, if anything.
#[derive(Clone, Debug, Default)]
pub enum Before {
    /// Nobody asked for it.
    #[default]
    NotAsked,
    /// The file that was named does not exist yet.
    Missing(String),
    /// The baseline.
    Known(Box<Baseline>),
}

impl Before {
    fn known(&self) -> Option<&Baseline> {
        match self {
            Before::Known(baseline) => Some(baseline),
            Before::NotAsked | Before::Missing(_) => None,
        }
    }

    /// Why a gate that needs a baseline cannot be evaluated.
    fn missing(&self) -> String {
        match self {
            Before::Missing(path) => {
                format!("there is no baseline yet: {path} does not exist; --save-baseline {path} writes it")
            }
            Before::NotAsked | Before::Known(_) => {
                "there is no baseline to compare with; --save-baseline FILE writes one, --baseline FILE reads it"
                    .to_owned()
            }
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What is to fail; everything that they say is evaluated, not only up to the first that does.
    pub gates: Vec<Gate>,
    /// What is known from earlier runs.
    pub before: Before,
    /// What is known and accepted for a time.
    pub waivers: Waivers,
    /// A window without events is nothing to worry about.
    pub allow_empty: bool,
    /// Most records in a hundred that may be unreadable.
    pub max_unreadable: f64,
    /// A gate that cannot be evaluated is no pass.
    pub require_all: bool,
    /// Something that went wrong before, and what.
    pub trouble: Option<(Trouble, String)>,
    /// Inputs of which nobody knows what is in them.
    pub unread: Vec<String>,
    /// What counts as a spike.
    pub spikes: Settings,
    /// Flags that leave out a part of the logs.
    pub narrowed: Vec<String>,
}

/// Judges an analysis.
pub fn judge(analysis: &Analysis, library: &Library, asked: &Asked) -> Checked {
    let findings = Findings::of(analysis, library);
    let mut judge = Judge { analysis, library, asked, findings, remarks: Vec::new() };
    let mut gates: Vec<Judged> = asked.gates.iter().map(|gate| judge.gate(gate)).collect();
    let verdict = conclude(analysis, asked, &gates);
    if let Verdict::Withheld(trouble, why) = &verdict
        && *trouble != Trouble::Gates
    {
        for judged in &mut gates {
            (judged.status, judged.why) = (Status::NotEvaluated, why.clone());
            judged.hits.clear();
            judged.not_judged.clear();
        }
    }
    let since = judge.since(&gates);
    judge.remark(&gates);
    let Judge { findings, remarks, .. } = judge;
    let has_baseline = asked.before.known().is_some();
    Checked { findings, gates, verdict, waivers: asked.waivers.clone(), remarks, has_baseline, since }
}

fn conclude(analysis: &Analysis, asked: &Asked, gates: &[Judged]) -> Verdict {
    let totals = &analysis.totals;
    if let Some((trouble, why)) = &asked.trouble {
        return Verdict::Withheld(*trouble, why.clone());
    }
    if let Some(why) = cut::refused(analysis, asked) {
        return Verdict::Withheld(Trouble::Input, why);
    }
    let share = totals.unreadable as f64 * 100.0 / totals.records.max(1) as f64;
    if share > asked.max_unreadable {
        let why = format!(
            "{} of {} could not be read, more than {}% (--max-unreadable); `provlens inputs` says why",
            number(totals.unreadable),
            counted(totals.records, "record", "records"),
            asked.max_unreadable
        );
        return Verdict::Withheld(Trouble::NoData, why);
    }
    if totals.events == 0 && !asked.allow_empty {
        let why = "no provisioning events were found, and no data is not success; \
                   `provlens inputs` says what was read, --allow-empty accepts it";
        return Verdict::Withheld(Trouble::NoData, why.to_owned());
    }
    let has = |status| gates.iter().any(|judged| judged.status == status);
    match () {
        () if has(Status::Failed) => Verdict::Failed,
        () if asked.require_all && gates.iter().any(is_missing) => {
            let missing: Vec<String> = gates.iter().filter(|judged| is_missing(judged)).map(missing).collect();
            let why = format!("all gates are required (--require-all-gates) and not evaluated: {}", missing.join(", "));
            Verdict::Withheld(Trouble::Gates, why)
        }
        () if has(Status::Passed) => Verdict::Passed,
        () => Verdict::Unjudged,
    }
}

/// Whether something in the scope of a gate was not judged.
fn is_missing(judged: &Judged) -> bool {
    judged.status == Status::NotEvaluated || !judged.not_judged.is_empty()
}

/// `spike at Files`
fn missing(judged: &Judged) -> String {
    let apps: Vec<&str> = judged.not_judged.iter().map(String::as_str).collect();
    if apps.is_empty() { judged.gate.name.clone() } else { format!("{} at {}", judged.gate.name, listed(&apps)) }
}

/// What the gates that need only one look share.
struct Judge<'a> {
    analysis: &'a Analysis,
    library: &'a Library,
    asked: &'a Asked,
    findings: Findings,
    remarks: Vec<String>,
}

/// Findings that crossed the line, or why it cannot be said whether any did.
type Crossed = Result<Vec<Hit>, String>;

impl Judge<'_> {
    fn gate(&mut self, gate: &Gate) -> Judged {
        let crossed = match self.nothing_in_scope(gate) {
            Some(why) => Err(why),
            None => match gate.what {
                What::Spike => self.spikes(gate, false),
                What::OngoingSpike => self.spikes(gate, true),
                What::NewIssue => self.new_issues(gate),
                What::Regression => self.regressions(gate),
                What::Silence => self.silences(gate),
                What::Unknown => Ok(self.unknown(gate)),
                What::AccessNotRemoved => Ok(self.access_not_removed(gate)),
                What::Severity(bound, severity) => Ok(self.severities(gate, bound, severity)),
                What::Failures(bound, limit) => Ok(self.failures(gate, bound, limit)),
                What::Rate(bound, percent) => Ok(self.rates(gate, bound, percent)),
                What::People(bound, limit) => Ok(self.people(gate, bound, limit)),
                What::None => Ok(Vec::new()),
            },
        };
        let (status, why, hits) = match crossed {
            Err(why) => (Status::NotEvaluated, why, Vec::new()),
            Ok(hits) => {
                let (status, why) = self.ended(gate, &hits);
                (status, why, hits)
            }
        };
        let not_judged = match (status, gate.what) {
            (Status::Passed | Status::Failed, What::Spike | What::OngoingSpike) => self.too_short(gate),
            _ => Vec::new(),
        };
        Judged { gate: gate.clone(), status, why, hits, not_judged }
    }

    /// How a gate ended that could be evaluated, in a word and a sentence.
    fn ended(&self, gate: &Gate, hits: &[Hit]) -> (Status, String) {
        let failing = hits.iter().filter(|hit| hit.waived.is_none()).count() as u64;
        let waived = match hits.len() as u64 - failing {
            0 => String::new(),
            count => format!(", {} waived", number(count)),
        };
        match (failing, gate.what) {
            (0, _) => (Status::Passed, format!("nothing found{waived}")),
            (_, What::Failures(bound, limit)) => (Status::Failed, format!("{}{waived}", self.sum(hits, bound, limit))),
            _ => (Status::Failed, format!("{}{waived}", counted(failing, "finding", "findings"))),
        }
    }

    fn covers(&self, gate: &Gate, at: usize) -> bool {
        self.findings.get(at).is_some_and(|finding| gate.covers(&finding.app, &finding.key.app, &finding.key.rule))
    }

    fn waiver(&self, finding: &Finding) -> Option<usize> {
        self.asked.waivers.covering(finding, self.analysis.last)
    }

    /// A hit without numbers yet.
    fn hit(&self, finding: usize, what: String) -> Hit {
        let waived = self.findings.get(finding).and_then(|finding| self.waiver(finding));
        Hit {
            finding,
            what,
            observed: String::new(),
            expected: None,
            threshold: String::new(),
            change: String::new(),
            waived,
        }
    }

    /// What became of each finding since the baseline.
    fn since(&self, gates: &[Judged]) -> Vec<Since> {
        let Some(baseline) = self.asked.before.known() else { return Vec::new() };
        let grew = |at: usize| {
            let more =
                |judged: &&Judged| matches!(judged.gate.what, What::Regression | What::Spike | What::OngoingSpike);
            gates.iter().filter(more).any(|judged| judged.hits.iter().any(|hit| hit.finding == at))
        };
        let of = |(at, finding): (usize, &Finding)| match baseline.find(&finding.key) {
            None => Since::New,
            Some(_) if grew(at) => Since::Updated,
            Some(_) => Since::Unchanged,
        };
        self.findings.list().iter().enumerate().map(of).collect()
    }
}

/// The first few names.
fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests;
