#!/usr/bin/env bash
# Builds the vision module, crates/vision-module, into www/vision/akiba-vision.wasm if it has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
. scripts/progress.sh

wasm=www/vision/akiba-vision.wasm
stamp=build/vision.built
log=build/vision.log

# Whether the compiler or a source is newer than the module. Folders count, which detects a removed file.
outdated() {
  [ -e "$wasm" ] || return 0
  rustc -vV | cmp -s - "$stamp" || return 0
  local sources=(crates/vision crates/vision-module Cargo.toml Cargo.lock package-lock.json scripts/vision.sh)
  [ -n "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]
}

# The same options as for the widget, for the same reasons (scripts/build.sh), but compiled for speed and with SIMD. The
# worker checks that the browser has SIMD.
build() {
  local flags="-Ctarget-feature=+simd128 -Zunstable-options -Cpanic=immediate-abort"
  flags+=" -Zfmt-debug=none -Zlocation-detail=none"
  # LLVM's loop strength reduction makes the kernels slower and the module larger (docs/decisions/0006-detector.md).
  flags+=" -Cllvm-args=-disable-lsr"
  rustc -vV >build/vision.begun
  : >"$log"
  step "$log" "build: the vision module's WebAssembly" "about half a minute" \
    env RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$flags" \
    cargo build --locked --target wasm32-unknown-unknown --profile vision --package akiba-vision-module \
    -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
  node_modules/.bin/wasm-opt --enable-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
    --enable-mutable-globals --enable-reference-types --enable-multivalue \
    -O3 --strip-debug --strip-producers --strip-target-features \
    --output "$wasm.new" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/vision/akiba_vision_module.wasm"
  mv "$wasm.new" "$wasm"
  mv build/vision.begun "$stamp"
}

mkdir -p build
hold_lock build/vision.lock
if outdated; then build; fi
