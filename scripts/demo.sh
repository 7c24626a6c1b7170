#!/usr/bin/env bash
# The page, the relay and the sandbox at http://127.0.0.1:8080, on this machine alone; Ctrl-C ends all. PORT changes the
# page's port; further arguments go to `akiba-sandbox demo`, such as `--sessions off`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

port=${PORT:-8080}
# Before minutes are spent on installing and building. The sandbox itself looks again.
need_free_port "$port"
scripts/setup.sh build
scripts/build.sh
exec "$CARGO_TARGET_DIR/debug/akiba-sandbox" demo --port "$port" --site build/site \
  --relay "$CARGO_TARGET_DIR/debug/akiba-relay" "$@"
