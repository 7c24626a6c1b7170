#!/usr/bin/env bash
# Builds the documentation site, which checks its links, and tests it in a browser.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

scripts/site.sh
exec node --test --test-timeout=300000 --test-reporter=spec tests/site/*.test.mjs
