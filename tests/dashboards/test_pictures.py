"""Grafana's own components draw every panel."""

import html
import shutil
from pathlib import Path

import pytest

from tests.dashboards.history import END
from tests.dashboards.loaded import LONG, SHORT, Loaded
from tests.dashboards.pictures import Picture, bundle, draw
from tests.dashboards.shown import NAMES, panels
from tests.processes import ROOT

pytestmark = [pytest.mark.process, pytest.mark.prometheus, pytest.mark.dashboards]

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 400_000
PICTURES = (
    Picture("spend", (0, 3), "acme", LONG, END),
    Picture("spend", (3, 5), "acme", LONG, END),
    Picture("invoices", (0, 2), ".*", LONG, END),
    Picture("invoices", (2, 4), "acme", LONG, END),
    Picture("exporter", (0, 2), ".*", SHORT, END),
    Picture("exporter", (2, 3), ".*", SHORT, END),
)


@pytest.fixture(scope="module")
def bundled() -> Path:
    """The program that draws."""
    return bundle()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.file)
def test_every_panel_is_drawn(picture: Picture, loaded: Loaded, bundled: Path, pytestconfig: pytest.Config) -> None:
    """Each panel is shown with its title and its data; `--update-goldens` writes the pictures of the documents."""
    drawn = draw(picture, loaded, bundled)
    assert [] == drawn.complaints
    shown = html.unescape(drawn.page)
    assert [] == [panel["title"] for panel in picture.panels() if panel["title"] not in shown]
    assert "No data" not in shown
    assert MOST_BYTES > drawn.png.stat().st_size
    if pytestconfig.getoption("--update-goldens"):
        IMAGES.mkdir(exist_ok=True)
        shutil.copy(drawn.png, IMAGES / f"dashboard-{picture.file}.png")


def test_the_pictures_show_every_panel() -> None:
    """No row of a dashboard is left out."""
    for name in NAMES:
        drawn = [panel["id"] for picture in PICTURES if picture.name == name for panel in picture.panels()]
        assert [panel["id"] for panel in panels(name)] == drawn
