"""What the chart renders, run as the pod would run it but for the addresses and the root of its paths."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chart.helm import Helm, Manifest, container, one
from tests.processes import EXPORTER, Process, Starter

pytestmark = pytest.mark.process


def lay_out(manifests: list[Manifest], root: Path, token: str) -> None:
    """The container's files below this folder: its configuration, its token, its empty volumes."""
    mounts = {mount["name"]: root / mount["mountPath"].lstrip("/") for mount in container(manifests)["volumeMounts"]}
    for path in mounts.values():
        path.mkdir(parents=True)
    (mounts["tokens"] / "token").write_text(token)
    for name, content in one(manifests, "ConfigMap")["data"].items():
        (mounts["config"] / name).write_text(moved(content, manifests, root))


def moved(text: str, manifests: list[Manifest], root: Path) -> str:
    """The text with every path that the container mounts below this folder."""
    paths = "|".join(re.escape(mount["mountPath"]) for mount in container(manifests)["volumeMounts"])
    return re.sub(rf"(?:{paths})\b", lambda found: f"{root}{found[0]}", text)


def arguments(manifests: list[Manifest], root: Path) -> list[str]:
    """The container's arguments, with its paths below this folder and a port that the system chooses."""
    args = [moved(arg, manifests, root) for arg in container(manifests)["args"]]
    listen = f"--web.listen-address=:{container(manifests)['ports'][0]['containerPort']}"
    assert listen in args
    return ["--web.listen-address=127.0.0.1:0" if arg == listen else arg for arg in args]


def run_test_pod(manifests: list[Manifest], address: str) -> subprocess.CompletedProcess[str]:
    """The command of the pod of `helm test`, asking this address in place of the Service's."""
    (python, *program, url) = one(manifests, "Pod")["spec"]["containers"][0]["command"]
    assert "python3" == python
    path = httpx.URL(url).path
    return subprocess.run([sys.executable, *program, f"{address}{path}"], capture_output=True, text=True, check=False)


def probe(manifests: list[Manifest], name: str, address: str) -> int:
    """The status with which a probe of the container is answered."""
    action: dict[str, Any] = container(manifests)[name]["httpGet"]
    assert container(manifests)["ports"][0]["name"] == action["port"]
    return httpx.get(f"{address}{action['path']}", trust_env=False).status_code


def test_what_is_rendered_runs(
    helm: Helm, start_process: Starter, start_exporter: Callable[..., Process], tmp_path: Path
) -> None:
    """The exporter takes the rendered flags, file and token, answers both probes, and passes `helm test`."""
    sandbox = start_exporter("sandbox", "--listen-address", "127.0.0.1:0", "--log.format", "json", "--token", "secret")
    api = sandbox.address("sandbox.listening")
    account = {"name": "acme", "token_file": "/run/secrets/northflank/token", "base_url": api}
    manifests = helm.render_values(tmp_path, {"config": {"accounts": [account]}})
    lay_out(manifests, tmp_path / "root", "secret")
    exporter = start_process([*EXPORTER, *arguments(manifests, tmp_path / "root")])
    address = exporter.address("web.listening")
    assert 200 == probe(manifests, "livenessProbe", address)
    exporter.wait_until_answers(f"{address}/-/ready")
    assert 200 == probe(manifests, "readinessProbe", address)
    tested = run_test_pod(manifests, address)
    assert (0, "") == (tested.returncode, tested.stderr)
    assert any((tmp_path / "root/var/lib/northflank-billing-exporter").iterdir())


def start_page(start: Starter, folder: Path, metrics: str) -> str:
    """The address of a server that has nothing but these metrics."""
    (folder / "metrics").write_text(metrics)
    serve = ("http.server", "0", "--bind", "127.0.0.1", "--directory", folder)
    page = start([sys.executable, "-u", "-m", *serve])
    page.wait_for("its port", lambda: "port" in page.stdout())
    return f"http://127.0.0.1:{page.stdout().split('port ')[1].split()[0]}"


def test_the_test_pod_fails_where_there_is_no_exporter(helm: Helm, start_process: Starter, tmp_path: Path) -> None:
    """`helm test` fails where the Service leads to something else, even if that has metrics, and says so."""
    address = start_page(start_process, tmp_path, "up 1\n")
    tested = run_test_pod(helm.render(), address)
    assert (1, f"no metrics of the exporter at {address}/metrics\n") == (tested.returncode, tested.stderr)


def test_the_test_pod_fails_where_a_dataset_is_down(helm: Helm, start_process: Starter, tmp_path: Path) -> None:
    """`helm test` reads whether figures are fetched, not whether the exporter is ready, and names what is down."""
    metrics = """northflank_exporter_api_share_ratio{account="acme"} 0.5
northflank_exporter_api_share_ratio{account="labs"} 0.5
northflank_up{account="acme",dataset="invoices"} 1.0
northflank_up{account="acme",dataset="usage"} 1.0
northflank_up{account="labs",dataset="invoices"} 0.0
"""
    tested = run_test_pod(helm.render(), start_page(start_process, tmp_path, metrics))
    assert (1, "northflank_up is 0: labs (invoices); see the log of the exporter\n") == (
        tested.returncode,
        tested.stderr,
    )


def test_the_test_pod_fails_where_the_token_is_refused(
    helm: Helm, start_process: Starter, start_exporter: Callable[..., Process], tmp_path: Path
) -> None:
    """An exporter that is refused is ready, as it serves, and `helm test` fails, as it has no figures."""
    sandbox = start_exporter("sandbox", "--listen-address", "127.0.0.1:0", "--log.format", "json", "--token", "secret")
    api = sandbox.address("sandbox.listening")
    account = {"name": "acme", "token_file": "/run/secrets/northflank/token", "base_url": api}
    manifests = helm.render_values(tmp_path, {"config": {"accounts": [account]}})
    lay_out(manifests, tmp_path / "root", "another")
    exporter = start_process([*EXPORTER, *arguments(manifests, tmp_path / "root")])
    address = exporter.address("web.listening")
    exporter.wait_until_answers(f"{address}/-/ready")
    tested = run_test_pod(manifests, address)
    assert 1 == tested.returncode
    assert tested.stderr.startswith("northflank_up is 0: acme (invoices)")
