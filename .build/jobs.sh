# Sourced by prerequisites.sh, which sets CACHE and LOGS: whose turn it is to build, and steps that run in parallel and show their progress.
# shellcheck shell=bash disable=SC2034

# A script's lock must not be inherited: an orphaned child would keep holding it.
exec {LOCK}</dev/null

# Only one script at a time fetches and builds, since two would write the same files. The turn lasts from the check of what is there
# until the work is done. Children inherit it: if the script is killed, the next one waits for the build it leaves behind.
take_turn() {
  command -v flock >/dev/null && [[ ! ${TURN:-} ]] || return 0
  mkdir -p "$CACHE" 2>/dev/null && [[ -w $CACHE ]] || fail "cannot write to $CACHE"
  exec {TURN}>>"$CACHE/turn"
  flock -n "$TURN" && return
  echo "  waiting for another script that builds here ..."
  local deadline=$((SECONDS + 1800)) # longer than a first build on a slow machine
  until flock -n "$TURN"; do
    ((SECONDS < deadline)) || fail "another script has been building here for half an hour; end it and start again"
    sleep 0.2
  done
}

end_turn() {
  [[ ! ${TURN:-} ]] || flock -u "$TURN" # closing it would not release it while a child holds it
  TURN=
}

# Jobs are announced one by one and then run in parallel, each as soon as its needs are done:
#   job NAME TITLE NEEDS COMMAND...   announces a job; its output goes to $LOGS/NAME.log; needs without a job count as done
#   work                              runs the announced jobs; shows what is running and how long each took
# When a job fails, one line says why, the others are stopped, and work fails.
jobs_in_order=()
declare -A job_title=() job_needs=() job_command=() job_state=() job_start=() job_pid=()

job() {
  local name=$1
  jobs_in_order+=("$name")
  job_title[$name]=$2 job_needs[$name]=$3 job_state[$name]=waiting
  shift 3
  printf -v "job_command[$name]" '%q ' "$@"
}

# announced PATTERN: whether there is a job with a matching name.
announced() {
  local name
  for name in ${jobs_in_order[@]+"${jobs_in_order[@]}"}; do [[ $name == $1 ]] && return; done # a pattern: unquoted
  return 1
}

# Prints the process ids of running jobs, for a script that is being stopped.
running_jobs() {
  local name
  for name in "${!job_state[@]}"; do [[ ${job_state[$name]} != running ]] || echo "${job_pid[$name]}"; done
}

seconds_of() { awk -v a="${job_start[$1]}" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# Starts the jobs whose needs are all done.
start_jobs() {
  local name need
  for name in "${jobs_in_order[@]}"; do
    [[ ${job_state[$name]} == waiting ]] || continue
    for need in ${job_needs[$name]}; do [[ ${job_state[$need]:-done} == done ]] || continue 2; done
    eval "${job_command[$name]}" >"$LOGS/$name.log" 2>&1 </dev/null {LOCK}>&- &
    job_pid[$name]=$! job_start[$name]=$EPOCHREALTIME job_state[$name]=running
  done
}

# Prints the likely reason of a failed job: its first error, since later ones mostly follow from it.
tell_failure() {
  local log="$LOGS/$1.log" said
  said=$(grep -iE 'error' "$log" | grep -vE '^npm error (code|errno|syscall|path|A complete log)|[0-9]+ Error\(s\)' | head -n 1)
  said=${said:-$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)}
  said=${said#"${said%%[![:space:]]*}"}
  echo "error: ${job_title[$1]} failed: ${said#error: } (all of it: $log)" >&2
}

work() {
  local name running code lines=0 failed= told=' '
  ((${#jobs_in_order[@]})) || { end_turn && return; }
  mkdir -p "$LOGS" || fail "cannot write to $LOGS"
  while true; do
    start_jobs
    ((lines)) && printf '\e[%dA\e[J' "$lines"
    running=0 lines=0
    for name in "${jobs_in_order[@]}"; do
      [[ ${job_state[$name]} == running ]] || continue
      if kill -0 "${job_pid[$name]}" 2>/dev/null; then
        ((running += 1))
        continue
      fi
      code=0
      wait "${job_pid[$name]}" || code=$?
      job_state[$name]=done
      if ((code)); then failed=$name && break 2; fi
      printf '  %-56s %6s s\n' "${job_title[$name]}" "$(seconds_of "$name")"
    done
    ((running)) || [[ " ${job_state[*]} " == *" waiting "* ]] || break
    for name in "${jobs_in_order[@]}"; do
      [[ ${job_state[$name]} == running ]] && ((${EPOCHREALTIME%.*} > ${job_start[$name]%.*})) || continue
      if [[ -t 1 ]]; then
        printf '  %-.56s %d s\n' "${job_title[$name]} ..." $((${EPOCHREALTIME%.*} - ${job_start[$name]%.*}))
        ((lines += 1))
      elif [[ $told != *" $name "* ]]; then
        printf '  %s ...\n' "${job_title[$name]}"
        told+="$name "
      fi
    done
    sleep 0.2
  done
  if [[ $failed ]]; then
    tell_failure "$failed"
    kill -TERM $(running_jobs) 2>/dev/null || :
    wait $(running_jobs) 2>/dev/null || :
  fi
  jobs_in_order=() job_state=()
  end_turn
  [[ ! $failed ]]
}

# step TITLE LOG COMMAND...: runs a single job; the script exits if it fails.
step() { attempt "$@" || exit 1; }

# attempt TITLE LOG COMMAND...: the same, but the script continues.
attempt() {
  local title=$1 log=$2
  shift 2
  job "$log" "$title" "" "$@"
  work
}
