#!/usr/bin/env bash
# Builds what a page loads (the WebAssembly into www/pkg and www/vision, the npm package into build/package, the demo
# page into build/site, the playground into build/playground) and the services.
#
#   scripts/build.sh             everything that has changed
#   scripts/build.sh page        only what a page loads
#   scripts/build.sh services    only the relay and the sandbox
#
# It builds into a new folder and renames it at the end, so that a running demo or test never sees half of one.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
. scripts/progress.sh

pkg=www/pkg
stamp=$pkg/.built
site=build/site
log=build/build.log

# Whether the compiler or a source is newer than the WebAssembly. Folders count, which detects a removed file.
outdated() {
  rustc -vV | cmp -s - "$stamp" || return 0
  local sources=(src lang/en.json crates/npm crates/protocol crates/vision Cargo.toml Cargo.lock package-lock.json)
  sources+=(scripts/build.sh scripts/glue.mjs scripts/shrink.mjs scripts/split.mjs)
  [ -n "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]
}

# Replaces the folder $2 with $1.
swap() {
  rm -rf "$2.old"
  if [ -e "$2" ]; then mv "$2" "$2.old"; fi
  mv "$1" "$2"
  rm -rf "$2.old"
}

# The page's users pay for every byte with prepaid data. So this also builds the standard library, for size. A panic
# traps at once, and `Debug` prints nothing, so that no message, field name or line number is shipped. These options are
# unstable, but they are the same in all compilers that set-up may choose.
rust_flags="-Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=none -Zlocation-detail=none"
std_flags=("-Zbuild-std=std,panic_abort" "-Zbuild-std-features=optimize_for_size")

# wasm-pack makes the npm package. The demo's set-up leaves it out, because compiling it takes minutes; then cargo and
# wasm-bindgen run as wasm-pack would run them, and the files have the same bytes.
build_wasm() {
  local new=build/pkg target=wasm32-unknown-unknown
  local shipped=(env RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$rust_flags")
  rm -rf "$new"
  mkdir -p "$new"
  # As old as the start of the build, so that the next build notices a change in the meantime.
  rustc -vV >build/begun
  if command -v wasm-pack >/dev/null; then
    # --no-opt: wasm-pack would download its own wasm-opt.
    step "$log" "build: the widget's WebAssembly" "about a minute and a half" \
      "${shipped[@]}" wasm-pack --quiet build --target web --profile shipped --no-opt --mode no-install --no-pack \
      --no-typescript --out-dir "$PWD/$new" --out-name akiba-selfie crates/npm -- --locked "${std_flags[@]}"
    # wasm-pack's .gitignore would exclude the folder from the npm package.
    rm -f "$new/.gitignore"
  else
    step "$log" "build: the widget's WebAssembly" "about a minute and a half" \
      "${shipped[@]}" cargo build --locked --package akiba-selfie-npm --lib --profile shipped --target "$target" \
      "${std_flags[@]}"
    wasm-bindgen --target web --no-typescript --out-dir "$new" --out-name akiba-selfie \
      "$CARGO_TARGET_DIR/$target/shipped/akiba_selfie_npm.wasm"
  fi
  step "$log" "build: optimising it" "about half a minute" \
    node scripts/shrink.mjs "$new/akiba-selfie.js" "$new/akiba-selfie_bg.wasm"
  mv build/begun "$new/.built"
  swap "$new" "$pkg"
}

# Replaces the folder $2 with $1 if they differ.
renew() {
  if diff -rq "$1" "$2" >/dev/null 2>&1; then rm -rf "$1"; else swap "$1" "$2"; fi
}

# The package as it is published: www with its modules bundled and minified.
build_package() {
  local new=build/package.new
  rm -rf "$new"
  cp -R www "$new"
  rm -f "$new"/pkg/.built "$new"/pkg/*.d.ts
  cp LICENSE-APACHE LICENSE-MIT "$new/"
  node scripts/dist/notices.mjs widget "$new/THIRD-PARTY.txt"
  node scripts/bundle.mjs "$new"
  renew "$new" build/package
}

# Makes the same files as Trunk; the links in index.html list them.
build_site() {
  local new=build/site.new
  rm -rf "$new"
  mkdir -p "$new/akiba-selfie/lang" "$new/akiba-selfie/pkg" "$new/akiba-selfie/vision"
  grep -v 'data-trunk' index.html >"$new/index.html"
  cp -R demo "$new/demo"
  cp build/package/*.{css,js} "$new/akiba-selfie/"
  cp build/package/lang/* "$new/akiba-selfie/lang/"
  cp build/package/pkg/* "$new/akiba-selfie/pkg/"
  cp build/package/vision/* "$new/akiba-selfie/vision/"
  renew "$new" "$site"
}

build_playground() {
  node scripts/playground.mjs build/playground.new
  renew build/playground.new build/playground
}

# With the features of the whole workspace, as the tests for the host have them: with those of two packages alone, cargo
# would compile all dependencies a second time.
build_services() {
  step "$log" "build: the relay and the sandbox" "about 2 minutes the first time" \
    cargo build --locked --workspace --bin akiba-relay --bin akiba-sandbox
}

mkdir -p build
hold_lock build/lock
: >"$log"
if [ "${1:-}" != services ]; then
  if outdated; then build_wasm; fi
  scripts/vision.sh
  build_package
  build_site
  build_playground
fi
if [ "${1:-}" != page ]; then build_services; fi
