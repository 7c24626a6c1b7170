#!/usr/bin/env bash
# Runs the page, the relay and the sandbox at http://127.0.0.1:8080, on this machine only. Ctrl-C stops all. PORT
# changes the page's port. Arguments go to `akiba-sandbox demo`, such as `--sessions off`.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh
. scripts/progress.sh

port=${PORT:-8080}
# Fails here instead of after minutes of set-up. The sandbox checks it again.
need_free_port "$port"
[ -e build/site ] || echo "demo: installing and building what is missing, about 6 minutes on 2 cores the first time" >&2
scripts/setup.sh demo
scripts/build.sh
echo "demo: set-up and build took $(duration "$SECONDS")" >&2
exec "$CARGO_TARGET_DIR/debug/akiba-sandbox" demo --port "$port" --site build/site \
  --relay "$CARGO_TARGET_DIR/debug/akiba-relay" "$@"
