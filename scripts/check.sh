#!/usr/bin/env bash
# Checks format, lints, types, documentation and licences, the fastest first. It does not run the code.
set -euo pipefail
cd "$(dirname "$0")/.."
# clippy and rustfmt come with rustup's toolchain. They read the widget as host code, which all of it can be.
export AKIBA_SELFIE_RUST=own
scripts/setup.sh check
. scripts/env.sh

python=$(scripts/venv.sh lint scripts/lint/requirements.txt)
PATH=$(dirname "$python"):$PWD/scripts/lint/node_modules/.bin:$PATH
mapfile -t shell < <(git ls-files --cached --others --exclude-standard '*.sh' .ci/run)

# Runs a part and prints how long it took.
part() {
  local what=$1 begun=$SECONDS
  shift
  echo "check: $what"
  "$@"
  printf 'check: %s took %d s\n' "$what" "$((SECONDS - begun))"
}

check_words() {
  typos
  node scripts/lint/words.mjs
  node scripts/lint/links.mjs
}

check_shell() {
  shfmt --diff "${shell[@]}"
  shellcheck --external-sources "${shell[@]}"
}

check_python() {
  ruff check --quiet
  ruff format --quiet --diff
}

check_javascript() {
  biome ci --error-on-warnings --log-level=warn
  # Otherwise tsc checks the built module, which has no types.
  if [ -d www/pkg ]; then cp scripts/lint/types/www/pkg/akiba-selfie.d.ts www/pkg/; fi
  tsc --project .
  tsc --project tests
  local framework
  for framework in tests/types/*/tsconfig.json; do tsc --project "$framework"; done
}

check_package() {
  "$python" -m check_jsonschema --quiet \
    --schemafile scripts/lint/node_modules/custom-elements-manifest/schema.json www/custom-elements.json
  scripts/lint/package.sh
}

check_csharp() {
  "$python" scripts/lint/csharp.py examples/backend/csharp/*.cs
}

check_workflows() {
  local check=("$python" -m check_jsonschema --quiet --builtin-schema)
  "${check[@]}" vendor.github-workflows .github/workflows/*.yml
  "${check[@]}" vendor.dependabot .github/dependabot.yml
  "${check[@]}" vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
  zizmor --offline --quiet --no-progress .github
}

check_rust() {
  cargo fmt --all --check
  cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
  # Of the whole workspace, because otherwise its dependencies have other features and are checked again.
  cargo clippy --workspace --features akiba-relay/otel --lib --bin akiba-relay --test traces --locked --quiet -- -D warnings
}

check_dependencies() {
  # For all targets, also the ones that this machine never builds for.
  cargo fetch --locked --quiet
  cargo deny --offline --all-features check --hide-inclusion-graph licenses bans sources
  # The database of advisories is outside the package registries, so not every machine can fetch it.
  if timeout 60 cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --offline check --hide-inclusion-graph advisories
  else
    echo "check: skipping security advisories, as their database can't be fetched here"
  fi
  # The relay has the vendor's token. The sandbox, which replaces the vendor, must never be part of the relay.
  local tree
  tree=$(cargo tree --locked --package akiba-relay --edges normal,build --prefix none)
  if grep -q '^akiba-sandbox ' <<<"$tree"; then
    echo "check: the relay depends on the sandbox" >&2
    exit 1
  fi
}

part "words, spelling and links" check_words
part "shell scripts" check_shell
part "Python" check_python
part "JavaScript" check_javascript
part "npm package" check_package
part "C#: syntax" check_csharp
part "workflows" check_workflows
part "systemd unit, Dockerfile, compose file, Kubernetes, alerts" scripts/lint/deploy.sh
part "Rust: format and lints" check_rust
part "Rust: documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
part "licences, sources and versions of the dependencies" check_dependencies
echo "check: all good, in $SECONDS s"
