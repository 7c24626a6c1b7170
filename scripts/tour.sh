#!/usr/bin/env bash
# Writes a picture of every state into build/tour, and with --docs also the README's pictures. The text is in Inter, whatever
# fonts this machine has.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

fonts=$AKIBA_SELFIE_CACHE/inter
if [ -d "$fonts" ]; then
  mkdir -p build
  FONTCONFIG_FILE=$PWD/build/tour-fonts.conf
  export FONTCONFIG_FILE
  cat >"$FONTCONFIG_FILE" <<EOF
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>$fonts</dir>
  <cachedir>$PWD/build/tour-fonts</cachedir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
</fontconfig>
EOF
fi

node tests/e2e/tour.mjs "$@"
case " $* " in *" --docs "*) node tests/e2e/loop.mjs && node tests/e2e/presets.mjs ;; esac
