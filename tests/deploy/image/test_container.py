import re
import secrets
from pathlib import Path

import httpx
import pytest

from exporter import __version__
from tests.deploy.image.engine import LOCKED_DOWN, Container, Containers, Engine
from tests.processes import Process

pytestmark = pytest.mark.process

STATE = "/var/lib/northflank-billing-exporter"
TOKEN = "/run/secrets/northflank-token"
HERE = ("--web.listen-address", "127.0.0.1:0")
COSTS = re.compile(r"^northflank_invoice_cost\{.*$", re.MULTILINE)


def serving(run: Containers, sandbox: str, tmp_path: Path, *options: str) -> Container:
    """A container that serves what a sandbox bills, with its configuration and token in files."""
    (tmp_path / "token").write_text("sandbox")
    (tmp_path / "config.yaml").write_text(
        f"accounts: [{{name: acme, token_file: {TOKEN}, base_url: '{sandbox}'}}]\ndetail: project\n"
    )
    files = ("--volume", f"{tmp_path}/token:{TOKEN}:ro", "--volume", f"{tmp_path}/config.yaml:/etc/config.yaml:ro")
    return run([*LOCKED_DOWN, *files, *options], "serve", "--config.file", "/etc/config.yaml", *HERE)


def scrape(container: Container) -> str:
    """What the container serves as metrics once it is ready."""
    address = container.process.address("web.listening")
    container.process.wait_until_answers(f"{address}/-/ready")
    return httpx.get(f"{address}/metrics", trust_env=False).raise_for_status().text


@pytest.fixture
def volume(run: Containers, engine: Engine) -> str:
    """A volume of its own, removed with what is in it."""
    name = engine.run("volume", "create").strip()
    # Called after the containers that use it were removed.
    run.running.pop_all().callback(engine.attempt, "volume", "rm", "--force", name)
    return name


def test_locked_down(run: Containers, sandbox: Process, tmp_path: Path) -> None:
    """With a read-only root, no capability, no shell and any user id it serves, and stops within two seconds."""
    address = sandbox.address("sandbox.listening")
    anybody = 10_000 + secrets.randbelow(50_000)
    options = (f"--user={anybody}:{anybody}", "--volume=/dev/null:/bin/sh:ro", "--volume=/dev/null:/bin/bash:ro")
    container = serving(run, address, tmp_path, *options)
    assert COSTS.search(scrape(container))
    assert "state.path" in str(container.process.wait_for_event("store.unavailable"))
    assert 0 == container.stop()


@pytest.mark.parametrize("user", [pytest.param((), id="its own user"), pytest.param(("--user=48213:0",), id="group 0")])
def test_a_volume_outlives_the_container(
    run: Containers, sandbox: Process, volume: str, tmp_path: Path, user: tuple[str, ...]
) -> None:
    """With a volume a new container shows the last figures at once, though Northflank does not answer."""
    address = sandbox.address("sandbox.listening")
    options = (*user, "--volume", f"{volume}:{STATE}")
    first = serving(run, address, tmp_path, *options)
    before = COSTS.findall(scrape(first))
    assert 0 == first.stop()
    sandbox.stop()
    second = serving(run, address, tmp_path, *options)
    assert before == COSTS.findall(scrape(second))
    assert before


def test_the_demo(run: Containers) -> None:
    """The demo needs nothing but the image, and says which version of what it is."""
    container = run([*LOCKED_DOWN], "demo", *HERE, "--sandbox.listen-address", "127.0.0.1:0", "--log.format", "json")
    metrics = scrape(container)
    assert COSTS.search(metrics)
    assert f'version="{__version__}"' in metrics
    assert 0 == container.stop()


def test_health(run: Containers, engine: Engine) -> None:
    """The engine's health check passes while it serves on the usual port, whatever proxy there is."""
    container = run([*LOCKED_DOWN, "--network=none", "--env=http_proxy=http://127.0.0.1:9"], "demo")
    container.process.wait_for("health", lambda: engine.is_healthy(container.name), seconds=60)


def test_without_a_token(run: Containers) -> None:
    """Started without anything it ends with exit code 2, and says what it lacks."""
    container = run([*LOCKED_DOWN, "--network=none"])
    assert 2 == container.process.wait(20)
    assert "NORTHFLANK_API_TOKEN" in container.process.stderr()
