#!/usr/bin/env bash
# Builds the image and prints its size and what is in it. ENGINE=docker builds on the base that the Dockerfile names.
# Otherwise tools and a stand-in for the base are taken from Debian's packages: the Dockerfile is the same, the
# image is for trying alone. IMAGE is the name to give, by default northflank-billing-exporter:VERSION below localhost/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

engine=${ENGINE:-debian}
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' exporter/__init__.py)
revision=$(git rev-parse HEAD 2>/dev/null || true)
image=${IMAGE:-localhost/northflank-billing-exporter:$version}
arguments=(--build-arg "VERSION=$version" --build-arg "REVISION=$revision" --tag "$image" "$@" .)
tools=scripts/containers.sh

build_on_debian() {
  scripts/fetch_containers.sh
  scripts/make_base_image.sh
  # What lets this machine's pip reach its index goes into the build alone, not into the image.
  local index=(-v "$PWD/.tools/containers/pip.conf:/etc/pip.conf:ro")
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >.tools/containers/pip.conf
  index+=(-v /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro)
  "$tools" buildah bud --isolation chroot --pull-never --format docker --layers=false --quiet "${index[@]}" \
    --build-arg BASE=localhost/python-of-debian:trixie "${arguments[@]}" >/dev/null
}

run=(docker)
if [ "$engine" = docker ]; then
  docker build --quiet "${arguments[@]}" >/dev/null
else
  build_on_debian
  run=("$tools" podman)
fi

size=$("${run[@]}" image inspect --format '{{.Size}}' "$image")
inside=$("${run[@]}" run --rm --network=none --read-only --no-healthcheck --entrypoint /opt/exporter/bin/python "$image" -c '
import sys
from importlib.metadata import distributions
from pathlib import Path
ours = sum(path.lstat().st_size for path in Path(sys.prefix).rglob("*"))
debian = Path("/var/lib/dpkg/status").read_text().count("\nVersion: ")
print(f"{ours / 1e6:.0f} MB of it ours; packages: {len(list(distributions()))} Python, {debian} Debian")')
echo "$image: $((size / 1000000)) MB, $inside"
