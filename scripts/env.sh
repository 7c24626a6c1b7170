# shellcheck shell=bash
# Sourced by every script, at the root of the clone: finds the tools, and a Rust that builds for the browser.
#
# AKIBA_SELFIE_CACHE  folder for tools that set-up installs, shared by all clones (default: the user's cache folder)
# AKIBA_SELFIE_RUST   which Rust: `own`, the one in PATH, or `distribution`, the packaged one that set-up prepares
#                     (default: own, unless it can't build for the browser)

AKIBA_SELFIE_CACHE=${AKIBA_SELFIE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/akiba-selfie}
export AKIBA_SELFIE_CACHE
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
export CARGO_TARGET_DIR

# Whether this rustc has a usable standard library for wasm32. After an update of the compiler, an old one is not.
has_wasm_std() {
  local dir status=0
  dir=$(mktemp -d)
  "$1" --crate-name empty --crate-type lib --emit metadata --target wasm32-unknown-unknown --out-dir "$dir" - \
    </dev/null >/dev/null 2>&1 || status=$?
  rm -rf "$dir"
  return "$status"
}

# Whether this rustc has the source of its standard library, from which the shipped WebAssembly is built.
has_rust_src() {
  [ -e "$("$1" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/Cargo.lock" ]
}

can_build_wasm() {
  has_rust_src "$1" && has_wasm_std "$1"
}

# Prints the folder of the distribution's Rust with a standard library for wasm32. Its name depends on the version, so
# an update of the packages makes a new one.
distribution_rust() {
  local version
  version=$(/usr/bin/rustc -vV 2>/dev/null | cksum) || return 1
  printf '%s/distribution-rust/%s\n' "$AKIBA_SELFIE_CACHE" "${version%% *}"
}

put_in_path() {
  case ":$PATH:" in
    *":$1:"*) ;;
    *) PATH=$1:$PATH ;;
  esac
}

choose_rust() {
  case "${AKIBA_SELFIE_RUST:-}" in
    own) return ;;
    distribution) ;;
    '') if can_build_wasm rustc; then return; fi ;;
    *)
      echo "AKIBA_SELFIE_RUST must be «own» or «distribution», not «$AKIBA_SELFIE_RUST»" >&2
      exit 2
      ;;
  esac
  local rust
  rust=$(distribution_rust) || return 0
  if [ -x "$rust/bin/rustc" ]; then put_in_path "$rust/bin"; fi
}

# Waits for the lock $1 and holds it until this run ends.
hold_lock() {
  command -v flock >/dev/null || return 0
  exec 9>"$1"
  flock --nonblock 9 && return
  echo "waiting for another run of $0" >&2
  flock 9
}

# Exits if the port $1 of this machine is in use. $2 is the variable that sets another one.
need_free_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    echo "port $1 is in use: choose another one, such as ${2:-PORT}=$(($1 + 10))" >&2
    exit 2
  fi
}

# rustup adds its folder to the PATH of new shells only.
cargo_bin=${CARGO_HOME:-$HOME/.cargo}/bin
if [ -x "$cargo_bin/cargo" ]; then put_in_path "$cargo_bin"; fi
put_in_path "$AKIBA_SELFIE_CACHE/tools/bin"
choose_rust
export PATH

CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver || true)}
export CHROMIUM CHROMEDRIVER
