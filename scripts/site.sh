#!/usr/bin/env bash
# Writes the documentation site into build/site-docs and checks every link. With --serve it then serves the site on this
# machine. SITE_BASE and SITE_URL name the place of the published site (see site/build.mjs).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

[ "${1:-}" != --serve ] || need_free_port 4321
scripts/setup.sh site
node site/build.mjs
if [ "${1:-}" = --serve ]; then
  cd site && ASTRO_TELEMETRY_DISABLED=1 SITE_BASE=${SITE_BASE:-/} exec node_modules/.bin/astro preview --host 127.0.0.1 --outDir ../build/site-docs
fi
