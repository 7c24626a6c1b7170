#!/usr/bin/env bash
# Tests the element and the demo in a real Chromium with a fake camera. Arguments are test files.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

if [ $# -eq 0 ]; then set -- tests/www/*.test.mjs tests/soak/*.test.mjs tests/e2e/*.test.mjs; fi

# Three files at a time: the tests mostly wait, and two files leave a third of two cores idle. A file with the line
# «// Runs alone: …» runs after them, by itself.
together=() alone=()
for file in "$@"; do
  if grep -q '^// Runs alone: ' "$file"; then alone+=("$file"); else together+=("$file"); fi
done

# A file fails after 15 minutes.
run() {
  [ $# -lt 2 ] || node --test --test-concurrency="$1" --test-timeout=900000 --test-reporter=spec "${@:2}"
}
failed=0
run 3 "${together[@]}" || failed=$?
run 1 "${alone[@]}" || failed=$?
exit "$failed"
