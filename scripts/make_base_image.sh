#!/usr/bin/env bash
# Makes the base that images are tested on where no registry can be reached: Debian's own Python, from its packages.
# It stands in for the base that the Dockerfile names, and is called so. Needs root. Once made it is kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

base=localhost/python-of-debian:trixie
tools=scripts/containers.sh
here=.tools/containers

if "$tools" podman image exists "$base"; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "The stand-in for the base image is made by debootstrap, as root; or build with ENGINE=docker" >&2
  exit 1
fi
work=$(mktemp -d "$PWD/$here/base.XXXXXX")
trap 'rm -rf "$work"' EXIT

echo "Making $base of Debian's packages (a minute)"
for try in 1 2; do
  mkdir -p "$work/root"
  "$tools" debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv \
    trixie "$work/root" "$(cat "$here/mirror")" >"$work/log" 2>&1 && break
  [ "$try" = 1 ] || { echo "No stand-in for the base image: $(tail -n 1 "$work/log")" >&2 && exit 1; }
  rm -rf "$work/root"
done
rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
tar -C "$work/root" -c . | "$tools" podman import --quiet --change 'CMD ["python3"]' - "$base" >/dev/null
