#!/usr/bin/env bash
# Fuzzes what the relay reads of strangers: the whole corpus, and then new inputs for some seconds a target.
#
#   scripts/fuzz.sh [SECONDS] [TARGET …]     15 s a target and all of them by default; 0 runs the corpus alone
#
# The compiler's own coverage is enough: the code has no `unsafe`, so no sanitizer is built in, and any Rust will do.
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
# The versions that are shipped.
cp Cargo.lock fuzz/Cargo.lock
cargo fuzz build --sanitizer none --target-dir "$built"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for target in "${targets[@]}"; do
  echo "fuzz: $target"
  fuzz=$built/$host/release/$target
  flags=(-timeout=10 -rss_limit_mb=2048 -artifact_prefix="$found/$target-" -dict="fuzz/words/$target")
  # New finds go to the first folder, so the committed one stays as it is.
  mkdir "$scratch/$target"
  if [ "$seconds" = 0 ]; then
    "$fuzz" "${flags[@]}" -runs=0 "$scratch/$target" "fuzz/corpus/$target" 2>"$scratch/log" && status=0 || status=$?
  else
    "$fuzz" "${flags[@]}" -max_total_time="$seconds" -print_final_stats=1 "$scratch/$target" "fuzz/corpus/$target" \
      2>"$scratch/log" && status=0 || status=$?
  fi
  if [ "$status" != 0 ]; then
    tail -n 40 "$scratch/log" >&2
    echo "fuzz: $target failed; the input is in $found, and «$fuzz FILE» shows it again" >&2
    exit 1
  fi
  grep -E 'cov: ' "$scratch/log" | tail -n 1
  sed -n 's/^stat::number_of_executed_units: */fuzz: executions: /p' "$scratch/log"
done
