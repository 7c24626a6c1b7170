#!/usr/bin/env bash
# Tests the npm package and Trunk's build like a user, and the quickest cases of the matrix of bundlers.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# A file fails after 15 minutes.
node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec tests/packages/*.test.mjs
node tests/matrix/matrix.mjs --quick
