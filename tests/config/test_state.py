from pathlib import Path
from typing import Literal

import pytest

from exporter.config import load
from tests.config.conftest import Loader

NAME = "northflank-billing-exporter"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"XDG_STATE_HOME": "/s", "HOME": "/h"}, Path("/s") / NAME, id="state_home"),
        pytest.param({"HOME": "/h"}, Path("/h/.local/state") / NAME, id="home"),
        pytest.param({"XDG_STATE_HOME": "", "HOME": "/h"}, Path("/h/.local/state") / NAME, id="empty_state_home"),
        pytest.param({"XDG_STATE_HOME": "s", "HOME": "/h"}, Path("/h/.local/state") / NAME, id="relative_state_home"),
        pytest.param({"HOME": "h"}, None, id="relative_home"),
        pytest.param({}, None, id="no_home"),
    ],
)
@pytest.mark.parametrize("text", ["", "state:", "state: {path: null}"])
def test_default(load_text: Loader, text: str, environ: dict[str, str], expected: Path | None) -> None:
    """What is not stated is where the person's programs keep their state; without a home it is nowhere."""
    token = {"NORTHFLANK_API_TOKEN": "nf-1"}

    assert expected == load_text(text, **token, **environ).state
    assert expected == load(None, {**token, **environ}).state


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("none", "none", id="none"),
        pytest.param("./none", Path("conf/none"), id="folder_named_none"),
        pytest.param("kept/here", Path("conf/kept/here"), id="relative"),
        pytest.param("/var/lib/x", Path("/var/lib/x"), id="absolute"),
    ],
)
def test_stated(folder: Path, path: str, expected: Path | Literal["none"]) -> None:
    """A stated folder is taken, a relative one from the folder of the configuration file; `none` is none."""
    (folder / "conf").mkdir()
    (folder / "conf" / "config.yaml").write_text(f"state: {{path: {path}}}", encoding="utf-8")
    environ = {"NORTHFLANK_API_TOKEN": "nf-1", "XDG_STATE_HOME": "/s"}

    assert expected == load(Path("conf/config.yaml"), environ).state
