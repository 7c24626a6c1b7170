#!/usr/bin/env bash
# How long a person waits, beside what the browser and the network need anyway; and how long the module takes for a frame,
# beside what else finds faces in a browser.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

node tests/e2e/bench.mjs "$@"
echo
node tests/vision/bench.mjs
