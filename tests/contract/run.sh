#!/bin/sh
# Tests a relay against the OpenAPI document that it serves, with sessions and without. See README.md.
#
#   tests/contract/run.sh [sessions|plain]      with or without sessions only; CONTRACT_EXAMPLES=1000 runs longer
set -eu

here=$(CDPATH="" cd -- "$(dirname -- "$0")" && pwd)
root=$here/../..
python=$("$root/scripts/venv.sh" contract "$here/requirements.txt")
built=${CARGO_TARGET_DIR:-$root/target}/debug
"$root/scripts/build.sh" services

scratch=$(mktemp -d)
pids=
# shellcheck disable=SC2329 # the trap calls it
clean_up() {
  for pid in $pids; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in $pids; do
    wait "$pid" 2>/dev/null || true
  done
  if [ -n "${AKIBA_SELFIE_LOGS:-}" ]; then
    for log in sessions plain; do
      [ ! -e "$scratch/$log.err" ] || cp "$scratch/$log.err" "$AKIBA_SELFIE_LOGS/contract-$$-$log.log"
    done
    [ -z "${CONTRACT_API_KEY:-}" ] || echo "$CONTRACT_API_KEY" >"$AKIBA_SELFIE_LOGS/contract-$$.secrets"
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Waits until the file $1 has a line with the text $2, and prints the line.
line_of() {
  tries=0
  until grep -m 1 "$2" "$1" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then
      echo "run.sh: a server did not start" >&2
      cat "$scratch"/*.err >&2
      exit 1
    fi
    sleep 0.1
  done
}

"$built/akiba-sandbox" serve --ready-file "$scratch/sandbox.json" >"$scratch/sandbox.out" 2>"$scratch/sandbox.err" &
pids="$pids $!"
line_of "$scratch/sandbox.out" ready >/dev/null
sandbox() {
  "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$scratch/sandbox.json" "$1"
}
AKIBA_TOKEN=$(sandbox token)
export AKIBA_TOKEN

# Starts a relay with these flags and sets $CONTRACT_RELAY to its address. The document has no settings, so each setting
# that limits calls is as wide as the document.
start_relay() {
  name=$1
  shift
  "$built/akiba-relay" --listen 127.0.0.1:0 --vendor-base "$(sandbox vendor)" --log-format json --log debug \
    --max-body-bytes 1048576 --rate-address off --rate-session off --rate-api-key off --breaker-failures 0 "$@" \
    >"$scratch/$name.out" 2>"$scratch/$name.err" &
  pids="$pids $!"
  CONTRACT_RELAY=$(line_of "$scratch/$name.out" 'listening on' | cut -d ' ' -f 3)
  export CONTRACT_RELAY
}

try() {
  (
    # schemathesis writes its findings into the current folder.
    cd "$scratch"
    export PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS="$here/hooks.py"
    "$python" -m schemathesis.cli --config-file "$here/$1.toml" \
      run "$CONTRACT_RELAY/openapi.json" --seed 1 --max-examples "${CONTRACT_EXAMPLES:-200}" &&
      "$python" "$here/answered.py" "$CONTRACT_RELAY" "$scratch/$1.err"
  )
}

failed=
if [ "${1:-sessions}" = sessions ]; then
  "$built/akiba-relay" keygen api contract >"$scratch/api"
  CONTRACT_API_KEY=$(sed -n 1p "$scratch/api")
  AKIBA_SESSION_KEYS=$("$built/akiba-relay" keygen session)
  AKIBA_DATA_KEYS=$("$built/akiba-relay" keygen data contract)
  AKIBA_PROOF_KEYS=$("$built/akiba-relay" keygen proof)
  export CONTRACT_API_KEY AKIBA_SESSION_KEYS AKIBA_DATA_KEYS AKIBA_PROOF_KEYS
  start_relay sessions --api-key "$(sed -n 2p "$scratch/api")" --database "sqlite:$scratch/relay.db" \
    --link-host 127.0.0.1 --handoff-page http://127.0.0.1:1/s --handoff-link-ttl-max 4294967295s \
    --return-url https://bank.example \
    --session-ttl-max 4294967295s --retention 10000000000s --max-links 1000000 --max-verifies 1000000
  echo "with sessions"
  try sessions || failed=1
fi
if [ "${1:-plain}" = plain ]; then
  unset CONTRACT_API_KEY AKIBA_PROOF_KEYS
  start_relay plain --sessions off
  echo "without sessions"
  try plain || failed=1
fi
exit "${failed:-0}"
