"""The dashboards as files that Grafana reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from scripts.dashboards.exporter import EXPORTER
from scripts.dashboards.frame import Sheet, to_dashboard
from scripts.dashboards.invoices import INVOICES
from scripts.dashboards.spend import SPEND

FOLDER = "deploy/grafana/dashboards"
SHEETS: Mapping[str, Sheet] = MappingProxyType({sheet.name: sheet for sheet in (SPEND, INVOICES, EXPORTER)})


def render(sheet: Sheet) -> str:
    """The JSON of a dashboard, for people to read in a diff."""
    return JSONEncoder(indent=2, sort_keys=True, ensure_ascii=False).encode(to_dashboard(sheet)) + "\n"


def path_of(root: Path, sheet: Sheet) -> Path:
    """Where a dashboard's JSON is, in the repository at `root`."""
    return root / FOLDER / f"{sheet.name}.json"


def stale(root: Path) -> list[str]:
    """The paths of the dashboards that are missing, or differ from what the code says; and of those it knows not."""
    rendered = {path_of(root, sheet): render(sheet) for sheet in SHEETS.values()}
    found = {path: path.read_text(encoding="utf-8") for path in (root / FOLDER).glob("*.json")}
    return [
        str(path.relative_to(root)) for path in sorted({*rendered, *found}) if rendered.get(path) != found.get(path)
    ]


def write(root: Path) -> None:
    """Render every dashboard into its place."""
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for sheet in SHEETS.values():
        path_of(root, sheet).write_text(render(sheet), encoding="utf-8")
