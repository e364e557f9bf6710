//! A whole log with a burst at a known time: it is found, and nothing else.

use std::path::Path;
use std::process::Command as Process;

use provlens::analysis::Analysis;
use provlens::pipeline::{self, Options};
use provlens::rules::Library;
use provlens::source;
use provlens::text::time::{Micros, parse};

/// Generates a log; none where the generator is not at hand.
fn generated(provider: &str, folder: &Path) -> Option<Analysis> {
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/gen_logs.py");
    let has_python = Process::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !generator.is_file() || !has_python {
        println!("skipped: ../shared/tools/gen_logs.py or python3 is absent");
        return None;
    }
    let path = folder.join(provider);
    let made = Process::new("python3")
        .arg(generator)
        .args(["--provider", provider, "--events", "12000", "--spike", "--spike-at", "2026-03-11T14:20:00Z"])
        .arg("-o")
        .arg(&path)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let (library, _) = Library::load(&[]);
    let (analysis, errors) = pipeline::run(source::gather(&[path]), &library, &Options::default());
    assert!(errors.is_empty());
    Some(analysis)
}

#[test]
fn the_burst_of_a_generated_log_is_found_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (start, end) = (parse("2026-03-11T14:20:00Z").unwrap(), parse("2026-03-11T15:05:00Z").unwrap());
    for provider in ["okta", "entra"] {
        let Some(analysis) = generated(provider, folder.path()) else { return };
        assert!(!analysis.spikes.is_empty(), "{provider}");
        for spike in &analysis.spikes {
            let width = analysis.series.iter().find(|series| series.app == spike.app).unwrap().width;
            let near = |a: Micros, b: Micros| (a - b).abs() <= width;
            assert!(spike.app.starts_with("Workday"), "{provider}: {spike:?}");
            assert!(near(spike.start, start) && near(spike.end, end), "{provider}: {spike:?}");
        }
        let people: u64 = analysis.spikes.iter().map(|spike| spike.people).sum();
        assert!((180..=250).contains(&people), "{provider}: {people} of 240 events");
        assert!(analysis.silences.is_empty(), "{provider}: {:?}", analysis.silences);
    }
}
