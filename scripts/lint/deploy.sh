#!/bin/sh
# Lints the relay's systemd unit, Dockerfile, compose file, Kubernetes manifests, alerts and dashboard. It builds and starts nothing.
set -eu
cd "$(dirname "$0")/../.."

python=$(scripts/venv.sh lint scripts/lint/requirements.txt)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$(dirname "$python")/hadolint" deploy/Dockerfile deploy/static.Dockerfile
"$python" -m check_jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose.yaml

# systemd wants the program to exist, and the relay may not be installed here: /bin/true replaces it.
sed 's#/usr/local/bin/akiba-relay#/bin/true#' deploy/akiba-relay.service >"$scratch/akiba-relay.service"
said=$(systemd-analyze verify "$scratch/akiba-relay.service" 2>&1) && [ -z "$said" ] || {
  printf '%s\n' "$said" >&2
  exit 1
}
# Exit status 2 means wrong settings, which stay wrong. Only the status of the main process prevents a restart: a check in
# ExecStartPre would be repeated every two seconds, for ever.
if ! grep -qx 'RestartPreventExitStatus=2' deploy/akiba-relay.service || grep -q '^ExecStartPre' deploy/akiba-relay.service; then
  echo "deploy/akiba-relay.service: a relay with wrong settings must not be started again" >&2
  exit 1
fi
# systemd's exposure level from 0 (safe) to 10, times 10.
systemd-analyze security --offline=true --threshold=15 "$scratch/akiba-relay.service" >"$scratch/security" || {
  cat "$scratch/security" >&2
  exit 1
}

"$python" scripts/lint/kubernetes.py

# The digests of images. The registries may be out of reach, so a stand-in for docker answers the script that pins them.
"$python" scripts/lint/images.py
mkdir "$scratch/deploy" "$scratch/bin"
cp deploy/images.txt deploy/Dockerfile deploy/static.Dockerfile deploy/compose.yaml "$scratch/deploy"
printf '#!/bin/sh\nprintf "sha256:%%064d\\n" 7\n' >"$scratch/bin/docker"
chmod +x "$scratch/bin/docker"
PATH=$scratch/bin:$PATH scripts/pin-images.sh "$scratch/deploy" >"$scratch/said"
"$python" scripts/lint/images.py "$scratch/deploy"
[ "$(grep -c '@sha256:0*7' "$scratch/said")" = "$(grep -c '^[^#]' deploy/images.txt)" ]

for program in relay widget; do
  node scripts/sbom.mjs "$program" "$scratch/sbom.json"
  "$python" scripts/lint/sbom.py "$program" "$scratch/sbom.json"
  node scripts/dist/notices.mjs "$program" "$scratch/notices.txt"
done

# promtool prints much when all is well.
promtool=$(command -v promtool || echo "${AKIBA_SELFIE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/akiba-selfie}/promtool")
quiet() {
  "$@" >"$scratch/said" 2>&1 || {
    cat "$scratch/said" >&2
    exit 1
  }
}
"$python" scripts/lint/monitoring.py "$scratch/dashboard.yml"
quiet "$promtool" check config deploy/monitoring/prometheus.yml
quiet "$promtool" check rules "$scratch/dashboard.yml"
quiet "$promtool" test rules deploy/monitoring/alerts_test.yml
