import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from exporter.cli.group import group
from exporter.config import load
from tests.deploy.rewriting import DEPLOY, rewrite
from tests.processes import ROOT

pytestmark = pytest.mark.process

UNIT = DEPLOY / "systemd" / "northflank-billing-exporter.service"
INSTALLED = "/opt/northflank-billing-exporter/bin/northflank-billing-exporter"
SCORE = re.compile(r"exposure level[^:]*: (\d+\.\d)")


def analyze(*arguments: str | Path) -> str:
    """What systemd-analyze prints; the test is skipped where there is none, and fails where it finds fault."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on PATH")
    ended = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    assert 0 == ended.returncode, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit as it would be on a machine where the exporter is installed."""
    command = tmp_path / "northflank-billing-exporter"
    command.touch(mode=0o755)
    return rewrite(UNIT, tmp_path / UNIT.name, {INSTALLED: str(command)})


def test_systemd_has_nothing_to_say(unit: Path) -> None:
    """Systemd knows every setting of the unit, and finds all it needs."""
    assert "" == analyze("verify", "--man=no", unit)


def test_exposure_is_as_the_docs_state(unit: Path) -> None:
    """The documents state how much of the machine the service could reach, by systemd's own measure (10 is all)."""
    measured = SCORE.search(analyze("security", "--offline=true", "--no-pager", unit))
    stated = SCORE.search((ROOT / "docs" / "install.md").read_text())
    assert measured is not None
    assert stated is not None
    assert float(measured[1]) <= float(stated[1])


def test_the_command_takes_its_flags() -> None:
    """The unit starts the daemon with flags that it takes."""
    program, name, *flags = setting("ExecStart").split()
    assert (INSTALLED, "serve") == (program, name)
    taken = group.commands[name].make_context(name, flags).params
    assert "%d/config.yaml" == str(taken["config_file"])


def test_credentials_are_found(tmp_path: Path) -> None:
    """The service's configuration names the token as systemd lays it down: both are credentials, in one folder."""
    laid = dict(each.split(":") for each in re.findall("^LoadCredential=(.*)$", UNIT.read_text(), re.MULTILINE))
    assert {"config.yaml", "token"} == laid.keys()
    (tmp_path / "token").write_text("secret")
    (account,) = load(rewrite(DEPLOY / "systemd" / "config.yaml", tmp_path / "config.yaml", {}), {}).accounts
    assert tmp_path / "token" == account.token_file


def test_state_is_kept_where_systemd_makes_the_folder(tmp_path: Path) -> None:
    """By default the figures are kept in the unit's state directory."""
    (tmp_path / "token").write_text("secret")
    name, _, value = setting("Environment").partition("=")
    file = rewrite(DEPLOY / "systemd" / "config.yaml", tmp_path / "config.yaml", {})
    state = load(file, {name: value.replace("%S", "/var/lib")}).state
    assert f"/var/lib/{setting('StateDirectory')}" == str(state)


def setting(name: str) -> str:
    """A setting of the unit that stands there once."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep capitals
    parser.read(UNIT)
    return parser["Service"][name]
