# To be sourced: apt in a folder of its own, so that no root is needed and what the machine's apt knows is not touched.
# shellcheck shell=bash

private_apt() { # the folder, then a command of apt with its arguments; sources and keys are the machine's
  local folder=$1 command=$2 options=()
  shift 2
  mkdir -p "$folder"/{state/lists/partial,cache/archives/partial}
  [ -e "$folder/status" ] || : >"$folder/status"
  [ ! -d "$folder/sources" ] || options=(-o Dir::Etc::sourcelist=- -o Dir::Etc::sourceparts="$folder/sources")
  "$command" -qq "${options[@]}" \
    -o Dir::State="$folder/state" -o Dir::State::status="$folder/status" -o Dir::Cache="$folder/cache" \
    -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Retries=2 -o Acquire::http::Timeout=60 -o Acquire::https::Timeout=60 "$@"
}

use_suite() { # the folder, a suite, its types: private_apt takes that alone; fails where apt knows no archive of Debian's
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg archive
  archive=$(apt-get indextargets --format '$(REPO_URI)' | awk '/\/debian\/*$/ && !found++')
  [ -n "$archive" ] && [ -r "$keyring" ] || return 1
  mkdir -p "$1/sources"
  printf 'Types: %s\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$3" "$archive" "$2" "$keyring" >"$1/sources/suite.sources"
}

twice() { # a command: tried again once
  "$@" || { sleep 5 && "$@"; }
}
