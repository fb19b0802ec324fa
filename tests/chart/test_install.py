"""The chart on a real API server: installed, upgraded, tested and uninstalled by both Helms."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chart.cluster import Cluster
from tests.chart.helm import CHART, NAME, RELEASE, Helm, Manifest, Outcome
from tests.processes import ROOT, Starter

pytestmark = pytest.mark.process

COMMAND = re.compile(r"^ *((?:helm|kubectl) .+)$", re.MULTILINE)
DOCUMENTS = [
    document
    for document in (CHART / "README.md", *sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))
    if COMMAND.search(document.read_text())
]
NEED_A_NODE = {"test", "logs"}
"""What waits for a pod that runs; that `helm test` works is shown by a test of its own."""
BY_KUBERNETES = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}


@pytest.fixture
def namespace(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    """A namespace of the test's own, empty but for what Kubernetes makes in each."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower()).strip("-")[:60]
    cluster.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}])
    cluster.controllers.wait_for("the namespace's account", lambda: bool(cluster.get("serviceaccounts", name)))
    return name


@pytest.fixture
def run(helm: Helm, cluster: Cluster, namespace: str) -> Callable[..., Outcome]:
    """Run Helm in the test's namespace; the test fails where Helm does."""

    def run(*args: str | Path) -> Outcome:
        done = helm.run(*args, "--namespace", namespace, env=cluster.env)
        assert 0 == done.code, done.stderr
        return done

    return run


def replica_sets(cluster: Cluster, namespace: str) -> list[Manifest]:
    """The ReplicaSets of the exporter, with those of an earlier configuration."""
    return cluster.get("replicasets", namespace)


def pods(cluster: Cluster, namespace: str) -> list[Manifest]:
    """The pods that controllers made."""
    return cluster.get("pods", namespace)


def checksums(manifests: list[Manifest]) -> set[str]:
    """The configurations of these pods."""
    return {each["metadata"]["annotations"]["checksum/config"] for each in manifests}


def test_install_upgrade_uninstall(run: Callable[..., Outcome], cluster: Cluster, namespace: str, values: Path) -> None:
    """A pod is made, replaced once its configuration changes, and nothing is left but a claim that was to be kept."""
    run("install", RELEASE, CHART, "--values", values)
    cluster.controllers.wait_for("a pod", lambda: bool(pods(cluster, namespace)))
    installed = checksums(pods(cluster, namespace))
    run("upgrade", RELEASE, CHART, "--values", values, "--set", "config.detail=team")
    cluster.controllers.wait_for(
        "another pod", lambda: len(found := checksums(pods(cluster, namespace))) == 1 and found != installed
    )
    assert 2 == len(replica_sets(cluster, namespace))
    kept = {("PersistentVolumeClaim", NAME)} if "persistence" in values.name else set()
    run("uninstall", RELEASE)
    expected = kept | BY_KUBERNETES
    cluster.controllers.wait_for("an empty namespace", lambda: expected == cluster.names(namespace))


def test_an_upgrade_of_something_else_keeps_the_pod(
    run: Callable[..., Outcome], cluster: Cluster, namespace: str
) -> None:
    """Dashboards, monitors and tokens change beside the running pod."""
    run("install", RELEASE, CHART, "--set", "tokens.token=one")
    cluster.controllers.wait_for("a pod", lambda: bool(pods(cluster, namespace)))
    before = [each["metadata"]["uid"] for each in pods(cluster, namespace)]
    run("upgrade", RELEASE, CHART, "--set", "tokens.token=two,serviceMonitor.enabled=true,dashboards.enabled=true")
    assert 1 == len(replica_sets(cluster, namespace))
    assert before == [each["metadata"]["uid"] for each in pods(cluster, namespace)]


def test_upgrade_of_a_rollback(run: Callable[..., Outcome], cluster: Cluster, namespace: str) -> None:
    """A rollback brings the former configuration back."""
    run("install", RELEASE, CHART)
    run("upgrade", RELEASE, CHART, "--set", "config.detail=team")
    run("rollback", RELEASE, "1")
    (config,) = (each for each in cluster.get("configmaps", namespace) if each["metadata"]["name"] == NAME)
    assert "detail" not in config["data"]["config.yaml"]


def test_notes_tell_what_to_do_next(run: Callable[..., Outcome], namespace: str) -> None:
    """After an installation a reader knows which Secret is missing, and how to see the metrics."""
    notes = run("install", RELEASE, CHART).stdout
    assert f"kubectl --namespace {namespace} create secret generic {NAME} --from-file=token=PATH" in notes
    assert f"kubectl --namespace {namespace} port-forward service/{NAME} 10115:10115" in notes
    accounts = CHART / "ci" / "tokens-values.yaml"
    several = run("upgrade", RELEASE, CHART, "--values", accounts, "--set", "tokens=null,existingSecret=mine").stdout
    assert "create secret generic mine --from-file=acme=PATH --from-file=labs=PATH\n" in several
    given = run("upgrade", RELEASE, CHART, "--values", accounts).stdout
    assert "create secret" not in given


@pytest.mark.parametrize(("phase", "code"), [("Succeeded", 0), ("Failed", 1)])
def test_helm_test_says_how_the_pod_ended(  # noqa: PLR0917 - fixtures
    helm: Helm,
    run: Callable[..., Outcome],
    cluster: Cluster,
    namespace: str,
    start_process: Starter,
    phase: str,
    code: int,
) -> None:
    """`helm test` makes the pod that scrapes, and ends as it does. The pod's end is made up, as no node runs it."""
    run("install", RELEASE, CHART)
    env = {**cluster.env, "HOME": str(helm.home)}
    testing = start_process([helm.program, "test", RELEASE, "--namespace", namespace, "--timeout", "60s"], env)
    name = f"{NAME}-test-scrape"
    testing.wait_for("the pod", lambda: ("Pod", name) in cluster.names(namespace))
    status = json.dumps({"status": {"phase": phase}})
    patch = (
        "patch",
        "pod",
        name,
        f"--namespace={namespace}",
        "--subresource=status",
        "--type=merge",
        f"--patch={status}",
    )
    patched = cluster.kubectl(*patch)
    assert 0 == patched.code, patched.stderr
    assert code == testing.wait(30)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_commands_of_the_documents_work(
    helm: Helm, cluster: Cluster, namespace: str, document: Path, tmp_path: Path
) -> None:
    """Each command with helm or kubectl that a document shows can be run as it stands, one after the other."""
    (tmp_path / "token.txt").write_text("not-a-token")
    for line in COMMAND.findall(document.read_text()):
        program, *args = shlex.split(line)
        if args[0] in NEED_A_NODE:
            continue
        args = [arg.replace("token.txt", str(tmp_path / "token.txt")) for arg in args]
        if program == "helm":
            done = helm.run(*args, "--namespace", namespace, env=cluster.env)
        else:
            assert "kubectl" == program
            done = cluster.kubectl(*args, f"--namespace={namespace}")
        assert 0 == done.code, (line, done.stderr)


def test_the_server_refuses_what_the_resources_do_not_have(cluster: Cluster, tmp_path: Path) -> None:
    """The API server checks custom resources by their schemas, so that an installation proves something."""
    monitor = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "wrong"},
        "spec": {"selector": {}, "endpoints": [{"interval": "30x"}]},
    }
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(monitor))
    refused = cluster.kubectl("apply", f"--filename={path}", "--dry-run=server")
    assert refused.code != 0
    assert "spec.endpoints.interval" in refused.stderr
