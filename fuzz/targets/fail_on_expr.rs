//! Any text is a list of gates, or it is told why not; and a gate is read again as the same from its name.

use provlens::output::check::gate::{self, Bound, What};

use super::input::text;

pub(crate) fn run(data: &[u8]) {
    let text = text(data);
    match gate::parse(&text) {
        Err(sentence) => assert!(!sentence.is_empty()),
        Ok(gates) => {
            assert_eq!(gates.len(), text.split(',').count());
            for gate in &gates {
                assert_eq!(gate::parse(&gate.name).as_deref(), Ok(std::slice::from_ref(gate)));
                // What is always so would fail every run.
                let always = match gate.what {
                    What::Failures(Bound::AtLeast, limit) | What::People(Bound::AtLeast, limit) => limit == 0,
                    What::Rate(bound, limit) => {
                        assert!((0.0..=100.0).contains(&limit), "{gate:?}");
                        bound == Bound::AtLeast && limit == 0.0
                    }
                    _ => false,
                };
                assert!(!always, "{gate:?}");
            }
            if let Ok(together) = gate::together(gates.clone()) {
                assert!(together.iter().all(|gate| gates.contains(gate)));
            }
        }
    }
}
