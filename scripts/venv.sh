#!/bin/sh
# Prints the Python of a virtual environment that has what a list of requirements says; makes it first if need be.
#
#   scripts/venv.sh NAME LIST
set -eu

cache=${AKIBA_SELFIE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/akiba-selfie}

# One environment for each list of packages and each Python, so that clones with other lists keep theirs.
key=$(python3 -c 'import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read() + sys.version.encode()).hexdigest()[:16])' "$2")
venv=$cache/venv-$1-$key

# It gets its name when it is whole, so the name says that all is there. Where another run was faster, its one is taken.
if [ ! -d "$venv" ]; then
  echo "setting up $venv" >&2
  mkdir -p "$cache"
  new=$(mktemp -d "$venv.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  python3 -m venv "$new" >&2
  "$new/bin/python" -m pip install --quiet --disable-pip-version-check -r "$2" >&2
  python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$new" "$venv" 2>/dev/null || [ -d "$venv" ]
fi
echo "$venv/bin/python"
