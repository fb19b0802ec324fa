import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.config import load
from tests.deploy.rewriting import DEPLOY, rewrite
from tests.prometheus.server import find_program

EXAMPLES = DEPLOY / "examples"
SHARDS = sorted(EXAMPLES.glob("sharding/exporter-*.yaml"))
PROMETHEUS = sorted(EXAMPLES.glob("*/prometheus.yaml"))
TOKENS = "/run/secrets/"


def name(path: Path) -> str:
    """An example's path below deploy/examples."""
    return str(path.relative_to(EXAMPLES))


def accounts(tmp_path: Path) -> Iterator[list[str]]:
    """The accounts of each exporter, its token files stood in for."""
    for shard in SHARDS:
        for account in ("acme", "acme-labs", "globex"):
            (tmp_path / f"northflank-token-{account}").write_text("token")
        config = load(rewrite(shard, tmp_path / shard.name, {TOKENS: f"{tmp_path}/"}), {})
        yield [account.name for account in config.accounts]


def test_each_account_has_one_exporter(tmp_path: Path) -> None:
    """The example that shares accounts over exporters asks for none of them twice."""
    assert [["acme", "acme-labs"], ["globex"]] == list(accounts(tmp_path))


@pytest.mark.prometheus
@pytest.mark.parametrize("example", PROMETHEUS, ids=name)
def test_prometheus_takes_it(example: Path, tmp_path: Path) -> None:
    """Prometheus takes each example that is for it, with the rules of deploy/ where it names some."""
    rules = {"/etc/prometheus/rules": str(DEPLOY / "prometheus")} if "rule_files" in example.read_text() else {}
    agent = ["--agent"] if example.parent.name == "agent" else []
    checked = subprocess.run(
        [find_program("promtool"), "check", "config", *agent, rewrite(example, tmp_path / "prometheus.yaml", rules)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == checked.returncode, checked.stderr
