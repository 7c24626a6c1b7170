# shellcheck shell=bash
# Sourced by scripts that install or build: shows what they do and how long it takes.

# Runs a command as a step, with its output in a log: step LOG WHAT TIME COMMAND…
# In a terminal one line shows the seconds so far and the end of the log. Elsewhere there is a line at the start and one
# at the end. A failed step shows the log. COMMAND must not be a function: bash would ignore `set -e` in it.
step() {
  local log=$1 what=$2 time=$3 begun=$SECONDS shown=0 status=0 ticker=
  shift 3
  touch "$log"
  shown=$(wc -l <"$log")
  if [ -t 2 ]; then
    show_progress "$log" "$what" "$time" &
    ticker=$!
  else
    printf '%s (%s) …\n' "$what" "$time" >&2
  fi
  "$@" >>"$log" 2>&1 || status=$?
  if [ -n "$ticker" ]; then
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    printf '\r\033[K' >&2
  fi
  if [ "$status" != 0 ]; then
    # Cargo writes a line for each crate, which would hide the error.
    tail -n "+$((shown + 1))" "$log" | grep -vE '^ *(Compiling|Downloaded|Downloading|Fresh|Checking) ' | tail -n 60 >&2
    printf '%s: failed after %s. The whole output is in %s\n' "$what" "$(duration "$((SECONDS - begun))")" "$log" >&2
    return "$status"
  fi
  printf '%s: done in %s\n' "$what" "$(duration "$((SECONDS - begun))")" >&2
}

# Updates one line every second until its parent ends it, or ends itself.
show_progress() {
  local log=$1 what=$2 time=$3 begun=$SECONDS width last
  exec 9>&-
  while kill -0 "$$" 2>/dev/null; do
    width=$(tput cols 2>/dev/null || echo 80)
    last=$(tail -n 1 "$log" | tr -cd '[:print:]' | sed 's/^ *//')
    last="$what ($time): $((SECONDS - begun)) s  $last"
    printf '\r\033[K%s' "${last:0:width-1}" >&2
    sleep 1
  done
}

duration() {
  if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d min %d s' "$(($1 / 60))" "$(($1 % 60))"; fi
}
