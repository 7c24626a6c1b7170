#!/bin/sh
# Prints the Python of a virtual environment with a list of requirements, and makes the environment if it does not
# exist.
#
#   scripts/venv.sh NAME LIST
#   scripts/venv.sh --exists NAME LIST    only checks whether it exists
set -eu

only_check=
if [ "$1" = --exists ]; then
  only_check=1
  shift
fi

cache=${AKIBA_SELFIE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/akiba-selfie}

# Each list of packages and each Python has its own environment, so clones with other lists keep theirs.
key=$(python3 -c 'import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read() + sys.version.encode()).hexdigest()[:16])' "$2")
venv=$cache/venv-$1-$key

[ -z "$only_check" ] || {
  [ -d "$venv" ]
  exit
}

# A complete environment gets its name at the end, so an existing one is complete. If another run was faster, its
# environment is used.
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
