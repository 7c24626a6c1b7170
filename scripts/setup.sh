#!/usr/bin/env bash
# Installs what building and testing need, if this machine does not have it yet.
#
#   scripts/setup.sh demo      Rust for wasm32, wasm-bindgen, the npm packages (wasm-opt, esbuild, terser)
#   scripts/setup.sh build     the same, and wasm-pack
#   scripts/setup.sh serve     the same, and Trunk
#   scripts/setup.sh test      the same, Python with venv, PostgreSQL, nginx, cargo-fuzz, Chromium and ChromeDriver,
#                              Firefox, WebKitGTK and Xvfb, and Go, PHP and Java for the example back ends, jq and curl
#   scripts/setup.sh tour      the same as for tests, and a font for the pictures
#   scripts/setup.sh bench     the same as for tests, wrk, and other face detectors to compare with (about 70 MB)
#   scripts/setup.sh dist      the same as for build, and a C compiler and Rust's library for a static program
#   scripts/setup.sh site      the packages that write the documentation site
#   scripts/setup.sh check     clippy, rustfmt, cargo-deny, systemd-analyze, promtool, Python with venv, and the linters
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
. scripts/progress.sh
. scripts/setup/system.sh
. scripts/setup/rust.sh
. scripts/setup/packages.sh

log=$AKIBA_SELFIE_CACHE/setup.log

say() { printf 'setup: %s\n' "$*" >&2; }

die() {
  say "$@"
  exit 1
}

setup_step() {
  local what=$1
  shift
  step "$log" "setup: $what" "$@"
}

# Runs a short command with its output in the log, and shows the end of the log if it fails.
quietly() {
  if ! "$@" >>"$log" 2>&1; then
    tail -n 25 "$log" >&2
    die "«$*» failed. The whole output is in $log"
  fi
}

# Whether the version $1 is at least $2.
at_least() {
  [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

demo() {
  need_rust
  need_node
  need_cc
  need_wasm_rust
  # Without --locked, because its lock file may name versions that the registry does not have.
  need_cargo_tool wasm-bindgen wasm-bindgen-cli "$(locked_version wasm-bindgen)" "about 2 minutes"
  need_npm . "wasm-opt, esbuild, terser"
}

build() {
  demo
  need_cargo_tool wasm-pack wasm-pack 0.15.1 "about 2 minutes" --locked
}

serve() {
  build
  # Without the features that download tools and ask for its own updates.
  need_cargo_tool trunk trunk 0.21.14 "about 4 minutes" --locked --no-default-features
}

tests() {
  need_python
  need_cxx
  need_postgres
  need_pgbouncer
  need_faketime
  need_nginx
  serve
  need_cargo_tool cargo-fuzz cargo-fuzz 0.13.2 "about a minute" --locked
  need_clients
  need_examples
  need_site
  need_backend_languages
  need_tutorial_tools
  need_browser
  need_engines
}

tour() {
  tests
  need_font
}

bench() {
  tests
  need_wrk
  need_peers
}

dist() {
  build
  need_static_rust
}

site() {
  need_node
  need_site
}

check() {
  need_rust
  need_node
  need_cc
  need_python
  need_systemd
  need_promtool
  need_npm . "playwright-core, terser"
  need_linters
  need_clippy
  need_cargo_tool cargo-deny cargo-deny 0.20.2 "about 3 minutes" --locked
}

mkdir -p "$AKIBA_SELFIE_CACHE"
hold_lock "$AKIBA_SELFIE_CACHE/setup.lock"
case "${1:-}" in
  demo) demo ;;
  build) build ;;
  serve) serve ;;
  check) check ;;
  bench) bench ;;
  dist) dist ;;
  site) site ;;
  test) tests ;;
  tour) tour ;;
  *)
    sed -n '2,13s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
