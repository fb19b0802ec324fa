#!/usr/bin/env bash
# Makes a Kubernetes API server available to the chart's tests: etcd as Debian 12 packages it, kube-apiserver and
# kube-controller-manager built from Debian 12's source package (the last one that is complete), all in
# .tools/kubernetes/bin. Takes some three minutes on two idle cores, once: what was built is kept in the user's cache for
# the next clone. Nothing is installed into the system, and root is not needed. Where it is not possible it says why and
# exits 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/private_apt.sh

target=.tools/kubernetes
suite=bookworm
version=v1.20.2
built=(kube-apiserver kube-controller-manager)
kept=${XDG_CACHE_HOME:-$HOME/.cache}/northflank-billing-exporter/kubernetes-$version-$(uname -m)

give_up() {
  echo "No Kubernetes API server for the chart's tests: $1." >&2
  exit 1
}

all_in() { # a folder
  local program
  for program in "${built[@]}" etcd; do
    [ -x "$1/$program" ] && "$1/$program" --version >/dev/null 2>&1 || return 1
  done
}

print_versions() {
  echo "kube-apiserver: $("$target/bin/kube-apiserver" --version)"
  echo "etcd: $("$target/bin/etcd" --version | head -n 1)"
}

download() {
  private_apt "$work/apt" apt-get update || return 1
  (
    cd "$work/debs"
    private_apt "$work/apt" apt-get download etcd-server golang-1.19-go golang-1.19-src golang-github-modern-go-reflect2-dev \
      rsync libpopt0 jq libjq1 libonig5 &&
      private_apt "$work/apt" apt-get source --download-only kubernetes
  )
}

if all_in "$target/bin"; then
  print_versions
  exit 0
fi
if all_in "$kept"; then
  echo "Taking Kubernetes from $kept"
  rm -rf "$target"
  mkdir -p "$target"
  cp -r "$kept" "$target/bin"
  print_versions
  exit 0
fi
for needed in apt-get dpkg-deb make; do
  command -v "$needed" >/dev/null || give_up "it is built from Debian's source, and there is no $needed"
done
mkdir -p .tools
work=$(mktemp -d "$PWD/.tools/kubernetes.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{debs,root,src,home,made/bin}
use_suite "$work/apt" "$suite" "deb deb-src" || give_up "apt knows no archive of Debian's, or has not its keys"

echo "Fetching the source of Kubernetes and a compiler of Go (115 MB)"
twice download >"$work/log" 2>&1 || give_up "packages cannot be had ($(tail -n 1 "$work/log"))"
for deb in "$work"/debs/*.deb; do
  dpkg-deb -x "$deb" "$work/root"
done
tar -xzf "$work"/debs/kubernetes_*.orig.tar.gz -C "$work/src" --strip-components=1

# The vendored reflect2 faults when it is compiled by Go 1.18 or newer; Debian's has the mended one.
reflect2=src/github.com/modern-go/reflect2
rm -rf "$work/src/vendor/${reflect2#src/}"
cp -r "$work/root/usr/share/gocode/$reflect2" "$work/src/vendor/github.com/modern-go/"
mkdir -p "$work/src/.go/src/k8s.io"
ln -sfn ../../.. "$work/src/.go/src/k8s.io/kubernetes"

echo "Building ${built[*]} $version (about three minutes on two idle cores)"
(
  cd "$work/src"
  # Without the clouds' own SDKs, which take a third of the time. GOGC: a compiler that frees its memory less often takes
  # a third less of the rest.
  env -u GO111MODULE GOGC=400 GOPATH="$PWD/.go" GOROOT="$work/root/usr/lib/go-1.19" GOFLAGS="-tags=providerless" GOPROXY=off CGO_ENABLED=0 \
    HOME="$work/home" PATH="$work/root/usr/lib/go-1.19/bin:$work/root/usr/bin:$PATH" KUBE_GIT_VERSION="$version" \
    LD_LIBRARY_PATH="$(echo "$work"/root/usr/lib/*-linux-gnu)" \
    nice -n 10 make WHAT="${built[*]/#/cmd/}" GOLDFLAGS="-s -w"
) >"$work/log" 2>&1 || {
  tail -n 20 "$work/log" >&2
  give_up "the build failed"
}
for program in "${built[@]}"; do
  mv "$work/src/_output/local/bin/"*/*/"$program" "$work/made/bin/" || give_up "the build made no $program"
done
mv "$work/root/usr/bin/etcd" "$work/made/bin/"
all_in "$work/made/bin" || give_up "what was built does not run here"
chmod -R u+w "$work"
rm -rf "$target"
mv "$work/made" "$target"
# Under its name at once, so that another clone never takes half of it; without a cache it is built again.
if mkdir -p "${kept%/*}" && cp -r "$target/bin" "$kept.$$"; then
  rm -rf "$kept"
  mv "$kept.$$" "$kept" || true
fi
print_versions
