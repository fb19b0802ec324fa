#!/usr/bin/env bash
# Makes what the tests of deploy/ need available in .tools/deploy: VictoriaMetrics of the system's own packages, Docker
# Compose of Debian's newest, and linters from requirements/deploy.txt. The machine itself is not touched. Where one
# cannot be had it says so and goes on: the tests that need it are then skipped, which CI takes for failures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=.tools/deploy
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target/bin"

give_up() { # what, why
  echo "No $1 for the tests of deploy/: $2"
}

private_apt() { # the name of a folder of our own below $work, then a command of apt; the machine's keys
  local here=$work/$1 command=$2
  shift 2
  "$command" -qq \
    -o Dir::State::lists="$here/lists" -o Dir::Cache="$here/cache" -o Dir::State::status="$here/status" \
    -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 ${sources:+"${sources[@]}"} "$@"
}

fetch() { # a package, its program, where from: "stable" for the machine's own sources, or a suite of Debian
  local package=$1 program=$2 suite=$3 here=$work/$3 sources=()
  [ -x "$target/bin/$program" ] && return
  if [ "$suite" != stable ]; then
    sources=(-o Dir::Etc::sourcelist=- -o Dir::Etc::sourceparts="$here/parts")
  fi
  if ! [ -e "$here/status" ]; then
    mkdir -p "$here"/{lists/partial,cache/archives/partial,parts}
    # The first of Debian's sources, its suite alone another.
    awk 'BEGIN { RS = "" } NR == 1' /etc/apt/sources.list.d/debian.sources 2>/dev/null |
      sed "s/^Suites:.*/Suites: $suite/" >"$here/parts/suite.sources"
    : >"$here/status"
    private_apt "$suite" apt-get update >"$work/log" 2>&1 || private_apt "$suite" apt-get update >"$work/log" 2>&1 || :
  fi
  mkdir -p "$work/$package"
  echo "Fetching $package into $target"
  if ! (cd "$work/$package" && private_apt "$suite" apt-get download "$package") >"$work/log" 2>&1; then
    give_up "$program" "its package cannot be had ($(tail -n 1 "$work/log"))"
    return
  fi
  dpkg-deb -x "$work/$package"/*.deb "$work/$package"
  mv "$(find "$work/$package/usr" -type f -name "$program" -perm -u+x)" "$target/bin/"
}

linters() {
  local stamp=$target/python/installed.stamp
  [ "$stamp" -nt requirements/deploy.txt ] && return
  echo "Installing linters into $target"
  rm -rf "$target/python"
  "${PYTHON:-python3}" -m venv "$target/python"
  if "$target/python/bin/python" -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/deploy.txt; then
    touch "$stamp"
  else
    give_up linters "pip could not install them"
  fi
}

linters
if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
  fetch victoria-metrics victoria-metrics stable
  fetch docker-compose docker-compose sid
else
  give_up "VictoriaMetrics and Docker Compose" "there is no apt-get to have packages with"
fi
