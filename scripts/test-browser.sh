#!/usr/bin/env bash
# Tests the adapters and the component in headless Chromium with a fake camera, with wasm-bindgen's test runner.
# Arguments are names of tests: scripts/test-browser.sh web_camera
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
export WASM_BINDGEN_USE_BROWSER=1
# The default for a file of tests is 20 s, which is too short on a slow machine.
export WASM_BINDGEN_TEST_TIMEOUT=180

# Lists them one by one, because the tests for the host in the same folder do not build for wasm32.
if [ $# -eq 0 ]; then
  for path in tests/web_*; do
    name=$(basename "$path" .rs)
    [ "$name" = web_support ] || set -- "$@" "$name"
  done
fi
tests=()
for name in "$@"; do tests+=(--test "$name"); done

# By default chromedriver chooses a browser; this sets the one in CHROMIUM.
if [ -n "$CHROMIUM" ]; then
  capabilities=$(mktemp)
  trap 'rm -f "$capabilities"' EXIT
  node -p 'const all = require("./webdriver.json"); all["goog:chromeOptions"].binary = process.env.CHROMIUM;
    JSON.stringify(all)' >"$capabilities"
  export WASM_BINDGEN_TEST_WEBDRIVER_JSON=$capabilities
fi

node tests/support/with-fault-server.mjs \
  cargo test --locked --target wasm32-unknown-unknown --package akiba-selfie "${tests[@]}"
