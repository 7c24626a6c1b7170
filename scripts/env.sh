# Sourced by every script that builds for the browser: where the tools are, and a Rust that knows wasm32.
#
# AKIBA_SELFIE_CACHE  what set-up built outside the clone, shared by all clones (default: the user's cache folder)

AKIBA_SELFIE_CACHE=${AKIBA_SELFIE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/akiba-selfie}
export AKIBA_SELFIE_CACHE

# Whether this rustc has a standard library for wasm32.
has_wasm_std() {
  local dir
  dir=$("$1" --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) || return 1
  compgen -G "$dir/libstd-*.rlib" >/dev/null
}

# Whether this rustc has the source of its standard library, which the shipped WebAssembly is built with.
has_rust_src() {
  [ -e "$("$1" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/Cargo.lock" ]
}

can_build_wasm() {
  has_wasm_std "$1" && has_rust_src "$1"
}

# The distribution's Rust, as links in a folder of its own, so that nothing else of /usr/bin comes first in PATH.
debian_rust=$AKIBA_SELFIE_CACHE/debian-rust

case ":$PATH:" in
  *":$AKIBA_SELFIE_CACHE/tools/bin:"*) ;;
  *) PATH=$AKIBA_SELFIE_CACHE/tools/bin:$PATH ;;
esac
if ! can_build_wasm rustc && [ -x "$debian_rust/rustc" ]; then
  PATH=$debian_rust:$PATH
fi
export PATH

CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
CHROMEDRIVER=${CHROMEDRIVER:-$(command -v chromedriver || true)}
export CHROMIUM CHROMEDRIVER
