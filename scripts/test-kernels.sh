#!/usr/bin/env bash
# Tests the detector's vector kernels in WebAssembly, in Node.js: they compute the same integers as the scalar ones.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=-Ctarget-feature=+simd128

exec cargo test --locked --target wasm32-unknown-unknown --package akiba-vision --lib
