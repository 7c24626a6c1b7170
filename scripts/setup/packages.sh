# shellcheck shell=bash
# Sourced by setup.sh: packages from npm and PyPI.

need_node() {
  local oldest version
  oldest=$(sed -n 's/.*"node": ">=\(.*\)".*/\1/p' package.json)
  command -v node >/dev/null || die "Node.js is missing: install $oldest or newer (https://nodejs.org)"
  version=$(node --version)
  at_least "${version#v}" "$oldest" ||
    die "Node.js $oldest or newer is required, but this is ${version#v} (https://nodejs.org)"
  command -v npm >/dev/null || die "npm is missing: it comes with Node.js (https://nodejs.org)"
}

# Installs the npm packages of a folder if its lock file has changed: need_npm FOLDER WHAT
need_npm() {
  local folder=$1 what=$2 stamp=$1/node_modules/.setup-stamp
  if [ -e "$stamp" ] && cmp -s "$folder/package-lock.json" "$stamp"; then return; fi
  setup_step "installing npm packages: $what" "seconds" npm --prefix "$folder" ci --no-audit --no-fund
  cp "$folder/package-lock.json" "$stamp"
}

# Makes the virtual environment NAME with a list of requirements: need_venv NAME LIST WHAT
need_venv() {
  scripts/venv.sh --exists "$1" "$2" && return
  setup_step "installing Python packages: $3" "seconds" scripts/venv.sh "$1" "$2"
}

# The generator of the TypeScript client, and the parser of the Bruno collection.
need_clients() {
  need_npm clients "the generator of the client"
}

# The examples of a back end: their packages, and the widget of this clone.
need_examples() {
  need_npm examples/backend/node "the example of a back end"
  need_venv backend examples/backend/python/requirements.txt "the example of a back end"
}

# What writes the documentation site.
need_site() {
  need_npm site "Astro and Starlight, for the documentation site (about 200 MB)"
}

need_linters() {
  need_npm scripts/lint "linters"
  need_npm tests/types "the frameworks' types"
  need_venv lint scripts/lint/requirements.txt "linters"
}

# MediaPipe's Tasks API needs metadata in its model, which the published file lacks.
need_peers() {
  local model=face_detection_short_range.tflite venv=$AKIBA_SELFIE_CACHE/venv-metadata
  need_npm evaluation/vision "other face detectors"
  if [ -e "build/vision/$model" ]; then return; fi
  if [ ! -e "$venv/.complete" ]; then
    quietly python3 -m venv --clear "$venv"
    setup_step "installing Python packages: MediaPipe" "a minute" "$venv/bin/python" -m pip install \
      --disable-pip-version-check --no-deps mediapipe==1.2.2 flatbuffers==25.12.19
    touch "$venv/.complete"
  fi
  mkdir -p build/vision
  quietly "$venv/bin/python" evaluation/vision/with_metadata.py \
    "evaluation/vision/node_modules/@mediapipe/face_detection/$model" "build/vision/$model.new"
  mv "build/vision/$model.new" "build/vision/$model"
}
