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
