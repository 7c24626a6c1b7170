#!/usr/bin/env bash
# The detector's vector kernels in WebAssembly, by node: they give the integers that the plain ones do.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=-Ctarget-feature=+simd128

exec cargo test --locked --target wasm32-unknown-unknown --package akiba-vision --lib
