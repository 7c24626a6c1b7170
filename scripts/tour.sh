#!/usr/bin/env bash
# A picture of every state into build/tour; with --docs, the README's pictures, too.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

exec node tests/e2e/tour.mjs "$@"
