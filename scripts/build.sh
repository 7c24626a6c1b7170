#!/usr/bin/env bash
# Builds what a page loads (the WebAssembly into www/pkg, the demo page into build/site), and the services. What has not
# changed is not built again.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

pkg=www/pkg
stamp=$pkg/.built
site=build/site

# Whether anything that the WebAssembly is made of is newer than it. Folders count, so that a removed file is seen.
outdated() {
  [ -e "$stamp" ] || return 0
  [ -n "$(find src crates/protocol Cargo.toml Cargo.lock scripts/build.sh -newer "$stamp" -print -quit)" ]
}

# Every byte is paid for by somebody's prepaid data. The standard library is built along, for size; a panic traps at once
# and `Debug` prints nothing, so that no message and no line number of either is shipped. These are unstable options, the
# same in all compilers that scripts/setup.sh may choose.
shipped_rust() {
  RUSTC_BOOTSTRAP=1 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none" \
    "$@" --locked --features untraced -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
}

build_wasm() {
  echo "build: WebAssembly"
  local begun
  begun=$(mktemp)
  rm -rf "$pkg"
  # wasm-opt is npm's binaryen, called below; wasm-pack would download its own.
  shipped_rust wasm-pack --quiet build --target web --profile shipped --no-opt --mode no-install --no-pack \
    --no-typescript --out-dir "$pkg" --out-name akiba-selfie . --
  # wasm-pack's .gitignore would keep the folder out of the npm package, too.
  rm -f "$pkg/.gitignore"
  node_modules/.bin/wasm-opt -Oz \
    --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
    --enable-reference-types --enable-multivalue \
    --strip-debug --strip-producers \
    -o "$pkg/akiba-selfie_bg.wasm" "$pkg/akiba-selfie_bg.wasm"
  # As old as the build's beginning: what changes while it runs is built by the next one.
  mv "$begun" "$stamp"
}

# The page as Trunk would make it: its links say what it is made of.
build_site() {
  rm -rf "$site"
  mkdir -p "$site/akiba-selfie/pkg"
  grep -v 'data-trunk' index.html >"$site/index.html"
  cp -R demo "$site/demo"
  cp www/*.js "$site/akiba-selfie/"
  cp "$pkg"/akiba-selfie* "$site/akiba-selfie/pkg/"
}

build_services() {
  cargo build --quiet --locked --package akiba-relay --package akiba-sandbox
}

if outdated; then build_wasm; fi
cp LICENSE-APACHE LICENSE-MIT www/
build_site
build_services
