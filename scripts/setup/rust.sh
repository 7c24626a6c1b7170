# shellcheck shell=bash
# Sourced by setup.sh: Rust that builds for the browser, and tools from crates.io.
# shellcheck disable=SC2154 # setup.sh sets `log`

need_rust() {
  local oldest version
  oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  command -v cargo >/dev/null || die "Rust is missing: install it with rustup (https://rustup.rs), then try again"
  version=$(rustc --version 2>>"$log" | cut -d ' ' -f 2) || die "«rustc --version» fails: try «rustup default stable»"
  at_least "$version" "$oldest" ||
    die "Rust $oldest or newer is required, but this is $version: run «rustup update», then try again"
}

need_clippy() {
  if cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; then return; fi
  setup_step "adding clippy and rustfmt" "seconds" rustup component add clippy rustfmt
}

# A static program for Linux has musl as its C library.
need_static_rust() {
  local target=x86_64-unknown-linux-musl
  command -v musl-gcc >/dev/null || apt_install musl-tools
  [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ] && return
  command -v rustup >/dev/null || die "the static relay needs Rust's library for $target, which rustup installs"
  setup_step "adding Rust's library for $target" "seconds" rustup target add "$target"
}

need_wasm_rust() {
  if [ "${AKIBA_SELFIE_RUST:-}" != distribution ]; then
    can_build_wasm rustc && return
    if command -v rustup >/dev/null; then
      say "adding Rust's wasm32 target and library source (seconds)"
      if timeout 120 rustup target add wasm32-unknown-unknown >>"$log" 2>&1 &&
        timeout 120 rustup component add rust-src >>"$log" 2>&1 && can_build_wasm rustc; then return; fi
      say "rustup can't download them here"
    fi
    [ "${AKIBA_SELFIE_RUST:-}" != own ] ||
      die "the Rust in PATH does not build for wasm32, or the source of its standard library is missing"
    say "using the distribution's Rust instead"
  fi
  need_distribution_rust
}

# Debian's packages contain the library's source and its vendored crates, so std for wasm32 can be built from them.
need_distribution_rust() {
  local rust
  dpkg -s rustc-web cargo-web rust-web-src rust-web-llvm >/dev/null 2>&1 ||
    apt_install rustc-web cargo-web rust-web-src rust-web-llvm
  # rust-lld is a link to LLVM's lld, on which no package depends. The link has its version.
  [ -e /usr/bin/rust-lld ] || apt_install "$(basename "$(readlink /usr/bin/rust-lld)")"
  rust=$(distribution_rust) || die "the distribution's rustc does not run"
  can_build_wasm "$rust/bin/rustc" || make_distribution_rust "$rust"
  . scripts/env.sh
  can_build_wasm rustc || die "the distribution's Rust does not build for wasm32: see how its library was built in $log"
}

# Makes a toolchain of links to the packages, with std for wasm32. It leaves the system's folders unchanged.
make_distribution_rust() {
  local rust=$1 part tool work
  rm -rf "$(dirname "$rust")"
  mkdir -p "$rust/bin" "$rust/lib/rustlib/wasm32-unknown-unknown/lib"
  for part in /usr/lib/rustlib/*; do
    [ "$(basename "$part")" = wasm32-unknown-unknown ] || ln -s "$part" "$rust/lib/rustlib/"
  done
  ln -s /usr/bin/cargo "$rust/bin/cargo"
  for tool in rustc rustdoc; do
    # shellcheck disable=SC2016 # the variables are the new script's
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot "${0%%/bin/*}" "$@"\n' "$tool" >"$rust/bin/$tool"
    chmod +x "$rust/bin/$tool"
  done
  work=$(mktemp -d)
  mkdir "$work/src"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n' >"$work/Cargo.toml"
  : >"$work/src/lib.rs"
  setup_step "building Rust's standard library for wasm32" "about a minute" \
    env --chdir="$work" PATH="$rust/bin:$PATH" RUSTC_BOOTSTRAP=1 cargo build --release --target wasm32-unknown-unknown \
    -Zbuild-std=std,panic_abort,test --target-dir "$work/target"
  rm "$work"/target/wasm32-unknown-unknown/release/deps/libempty-*
  cp "$work"/target/wasm32-unknown-unknown/release/deps/*.rlib "$rust/lib/rustlib/wasm32-unknown-unknown/lib/"
  rm -rf "$work"
}

# Prints the version of a crate in Cargo.lock. wasm-bindgen's tool must have the same version as the crate.
locked_version() {
  awk -v name="$1" '$0 == "name = \"" name "\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock
}

# Whether the program $1 has the version $2. Trunk fails if NO_COLOR is 1.
has_version() {
  [ "$(env -u NO_COLOR "$1" --version 2>/dev/null | awk '{ print $2; exit }')" = "$2" ]
}

# Installs one version of a tool from crates.io into the cache folder: need_cargo_tool BINARY CRATE VERSION TIME [FLAG…]
# cargo-binstall downloads it if the user has that; otherwise, or if that fails, cargo compiles it.
need_cargo_tool() {
  local binary=$1 crate=$2 version=$3 time=$4 root=$AKIBA_SELFIE_CACHE/tools optimised=0
  shift 4
  has_version "$binary" "$version" && return
  if command -v cargo-binstall >/dev/null; then
    say "downloading $crate $version with cargo-binstall (seconds)"
    timeout 300 cargo binstall --no-confirm --disable-strategies compile --root "$root" "$crate@$version" \
      >>"$log" 2>&1 </dev/null || say "cargo-binstall failed, so it is compiled"
    has_version "$binary" "$version" && return
  fi
  # These settings compile faster than the tools' own. Only wasm-bindgen works for long: on megabytes of each test program.
  [ "$binary" != wasm-bindgen ] || optimised=1
  setup_step "compiling $crate $version" "$time, once" \
    env -u CARGO_TARGET_DIR CARGO_PROFILE_RELEASE_OPT_LEVEL=$optimised CARGO_PROFILE_RELEASE_LTO=off \
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=false \
    cargo install --root "$root" "$crate" --version "$version" "$@"
}
