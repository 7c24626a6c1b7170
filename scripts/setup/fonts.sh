#!/usr/bin/env bash
# Takes the fonts of the tour (SIL Open Font License) out of Debian's packages, without installing them: fonts.sh FOLDER
# Inter, and Noto Sans for the scripts that Inter lacks.
set -euo pipefail
target=$(realpath -m "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download fonts-inter fonts-noto-core
for package in fonts-*.deb; do dpkg-deb --extract "$package" .; done
mkdir -p "$target.new/inter" "$target.new/noto"
cp usr/share/fonts/opentype/inter/Inter-*.otf usr/share/doc/fonts-inter/copyright "$target.new/inter/"
cp usr/share/fonts/truetype/noto/NotoSans{Arabic,Ethiopic}-*.ttf usr/share/doc/fonts-noto-core/copyright "$target.new/noto/"
rm -rf "$target"
mv "$target.new" "$target"
