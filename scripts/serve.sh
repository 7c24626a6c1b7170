#!/usr/bin/env bash
# For development: the page by `trunk serve` at http://127.0.0.1:8080, built again when a file changes, with the relay
# and the sandbox beside it; Ctrl-C ends all. PORT changes the page's port, RELAY_PORT the relay's (8081). Arguments go
# to `trunk serve`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

port=${PORT:-8080}
relay_port=${RELAY_PORT:-8081}
need_free_port "$port"
need_free_port "$relay_port" RELAY_PORT
scripts/setup.sh serve
scripts/vision.sh
cargo build --quiet --locked --package akiba-relay --package akiba-sandbox

config=
pids=()
clean_up() {
  trap - EXIT
  if [ ${#pids[@]} -gt 0 ]; then
    kill "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
  fi
  if [ -n "$config" ]; then rm -f "$config"; fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Trunk reads the ports of its proxy from nothing but this file, and takes the folder that the file is in for the root.
config=$(mktemp "$PWD/Trunk.XXXXXX.toml")
sed "s|^backend = .*|backend = \"http://127.0.0.1:$relay_port/v1\"|" Trunk.toml >"$config"

"$CARGO_TARGET_DIR/debug/akiba-sandbox" demo --no-page --port "$port" --relay-port "$relay_port" \
  --relay "$CARGO_TARGET_DIR/debug/akiba-relay" &
pids+=($!)
# Trunk can't read NO_COLOR=1.
env -u NO_COLOR trunk --config "$config" serve --port "$port" --skip-version-check "$@" &
pids+=($!)
# Whichever ends first ends the other.
wait -n
