#!/usr/bin/env bash
# Makes the files of a release in build/dist:
#
#   npm/        the npm package, as `npm publish` sends it
#   cdn/        its files for a server of static files, with integrity.json (the SRI hash of each)
#   debug/      the widget's WebAssembly with names and DWARF, and the glue for it
#   relay/      the relay: one static program for Linux on x86-64, with its unit and sample settings
#   container/  the folder from which an image of that program is built
#   *.cdx.json  the software bills of materials, CycloneDX 1.6
#   SHA256SUMS  the checksum of each file
#
#   scripts/dist.sh            builds
#   scripts/dist.sh --verify   builds, builds again from a clone in another folder, and fails if a byte differs
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh dist
. scripts/env.sh
. scripts/progress.sh

mkdir -p build
log=$PWD/build/dist.log
: >"$log"
target=x86_64-unknown-linux-musl
version=$(node -p 'JSON.parse(require("fs").readFileSync("www/package.json", "utf8")).version')
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

# No path of the machine that builds.
remap="--remap-path-prefix=$PWD=/src --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
remap+=" --remap-path-prefix=$(rustc --print sysroot)=/rust"

# The same archive from the same files: $1 is the archive, $2 the folder that it holds.
archive() {
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw \
    -C "$(dirname "$2")" -cf - "$(basename "$2")" | gzip -9n >"$1"
}

pack_npm() {
  mkdir -p "$dist/npm"
  npm pack --silent --pack-destination "$dist/npm" ./build/package >>"$log"
  mkdir -p "$dist/cdn"
  tar -xzf "$dist/npm/akiba-selfie-$version.tgz" -C "$dist/cdn"
  mv "$dist/cdn/package" "$dist/cdn/akiba-selfie-$version"
  node scripts/dist/integrity.mjs "$dist/cdn/akiba-selfie-$version"
  node scripts/sbom.mjs widget "$dist/akiba-selfie-$version.cdx.json"
}

# The same code as in the package before wasm-opt, with what a debugger needs.
build_debug() {
  step "$log" "dist: the widget's WebAssembly with DWARF" "about a minute" \
    env CARGO_PROFILE_SHIPPED_DEBUG=full CARGO_PROFILE_SHIPPED_STRIP=none RUSTC_BOOTSTRAP=1 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort $remap" \
    cargo build --locked --package akiba-selfie-npm --lib --profile shipped --target wasm32-unknown-unknown \
    -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size
  wasm-bindgen --target web --keep-debug --no-typescript --out-dir "$dist/debug" --out-name akiba-selfie \
    "$CARGO_TARGET_DIR/wasm32-unknown-unknown/shipped/akiba_selfie_npm.wasm"
}

build_relay() {
  local name=akiba-relay-$version-$target folder
  step "$log" "dist: the relay as a static program" "about 5 minutes" \
    env RUSTFLAGS="$remap" CFLAGS="-ffile-prefix-map=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
    cargo build --locked --release --package akiba-relay --target "$target"
  folder=$dist/relay/$name
  mkdir -p "$folder" "$dist/container"
  cp "$CARGO_TARGET_DIR/$target/release/akiba-relay" LICENSE-APACHE LICENSE-MIT "$folder/"
  strip "$folder/akiba-relay"
  cp deploy/akiba-relay.service deploy/akiba-relay.toml "$folder/"
  node scripts/dist/notices.mjs relay "$folder/THIRD-PARTY.txt"
  node scripts/sbom.mjs relay "$dist/akiba-relay-$version.cdx.json"
  cp "$folder/akiba-relay" "$folder/THIRD-PARTY.txt" "$dist/container/"
  cp deploy/static.Dockerfile "$dist/container/Dockerfile"
  archive "$dist/relay/$name.tar.gz" "$folder"
  rm -r "$folder"
}

# Builds the same commit in another folder, with nothing built there before.
verify() {
  local other
  other=$(mktemp -d)
  git clone --quiet . "$other/elsewhere"
  (
    cd "$other/elsewhere"
    unset CARGO_TARGET_DIR
    scripts/dist.sh >/dev/null
  )
  local status=0
  diff build/dist/SHA256SUMS "$other/elsewhere/build/dist/SHA256SUMS" || status=$?
  rm -rf "$other"
  [ "$status" = 0 ] || {
    echo "dist: a second build gave other bytes" >&2
    exit 1
  }
  echo "dist: a second build in another folder gave the same bytes"
}

scripts/build.sh
dist=$PWD/build/dist.new
rm -rf "$dist"
mkdir -p "$dist"
pack_npm
build_debug
build_relay
(cd "$dist" && find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum) >build/dist.sums
mv build/dist.sums "$dist/SHA256SUMS"
rm -rf build/dist
mv "$dist" build/dist
if [ "${1:-}" = --verify ]; then verify; fi
(cd build/dist && find . -type f -size +0 -printf '%10s  %P\n' | LC_ALL=C sort -k2)
