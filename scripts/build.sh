#!/usr/bin/env bash
# Builds what a page loads (the WebAssembly into www/pkg and www/vision, the demo page into build/site), and the services. What has not
# changed is not built again. Folders are made beside their place and moved there when they are whole, so that a demo or
# a test that runs meanwhile never sees half of one.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

pkg=www/pkg
stamp=$pkg/.built
site=build/site

# Whether the WebAssembly is of another compiler, or anything that it is made of is newer. Folders count, so that a
# removed file is seen.
outdated() {
  rustc -vV | cmp -s - "$stamp" || return 0
  local sources=(src crates/npm crates/protocol crates/vision Cargo.toml Cargo.lock package-lock.json scripts/build.sh scripts/shrink.mjs)
  [ -n "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]
}

# Puts the folder $1 in the place of $2.
swap() {
  rm -rf "$2.old"
  if [ -e "$2" ]; then mv "$2" "$2.old"; fi
  mv "$1" "$2"
  rm -rf "$2.old"
}

# Every byte is paid for by somebody's prepaid data. So the standard library is built along, for size; a panic traps at
# once, and `Debug` prints nothing: no message, field name or line number of theirs is shipped. These options are
# unstable, and the same in all compilers that set-up may choose.
shipped_rust() {
  local flags="-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none"
  RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=$flags \
    "$@" --locked -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
}

build_wasm() {
  echo "build: WebAssembly"
  local new=build/pkg
  rm -rf "$new"
  mkdir -p "$new"
  # As old as the build's beginning: what changes while it runs is built by the next one.
  rustc -vV >build/begun
  # --no-opt: wasm-pack would download a wasm-opt of its own.
  shipped_rust wasm-pack --quiet build --target web --profile shipped --no-opt --mode no-install --no-pack \
    --no-typescript --out-dir "$PWD/$new" --out-name akiba-selfie crates/npm --
  # wasm-pack's .gitignore would keep the folder out of the npm package, too.
  rm -f "$new/.gitignore"
  node scripts/shrink.mjs "$new/akiba-selfie.js" "$new/akiba-selfie_bg.wasm"
  mv build/begun "$new/.built"
  swap "$new" "$pkg"
}

# The page as Trunk would make it: its links say what it is made of.
build_site() {
  local new=build/site.new
  rm -rf "$new"
  mkdir -p "$new/akiba-selfie/pkg" "$new/akiba-selfie/vision"
  grep -v 'data-trunk' index.html >"$new/index.html"
  cp -R demo "$new/demo"
  cp www/*.js "$new/akiba-selfie/"
  cp "$pkg"/akiba-selfie* "$new/akiba-selfie/pkg/"
  cp www/vision/worker.js www/vision/akiba-vision.wasm "$new/akiba-selfie/vision/"
  if diff -rq "$new" "$site" >/dev/null 2>&1; then rm -rf "$new"; else swap "$new" "$site"; fi
}

build_services() {
  cargo build --quiet --locked --package akiba-relay --package akiba-sandbox
}

mkdir -p build
hold_lock build/lock
if outdated; then build_wasm; fi
scripts/vision.sh
cp LICENSE-APACHE LICENSE-MIT www/
build_site
build_services
