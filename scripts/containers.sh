#!/usr/bin/env bash
# Runs a command with the tools that fetch_containers.sh unpacked: scripts/containers.sh podman images.
# Images, containers and settings are kept in .tools/containers; those of the machine are neither seen nor touched.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.tools/containers
root=$here/root

settings() { # written each time, as the clone may have moved
  mkdir -p "$here"/{home/.config/containers,settings}
  cp "$root/etc/containers/policy.json" "$here/home/.config/containers/"
  cat >"$here/settings/storage.conf" <<-END
	[storage]
	driver = "vfs"
	runroot = "$here/run"
	graphroot = "$here/store"
	END
  # runc alone can live with the mixed cgroups of some machines; the limits are those that nobody may have to raise.
  cat >"$here/settings/containers.conf" <<-END
	[containers]
	default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
	seccomp_profile = "$root/usr/share/containers/seccomp.json"
	[engine]
	runtime = "runc"
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	conmon_path = ["$root/usr/bin/conmon"]
	tmp_dir = "$here/run/libpod"
	[engine.runtimes]
	runc = ["$root/usr/sbin/runc", "$root/usr/bin/runc"]
	END
}

[ -e "$here/settings/storage.conf" ] && [ "$here/settings/storage.conf" -nt "${BASH_SOURCE[0]}" ] || settings
export CONTAINERS_STORAGE_CONF=$here/settings/storage.conf CONTAINERS_CONF=$here/settings/containers.conf
export HOME=$here/home DEBOOTSTRAP_DIR=$root/usr/share/debootstrap
export PATH=$root/usr/bin:$root/usr/sbin:$PATH
exec "$@"
