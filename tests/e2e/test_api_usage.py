"""How many requests an organisation of 20 teams and 200 projects takes: counted, and as docs/api-usage.md says."""

from pathlib import Path

import pytest

from exporter.sandbox.options import Generation
from tests.e2e.api_usage import count
from tests.e2e.api_usage_document import render
from tests.e2e.api_usage_figures import FIGURES, figures_of
from tests.processes import ROOT

DOCUMENT = ROOT / "docs" / "api-usage.md"
SHARE = 500
A_THIRD_MORE = 4 / 3


@pytest.mark.process
@pytest.mark.parametrize(("generation", "detail"), FIGURES)
async def test_requests_are_as_documented(generation: Generation, detail: str, tmp_path: Path) -> None:
    """What is counted is what the document says; no hour is beyond the share, and `check` foretells it."""
    counted = await count(generation, detail, tmp_path)
    figures = figures_of(counted)
    assert FIGURES[generation, detail] == figures

    hours = (*counted.start, *counted.steady, counted.closing, counted.turn, counted.after_downtime)
    assert SHARE >= max(each.made for each in hours)
    assert all(each.total + each.backfilled == each.made for each in hours)
    _, most = figures.steady
    assert most <= counted.foretold.an_hour <= most * A_THIRD_MORE
    assert figures.first_start <= counted.foretold.first_start <= figures.first_start * A_THIRD_MORE


def test_the_document_is_made_of_the_figures(request: pytest.FixtureRequest) -> None:
    """The document has the figures that are counted; `--update-goldens` writes it anew."""
    if request.config.getoption("--update-goldens"):
        DOCUMENT.write_text(render(FIGURES), encoding="utf-8")
    assert DOCUMENT.exists(), "no docs/api-usage.md: run pytest --update-goldens"
    assert render(FIGURES) == DOCUMENT.read_text(encoding="utf-8")
