#!/usr/bin/env bash
# Tests the npm package, the crates and Trunk's builds like a user, and the quickest cases of the matrix of bundlers.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# As crates.io would get them: each is built from its package alone.
cargo package --locked --allow-dirty --package akiba-protocol --package akiba-vision --package akiba-selfie

# A file fails after 15 minutes.
node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec tests/packages/*.test.mjs
node tests/matrix/matrix.mjs --quick
