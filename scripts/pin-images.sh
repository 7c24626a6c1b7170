#!/usr/bin/env bash
# Pins the images in deploy/ by the digests that their registries have now: in images.txt, both Dockerfiles and compose.yaml. Needs
# Docker with buildx. An argument is another folder than deploy.
set -euo pipefail
cd "${1:-$(dirname "$0")/../deploy}"

while read -r image _; do
  digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || {
    echo "$image: the registry answered no digest: $digest" >&2
    exit 1
  }
  # Dots and slashes in names.
  pattern=$(printf '%s' "$image" | sed 's/[.\/]/\\&/g')
  sed -i -E "s/^$pattern .*/$pattern $digest/" images.txt
  sed -i -E "s/^(FROM |    image: )$pattern(@sha256:[0-9a-f]+)?( AS .*)?$/\1$pattern@$digest\3/" Dockerfile static.Dockerfile compose.yaml
  echo "$image@$digest"
done < <(grep -v '^#' images.txt)
