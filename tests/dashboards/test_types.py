"""The dashboards are what Grafana's own types say that a dashboard is."""

import copy
import json
from typing import Any

import pytest

from tests.dashboards.shown import NAMES, dashboard, panels
from tests.dashboards.tools import run, workshop

pytestmark = [pytest.mark.process, pytest.mark.dashboards]

# The package does not export its raw types: they are found by their path.
RAW = "../node_modules/@grafana/schema/dist/types/raw"
IMPORTS = f"""import type {{Dashboard, Panel}} from '{RAW}/dashboard/x/types.gen';
// JSON has the values of enumerations, not their members.
type Json<T> = T extends string ? `${{T}}` : T extends object ? {{[K in keyof T]: Json<T[K]>}} : T;
"""
# Those of the panels that have settings of their own for fields.
SPOILT = "spoilt"
WITH_FIELDS = ("table", "barchart", "timeseries")
CHECK = "tsc --noEmit --strict --skipLibCheck --moduleResolution bundler --module esnext --target es2022".split()  # noqa: SIM905 - reads better


def import_of(kind: str) -> str:
    """The types of a kind of panel."""
    fields = f", FieldConfig as {kind}Fields" if kind in WITH_FIELDS else ""
    return f"import type {{Options as {kind}Options{fields}}} from '{RAW}/composable/{kind}/panelcfg/x/types.gen';\n"


def program(shown: Any) -> str:  # noqa: ANN401 - JSON
    """A dashboard as literals, so that unknown keys are found too."""
    inner = [panel for panel in shown["panels"] if panel["type"] != "row"]
    lines = [f"export const whole = {json.dumps(shown)} satisfies Json<Dashboard>;"]
    for number, panel in enumerate(inner):
        kind, options, custom = panel["type"], panel["options"], panel["fieldConfig"]["defaults"].get("custom", {})
        lines.append(f"export const panel{number} = {json.dumps(panel)} satisfies Json<Panel>;")
        lines.append(f"export const options{number} = {json.dumps(options)} satisfies Json<Partial<{kind}Options>>;")
        if kind in WITH_FIELDS:
            lines.append(f"export const fields{number} = {json.dumps(custom)} satisfies Json<Partial<{kind}Fields>>;")
    return IMPORTS + "".join(map(import_of, sorted({panel["type"] for panel in inner}))) + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def faults() -> list[str]:
    """What the compiler, which starts once, has to say of the dashboards and of one that is spoilt."""
    folder = workshop("types")
    programs = {**{name: dashboard(name) for name in NAMES}, SPOILT: spoilt(dashboard("spend"))}
    for name, shown in programs.items():
        (folder / f"{name}.ts").write_text(program(shown), encoding="utf-8")
    done = run([*CHECK, *(f"{name}.ts" for name in programs)], folder)
    assert "" == done.stderr
    return done.stdout.splitlines()


def spoilt(shown: Any) -> Any:  # noqa: ANN401 - JSON
    """The dashboard with two words that Grafana does not know."""
    changed = copy.deepcopy(shown)
    changed["graphTooltip"] = "x"
    chart = next(panel for panel in changed["panels"] if panel["type"] == "timeseries")
    chart["options"]["legend"]["placement"] = "above"
    return changed


def test_the_dashboards_are_dashboards_of_grafana(faults: list[str]) -> None:
    """Each dashboard, each of its panels and their options are as `@grafana/schema` says."""
    assert [] == [line for line in faults if not line.startswith((SPOILT, " "))]


def test_a_mistake_is_found(faults: list[str]) -> None:
    """A word that Grafana does not know, in the dashboard or in a panel's options, does not pass."""
    said = "\n".join(faults)
    assert "DashboardCursorSync" in said
    assert "above" in said


def test_there_is_something_to_check() -> None:
    """The kinds of panel that are checked are those that the dashboards have."""
    kinds = {panel["type"] for name in NAMES for panel in panels(name)}
    assert {"stat", "bargauge", "barchart", "table", "timeseries"} == kinds
