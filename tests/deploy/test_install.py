import os
import subprocess
from pathlib import Path

import pytest

from exporter import __version__
from tests.deploy.shell_blocks import DOCUMENTS, Section, sections
from tests.processes import EXPORTER, ROOT, Starter

pytestmark = pytest.mark.process

SECTIONS = {"Docker", "Helm", "systemd", "pip"}
SYSTEMCTL = 'systemctl() { echo systemctl "$@"; }'
# What two documents show alike is run once.
ONCE = {section.commands: section for section in sections()}.values()


def test_the_readme_has_a_section_for_each_way() -> None:
    """Docker, Helm, systemd and pip each have a section with commands in the README."""
    assert SECTIONS == {section.heading for section in sections() if section.document == DOCUMENTS[0]} & SECTIONS


def scratched(command: str, scratch: Path) -> str:
    """The command with its paths in a folder of the test, and a daemon that ends after some seconds."""
    changed = command.replace("sudo ", "").replace("/opt/", f"{scratch}/opt/").replace("/etc/", f"{scratch}/etc/")
    changed = changed.replace("nf/bin", f"{scratch}/nf/bin").replace("venv nf", f"venv {scratch}/nf")
    if changed.endswith(" serve"):
        changed = f"timeout --preserve-status 5 {changed} --web.listen-address 127.0.0.1:0"
    return changed.replace("=…", "=sandbox")


def run_all(section: Section, scratch: Path, env: dict[str, str]) -> str:
    """What the commands of a section print, run one after another in one shell; the test fails where one fails."""
    script = "\n".join([SYSTEMCTL, *(scratched(command, scratch) for command in section.commands)])
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert 0 == ended.returncode, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture
def northflank(start_process: Starter) -> dict[str, str]:
    """The environment of somebody whose Northflank is a sandbox."""
    sandbox = start_process([*EXPORTER, "sandbox", "--listen-address", "127.0.0.1:0", "--log.format", "json"])
    return {
        "NORTHFLANK_API_BASE_URL": sandbox.address("sandbox.listening"),
        "NORTHFLANK_API_TOKEN": "sandbox",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


@pytest.mark.parametrize("section", [each for each in ONCE if each.heading == "pip"], ids=str)
def test_pip(section: Section, tmp_path: Path, northflank: dict[str, str]) -> None:
    """Typed as they stand, the commands install it, ask Northflank once, and serve."""
    shown = run_all(section, tmp_path, northflank)
    assert northflank["NORTHFLANK_API_BASE_URL"] in shown
    assert '"event": "web.listening"' in shown


@pytest.mark.parametrize("section", [each for each in ONCE if each.heading == "systemd"], ids=str)
def test_systemd(section: Section, tmp_path: Path, northflank: dict[str, str]) -> None:
    """Typed as they stand, the commands lay program, unit, configuration and token where the unit looks for them."""
    (tmp_path / "etc" / "northflank-billing-exporter").mkdir(parents=True)
    shown = run_all(section, tmp_path, northflank)
    assert "systemctl enable --now northflank-billing-exporter.service" in shown
    laid = {str(path.relative_to(tmp_path)) for path in tmp_path.glob("etc/**/*") if path.is_file()}
    assert {
        "etc/systemd/system/northflank-billing-exporter.service",
        "etc/northflank-billing-exporter/config.yaml",
        "etc/northflank-billing-exporter/token",
    } == laid
    assert "sandbox\n" == (tmp_path / "etc/northflank-billing-exporter/token").read_text()
    program = tmp_path / "opt/northflank-billing-exporter/bin/northflank-billing-exporter"
    assert f"version {__version__}" in subprocess.check_output([program, "--version"], text=True)
