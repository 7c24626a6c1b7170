#!/usr/bin/env bash
# Writes a picture of every state into build/tour, and with --docs also the README's pictures.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

exec node tests/e2e/tour.mjs "$@"
