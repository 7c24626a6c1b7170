#!/usr/bin/env bash
# Tests the npm package, the crates and Trunk's builds like a user, and the quickest cases of the matrix of bundlers.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# As crates.io would get them: each is built from its package alone. Cargo assumes that a crate with the same version never
# changes, so it would build the copies of the last run again.
for crate in akiba-protocol akiba-vision akiba-selfie; do
  rm -rf "${CARGO_HOME:-$HOME/.cargo}"/registry/src/-*/"$crate"-[0-9]* "$CARGO_TARGET_DIR"/debug/.fingerprint/"$crate"-*
done
cargo package --locked --allow-dirty --package akiba-protocol --package akiba-vision --package akiba-selfie

# A file fails after 15 minutes.
node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec tests/packages/*.test.mjs
node tests/matrix/matrix.mjs --quick
