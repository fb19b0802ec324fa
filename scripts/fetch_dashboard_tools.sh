#!/usr/bin/env bash
# Makes what draws the dashboards available to the tests: Grafana's components from npm, and a Chromium without a
# window: that on PATH, else the system's own package unpacked into .tools/chromium, without root and without
# touching what apt knows. Where that is not possible it says why and exits 0: the tests that need them are then
# skipped, and say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/private_apt.sh

drawing=tests/dashboards/drawing
components=.tools/grafana
browser=.tools/chromium
package=chromium-headless-shell

give_up() {
  echo "No $1 for the tests of the dashboards: $2."
  exit 0
}

install_components() {
  (cd "$work" && npm ci --legacy-peer-deps --ignore-scripts --no-audit --no-fund --no-progress)
}

fetch_components() {
  local program
  cmp -s "$drawing/package-lock.json" "$components/package-lock.json" && return
  for program in node npm; do
    command -v "$program" >/dev/null || give_up "Grafana components" "there is no $program on PATH"
  done
  echo "Fetching Grafana's components into $components"
  work=$(mktemp -d "$PWD/.tools/grafana.XXXXXX")
  cp "$drawing/package.json" "$work/"
  cp "$drawing/package-lock.json" "$work/"
  twice install_components >"$work/log" 2>&1 || give_up "Grafana components" "npm failed ($(grep -m 1 'npm error' "$work/log"))"
  rm -rf "$components"
  mv "$work" "$components"
}

download_browser() { # with all that it needs and the machine has not
  mkdir -p "$work/apt" && cp /var/lib/dpkg/status "$work/apt/" &&
    private_apt "$work/apt" apt-get update &&
    private_apt "$work/apt" apt-get install --download-only --yes --no-install-recommends "$package"
}

fetch_browser() {
  local deb program
  for program in chromium-headless-shell chromium; do
    command -v "$program" >/dev/null && return
  done
  [ -x "$browser/run" ] && "$browser/run" --version >/dev/null 2>&1 && return
  for program in apt-get dpkg-deb; do
    command -v "$program" >/dev/null || give_up Chromium "not on PATH, and there is no $program to unpack packages with"
  done
  echo "Fetching Chromium into $browser"
  work=$(mktemp -d "$PWD/.tools/chromium.XXXXXX")
  mkdir "$work/root"
  twice download_browser >"$work/log" 2>&1 || give_up Chromium "packages cannot be had ($(tail -n 1 "$work/log"))"
  for deb in "$work"/apt/cache/archives/*.deb; do
    dpkg-deb -x "$deb" "$work/root"
  done
  rm -rf "$work/apt"
  cat >"$work/run" <<'END'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/root
libraries=$(find "$root/usr/lib" -name '*.so*' -printf '%h\n' | sort -u | tr '\n' ':')
LD_LIBRARY_PATH=$libraries exec "$root/usr/lib/chromium/chromium-headless-shell" "$@"
END
  chmod +x "$work/run"
  "$work/run" --version >"$work/log" 2>&1 || give_up Chromium "the unpacked program does not run ($(tail -n 1 "$work/log"))"
  rm -rf "$browser"
  mv "$work" "$browser"
}

mkdir -p .tools
work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
fetch_components
fetch_browser
