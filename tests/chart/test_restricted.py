"""The restricted Pod Security Standard, control by control, on the pods that the chart makes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chart.helm import Helm, Manifest

pytestmark = pytest.mark.process

Pod = dict[str, Any]
Check = Callable[[Pod], bool]
VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def containers(pod: Pod) -> list[dict[str, Any]]:
    """All containers of a pod, of every kind."""
    kinds = ("initContainers", "containers", "ephemeralContainers")
    return [container for kind in kinds for container in pod.get(kind, [])]


def contexts(pod: Pod) -> list[dict[str, Any]]:
    """The security contexts of a pod and of its containers, empty where none is set."""
    return [each.get("securityContext", {}) for each in (pod, *containers(pod))]


def effective(pod: Pod, field: str) -> list[Any]:
    """What holds for each container: its own, else the pod's."""
    of_pod = pod.get("securityContext", {}).get(field)
    return [container.get("securityContext", {}).get(field, of_pod) for container in containers(pod)]


def of_containers(pod: Pod, field: str) -> list[Any]:
    """What each container's own context says."""
    return [container.get("securityContext", {}).get(field) for container in containers(pod)]


CONTROLS: dict[str, Check] = {
    # Baseline
    "HostProcess": lambda pod: not any(each.get("windowsOptions", {}).get("hostProcess") for each in contexts(pod)),
    "Host namespaces": lambda pod: not any(pod.get(each) for each in ("hostNetwork", "hostPID", "hostIPC")),
    "Privileged containers": lambda pod: not any(of_containers(pod, "privileged")),
    "Host ports": lambda pod: not any(p.get("hostPort") for each in containers(pod) for p in each.get("ports", [])),
    "Host probes and hooks": lambda pod: not any(hosts_named(pod)),
    "AppArmor": lambda pod: (
        {each.get("appArmorProfile", {}).get("type") for each in contexts(pod)} <= {None, "RuntimeDefault", "Localhost"}
    ),
    "SELinux": lambda pod: all(
        each.get("seLinuxOptions", {}).get("type", "") in SELINUX_TYPES
        and not {"user", "role"} & each.get("seLinuxOptions", {}).keys()
        for each in contexts(pod)
    ),
    "/proc mount type": lambda pod: set(of_containers(pod, "procMount")) <= {None, "Default"},
    "Sysctls": lambda pod: not pod.get("securityContext", {}).get("sysctls"),
    # Restricted
    "Volume types": lambda pod: all(
        set(volume) - {"name"} <= VOLUMES and len(volume) == 2 for volume in pod.get("volumes", [])
    ),
    "Privilege escalation": lambda pod: set(of_containers(pod, "allowPrivilegeEscalation")) == {False},
    "Running as non-root": lambda pod: set(effective(pod, "runAsNonRoot")) == {True},
    "Running as non-root user": lambda pod: 0 not in effective(pod, "runAsUser"),
    "Seccomp": lambda pod: all(
        (profile or {}).get("type") in {"RuntimeDefault", "Localhost"} for profile in effective(pod, "seccompProfile")
    ),
    "Capabilities": lambda pod: all(
        "ALL" in (each or {}).get("drop", []) and set((each or {}).get("add", [])) <= {"NET_BIND_SERVICE"}
        for each in of_containers(pod, "capabilities")
    ),
}
"""The controls of the standard's baseline and restricted profiles, and whether a pod's spec keeps to each."""


def hosts_named(pod: Pod) -> Iterator[str]:
    """Hosts that probes and hooks would connect to in place of the pod."""
    for container in containers(pod):
        hooks = container.get("lifecycle", {}).values()
        probes = (container.get(name, {}) for name in ("livenessProbe", "readinessProbe", "startupProbe"))
        for action in (*hooks, *probes):
            yield from (
                str(action[kind]["host"]) for kind in ("httpGet", "tcpSocket") if "host" in action.get(kind, {})
            )


def pods(manifests: list[Manifest]) -> list[Pod]:
    """The specs of all pods that these objects are or make."""
    made = [each["spec"]["template"]["spec"] for each in manifests if each["kind"] == "Deployment"]
    return made + [each["spec"] for each in manifests if each["kind"] == "Pod"]


@pytest.mark.parametrize("control", CONTROLS)
def test_pods_keep_to_the_restricted_standard(defaults: list[Manifest], control: str) -> None:
    """The pods of the default values, that of `helm test` too, run in a namespace that enforces `restricted`."""
    found = pods(defaults)
    assert 2 == len(found)
    assert all(CONTROLS[control](pod) for pod in found)


def test_our_own_containers_keep_to_it_with_any_values(helm: Helm, values: Path) -> None:
    """No value of ours but a security context of the user's own loosens what the exporter's container may do."""
    for pod in pods(helm.render("--values", values)):
        ours = pod | {"initContainers": [], "containers": [c for c in pod["containers"] if c["name"] != "proxy"]}
        assert [] == [control for control, is_kept in CONTROLS.items() if not is_kept(ours)]


LOOSENED: dict[str, dict[str, Any]] = {
    "HostProcess": {"securityContext": {"windowsOptions": {"hostProcess": True}}},
    "Host namespaces": {"hostPID": True},
    "Privileged containers": {"containers": [{"securityContext": {"privileged": True}}]},
    "Host ports": {"containers": [{"ports": [{"hostPort": 80}]}]},
    "Host probes and hooks": {"containers": [{"livenessProbe": {"httpGet": {"host": "10.0.0.1"}}}]},
    "AppArmor": {"securityContext": {"appArmorProfile": {"type": "Unconfined"}}},
    "SELinux": {"securityContext": {"seLinuxOptions": {"user": "root"}}},
    "/proc mount type": {"containers": [{"securityContext": {"procMount": "Unmasked"}}]},
    "Sysctls": {"securityContext": {"sysctls": [{"name": "kernel.msgmax"}]}},
    "Volume types": {"volumes": [{"name": "a", "hostPath": {}}]},
    "Privilege escalation": {"containers": [{}]},
    "Running as non-root": {"containers": [{}]},
    "Running as non-root user": {"containers": [{"securityContext": {"runAsUser": 0}}]},
    "Seccomp": {"containers": [{}]},
    "Capabilities": {"containers": [{"securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}]},
}
"""For each control a pod's spec that offends it."""


@pytest.mark.parametrize("control", CONTROLS)
def test_each_control_is_checked(control: str) -> None:
    """The tests above would see a pod that offends this control."""
    assert not CONTROLS[control](LOOSENED[control])
