"""The dashboards are what Grafana's own types say that a dashboard is."""

import copy
import json
from pathlib import Path
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
def folder() -> Path:
    """Where TypeScript finds Grafana's types."""
    return workshop("types")


def test_the_dashboards_are_dashboards_of_grafana(folder: Path) -> None:
    """Each dashboard, each of its panels and their options are as `@grafana/schema` says."""
    for name in NAMES:
        (folder / f"{name}.ts").write_text(program(dashboard(name)), encoding="utf-8")
    assert (0, "") == compiled(folder, *NAMES)


def test_a_mistake_is_found(folder: Path) -> None:
    """A word that Grafana does not know, in the dashboard or in a panel's options, does not pass."""
    spoilt = copy.deepcopy(dashboard("spend"))
    spoilt["graphTooltip"] = "x"
    chart = next(panel for panel in spoilt["panels"] if panel["type"] == "timeseries")
    chart["options"]["legend"]["placement"] = "above"
    (folder / "spoilt.ts").write_text(program(spoilt), encoding="utf-8")
    code, said = compiled(folder, "spoilt")
    assert code != 0
    assert "DashboardCursorSync" in said
    assert "above" in said


def test_there_is_something_to_check() -> None:
    """The kinds of panel that are checked are those that the dashboards have."""
    kinds = {panel["type"] for name in NAMES for panel in panels(name)}
    assert {"stat", "bargauge", "barchart", "table", "timeseries"} == kinds


def compiled(folder: Path, *names: str) -> tuple[int, str]:
    """The compiler's exit code, and what it says."""
    done = run([*CHECK, *(f"{name}.ts" for name in names)], folder)
    return done.returncode, done.stdout
