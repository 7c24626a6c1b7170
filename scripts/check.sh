#!/usr/bin/env bash
# Format, lints, documentation and licences. Nothing here runs the code.
set -euo pipefail
cd "$(dirname "$0")/.."
# clippy and rustfmt come with rustup's own toolchain; they read the widget as host code, which all of it can be.
export AKIBA_SELFIE_RUST=own
scripts/setup.sh check
. scripts/env.sh

echo "check: format"
cargo fmt --all --check
echo "check: lints"
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
cargo clippy --package akiba-relay --features otel --all-targets --locked --quiet -- -D warnings
echo "check: documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
echo "check: licences, sources and versions of the dependencies"
# Of all targets, also those that this machine never builds for.
cargo fetch --locked --quiet
cargo deny --offline --all-features check --hide-inclusion-graph licenses bans sources
# Their database is outside the package registries, so not everybody has it.
if timeout 60 cargo deny fetch db >/dev/null 2>&1; then
  echo "check: security advisories"
  cargo deny --offline check --hide-inclusion-graph advisories
else
  echo "check: security advisories are left out, as their database can't be fetched here"
fi
# The relay holds the vendor's token; the sandbox, which stands in for the vendor, is never part of it.
tree=$(cargo tree --locked --package akiba-relay --edges normal,build --prefix none)
if grep -q '^akiba-sandbox ' <<<"$tree"; then
  echo "check: the relay depends on the sandbox" >&2
  exit 1
fi
echo "check: systemd unit, Dockerfile, compose file"
tests/dist/run.sh
echo "check: scripts"
for script in scripts/*.sh .ci/run; do bash -n "$script"; done
for script in scripts/venv.sh tests/*/run.sh; do sh -n "$script"; done
modules=$(git ls-files '*.mjs' 'www/*.js' 'demo/*.js' 'examples/*.js')
[ -n "$modules" ] || {
  echo "check: git lists no modules" >&2
  exit 1
}
while read -r module; do node --check "$module"; done <<<"$modules"
echo "check: links of the documents"
node scripts/check-links.mjs
echo "check: all good"
