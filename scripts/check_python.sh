#!/bin/sh
# Ends with 1 and one line unless the given Python can make our environment.
set -eu

python=$1
needed="Python 3.11 or newer is needed"
hint="name another with: make PYTHON=/path/to/python3.11"

if ! version=$("$python" -c 'import platform; print(platform.python_version())' 2>/dev/null); then
  echo "$needed, and $python cannot be run; $hint" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$needed, and $python is $version; $hint" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "$python lacks its venv module: install it (Debian and Ubuntu: apt install python3-venv), or $hint" >&2
  exit 1
fi
