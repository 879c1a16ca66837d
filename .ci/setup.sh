# Sourced by ./run and ./test: the virtual environment and the system's libraries, each only where missing.

# What Qt and PortAudio load at run time on Debian and Ubuntu.
window_packages="libportaudio2 libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
  libxcb-shape0 libxcb-xinerama0 libdbus-1-3 libfontconfig1 fonts-dejavu-core"
# What the tests use beside: a screen, a hand, a sound server without a sound card, and shells to complete in.
test_packages="$window_packages xvfb xauth xdotool pulseaudio pulseaudio-utils libasound2-plugins zsh fish"

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for name in python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null 2>&1 &&
      "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      printf '%s' "$name"
      return 0
    fi
  done
  return 1
}

# setup_python [EXTRA]: .venv with the package in it, again only when pyproject.toml or what is compiled has changed.
setup_python() {
  extra=${1:-run}
  kernels="$here/workbench/nmf/kernels"
  wanted=$(cat "$here/pyproject.toml" "$kernels"/*.[ch] "$kernels/build.py" "$kernels/hook.py" | cksum)
  for stamp in "$here/.venv/.set-up-$extra" "$here/.venv/.set-up-dev"; do
    [ -x "$here/.venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted$here" ] && return 0
  done
  if ! python=$(find_python); then
    install_packages python3 python3-venv
    python=$(find_python) || { say "Python 3.11 or later is needed; install it and run this again."; exit 2; }
  fi
  say "Setting up .venv (once) …"
  [ -x "$here/.venv/bin/python" ] || "$python" -m venv "$here/.venv"
  target="$here"
  [ "$extra" = dev ] && target="$here[dev]"
  "$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$target" 2>"$here/.venv/pip.log" ||
    { cat "$here/.venv/pip.log" >&2; exit 1; }
  ls "$kernels"/*.so >/dev/null 2>&1 || say "There is no C compiler: factorising will take about twice as long."
  printf '%s' "$wanted$here" >"$here/.venv/.set-up-$extra"
}

# setup_system window|test|headless: Debian's packages, where dpkg is the package manager and any is missing.
setup_system() {
  case "$1" in
    headless) return 0 ;;
    window) packages=$window_packages ;;
    test) packages=$test_packages ;;
  esac
  command -v dpkg-query >/dev/null 2>&1 || return 0
  missing=""
  for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] || install_packages $missing
}

install_packages() {
  if ! command -v apt-get >/dev/null 2>&1; then
    say "These are needed and there is no apt to install them: $*"
    exit 2
  fi
  root=""
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
      root=sudo
    else
      say "Please install what is missing, then run this again: sudo apt-get install --no-install-recommends $*"
      exit 2
    fi
  fi
  say "Installing system libraries (once): $*"
  log=$(mktemp)
  if ! { $root apt-get update -qq && $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "$@"; } >"$log" 2>&1; then
    cat "$log" >&2
    exit 2
  fi
  rm -f "$log"
}
