# Sourced by run, test and bench: what the machine needs, how a step is shown, how to build.
# The caller has set ROOT (the repository) and may set LOGS (where the output of steps goes).
# shellcheck shell=bash disable=SC2034

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 ORT_DISABLE_TELEMETRY=1
CACHE="$ROOT/.cache"
LOGS="${LOGS:-$CACHE/logs}"

# Everything that a script starts ends with it, even when it is killed and cannot say so.
tied() { setpriv --pdeathsig TERM -- "$@"; }

fail() {
  printf '%s\n' "error: $*" >&2
  exit 1
}

# A script that holds a lock keeps it from what it starts: an orphan must not hold it.
exec {LOCK}</dev/null

# step TITLE LOG COMMAND...: runs a command, shows that it runs and how long it took; its output goes to $LOGS/LOG.log.
# On failure: one line with the last thing that the command said, and the script ends.
step() { attempt "$@" || exit 1; }

# attempt TITLE LOG COMMAND...: the same, but the script goes on.
attempt() {
  local title=$1 log="$LOGS/$2.log" start=$EPOCHREALTIME pid code=0 seconds
  shift 2
  mkdir -p "$LOGS" || fail "cannot write to $LOGS"
  "$@" >"$log" 2>&1 </dev/null {LOCK}>&- &
  pid=$!
  STEP_PID=$pid
  local shown=0
  while kill -0 "$pid" 2>/dev/null; do
    seconds=$((${EPOCHREALTIME%.*} - ${start%.*}))
    if ((seconds >= 1)); then
      if [[ -t 1 ]]; then
        printf '\r  %-44s %4d s ' "$title" "$seconds"
      elif ((shown == 0)); then
        printf '  %s ...\n' "$title"
      fi
      shown=1
    fi
    sleep 0.2
  done
  wait "$pid" || code=$?
  STEP_PID=
  [[ -t 1 ]] && printf '\r%60s\r' ''
  if ((code != 0)); then
    local said
    said=$(grep -iE 'error' "$log" | tail -n 1)
    said=${said:-$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)}
    said=${said#"${said%%[![:space:]]*}"}
    echo "error: $title failed: ${said#error: } (all of it: $log)" >&2
    return 1
  fi
  awk -v t="$title" -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "  %-44s %6.1f s\n", t, b - a }'
}

need_space() { # need_space FOLDER
  local free
  free=$(df -Pk -- "$1" | awk 'NR == 2 { print $4 }')
  ((free >= 1048576)) || fail "only $((free / 1024)) MB are free on the disk of $1; FaceAd needs at least 1 GB"
}

need_dotnet() {
  command -v dotnet >/dev/null || [[ ! -x ${HOME:-/nowhere}/.dotnet/dotnet ]] || export PATH="$HOME/.dotnet:$PATH"
  command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing; install it from https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks | grep -q '^10\.' || fail "the .NET 10 SDK is missing (found: $(dotnet --list-sdks | awk '{ print $1 }' | paste -sd ' ')); install it from https://dotnet.microsoft.com/download/dotnet/10.0"
}

need_node() {
  command -v node >/dev/null || fail "Node.js 20 or newer is missing; install it from https://nodejs.org"
  local version
  version=$(node --version)
  version=${version#v}
  ((${version%%.*} >= 20)) || fail "Node.js $version is too old; FaceAd needs 20 or newer"
  command -v npm >/dev/null || fail "npm is missing; it comes with Node.js from https://nodejs.org"
}

missing_packages() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || echo chromium
  command -v ffmpeg >/dev/null || echo ffmpeg
  compgen -G '/usr/lib/*/libturbojpeg.so.0' >/dev/null || compgen -G '/usr/lib/libturbojpeg.so.0' >/dev/null || echo libturbojpeg0
  [[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]] || echo fonts-noto-cjk
  command -v setpriv >/dev/null && command -v flock >/dev/null || echo util-linux
}

install_packages() { # install_packages SUDO-OR-NOTHING PACKAGES...
  local sudo=$1 tmp code=0
  shift
  # A private folder for temporary files: apt fails when somebody cleans /tmp while it runs.
  tmp=$(mktemp -d) && chmod 1777 "$tmp"
  apt() { $sudo env DEBIAN_FRONTEND=noninteractive TMPDIR="$tmp" apt-get "$@"; }
  apt install -y --no-install-recommends "$@" || { apt update && apt install -y --no-install-recommends "$@"; } || code=$?
  rm -rf "$tmp"
  return "$code"
}

# What ./bench peers needs beyond that, to measure other programs beside ours. OpenCV's native needs GTK 3, which comes with chromium,
# and libatomic1, which comes with g++.
missing_peer_packages() {
  command -v g++ >/dev/null || echo g++
  [[ -e /usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml ]] || echo opencv-data
  [[ -e /usr/include/dlib/image_io.h ]] || echo libdlib-dev
}

need_packages() { # need_packages [FUNCTION]: installs what the function names, missing_packages by default
  local packages sudo= missing=${1:-missing_packages}
  mapfile -t packages < <("$missing")
  ((${#packages[@]} == 0)) && return
  command -v apt-get >/dev/null || fail "missing on this machine: ${packages[*]}"
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || fail "missing on this machine; install with: sudo apt-get install ${packages[*]}"
    sudo=sudo
  fi
  step "Debian packages: ${packages[*]}" apt install_packages "$sudo" "${packages[@]}"
  mapfile -t packages < <("$missing")
  ((${#packages[@]} == 0)) || fail "missing on this machine even after apt-get: ${packages[*]}"
}

# Whether node_modules holds what package-lock.json says; npm writes its own list last, so a broken-off install is seen.
npm_is_fresh() {
  node -e '
    const read = f => JSON.parse(require("fs").readFileSync(f)).packages;
    const want = read("package-lock.json"), have = read("node_modules/.package-lock.json");
    for (const [path, p] of Object.entries(want))
      if (path && (have[path] ? have[path].version !== p.version || have[path].integrity !== p.integrity : !p.optional)) process.exit(1);
  ' 2>/dev/null
}

restore_npm() {
  (cd "$ROOT" && npm_is_fresh) && return
  [[ ! -L $ROOT/node_modules ]] || fail "node_modules is a link to packages of other versions than package-lock.json; remove it"
  step "npm packages (about 200 MB, once)" npm tied npm --prefix "$ROOT" ci --ignore-scripts --no-audit --no-fund
}

# Everything that a build reads, with its times: when this is as after the last build, there is nothing to build.
sources() {
  find "$ROOT" -maxdepth 1 -type f -printf '%f %s %T@\n'
  find "$ROOT"/FaceAd.* "$ROOT/models" \( -name bin -o -name obj -o -name TestResults \) -prune -o -type f -printf '%P %s %T@\n'
}

# build STAMP PROJECT...
build() {
  local stamp="$CACHE/built-$1" now project
  shift
  now=$(sources | LC_ALL=C sort | sha256sum)
  if [[ -f $stamp && $(<"$stamp") == "$now" ]]; then
    for project in "$@"; do
      compgen -G "$(dirname "$ROOT/$project")/bin/Release/net10.0/*.dll" >/dev/null || { rm -f "$stamp"; break; }
    done
    [[ -f $stamp ]] && return
  fi
  for project in "$@"; do
    # Build servers would outlive the script.
    step "building $(basename "$project" .csproj)" "build-$(basename "$project" .csproj)" \
      tied dotnet build "$ROOT/$project" -c Release -v quiet --disable-build-servers
  done
  mkdir -p "$CACHE"
  sources | LC_ALL=C sort | sha256sum >"$stamp"
}

prepare_models() {
  step "models" models tied dotnet "$ROOT/models/prepare/bin/Release/net10.0/FaceAd.Models.dll" \
    --node-modules "$ROOT/node_modules" --out "$CACHE/models"
}

need_tools() {
  need_space "$ROOT"
  need_dotnet
  need_node
  need_packages
  restore_npm
}

# The programs that ./bench peers measures beside ours: npm packages at the versions of their lock file, and one that is compiled.
need_peers() {
  local from="$ROOT/FaceAd.Bench/Peers/Programs" to="$CACHE/peers" now
  need_packages missing_peer_packages
  mkdir -p "$to" || fail "cannot write to $to"
  now=$(cat "$from"/* | sha256sum)
  [[ -f $to/installed && $(<"$to/installed") == "$now" ]] && return
  cp "$from"/* "$to/" || fail "cannot write to $to"
  step "npm packages of the peers" npm-peers tied npm --prefix "$to" ci --ignore-scripts --no-audit --no-fund
  step "compiling dlib's detector" dlib-peer tied g++ -O2 -DDLIB_JPEG_SUPPORT -Wl,--copy-dt-needed-entries "$to/dlib.cpp" -o "$to/dlib" -ldlib
  echo "$now" >"$to/installed"
}
