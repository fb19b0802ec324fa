#!/usr/bin/env bash
# Lints, renders, validates and installs the Helm chart: fetches what that needs, then runs its tests. Whatever cannot be
# had is a failure here, not a skip. The argument is the environment's folder of commands; more go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=$1
shift
PYTHON="$bin/python" scripts/fetch_helm.sh
scripts/fetch_kubernetes.sh
exec env CI=true "$bin/python" -m pytest tests/chart "$@"
