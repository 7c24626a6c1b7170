#!/usr/bin/env bash
# Takes the font Inter (SIL Open Font License) out of Debian's package, without installing it: font.sh FOLDER
set -euo pipefail
target=$(realpath -m "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download fonts-inter
dpkg-deb --extract fonts-inter_*.deb .
mkdir -p "$target.new"
cp usr/share/fonts/opentype/inter/Inter-*.otf usr/share/doc/fonts-inter/copyright "$target.new/"
rm -rf "$target"
mv "$target.new" "$target"
