#!/usr/bin/env bash
# Builds a wheel with the program, its manual page and its completions; installs it into a clean virtual environment and
# tries what came with it. Options go to cargo: packaging/wheel.sh --no-default-features
#
# It needs Python and, for maturin, a network or a maturin that is there already. PROFILE=dev builds faster.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${PROFILE:-release}
target=${CARGO_TARGET_DIR:-target}
folder=$profile; [ "$profile" = dev ] && folder=debug
work=$(mktemp -d)
trap 'rm -rf "$work" provlens.data' EXIT

maturin=$(command -v maturin || true)
if [ -z "$maturin" ]; then
    python3 -m venv "$work/tools"
    "$work/tools/bin/pip" install --quiet "maturin>=1.9,<2"
    maturin=$work/tools/bin/maturin
fi

# The program writes its own pages. What stands in provlens.data goes into the wheel.
cargo build --locked --profile "$profile" "$@" --bin provlens
packaging/share.sh "$target/$folder/provlens" provlens.data/data/share
"$maturin" build --quiet --locked --profile "$profile" "$@" --out "$target/wheels"

version=$("$target/$folder/provlens" --version | awk '{print $2}')
wheel=$(ls -t "$target/wheels/provlens-$version-"*.whl | head -1)
python3 -m venv "$work/clean"
"$work/clean/bin/pip" install --quiet --no-index --no-deps "$wheel"
installed="$("$work/clean/bin/provlens" --version)"
[ "$installed" = "provlens $version" ] || { echo "the wheel has $installed, not $version"; exit 1; }
"$work/clean/bin/provlens" demo --color never >"$work/demo"
grep -q "records read" "$work/demo"
for file in man/man1/provlens.1 bash-completion/completions/provlens zsh/site-functions/_provlens \
    fish/vendor_completions.d/provlens.fish; do
    [ -s "$work/clean/share/$file" ] || { echo "share/$file is not in the wheel"; exit 1; }
done
bash -n "$work/clean/share/bash-completion/completions/provlens"
echo "$wheel: $(du -h "$wheel" | cut -f1), installed and tried"
