#!/usr/bin/env bash
# Tests the element and the demo in a real Chromium with a fake camera. Arguments are test files.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

if [ $# -eq 0 ]; then set -- tests/www/*.test.mjs tests/e2e/*.test.mjs; fi
# One file after the other, because tests at the same time would distort measured times. A file fails after 15 minutes.
exec node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec "$@"
