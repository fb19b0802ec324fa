#!/usr/bin/env bash
# Makes Prometheus and Alertmanager, promtool and amtool available to the tests: those on PATH, else the
# system's own packages unpacked into .tools/prometheus/bin, without root and without touching what apt
# knows. Where neither is possible it says why and exits 0: the tests that need them are then skipped, and
# say so (where CI=true they fail).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/private_apt.sh

target=.tools/prometheus
programs=(prometheus promtool alertmanager amtool)

give_up() {
  echo "No Prometheus for the tests: $1. Put ${programs[*]} on PATH to run all of them."
  exit 0
}

all_in() { # a folder
  local program
  for program in "${programs[@]}"; do
    [ -x "$1/$program" ] && "$1/$program" --version >/dev/null 2>&1 || return 1
  done
}

on_path() {
  local program
  for program in "${programs[@]}"; do
    command -v "$program" >/dev/null || return 1
  done
}

download() {
  private_apt "$work/apt" apt-get update || return 1
  local packages=(prometheus prometheus-alertmanager)
  # Newer releases have promtool in a package of its own.
  private_apt "$work/apt" apt-cache show promtool >/dev/null 2>&1 && packages+=(promtool)
  (cd "$work/debs" && private_apt "$work/apt" apt-get download "${packages[@]}")
}

if on_path || all_in "$target/bin"; then
  exit 0
fi
for needed in apt-get apt-cache dpkg-deb; do
  command -v "$needed" >/dev/null || give_up "not on PATH, and there is no $needed to unpack packages with"
done

mkdir -p .tools
work=$(mktemp -d "$PWD/.tools/prometheus.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{debs,root,made/bin}

echo "Fetching Prometheus and Alertmanager into $target"
twice download >"$work/log" 2>&1 || give_up "packages cannot be had ($(tail -n 1 "$work/log"))"
for deb in "$work"/debs/*.deb; do
  dpkg-deb -x "$deb" "$work/root"
done
# Debian calls it so, and has it read its default template from a folder of the system: this one is read
# from .tools instead, where it is started in the repository's root. The path keeps its length.
LC_ALL=C sed 's#/usr/share/prometheus/alertmanager#.tools/prometheus/share//././././.#g' \
  "$work/root/usr/bin/prometheus-alertmanager" >"$work/root/usr/bin/alertmanager" ||
  give_up "the packages hold no alertmanager"
chmod +x "$work/root/usr/bin/alertmanager"
mv "$work/root/usr/share/prometheus/alertmanager" "$work/made/share" || give_up "the packages hold no default template"
for program in "${programs[@]}"; do
  mv "$work/root/usr/bin/$program" "$work/made/bin/" || give_up "the packages hold no $program"
done
all_in "$work/made/bin" || give_up "the packages' programs do not run here"
rm -rf "$target"
mv "$work/made" "$target"
for program in "${programs[@]}"; do
  "$target/bin/$program" --version 2>&1 | sed -n 1p
done
