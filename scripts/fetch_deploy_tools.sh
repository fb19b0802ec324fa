#!/usr/bin/env bash
# Makes what the tests of deploy/ need available in .tools/deploy: VictoriaMetrics of the system's own packages, Docker
# Compose of Debian's newest, and linters from requirements/deploy.txt. The machine itself is not touched. Where one
# cannot be had it says so and goes on: the tests that need it are then skipped, which CI takes for failures.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/private_apt.sh

target=.tools/deploy
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$target/bin"

give_up() { # what, why
  echo "No $1 for the tests of deploy/: $2"
}

download() { # a package, into a folder of its name
  private_apt "$work/apt" apt-get update && (cd "$work/$1" && private_apt "$work/apt" apt-get download "$1")
}

fetch() { # a package with a program of its name; a suite of Debian, if it is not to be that of the machine
  local package=$1 suite=${2:-} program
  [ -x "$target/bin/$package" ] && return
  echo "Fetching $package into $target"
  rm -rf "$work/apt"
  mkdir "$work/$package"
  if [ -n "$suite" ] && ! use_suite "$work/apt" "$suite" deb; then
    give_up "$package" "apt knows no archive of Debian's, or has not its keys"
  elif ! twice download "$package" >"$work/log" 2>&1; then
    give_up "$package" "it cannot be had ($(tail -n 1 "$work/log"))"
  else
    dpkg-deb -x "$work/$package"/*.deb "$work/$package"
    program=$(find "$work/$package/usr" -type f -name "$package" -perm -u+x)
    mv "$program" "$target/bin/" || give_up "$package" "its package does not hold it"
  fi
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
  fetch victoria-metrics
  fetch docker-compose sid
else
  give_up "VictoriaMetrics and Docker Compose" "there is no apt-get to have packages with"
fi
