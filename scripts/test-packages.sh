#!/usr/bin/env bash
# The npm package and Trunk's build, used as others use them.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# A file that hangs fails after a quarter of an hour.
exec node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec tests/packages/*.test.mjs
