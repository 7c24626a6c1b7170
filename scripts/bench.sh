#!/usr/bin/env bash
# How long a person waits, beside what the browser and the network need anyway; and how long the module takes for a frame,
# beside what else finds faces in a browser. And how many calls the relay answers, beside a plain nginx.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

node benches/page.mjs "$@"
echo
node benches/detectors.mjs
echo
cargo build --release --locked --quiet -p akiba-relay
node benches/relay.mjs
