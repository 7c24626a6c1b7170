#!/usr/bin/env bash
# Takes promtool out of Debian's package, which would also start a server: promtool.sh FILE
set -euo pipefail
target=$(realpath -m "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download prometheus
dpkg-deb --extract prometheus_*.deb .
install -D usr/bin/promtool "$target"
