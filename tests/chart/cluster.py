"""A real Kubernetes API server on loopback, its controllers and kubectl; no node, so that pods stay pending."""

import json
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chart.helm import Manifest, Outcome
from tests.processes import ROOT, Process, Starter

SERVER = ROOT / ".tools" / "kubernetes" / "bin"
START_SECONDS = 120.0
TOKEN = "cluster-admin"
OF_ACCOUNTS = "kubernetes.io/service-account-token"
"""The type of Secrets that Kubernetes made for each ServiceAccount until 1.24."""
KINDS = (
    "configmaps,deployments,networkpolicies,persistentvolumeclaims,poddisruptionbudgets,pods,replicasets,secrets,"
    "serviceaccounts,services,podmonitors,prometheusrules,servicemonitors,verticalpodautoscalers"
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running API server, and who may do anything there."""

    controllers: Process
    program: Path
    kubeconfig: Path

    @property
    def env(self) -> Mapping[str, str]:
        """What tells Helm and kubectl of this cluster."""
        return {"KUBECONFIG": str(self.kubeconfig)}

    def kubectl(self, *args: str, stdin: str | None = None) -> Outcome:
        """Run kubectl with these arguments."""
        done = subprocess.run(
            [self.program, *args],
            env={"PATH": os.environ["PATH"], "HOME": str(self.kubeconfig.parent), **self.env},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def apply(self, manifests: Sequence[Manifest]) -> None:
        """Make these objects."""
        applied = self.kubectl("apply", "--filename=-", stdin=json.dumps(_list(manifests)))
        assert 0 == applied.code, applied.stderr

    def get(self, kinds: str, namespace: str) -> list[Manifest]:
        """The objects of these kinds (with commas between) in the namespace."""
        found = self.kubectl("get", kinds, f"--namespace={namespace}", "--output=json")
        assert 0 == found.code, found.stderr
        items: list[Manifest] = json.loads(found.stdout)["items"]
        return items

    def names(self, namespace: str) -> set[tuple[str, str]]:
        """Kind and name of every object in the namespace that a chart may make, and of what controllers made of it."""
        found = (each for each in self.get(KINDS, namespace) if each.get("type") != OF_ACCOUNTS)
        return {(each["kind"], each["metadata"]["name"]) for each in found}


def find_server() -> Path:
    """The folder of the server's programs, as `make chart` built them; without them the test is skipped."""
    if not (SERVER / "kube-apiserver").exists():
        pytest.skip("kube-apiserver is not there: make chart")
    return SERVER


def start_cluster(start: Starter, directory: Path, server: Path, kubectl: Path, python: Path) -> Cluster:
    """A server that knows the custom resources which `python`, of the schemas' environment, prints."""
    client, peer, secure = free_ports(3)
    etcd = f"http://127.0.0.1:{client}"
    start(_etcd(server, directory, etcd, f"http://127.0.0.1:{peer}"))
    apiserver = start(_apiserver(server, directory, etcd, secure))
    kubeconfig = _kubeconfig(directory, secure)
    controllers = start(_controllers(server, directory, kubeconfig))
    cluster = Cluster(controllers, kubectl, kubeconfig)
    apiserver.wait_for("readiness", lambda: cluster.kubectl("get", "--raw=/readyz").code == 0, START_SECONDS)
    known = subprocess.run(
        [python, "-m", "tests.chart.schema_tool", "definitions"], cwd=ROOT, capture_output=True, check=True
    )
    cluster.apply(json.loads(known.stdout))
    waited = cluster.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all")
    assert 0 == waited.code, waited.stderr
    return cluster


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listened on a moment ago: these servers cannot choose their own."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _etcd(server: Path, directory: Path, address: str, peer: str) -> list[str | Path]:
    return [
        server / "etcd",
        f"--data-dir={directory / 'etcd'}",
        f"--listen-client-urls={address}",
        f"--advertise-client-urls={address}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]


def _apiserver(server: Path, directory: Path, etcd: str, port: int) -> list[str | Path]:
    tokens = directory / "tokens.csv"
    tokens.write_text(f"{TOKEN},admin,admin,system:masters\n")
    _make_keys(directory)
    return [
        server / "kube-apiserver",
        f"--etcd-servers={etcd}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        "--insecure-port=0",
        f"--cert-dir={directory / 'certificates'}",
        "--service-cluster-ip-range=10.0.0.0/24",
        f"--token-auth-file={tokens}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.test",
        f"--service-account-key-file={directory / 'service-accounts.pub'}",
        f"--service-account-signing-key-file={directory / 'service-accounts.key'}",
        "--endpoint-reconciler-type=none",
    ]


def _controllers(server: Path, directory: Path, kubeconfig: Path) -> list[str | Path]:
    return [
        server / "kube-controller-manager",
        f"--kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={directory / 'service-accounts.key'}",
        "--port=0",
        "--secure-port=0",
        "--leader-elect=false",
    ]


def _make_keys(directory: Path) -> None:
    private, public = directory / "service-accounts.key", directory / "service-accounts.pub"
    subprocess.run(["openssl", "genrsa", "-out", private, "2048"], capture_output=True, check=True)
    subprocess.run(["openssl", "rsa", "-in", private, "-pubout", "-out", public], capture_output=True, check=True)


def _kubeconfig(directory: Path, port: int) -> Path:
    cluster = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    content: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": TOKEN}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
    }
    path = directory / "kubeconfig"
    path.write_text(json.dumps(content))
    path.chmod(0o600)  # Helm warns of one that others may read
    return path


def _list(manifests: Sequence[Manifest]) -> Manifest:
    return {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
