#!/usr/bin/env bash
# Fuzzes the relay's untrusted input: the whole corpus, and then new inputs for some seconds for each target.
#
#   scripts/fuzz.sh [SECONDS] [TARGET …]     by default 15 s for each target; 0 runs only the corpus
#
# The code has no `unsafe`, so it needs no sanitizer, and any Rust can build it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

seconds=${1:-15}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd fuzz/fuzz_targets && printf '%s\n' *.rs | sed 's/\.rs$//')

built=$CARGO_TARGET_DIR/fuzz
found=$built/found
mkdir -p "$found"
host=$(rustc -vV | sed -n 's/^host: //p')
# Uses the shipped versions of the dependencies.
cp Cargo.lock fuzz/Cargo.lock
cargo fuzz build --sanitizer none --target-dir "$built"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for target in "${targets[@]}"; do
  echo "fuzz: $target"
  fuzz=$built/$host/release/$target
  flags=(-timeout=10 -rss_limit_mb=2048 -artifact_prefix="$found/$target-" -dict="fuzz/words/$target")
  # New inputs go to the first folder, so the committed one does not change.
  mkdir "$scratch/$target"
  if [ "$seconds" = 0 ]; then
    "$fuzz" "${flags[@]}" -runs=0 "$scratch/$target" "fuzz/corpus/$target" 2>"$scratch/log" && status=0 || status=$?
  else
    "$fuzz" "${flags[@]}" -max_total_time="$seconds" -print_final_stats=1 "$scratch/$target" "fuzz/corpus/$target" \
      2>"$scratch/log" && status=0 || status=$?
  fi
  if [ "$status" != 0 ]; then
    tail -n 40 "$scratch/log" >&2
    echo "fuzz: $target failed. The input is in $found; «$fuzz FILE» repeats it" >&2
    exit 1
  fi
  grep -E 'cov: ' "$scratch/log" | tail -n 1
  sed -n 's/^stat::number_of_executed_units: */fuzz: executions: /p' "$scratch/log"
done
