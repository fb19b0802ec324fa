"""Grafana's own components draw every panel."""

import html
import shutil
from pathlib import Path

import pytest

from tests.dashboards.history import END
from tests.dashboards.loaded import LONG, SHORT, Loaded
from tests.dashboards.pictures import Picture, bundle, draw
from tests.dashboards.shown import panels
from tests.processes import ROOT

pytestmark = [pytest.mark.process, pytest.mark.prometheus]

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 400_000
PICTURES = (
    pytest.param(Picture("spend", "acme", LONG, END), id="spend"),
    pytest.param(Picture("invoices", ".*", LONG, END), id="invoices"),
    pytest.param(Picture("exporter", ".*", SHORT, END), id="exporter"),
)


@pytest.fixture(scope="module")
def bundled() -> Path:
    """The program that draws."""
    return bundle()


@pytest.mark.parametrize("picture", PICTURES)
def test_every_panel_is_drawn(picture: Picture, loaded: Loaded, bundled: Path, pytestconfig: pytest.Config) -> None:
    """Each panel is shown with its title and its data; `--update-goldens` writes the pictures of the documents."""
    drawn = draw(picture, loaded, bundled)
    assert [] == drawn.complaints
    shown = html.unescape(drawn.page)
    assert [] == [panel["title"] for panel in panels(picture.name) if panel["title"] not in shown]
    assert "No data" not in shown
    assert MOST_BYTES > drawn.png.stat().st_size
    if pytestconfig.getoption("--update-goldens"):
        IMAGES.mkdir(exist_ok=True)
        shutil.copy(drawn.png, IMAGES / f"dashboard-{picture.name}.png")
