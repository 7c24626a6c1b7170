#!/usr/bin/env bash
# The adapters and the component in headless Chromium with a fake camera, by wasm-bindgen's own test runner. Names of
# tests can be given: scripts/test-browser.sh web_camera
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
export WASM_BINDGEN_USE_BROWSER=1
# A slow machine is no failure: the default is 20 s for a whole file of tests.
export WASM_BINDGEN_TEST_TIMEOUT=180

# Named one by one: the host's tests stand in the same folder, and what they need does not build for wasm32.
if [ $# -eq 0 ]; then
  for path in tests/web_*; do
    name=$(basename "$path" .rs)
    [ "$name" = web_support ] || set -- "$@" "$name"
  done
fi
tests=()
for name in "$@"; do tests+=(--test "$name"); done

# The browser that CHROMIUM names: chromedriver would take one of its own choice.
if [ -n "$CHROMIUM" ]; then
  capabilities=$(mktemp)
  trap 'rm -f "$capabilities"' EXIT
  node -p 'const all = require("./webdriver.json"); all["goog:chromeOptions"].binary = process.env.CHROMIUM;
    JSON.stringify(all)' >"$capabilities"
  export WASM_BINDGEN_TEST_WEBDRIVER_JSON=$capabilities
fi

node tests/support/with-fault-server.mjs \
  cargo test --locked --target wasm32-unknown-unknown --package akiba-selfie "${tests[@]}"
