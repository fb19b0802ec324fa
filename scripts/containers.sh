#!/usr/bin/env bash
# Runs a command with the tools that fetch_containers.sh unpacked: scripts/containers.sh podman images.
# Images, containers and settings are kept in .tools/containers; those of the machine are neither seen nor touched.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.tools/containers
root=$here/root

driver() { # layers over one another where the kernel can do so here, else a copy for each
  local try=$here/try
  mkdir -p "$try"/{lower,upper,work,merged}
  if mount -t overlay overlay -o "lowerdir=$try/lower,upperdir=$try/upper,workdir=$try/work" "$try/merged" 2>/dev/null; then
    umount "$try/merged"
    echo overlay
  else
    echo vfs
  fi
  rm -rf "$try"
}

settings() {
  mkdir -p "$here"/{home/.config/containers,settings}
  cp "$root/etc/containers/policy.json" "$here/home/.config/containers/"
  cat >"$here/settings/storage.conf" <<-END
	[storage]
	driver = "$(driver)"
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

# Also where the clone was moved, or this file changed.
if ! grep -qsF "\"$here/run\"" "$here/settings/storage.conf" || [ "${BASH_SOURCE[0]}" -nt "$here/settings/storage.conf" ]; then
  settings
fi
export CONTAINERS_STORAGE_CONF=$here/settings/storage.conf CONTAINERS_CONF=$here/settings/containers.conf
export HOME=$here/home DEBOOTSTRAP_DIR=$root/usr/share/debootstrap
export PATH=$root/usr/bin:$root/usr/sbin:$PATH
exec "$@"
