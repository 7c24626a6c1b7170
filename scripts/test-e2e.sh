#!/usr/bin/env bash
# The element and the demo in a real Chromium with a fake camera. Names of test files can be given.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

if [ $# -eq 0 ]; then set -- tests/www/*.test.mjs tests/e2e/*.test.mjs; fi
# One file after the other: what is measured in time would suffer from neighbours. A file that hangs fails after a quarter of an hour.
exec node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec "$@"
