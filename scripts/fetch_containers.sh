#!/usr/bin/env bash
# Makes buildah, podman, runc and debootstrap available to `make image`: unpacked from the system's own packages into
# .tools/containers/root, without touching what apt knows. Ends with 1 and one line where that is not possible.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/private_apt.sh

target=.tools/containers
packages=(buildah podman runc conmon debootstrap patchelf
  libassuan0 libdevmapper1.02.1 libgpgme11 libip6tc2 libseccomp2 libsubid4
  golang-github-containers-common golang-github-containers-image)

give_up() {
  echo "No tools to build an image with: $1" >&2
  exit 1
}

download() {
  private_apt "$work/apt" apt-get update || return 1
  # The address that Debian's packages come from, for debootstrap.
  private_apt "$work/apt" apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1 >"$work/mirror"
  (cd "$work/debs" && private_apt "$work/apt" apt-get download "${packages[@]}")
}

# A clone that was moved is told by the path in the stamp.
if grep -qsF "$PWD/$target/" "$target/fetched.stamp"; then
  exit 0
fi
for needed in apt-get dpkg-deb; do
  command -v "$needed" >/dev/null || give_up "there is no $needed to unpack packages with"
done

mkdir -p "$target"
work=$(mktemp -d "$PWD/.tools/containers.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{debs,root}

echo "Fetching buildah and podman into $target"
twice download >"$work/log" 2>&1 || give_up "packages cannot be had ($(tail -n 1 "$work/log"))"
for deb in "$work"/debs/*.deb; do
  dpkg-deb -x "$deb" "$work/root"
done
rm -rf "$target/root" "$target/fetched.stamp"
mv "$work/root" "$work/mirror" "$target/"

# buildah calls itself from memory and with an environment of its own: it finds its libraries by their full path alone.
libraries=$PWD/$target/root/usr/lib/$(uname -m)-linux-gnu
for program in buildah podman runc conmon; do
  file=$(find "$target/root/usr" -path "*bin/$program" -type f)
  "$target/root/usr/bin/patchelf" --force-rpath --set-rpath "$libraries" "$file"
  "$file" --version >/dev/null || give_up "the packages' $program does not run here"
done
echo "$libraries" >"$target/fetched.stamp"
