#!/usr/bin/env bash
# Installs what building and testing need and this machine lacks. Each step first looks for what is there.
#
#   scripts/setup.sh build     Rust for wasm32, wasm-bindgen, wasm-pack, the npm packages (wasm-opt, terser)
#   scripts/setup.sh test      the same, Trunk, Chromium and ChromeDriver
#   scripts/setup.sh check     clippy, rustfmt, cargo-deny
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

log=$AKIBA_SELFIE_CACHE/setup.log
mkdir -p "$AKIBA_SELFIE_CACHE"
say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# Runs a command with its output in the log, and shows the end of the log when the command fails.
quietly() {
  if ! "$@" >>"$log" 2>&1; then
    tail -n 25 "$log" >&2
    die "«$*» failed; the whole output is in $log"
  fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "need root for «$*»: run it yourself, then start again"; fi
}

apt_install() {
  command -v apt-get >/dev/null || die "no apt-get here: please install $* by hand, then start again"
  quietly as_root apt-get update
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

need_basics() {
  command -v cargo >/dev/null || die "Rust is missing: install it with rustup (https://rustup.rs)"
  command -v node >/dev/null || die "Node.js 20 or newer is missing"
  command -v npm >/dev/null || die "npm is missing"
}

need_wasm_rust() {
  can_build_wasm rustc && return
  if command -v rustup >/dev/null; then
    say "adding Rust's wasm32 target and library source"
    if timeout 120 rustup target add wasm32-unknown-unknown >>"$log" 2>&1 &&
      timeout 120 rustup component add rust-src >>"$log" 2>&1 && can_build_wasm rustc; then return; fi
    say "rustup can't fetch them here; taking the distribution's Rust instead"
  fi
  need_debian_rust
}

# Debian's Rust carries the library's source and its vendored crates, so std for wasm32 can be built from it.
need_debian_rust() {
  dpkg -s rustc-web cargo-web rust-web-src rust-web-llvm >/dev/null 2>&1 ||
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm
  # rust-lld is a link into LLVM's own lld, which no package pulls in; its version is in the link.
  [ -e /usr/bin/rust-lld ] || apt_install "$(basename "$(readlink /usr/bin/rust-lld)")"
  mkdir -p "$debian_rust"
  ln -sf /usr/bin/cargo /usr/bin/rustc /usr/bin/rustdoc "$debian_rust/"
  has_wasm_std "$debian_rust/rustc" || build_wasm_std
  . scripts/env.sh
  can_build_wasm rustc || die "the distribution's Rust has no standard library for wasm32, or no source of it"
}

build_wasm_std() {
  say "building Rust's standard library for wasm32 (about a minute)"
  local work libdir
  work=$(mktemp -d)
  mkdir "$work/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/Cargo.toml"
  : >"$work/src/lib.rs"
  (
    cd "$work"
    PATH=$debian_rust:$PATH RUSTC_BOOTSTRAP=1 quietly cargo build --release --target wasm32-unknown-unknown \
      -Zbuild-std=std,panic_abort,test --target-dir "$work/target"
  )
  libdir=$("$debian_rust/rustc" --print target-libdir --target wasm32-unknown-unknown)
  as_root mkdir -p "$libdir"
  as_root cp "$work"/target/wasm32-unknown-unknown/release/deps/*.rlib "$libdir/"
  as_root rm -f "$libdir"/libempty-*.rlib
  rm -rf "$work"
}

# A tool from crates.io at one version, kept outside the clone.
need_cargo_tool() {
  local binary=$1 crate=$2 version=$3
  shift 3
  if "$binary" --version 2>/dev/null | grep -qF " $version"; then return; fi
  say "building $crate $version (a few minutes, once)"
  quietly cargo install --root "$AKIBA_SELFIE_CACHE/tools" "$crate" --version "$version" "$@"
}

need_node_packages() {
  local stamp=node_modules/.setup-stamp
  if [ -e "$stamp" ] && cmp -s package-lock.json "$stamp"; then return; fi
  say "installing npm packages"
  quietly npm ci --no-audit --no-fund
  cp package-lock.json "$stamp"
}

need_browser() {
  if [ -z "$CHROMIUM" ] || [ -z "$CHROMEDRIVER" ]; then
    say "installing Chromium and ChromeDriver"
    apt_install chromium chromium-driver
  fi
}

# The command-line tool must be of the very version that Cargo.lock has.
locked_version() {
  awk -v name="$1" '$0 == "name = \"" name "\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock
}

build() {
  need_basics
  need_wasm_rust
  # Without --locked: its own lock names a crate newer than some mirrors serve.
  need_cargo_tool wasm-bindgen wasm-bindgen-cli "$(locked_version wasm-bindgen)"
  need_cargo_tool wasm-pack wasm-pack 0.15.1 --locked
  need_node_packages
}

tests() {
  build
  need_cargo_tool trunk trunk 0.21.14 --locked
  need_browser
}

check() {
  need_basics
  need_node_packages
  cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 ||
    quietly rustup component add clippy rustfmt
  need_cargo_tool cargo-deny cargo-deny 0.20.2 --locked
}

case "${1:-}" in
  build) build ;;
  check) check ;;
  test) tests ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
