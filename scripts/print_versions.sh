#!/bin/sh
# Prints a line for each tool that checks and tests use; the argument is the environment's folder of commands.
set -eu

bin=$1
PATH=$PATH:$PWD/.tools/prometheus/bin

"$bin/python" --version
for tool in ruff mypy pytest; do
  "$bin/$tool" --version
done
for tool in prometheus promtool alertmanager amtool; do
  if command -v "$tool" >/dev/null; then
    "$tool" --version 2>&1 | head -n 1
  else
    echo "$tool: not there"
  fi
done
