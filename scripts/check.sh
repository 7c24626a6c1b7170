#!/usr/bin/env bash
# Format, lints, documentation and licences. Nothing here runs the code.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh check
. scripts/env.sh

# Lints and documentation want rustup's own toolchain; they read the widget as host code, which all of it can be.
PATH=${PATH#"$debian_rust:"}

echo "check: format"
cargo fmt --all --check
echo "check: lints"
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
echo "check: documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
echo "check: licences, sources and versions of the dependencies"
# Advisories need a database from outside the package registries; where there is one, `cargo deny check` reads it too.
cargo deny --offline check --hide-inclusion-graph licenses bans sources
# The relay holds the vendor's token; the sandbox, which stands in for the vendor, is never part of it.
if cargo tree --locked --package akiba-relay --edges normal,build --prefix none | grep -q '^akiba-sandbox '; then
  echo "check: the relay depends on the sandbox" >&2
  exit 1
fi
echo "check: scripts"
for script in scripts/*.sh .ci/run; do bash -n "$script"; done
for module in $(git ls-files '*.mjs' 'www/*.js' 'demo/*.js'); do node --check "$module"; done
echo "check: all good"
