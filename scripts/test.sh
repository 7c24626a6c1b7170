#!/usr/bin/env bash
# Every test, in the order of how soon it tells.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
. scripts/env.sh

# The logs of all relays of this run, at trace: searched at its end.
AKIBA_SELFIE_LOGS=$(mktemp -d)
export AKIBA_SELFIE_LOGS
trap 'rm -rf "$AKIBA_SELFIE_LOGS"' EXIT

part() { printf '\n== %s\n' "$*"; }

part "host: protocol, flow, settings, relay, sandbox"
cargo test --workspace --locked
cargo test --package akiba-relay --features otel --locked --test traces

part "node: the detector's vector kernels against its plain ones"
scripts/test-kernels.sh

part "build"
scripts/build.sh
node scripts/size.mjs

part "browser: adapters and component in headless Chromium with a fake camera"
scripts/test-browser.sh

part "end to end: the demo, a face in the camera, every identity, every fault"
scripts/test-e2e.sh

part "packaging: npm and Trunk"
scripts/test-packages.sh

part "contract: the relay's OpenAPI document tried on it by schemathesis"
tests/contract/run.sh

part "fuzzing: what the relay reads of strangers, 15 s a target after the corpus"
scripts/fuzz.sh 15

part "S3: the same uploads against OpenStack Swift, signed by boto3"
tests/s3/run.sh
scripts/test-e2e.sh tests/s3/widget.test.mjs

part "logs: no secret and nothing of a person in any line of this run"
node scripts/search-logs.mjs "$AKIBA_SELFIE_LOGS"

part "all tests passed"
