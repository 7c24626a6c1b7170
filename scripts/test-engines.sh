#!/usr/bin/env bash
# Tests the element in Chromium, Firefox and WebKitGTK. ENGINES=firefox,webkit chooses engines; ALL=1 runs every scenario.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# A scenario has a time limit of its own.
exec node --test --test-concurrency=1 --test-reporter=spec tests/engines/engines.test.mjs
