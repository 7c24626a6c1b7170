#!/bin/sh
# Lints what the relay is installed with: the systemd unit, the Dockerfile, the compose file. Nothing is built or started.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
deploy=$here/../../deploy
python=$("$here/../../scripts/venv.sh" dist "$here/requirements.txt")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$(dirname "$python")/hadolint" "$deploy/Dockerfile"
"$python" -m check_jsonschema --quiet --builtin-schema vendor.compose-spec "$deploy/compose.yaml"

# The program need not be installed here, so another one stands in for it.
sed 's#/usr/local/bin/akiba-relay#/bin/true#' "$deploy/akiba-relay.service" >"$scratch/akiba-relay.service"
said=$(systemd-analyze verify "$scratch/akiba-relay.service" 2>&1) && [ -z "$said" ] || {
    printf '%s\n' "$said" >&2
    exit 1
}
# systemd's own measure of what a service could do, from 0 to 10, times 10.
systemd-analyze security --offline=true --threshold=15 "$scratch/akiba-relay.service" >"$scratch/security" || {
    cat "$scratch/security" >&2
    exit 1
}
