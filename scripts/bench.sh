#!/usr/bin/env bash
# How long a person waits, beside what the browser and the network need anyway.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

exec node tests/e2e/bench.mjs "$@"
