"""The dashboards as they are committed: their panels, and what these ask."""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.processes import ROOT

FOLDER = ROOT / "deploy" / "grafana" / "dashboards"
NAMES = ("spend", "invoices", "exporter")
METRIC = re.compile(r"\bnorthflank_[a-z_]+")
VARIABLE = re.compile(r"\$\{?([a-z_]+)\}?")
EVERYTHING = ".*"


@dataclass(frozen=True, slots=True)
class Target:
    """One query of one panel."""

    dashboard: str
    panel: str
    kind: str
    ref_id: str
    column: str
    expression: str
    legend: str
    is_instant: bool
    is_table: bool

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return f"{self.dashboard}: {self.panel} ({self.ref_id})"

    @property
    def part(self) -> str:
        """The column of a table or bar chart, else the letter of the query."""
        return self.column or self.ref_id

    def asked(self, **chosen: str) -> str:
        """The expression as Grafana sends it, with everything chosen but for what is given."""
        return asked(self.expression, **chosen)


def asked(expression: str, **chosen: str) -> str:
    """The expression as Grafana sends it, with everything chosen but for what is given."""
    return VARIABLE.sub(lambda found: chosen.get(found[1], EVERYTHING), expression)


@cache
def dashboard(name: str) -> Any:  # noqa: ANN401 - JSON
    """The committed JSON."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def panels(name: str) -> list[dict[str, Any]]:
    """A dashboard's panels without the titles of its rows."""
    return [panel for panel in dashboard(name)["panels"] if panel["type"] != "row"]


def column_of(panel: dict[str, Any], ref_id: str) -> str:
    """The title of the column that a query of a table fills; nothing for other panels."""
    organised = [
        each["options"]["renameByName"] for each in panel.get("transformations", ()) if each["id"] == "organize"
    ]
    titles: dict[str, str] = {source: title for renamed in organised for source, title in renamed.items()}
    return titles.get(f"Value #{ref_id}", titles.get("Value", ""))


def targets() -> list[Target]:
    """Every query of every panel of every dashboard."""
    return [
        Target(
            dashboard=name,
            panel=panel["title"],
            kind=panel["type"],
            ref_id=target["refId"],
            column=column_of(panel, target["refId"]),
            expression=target["expr"],
            legend=target.get("legendFormat", ""),
            is_instant=bool(target.get("instant")),
            is_table=target.get("format") == "table",
        )
        for name in NAMES
        for panel in panels(name)
        for target in panel["targets"]
    ]
