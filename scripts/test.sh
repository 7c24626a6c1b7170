#!/usr/bin/env bash
# Runs every test, the fastest first.
#
#   scripts/test.sh            the tests
#   scripts/test.sh --check    also scripts/check.sh, beside the browser's tests
set -euo pipefail
cd "$(dirname "$0")/.."
check=
case "$*" in
  '') ;;
  --check) check=1 ;;
  *)
    echo "test: unknown arguments «$*»" >&2
    exit 2
    ;;
esac
scripts/setup.sh test
. scripts/env.sh

# The tests keep the logs of all relays here, at level trace. The last part searches them.
AKIBA_SELFIE_LOGS=$(mktemp -d)
export AKIBA_SELFIE_LOGS
output=$(mktemp) beside=
clean_up() {
  [ -z "$beside" ] || kill -- "-$beside" 2>/dev/null || true
  rm -rf "$AKIBA_SELFIE_LOGS" "$output"
}
trap clean_up EXIT

# Begins a part, and says how long those before it took: a run that ends early shows where the time went.
now="set-up" begun=0 took=
part() {
  took+="${took:+, }${now%%:*} $((SECONDS - begun)) s"
  now=$* begun=$SECONDS
  printf '\n== %s (so far %d s: %s)\n' "$*" "$SECONDS" "$took"
  mkdir -p build
  printf '%s\n' "$took" >build/test-times
}

# Runs a command beside the next parts. It only gets the processor time that they leave, as they wait for timers and frames.
start_beside() {
  # A process group of its own, so that all of it can be ended.
  set -m
  (renice -n 19 -p "$BASHPID" >/dev/null && "$@") >"$output" 2>&1 &
  beside=$!
  set +m
}

wait_beside() {
  local failed=0
  wait "$beside" || failed=$?
  beside=
  cat "$output"
  return "$failed"
}

# What later parts compile, and the checks. Both use cargo, so the parts beside them may not.
compile_and_check() {
  scripts/fuzz.sh build
  [ -z "$check" ] || scripts/check.sh
}

part "host: protocol, flow, settings, relay, sandbox"
cargo test --workspace --locked --no-run
start_beside scripts/build.sh page
cargo test --workspace --locked
wait_beside
cargo test --workspace --features akiba-relay/otel --locked --test traces

part "node: the detector's vector kernels against its scalar ones"
scripts/test-kernels.sh

part "build"
scripts/build.sh
node scripts/size.mjs

part "browser: adapters and component in headless Chromium with a fake camera"
scripts/test-browser.sh

part "end to end: the demo, a face in the camera, every identity, every fault"
start_beside compile_and_check
scripts/test-e2e.sh

part "engines: the main job, failing cameras and files in Chromium, Firefox and WebKitGTK"
scripts/test-engines.sh

part "beside: compiling what is fuzzed${check:+, and the checks}"
wait_beside

part "packaging: npm and Trunk"
scripts/test-packages.sh

part "documentation site: every page, link and anchor"
scripts/test-site.sh

part "contract: the relay against its OpenAPI document, with schemathesis"
tests/contract/run.sh

part "fuzzing: untrusted input of the relay, the corpus and 15 s for each target"
scripts/fuzz.sh 15

part "S3: the same uploads against OpenStack Swift, signed by boto3"
tests/s3/run.sh
scripts/test-e2e.sh tests/s3/widget.test.mjs

part "logs: no secret and no personal data in the logs of this run"
node scripts/search-logs.mjs "$AKIBA_SELFIE_LOGS"

part "all tests passed"
