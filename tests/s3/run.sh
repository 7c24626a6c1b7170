#!/bin/sh
# Compares the sandbox's S3 with OpenStack Swift's. `run.sh swift …` only runs Swift, and `run.sh sign …` signs links
# for it. See README.md.
set -eu

here=$(CDPATH="" cd -- "$(dirname -- "$0")" && pwd)
python=$("$here/../../scripts/venv.sh" s3 "$here/requirements.txt")

if [ "${1:-}" = swift ]; then
  shift
  exec "$python" "$here/swift_server.py" start "$@"
fi

if [ "${1:-}" = sign ]; then
  shift
  PYTHONDONTWRITEBYTECODE=1 exec "$python" "$here/sign.py" "$@"
fi

if [ -z "${AKIBA_SANDBOX:-}" ]; then
  "$here/../../scripts/build.sh" services
  AKIBA_SANDBOX=${CARGO_TARGET_DIR:-$here/../../target}/debug/akiba-sandbox
fi

scratch=$(mktemp -d)
swift_pid=
sandbox_pid=
clean_up() {
  for pid in $swift_pid $sandbox_pid; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in $swift_pid $sandbox_pid; do
    tries=0
    while [ "$tries" -lt 50 ] && kill -0 "$pid" 2>/dev/null; do
      tries=$((tries + 1))
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

page=http://127.0.0.1:8080
"$python" "$here/swift_server.py" start --origin "$page" --ready-file "$scratch/swift.json" >/dev/null &
swift_pid=$!
"$AKIBA_SANDBOX" serve --origin "$page" --ready-file "$scratch/sandbox.json" >/dev/null &
sandbox_pid=$!

tries=0
until [ -e "$scratch/swift.json" ] && [ -e "$scratch/sandbox.json" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 300 ] || ! kill -0 "$swift_pid" || ! kill -0 "$sandbox_pid"; then
    echo "run.sh: a server did not start" >&2
    exit 1
  fi
  sleep 0.1
done

PYTHONDONTWRITEBYTECODE=1 "$python" "$here/compare.py" \
  --sandbox "$scratch/sandbox.json" --swift "$scratch/swift.json" "$@"
