#!/usr/bin/env bash
# Tests the npm package and Trunk's build like a user.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# A file fails after 15 minutes.
exec node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec tests/packages/*.test.mjs
