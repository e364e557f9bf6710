//! `provlens bundle`: the evidence of one issue in a file for whoever must fix it.

mod key;
mod verify;
mod which;

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::setup::{self, Prepared, Ready};
use super::{clock, fail, print, warn};
use crate::cli::{BundleArgs, BundleCommand, Common, For, MakeArgs};
use crate::event::store::{Sought, Sparse, Store};
use crate::event::{Entry, Needs, Sink};
use crate::exit::ExitStatus;
use crate::output::bundle::redact::{Key, Recipient, Settings};
use crate::output::bundle::{Attachment, Bundle, Case, Draft, Files, Input, NoBundle, Sender, attach, preview};
use crate::output::whole::{Old, WriteError};
use crate::pipeline::again::{self, Records};
use crate::pipeline::hashes::{Hashes, Rest};
use crate::source::Source;
use crate::tui::jobs::bundle::Fresh;

/// How less is asked for.
const NARROW: &str = "--filter, --app, --since or --until";

pub(super) fn run(args: &BundleArgs) -> ExitStatus {
    match &args.command {
        Some(BundleCommand::Verify(args)) => verify::verify(args),
        Some(BundleCommand::Reveal(args)) => verify::reveal(args),
        None => make(&args.make).unwrap_or_else(|status| status),
    }
}

/// Everything that was read.
struct Evidence {
    ready: Ready,
    sources: Vec<Source>,
    /// Every event, most of them only by where they are.
    events: Sparse,
    hashes: Rest,
}

impl Evidence {
    fn read(prepared: Prepared, common: &Common) -> Result<Evidence, ExitStatus> {
        let sources = prepared.gathered.sources.clone();
        let hashes = Hashes::default();
        let prepared = prepared.hashing(&hashes);
        let mut taking = Taking { events: Sparse::default(), sources: &sources, hashes, rest: None };
        let ready = prepared.run(common, Some(&mut taking));
        if ready.analysis.covered.is_some() {
            let why = "interrupted; no bundle is made, since it would tell a part only";
            return Err(fail(ExitStatus::Interrupted, why));
        }
        let Taking { events, hashes, rest, .. } = taking;
        let hashes = rest.unwrap_or_else(|| hashes.rest(&sources));
        Ok(Evidence { ready, sources, events, hashes })
    }
}

/// Takes the evidence while it is read. What has no hash by the time everything was read is read once more.
struct Taking<'s> {
    events: Sparse,
    sources: &'s [Source],
    hashes: Hashes,
    rest: Option<Rest>,
}

impl Sink for Taking<'_> {
    fn needs(&self) -> Needs {
        self.events.needs()
    }

    fn event(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        self.events.event(entry)
    }

    fn success(&mut self, entry: &Entry<'_>) -> ControlFlow<()> {
        self.events.success(entry)
    }

    fn expect(&mut self, texts: &mut dyn Iterator<Item = &str>) {
        self.events.expect(texts);
    }

    fn end(&mut self) {
        self.rest.get_or_insert_with(|| self.hashes.rest(self.sources));
    }
}

/// What the screen needs for a bundle and must not have of itself.
pub(super) fn fresh() -> Result<Fresh, String> {
    Ok(Fresh { key: key::random()?, now: clock::now().unwrap_or_default() })
}

fn make(args: &MakeArgs) -> Result<ExitStatus, ExitStatus> {
    let common = &args.common;
    let everything = everything(common);
    let prepared = setup::prepare(&args.paths, &everything)?;
    let inputs = prepared.gathered.files();
    // Whoever cannot have the bundle there, or named a file that is of no use, learns it before hours of log are read.
    if let Some(path) = &args.output {
        Files::at(path.clone()).may_be_written(&inputs, old(args)).map_err(|error| cannot_write(&error))?;
    }
    let sender = sender(args)?;
    let settings = settings(args)?;
    let Evidence { ready, sources, events, hashes } = Evidence::read(prepared, &everything)?;
    let (store, not_found) = whole(events, common, &ready, &sources)?;
    let which = which::of(common, &ready, &store)?;
    let (provider, asked) = (which.provider, which.asked);
    let takes = args.max_size.map_or_else(|| settings.recipient.takes(provider), |size| size.0);
    let case = Case {
        scope: which.scope(&ready.analysis, &store),
        not_found,
        library: &ready.library,
        asked,
        sender,
        settings,
        created: clock::now().unwrap_or_default(),
        most_events: args.max_events.max(1),
        most_bytes: takes,
        zone: common.tz.as_deref().is_some_and(|zone| zone != "UTC").then(|| ready.style.zone.clone()),
    };
    let bundle = bundle(&case, &sources, hashes).map_err(|error| match error {
        NoBundle::Nothing => which::nothing_failed(common, &ready),
        error => no_bundle(&error),
    })?;
    if let Some(name) = &args.show {
        return show(&bundle, name);
    }
    let Settings { recipient, key, .. } = &case.settings;
    // Values in clear are for whoever sits there, never for a log of a job.
    let pairs = io::stdout().is_terminal();
    let terms = preview::Terms { recipient: *recipient, provider, takes, pairs };
    if args.dry_run {
        return Ok(ready.end(print(&preview::inside(&bundle, &terms))));
    }
    let said = write(args, &bundle, key, &inputs, &terms)?;
    Ok(ready.end(print(&said)))
}

/// The arguments without those that leave events out. Whether somebody has access by now, what was changed before and
/// a person's whole story are not among the failures that are asked for, and must be read all the same.
fn everything(common: &Common) -> Common {
    Common {
        since: None,
        until: None,
        app: None,
        user: None,
        provider: None,
        issue: None,
        filter: None,
        ..common.clone()
    }
}

fn sender(args: &MakeArgs) -> Result<Sender, ExitStatus> {
    Ok(Sender {
        reference: args.reference.clone(),
        tried: args.tried.clone(),
        note: args.note.clone(),
        attachments: attachments(args)?,
    })
}

fn settings(args: &MakeArgs) -> Result<Settings, ExitStatus> {
    Ok(Settings {
        recipient: match args.recipient {
            For::IdpSupport => Recipient::IdpSupport,
            For::AppVendor => Recipient::AppVendor,
            For::Internal => Recipient::Internal,
        },
        keep_groups: args.keep_groups,
        reveal: args.reveal_subject.clone(),
        key: key::of(args.key.as_deref())?,
    })
}

/// Writes a bundle and its mapping, and says what was written.
fn write(
    args: &MakeArgs,
    bundle: &Bundle,
    key: &Key,
    inputs: &[PathBuf],
    terms: &preview::Terms,
) -> Result<String, ExitStatus> {
    let files = Files::at(args.output.clone().unwrap_or_else(|| bundle.file_name()));
    files.write(bundle, key, inputs, old(args)).map_err(|error| cannot_write(&error))?;
    let (path, mapping) = (files.archive.display().to_string(), files.mapping.display().to_string());
    Ok(preview::written(bundle, terms, &path, &mapping))
}

/// The events with those that succeeded and are a part of what is told, and how many of these were not found again.
fn whole(mut events: Sparse, common: &Common, ready: &Ready, sources: &[Source]) -> Result<(Store, u64), ExitStatus> {
    let mut sought = Sought::default();
    let mut not_found = 0;
    loop {
        let store = events.store();
        let scope = which::of(common, ready, store)?.scope(&ready.analysis, store);
        // Whom an example concerns is known once it was read, and then their stories are asked for too.
        if !sought.add(scope.examples()) && !sought.add(scope.stories()) {
            return Ok((events.into_store(), not_found));
        }
        not_found += events.fetch(&sought, &mut |places, each| again::successes(sources, places, each));
    }
}

/// Makes a bundle, for which the original records are read again.
fn bundle(case: &Case<'_>, sources: &[Source], hashes: Rest) -> Result<Bundle, NoBundle> {
    let draft = Draft::begin(case)?;
    let records = Records::read(sources, &draft.places());
    draft.complete(&|each| records.events(each), || Input::all(case.scope.analysis, &hashes.finish()))
}

/// The files that the sender adds.
fn attachments(args: &MakeArgs) -> Result<Vec<Attachment>, ExitStatus> {
    let checked = args.attach.iter().map(|path| (path, false));
    let all = checked.chain(args.attach_unchecked.iter().map(|path| (path, true)));
    let read = |(path, unchecked): (&PathBuf, bool)| {
        let refused = |why: &str| fail(ExitStatus::Usage, &format!("{}: not attached: {why}", path.display()));
        if path.is_dir() {
            return Err(refused("it is a folder; name a file in it"));
        }
        let mut bytes = Vec::new();
        let file = File::open(path).and_then(|file| file.take(attach::MAX_BYTES + 1).read_to_end(&mut bytes));
        file.map_err(|error| refused(&error.to_string()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Attachment::new(&name, bytes, unchecked).map_err(|why| refused(&why))
    };
    all.map(read).collect()
}

fn old(args: &MakeArgs) -> Old {
    if args.force { Old::IsReplaced } else { Old::Stays }
}

fn cannot_write(error: &WriteError) -> ExitStatus {
    let (status, hint) = match error {
        WriteError::IsThere(_) => (ExitStatus::Usage, "; give another name with -o, or --force to write over it"),
        WriteError::Refused(..) => (ExitStatus::Usage, ""),
        WriteError::Io(..) => (ExitStatus::Input, ""),
    };
    fail(status, &format!("{error}{hint}"))
}

fn no_bundle(error: &NoBundle) -> ExitStatus {
    let status = match error {
        NoBundle::Nothing | NoBundle::TooLarge(..) | NoBundle::Attachment(..) => ExitStatus::Usage,
        NoBundle::Leaks(_) | NoBundle::Policy(_) | NoBundle::Archive(_) => ExitStatus::Failed,
    };
    let told = fail(status, &error.to_string());
    if let NoBundle::Leaks(blocked) = error {
        warn(&format!("what to do: {}", blocked.way_out(NARROW)));
    }
    told
}

/// Prints one file.
fn show(bundle: &Bundle, name: &str) -> Result<ExitStatus, ExitStatus> {
    match bundle.files.iter().find(|file| file.path == name) {
        Some(file) => match std::str::from_utf8(&file.bytes) {
            Ok(text) => Ok(print(text)),
            Err(_) => {
                Err(fail(ExitStatus::Usage, &format!("--show {name}: it is no text; look at it in the written bundle")))
            }
        },
        None => {
            let names: Vec<&str> = bundle.files.iter().map(|file| &*file.path).collect();
            Err(fail(
                ExitStatus::Usage,
                &format!("--show {name}: there is no such file in the bundle; it has {}", names.join(", ")),
            ))
        }
    }
}
