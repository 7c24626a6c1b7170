#!/usr/bin/env bash
# For development: serves the page with `trunk serve` at http://127.0.0.1:8080, rebuilds it when a file changes, and
# runs the relay and the sandbox. Ctrl-C stops all. PORT changes the page's port, RELAY_PORT the relay's (8081).
# Arguments go to `trunk serve`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

port=${PORT:-8080}
relay_port=${RELAY_PORT:-8081}
need_free_port "$port"
need_free_port "$relay_port" RELAY_PORT
scripts/setup.sh serve
scripts/vision.sh
scripts/build.sh services

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

# Trunk reads the ports of its proxy only from this file, and uses its folder as the root.
config=$(mktemp "$PWD/Trunk.XXXXXX.toml")
sed "s|^backend = .*|backend = \"http://127.0.0.1:$relay_port/v1\"|" Trunk.toml >"$config"

"$CARGO_TARGET_DIR/debug/akiba-sandbox" demo --no-page --port "$port" --relay-port "$relay_port" \
  --relay "$CARGO_TARGET_DIR/debug/akiba-relay" &
pids+=($!)
# Trunk fails if NO_COLOR is 1.
env -u NO_COLOR trunk --config "$config" serve --port "$port" --skip-version-check "$@" &
pids+=($!)
# When one of them ends, the other one is stopped.
wait -n
