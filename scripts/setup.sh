#!/usr/bin/env bash
# Installs what building and testing need and this machine lacks. Each step first looks for what is there.
#
#   scripts/setup.sh build     Rust for wasm32, wasm-bindgen, wasm-pack, the npm packages (wasm-opt, terser)
#   scripts/setup.sh serve     the same, and Trunk
#   scripts/setup.sh test      the same, Python with venv, PostgreSQL, nginx, cargo-fuzz, Chromium and ChromeDriver
#   scripts/setup.sh bench     the same as for tests, wrk, and other face detectors to compare with (some 70 MB)
#   scripts/setup.sh check     clippy, rustfmt, cargo-deny, Python with venv, systemd-analyze
set -euo pipefail
cd "$(dirname "$0")/.."
# What must be seen is said here, even where a command's own output goes to the log.
exec 3>&2
. scripts/env.sh

log=$AKIBA_SELFIE_CACHE/setup.log
say() { printf 'setup: %s\n' "$*"; }
die() {
  printf 'setup: %s\n' "$*" >&3
  exit 1
}

# Runs a command with its output in the log, and shows the end of the log when the command fails.
quietly() {
  if ! "$@" >>"$log" 2>&1; then
    tail -n 25 "$log" >&3
    die "«$*» failed; the whole output is in $log"
  fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
  command -v apt-get >/dev/null || die "no apt-get here: please install $* by hand, then start again"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "no root and no sudo here: please run «apt-get install $*» as root, then start again"
  say "installing $*"
  quietly as_root apt-get update
  quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# Whether the first version is at least the second one.
at_least() {
  [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

need_rust() {
  local oldest version
  oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  command -v cargo >/dev/null || die "Rust is missing: install it with rustup (https://rustup.rs), then start again"
  version=$(rustc --version 2>>"$log" | cut -d ' ' -f 2) || die "«rustc --version» fails: try «rustup default stable»"
  at_least "$version" "$oldest" ||
    die "Rust $oldest or newer is needed, and this is $version: «rustup update», then start again"
}

need_node() {
  local oldest version
  oldest=$(sed -n 's/.*"node": ">=\(.*\)".*/\1/p' package.json)
  command -v node >/dev/null || die "Node.js $oldest or newer is missing (https://nodejs.org)"
  version=$(node --version)
  at_least "${version#v}" "$oldest" ||
    die "Node.js $oldest or newer is needed, and this is ${version#v} (https://nodejs.org)"
  command -v npm >/dev/null || die "npm is missing; it comes with Node.js (https://nodejs.org)"
}

# The load of a bench.
need_wrk() {
  command -v wrk >/dev/null || apt_install wrk
}

# Crates with C in them, and every program of Rust's, are linked by it.
need_cc() {
  command -v cc >/dev/null || apt_install gcc libc6-dev
}

# The fuzzer is C++.
need_cxx() {
  command -v c++ >/dev/null || apt_install g++
}

# Debian's own Python comes without what makes a virtual environment.
need_python() {
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv
  python3 -c 'import ensurepip, venv' 2>/dev/null || die "this python3 makes no virtual environments: $(command -v python3)"
}

# The relay's tests start a server of their own. Debian keeps its programs out of PATH.
need_postgres() {
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || apt_install postgresql
}

# Stands in the relay's place in a test. Debian keeps it out of the PATH of who is not root.
need_nginx() {
  [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || apt_install nginx
  [ -e /etc/ssl/certs/ca-certificates.crt ] || apt_install ca-certificates
  command -v openssl >/dev/null || apt_install openssl
}

# What checks a unit of systemd; that need not run here.
need_systemd() {
  command -v systemd-analyze >/dev/null || apt_install systemd
}

need_wasm_rust() {
  if [ "${AKIBA_SELFIE_RUST:-}" != distribution ]; then
    can_build_wasm rustc && return
    if command -v rustup >/dev/null; then
      say "adding Rust's wasm32 target and library source"
      if timeout 120 rustup target add wasm32-unknown-unknown >>"$log" 2>&1 &&
        timeout 120 rustup component add rust-src >>"$log" 2>&1 && can_build_wasm rustc; then return; fi
      say "rustup can't fetch them here"
    fi
    [ "${AKIBA_SELFIE_RUST:-}" != own ] || die "the Rust in PATH does not build for wasm32, or lacks its library's source"
    say "taking the distribution's Rust instead"
  fi
  need_distribution_rust
}

# Debian's packages carry the library's source and its vendored crates, so std for wasm32 can be built from them.
need_distribution_rust() {
  local rust
  dpkg -s rustc-web cargo-web rust-web-src rust-web-llvm >/dev/null 2>&1 ||
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm
  # rust-lld is a link into LLVM's own lld, which no package pulls in; its version is in the link.
  [ -e /usr/bin/rust-lld ] || apt_install "$(basename "$(readlink /usr/bin/rust-lld)")"
  rust=$(distribution_rust) || die "the distribution's rustc does not run"
  can_build_wasm "$rust/bin/rustc" || make_distribution_rust "$rust"
  . scripts/env.sh
  can_build_wasm rustc || die "the distribution's Rust does not build for wasm32; how its library was built is in $log"
}

# A toolchain of links to the packages, and std for wasm32 beside them: the system's folders stay the packages' own.
make_distribution_rust() {
  local rust=$1 part tool work
  say "building Rust's standard library for wasm32 (about a minute)"
  rm -rf "$(dirname "$rust")"
  mkdir -p "$rust/bin" "$rust/lib/rustlib/wasm32-unknown-unknown/lib"
  for part in /usr/lib/rustlib/*; do
    [ "$(basename "$part")" = wasm32-unknown-unknown ] || ln -s "$part" "$rust/lib/rustlib/"
  done
  ln -s /usr/bin/cargo "$rust/bin/cargo"
  for tool in rustc rustdoc; do
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot "${0%%/bin/*}" "$@"\n' "$tool" >"$rust/bin/$tool"
    chmod +x "$rust/bin/$tool"
  done
  work=$(mktemp -d)
  mkdir "$work/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/Cargo.toml"
  : >"$work/src/lib.rs"
  (
    cd "$work"
    PATH=$rust/bin:$PATH RUSTC_BOOTSTRAP=1 quietly cargo build --release --target wasm32-unknown-unknown \
      -Zbuild-std=std,panic_abort,test --target-dir "$work/target"
  )
  rm "$work"/target/wasm32-unknown-unknown/release/deps/libempty-*
  cp "$work"/target/wasm32-unknown-unknown/release/deps/*.rlib "$rust/lib/rustlib/wasm32-unknown-unknown/lib/"
  rm -rf "$work"
}

# A tool from crates.io at one version, kept outside the clone. Trunk can't read NO_COLOR=1.
need_cargo_tool() {
  local binary=$1 crate=$2 version=$3
  shift 3
  if [ "$(env -u NO_COLOR "$binary" --version 2>/dev/null | awk '{ print $2; exit }')" = "$version" ]; then return; fi
  say "building $crate $version (a few minutes, once)"
  quietly env -u CARGO_TARGET_DIR cargo install --root "$AKIBA_SELFIE_CACHE/tools" "$crate" --version "$version" "$@"
}

need_node_packages() {
  local stamp=node_modules/.setup-stamp
  if [ -e "$stamp" ] && cmp -s package-lock.json "$stamp"; then return; fi
  say "installing npm packages"
  quietly npm ci --no-audit --no-fund
  cp package-lock.json "$stamp"
}

# The example of a back end: its own packages, and the widget as it is built here.
need_examples() {
  local folder=examples/backend/node
  local stamp=$folder/node_modules/.setup-stamp
  if ! { [ -e "$stamp" ] && cmp -s "$folder/package-lock.json" "$stamp"; }; then
    say "installing the example's npm packages"
    (cd "$folder" && quietly npm ci --no-audit --no-fund)
    cp "$folder/package-lock.json" "$stamp"
  fi
  quietly scripts/venv.sh backend examples/backend/python/requirements.txt
}

need_browser() {
  if [ -z "$CHROMIUM" ] || [ -z "$CHROMEDRIVER" ]; then apt_install chromium chromium-driver; fi
}

# MediaPipe's page wants its own model to carry metadata, which the published file lacks.
need_peers() {
  local stamp=evaluation/vision/node_modules/.setup-stamp model=face_detection_short_range.tflite
  local venv=$AKIBA_SELFIE_CACHE/venv-metadata
  if ! { [ -e "$stamp" ] && cmp -s evaluation/vision/package-lock.json "$stamp"; }; then
    say "installing other face detectors"
    (cd evaluation/vision && quietly npm ci --no-audit --no-fund)
    cp evaluation/vision/package-lock.json "$stamp"
  fi
  if [ -e "build/vision/$model" ]; then return; fi
  if [ ! -e "$venv/.complete" ]; then
    quietly python3 -m venv --clear "$venv"
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check --no-deps mediapipe==1.2.2 flatbuffers==25.12.19
    touch "$venv/.complete"
  fi
  mkdir -p build/vision
  quietly "$venv/bin/python" evaluation/vision/with_metadata.py \
    "evaluation/vision/node_modules/@mediapipe/face_detection/$model" "build/vision/$model.new"
  mv "build/vision/$model.new" "build/vision/$model"
}

# The command-line tool must be of the very version that Cargo.lock has.
locked_version() {
  awk -v name="$1" '$0 == "name = \"" name "\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock
}

build() {
  need_rust
  need_node
  need_cc
  need_wasm_rust
  # Without --locked: its own lock may name versions of crates that are not to be had.
  need_cargo_tool wasm-bindgen wasm-bindgen-cli "$(locked_version wasm-bindgen)"
  need_cargo_tool wasm-pack wasm-pack 0.15.1 --locked
  need_node_packages
}

serve() {
  build
  need_cargo_tool trunk trunk 0.21.14 --locked
}

tests() {
  need_python
  need_cxx
  need_postgres
  need_nginx
  serve
  need_cargo_tool cargo-fuzz cargo-fuzz 0.13.2 --locked
  need_examples
  need_browser
}

bench() {
  tests
  need_wrk
  need_peers
}

check() {
  need_rust
  need_node
  need_cc
  need_python
  need_systemd
  need_node_packages
  cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1 ||
    quietly rustup component add clippy rustfmt
  need_cargo_tool cargo-deny cargo-deny 0.20.2 --locked
}

mkdir -p "$AKIBA_SELFIE_CACHE"
hold_lock "$AKIBA_SELFIE_CACHE/setup.lock"
case "${1:-}" in
  build) build ;;
  serve) serve ;;
  check) check ;;
  bench) bench ;;
  test) tests ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
