# Sourced by run, after prerequisites.sh: the programs it keeps running, and what happens when one ends.
# shellcheck shell=bash

declare -A child=() keeper=() command=() began=() pause=()
longest_pause=60 forgotten_after=10 # seconds

start() { # start NAME COMMAND...: its output goes to $LOGS/NAME.log, what that held before to $LOGS/NAME.log.1; see keep-log
  local name=$1
  shift
  printf -v "command[$name]" '%q ' "$@"
  launch "$name" 0
}

launch() { # launch NAME SECONDS: starts it after so many seconds
  local log
  exec {log}> >(exec "$ROOT/.build/keep-log" "$LOGS/$1.log" {LOCK}>&-)
  keeper[$1]=$!
  { (($2 == 0)) || tied sleep "$2"; eval "exec setpriv --pdeathsig TERM -- ${command[$1]}"; } >&"$log" 2>&1 </dev/null {LOCK}>&- {log}>&- &
  child[$1]=$! began[$1]=$((SECONDS + $2))
  exec {log}>&-
}

ended() { ! kill -0 "$1" 2>/dev/null; }

end() { # end PID...: SIGTERM, then SIGKILL after ten seconds
  local pid deadline=$((SECONDS + 10))
  (($#)) || return 0
  kill -TERM "$@" 2>/dev/null
  for pid in "$@"; do
    while ! ended "$pid" && ((SECONDS < deadline)); do sleep 0.1; done
    ended "$pid" || kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  return 0
}

settle() { # settle NAME...: waits until the last words of programs that have ended are in their logs
  local name deadline=$((SECONDS + 3))
  for name in "$@"; do
    while ! ended "${keeper[$name]}" && ((SECONDS < deadline)); do sleep 0.05; done
  done
}

said() { # said NAME: its last lines
  [[ ${child[$1]:-} ]] || settle "$1"
  tail -n 12 "$LOGS/$1.log" | sed 's/^/    /' >&2
}

# again NAME CODE: starts one that ended once more: at once when it has run for a while, else after a pause that doubles each time.
again() {
  local next=$((2 * ${pause[$1]:-0}))
  ((next)) || next=1
  ((SECONDS - ${began[$1]} < forgotten_after)) || next=0
  ((next <= longest_pause)) || next=$longest_pause
  pause[$1]=$next
  echo "$1 ended ($2), its log is $LOGS/$1.log.1; starting it again in $next s" >&2
  launch "$1" "$next"
}

# Keeps the others running until the web app ends: one screen's trouble ends nothing else.
keep() {
  local pid code name
  while true; do
    wait -n -p pid "${child[@]}"
    code=$?
    for name in "${!child[@]}"; do
      [[ ${child[$name]} == "${pid:-}" ]] || continue
      unset "child[$name]"
      if [[ $name != web ]]; then
        again "$name" "$code"
        continue
      fi
      echo "error: $name ended ($code); its last lines:" >&2
      said "$name"
      return 1
    done
  done
}
