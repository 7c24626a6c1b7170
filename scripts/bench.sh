#!/usr/bin/env bash
# Measures how long a person waits compared with a minimal page, and with a cheap phone on slow networks, how long the vision
# module takes for a frame compared with other face detectors, and how many calls the relay answers compared with nginx.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

node benches/page.mjs "$@"
echo
node benches/phone.mjs
echo
node benches/detectors.mjs
echo
cargo build --release --locked --quiet -p akiba-relay
node benches/relay.mjs
