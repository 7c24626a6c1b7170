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
  local sources=(src crates/protocol Cargo.toml Cargo.lock package-lock.json scripts/build.sh scripts/shrink.mjs)
  [ -n "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]
}

# Every byte is paid for by somebody's prepaid data. So the standard library is built along, for size; a panic traps at
# once, and `Debug` prints nothing: no message, field name or line number of theirs is shipped. These options are
# unstable, and the same in all compilers that set-up may choose.
shipped_rust() {
  local flags="-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none"
  RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags \
    "$@" --locked --features untraced -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
}

build_wasm() {
  echo "build: WebAssembly"
  local begun
  begun=$(mktemp)
  rm -rf "$pkg"
  # --no-opt: wasm-pack would download a wasm-opt of its own.
  shipped_rust wasm-pack --quiet build --target web --profile shipped --no-opt --mode no-install --no-pack \
    --no-typescript --out-dir "$pkg" --out-name akiba-selfie . --
  # wasm-pack's .gitignore would keep the folder out of the npm package, too.
  rm -f "$pkg/.gitignore"
  node scripts/shrink.mjs "$pkg/akiba-selfie.js" "$pkg/akiba-selfie_bg.wasm"
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
