# Short names for what .ci/run does.

check:
    bash .ci/run

test:
    cargo test

rules:
    cargo run -- rules test

# Speed of each stage; `just bench match` runs some.
bench *ARGS:
    cargo bench -- {{ARGS}}

# Against other ways to read the same file.
compare FILE *ARGS:
    cargo build --release
    python3 benches/compare.py {{FILE}} {{ARGS}}

# Looks for inputs on which something fails, so many seconds for each target; `just fuzz 60 decode` runs one.
fuzz SECONDS *TARGETS:
    fuzz/run {{SECONDS}} {{TARGETS}}

# The one file with unsafe code, where every undefined step is found; needs the nightly toolchain with miri and rust-src.
miri:
    cd fuzz/miri && MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=8 \
        RUSTFLAGS="-Ctarget-feature=+avx2,+bmi1,+bmi2,+pclmulqdq,+popcnt" \
        cargo +nightly miri test -- json::masks json::tests --skip deep_nesting --skip agrees_with_serde_json --skip any_bytes

# Licences, bans and sources of what is built in, and known holes; needs cargo-deny and, for the last, a network.
deny:
    cargo deny check --hide-inclusion-graph

# What is built in, as a list for a release (CycloneDX); needs cargo-cyclonedx.
sbom:
    @cargo cyclonedx --version >/dev/null 2>&1 || { echo "cargo install cargo-cyclonedx --locked" && false; }
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) cargo cyclonedx --format json --spec-version 1.5 --override-filename provlens.cdx

# A wheel, installed and tried; options go to cargo.
wheel *ARGS:
    packaging/wheel.sh {{ARGS}}
