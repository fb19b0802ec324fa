import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.cli.group import group
from tests.deploy.rewriting import DEPLOY, rewrite
from tests.deploy.victoria import find_tool
from tests.prometheus.server import find_program

pytestmark = pytest.mark.process

FILE = DEPLOY / "compose.yaml"
OURS = "northflank-billing-exporter:"
PINNED = re.compile(r"docker\.io/[a-z]+/[a-z]+:v?\d+\.\d+\.\d+")


def compose(*arguments: str) -> str:
    """What Docker Compose prints; it needs no engine for this."""
    command: list[str | Path] = [find_tool("docker-compose"), "--file", FILE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services as Docker Compose reads them."""
    read: dict[str, dict[str, Any]] = json.loads(compose("config", "--format", "json"))["services"]
    return read


def test_it_follows_the_specification() -> None:
    """Every engine that follows the Compose specification can read it."""
    checked = subprocess.run(
        [find_tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", FILE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == checked.returncode, checked.stdout


def test_every_mounted_file_is_there(services: dict[str, dict[str, Any]]) -> None:
    """Nothing is mounted that a clone does not have, and all of it read-only."""
    mounts = [each for service in services.values() for each in service.get("volumes", []) if each["type"] == "bind"]
    assert [] == [each["source"] for each in mounts if not Path(each["source"]).exists()]
    assert {True} == {each["read_only"] for each in mounts}


def test_nothing_is_open_to_the_network(services: dict[str, dict[str, Any]]) -> None:
    """Only this machine reaches the demo."""
    assert {"127.0.0.1"} == {port["host_ip"] for service in services.values() for port in service["ports"]}


def test_every_service_is_locked_down(services: dict[str, dict[str, Any]]) -> None:
    """No container may write outside its volumes, and none has a capability."""
    assert {(True, ("ALL",))} == {(each["read_only"], tuple(each["cap_drop"])) for each in services.values()}


def test_images_are_pinned(services: dict[str, dict[str, Any]]) -> None:
    """What others publish is taken in one version each."""
    others = [each["image"] for each in services.values() if not each["image"].startswith(OURS)]
    assert [] == [image for image in others if not PINNED.fullmatch(image)]


def test_the_exporter_takes_its_command(services: dict[str, dict[str, Any]]) -> None:
    """The exporter is the demo, reached from other containers, at the time of day."""
    name, *flags = services["exporter"]["command"]
    command = group.commands[name]
    taken = command.make_context(name, list(flags)).params
    assert ("demo", "0.0.0.0:10115", 1.0) == (name, taken["web_listen_address"], taken["speed"])


@pytest.mark.prometheus
@pytest.mark.parametrize("service", ["prometheus", "alertmanager"])
def test_commands_have_flags_that_exist(services: dict[str, dict[str, Any]], service: str) -> None:
    """Prometheus and Alertmanager know every flag that they are given."""
    shown = subprocess.run([find_program(service), "--help"], capture_output=True, text=True, check=False)
    known = set(re.findall(r"--(?:\[no-\])?([a-z.-]+)", shown.stdout + shown.stderr))
    given = {flag.partition("=")[0].removeprefix("--") for flag in services[service]["command"]}
    assert set() == given - known


@pytest.mark.prometheus
def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    """Prometheus takes the configuration, with the rules that lie where it looks for them."""
    rules = {"/etc/prometheus/rules": str(DEPLOY / "prometheus")}
    file = rewrite(DEPLOY / "compose" / "prometheus.yaml", tmp_path / "prometheus.yaml", rules)
    checked = subprocess.run(
        [find_program("promtool"), "check", "config", file], capture_output=True, text=True, check=False
    )
    assert 0 == checked.returncode, checked.stderr
    assert re.search(r"SUCCESS: \d+ rules found", checked.stdout)


@pytest.mark.prometheus
def test_alertmanager_takes_its_configuration(services: dict[str, dict[str, Any]]) -> None:
    """Alertmanager takes the configuration that is mounted where it looks for it."""
    (flag,) = [each for each in services["alertmanager"]["command"] if each.startswith("--config.file=")]
    mounted = {each["target"]: Path(each["source"]) for each in services["alertmanager"]["volumes"][:1]}
    folder, _, file = flag.partition("=")[2].rpartition("/")
    checked = subprocess.run(
        [find_program("amtool"), "check-config", mounted[folder] / file], capture_output=True, text=True, check=False
    )
    assert 0 == checked.returncode, checked.stdout + checked.stderr


def test_the_scrape_is_of_the_exporter(services: dict[str, dict[str, Any]]) -> None:
    """Prometheus asks the service and port of the exporter, and keeps the labels of what is billed."""
    (job,) = yaml.safe_load((DEPLOY / "compose" / "prometheus.yaml").read_text())["scrape_configs"]
    port = services["exporter"]["ports"][0]["target"]
    assert ([f"exporter:{port}"], True) == (job["static_configs"][0]["targets"], job["honor_labels"])


def test_grafana_finds_dashboards_and_prometheus(services: dict[str, dict[str, Any]]) -> None:
    """Grafana reads the dashboards where they are mounted, and asks the service of Prometheus for figures."""
    mounted = {each["target"]: Path(each["source"]) for each in services["grafana"]["volumes"] if "source" in each}
    (provider,) = read_all(mounted["/etc/grafana/provisioning/dashboards"])["providers"]
    assert [] != list(mounted[provider["options"]["path"]].glob("*.json"))
    (source,) = read_all(mounted["/etc/grafana/provisioning/datasources"])["datasources"]
    assert f"http://prometheus:{services['prometheus']['ports'][0]['target']}" == source["url"]


def read_all(folder: Path) -> dict[str, Any]:
    """What the one file of a folder holds."""
    (file,) = folder.glob("*.yaml")
    held: dict[str, Any] = yaml.safe_load(file.read_text())
    return held
