#!/usr/bin/env bash
# Writes the manual page and the completions to where systems look for them: packaging/share.sh PROGRAM FOLDER
set -euo pipefail
program=${1:?the program}
folder=${2:?a folder such as /usr/local/share}
mkdir -p "$folder"/man/man1 "$folder"/bash-completion/completions "$folder"/zsh/site-functions "$folder"/fish/vendor_completions.d
"$program" man >"$folder/man/man1/provlens.1"
"$program" completions bash >"$folder/bash-completion/completions/provlens"
"$program" completions zsh >"$folder/zsh/site-functions/_provlens"
"$program" completions fish >"$folder/fish/vendor_completions.d/provlens.fish"
