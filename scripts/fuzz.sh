#!/usr/bin/env bash
# Fuzzes the relay's untrusted input: the whole corpus, and then new inputs for some seconds for each target.
#
#   scripts/fuzz.sh [SECONDS] [TARGET …]              by default 15 s for each target; 0 runs only the corpus
#   scripts/fuzz.sh build                             only compiles
#   scripts/fuzz.sh minimise [SECONDS] [TARGET …]     fuzzes (by default 60 s for each target), then packs the smallest
#                                                     set of old and new inputs that keeps the coverage; needs GNU tar
#
# The code has no `unsafe`, so it needs no sanitizer, and any Rust can build it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

minimise=
build=
default=15
if [ "${1:-}" = build ]; then
  build=1
  shift
fi
if [ "${1:-}" = minimise ]; then
  minimise=1
  default=60
  shift
fi
seconds=${1:-$default}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd fuzz/fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')

built=$CARGO_TARGET_DIR/fuzz
found=$built/found
mkdir -p "$found"
host=$(rustc -vV | sed -n 's/^host: //p')
# Uses the shipped versions of the dependencies.
cp Cargo.lock fuzz/Cargo.lock
CARGO_TERM_QUIET=true cargo fuzz build --sanitizer none --target-dir "$built"
[ -z "$build" ] || exit 0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Runs a target with the given options and folders, and prints the coverage: `cov` counts edges, `ft` also how often.
run() {
  local target=$1 fuzz=$built/$host/release/$1
  shift
  local flags=(-timeout=10 -rss_limit_mb=2048 -artifact_prefix="$found/$target-" -dict="fuzz/words/$target")
  if ! "$fuzz" "${flags[@]}" "$@" 2>"$scratch/log"; then
    tail -n 40 "$scratch/log" >&2
    echo "fuzz: $target failed. The input is in $found; «$fuzz FILE» repeats it" >&2
    exit 1
  fi
  grep -E 'cov: ' "$scratch/log" | tail -n 1
}

# Packs a folder of inputs. The same inputs give the same bytes.
pack() {
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -C "$1" -cf - . | gzip -9n >"$2"
}

for target in "${targets[@]}"; do
  echo "fuzz: $target"
  packed=fuzz/corpus/$target.tar.gz
  corpus=$scratch/$target/corpus new=$scratch/$target/new small=$scratch/$target/small
  mkdir -p "$corpus" "$new" "$small"
  tar -xzf "$packed" -C "$corpus"
  # libFuzzer writes new inputs to the first folder.
  if [ "$seconds" = 0 ]; then
    run "$target" -runs=0 "$new" "$corpus"
  else
    run "$target" -max_total_time="$seconds" -print_final_stats=1 "$new" "$corpus"
    sed -n 's/^stat::number_of_executed_units: */fuzz: executions: /p' "$scratch/log"
  fi
  if [ -n "$minimise" ]; then
    before=$(run "$target" -runs=0 "$corpus")
    # Without counters an input counts for the edges that it reaches, and not for how often it reaches them.
    run "$target" -use_counters=0 -set_cover_merge=1 "$small" "$corpus" "$new" >/dev/null
    after=$(run "$target" -runs=0 "$small")
    printf 'fuzz: before: %s\nfuzz: after:  %s\n' "$before" "$after"
    pack "$small" "$packed"
  fi
done
