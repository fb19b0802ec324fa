"""Every query of every panel, on a real Prometheus that holds three months."""

import math
import re

import pytest

from tests.dashboards.loaded import LONG, SHORT, Loaded
from tests.dashboards.shown import Target, asked, dashboard, panels, targets

pytestmark = [pytest.mark.process, pytest.mark.prometheus, pytest.mark.dashboards]

TARGETS = [pytest.param(target, id=target.name) for target in targets()]
WITHOUT_VALUE = {"revision"}  # of an exporter that runs from its sources
INSTANCE = 'instance="exporter-a:10115"'
LABEL = re.compile(r"\{\{([a-z_]+)\}\}")
SELECTOR = re.compile(r"(northflank_[a-z_]+)(\{)?")


def span_of(target: Target) -> tuple[int, int]:
    """The time that a dashboard shows, with a step at which the history has samples."""
    return SHORT if target.dashboard == "exporter" else LONG


def of_one_exporter(expression: str) -> str:
    """The expression, of one of the two exporters alone."""

    def narrowed(found: re.Match[str]) -> str:
        return f"{found[1]}{{{INSTANCE}{',' if found[2] else '}'}"

    return SELECTOR.sub(narrowed, expression)


@pytest.mark.parametrize("target", TARGETS)
def test_every_query_answers(loaded: Loaded, target: Target) -> None:
    """No panel is empty, and no figure is NaN or infinite."""
    if target.is_instant:
        rows = loaded.at_the_end(target.asked())
        assert rows
        assert all(math.isfinite(value) for _, value in rows), rows
    else:
        series = loaded.over_time(target.asked(), span_of(target))
        assert series
        assert all(math.isfinite(value) for _, values in series for value in values), series


@pytest.mark.parametrize("target", TARGETS)
def test_a_second_exporter_changes_nothing(loaded: Loaded, target: Target) -> None:
    """While two exporters tell of the same accounts, every figure is what one of them says."""
    once = {frozenset(labels.items()): value for labels, value in loaded.at_the_end(of_one_exporter(target.asked()))}
    twice = {frozenset(labels.items()): value for labels, value in loaded.at_the_end(target.asked())}
    assert once == pytest.approx(twice)


@pytest.mark.parametrize("target", TARGETS)
def test_no_label_of_a_scrape_reaches_a_panel(loaded: Loaded, target: Target) -> None:
    """Panels know accounts, not instances."""
    assert [] == [row for row in loaded.at_the_end(target.asked()) if {"instance", "job"} & row[0].keys()]


@pytest.mark.parametrize("target", TARGETS)
def test_every_label_of_a_legend_is_there(loaded: Loaded, target: Target) -> None:
    """No name of a series has a gap, and no two series of a query have one name."""
    rows = loaded.at_the_end(target.asked())
    named = {*LABEL.findall(target.legend)}
    assert [] == [labels for labels, _ in rows if not named <= labels.keys()]
    if not target.is_table:
        names = [tuple(labels.get(label) for label in sorted(named)) for labels, _ in rows]
        assert len({*names}) == len(names)


@pytest.mark.parametrize("target", TARGETS)
def test_a_choice_of_account_narrows(loaded: Loaded, target: Target) -> None:
    """With an account chosen, no figure of another one is shown."""
    rows = loaded.at_the_end(target.asked(account="acme"))
    assert {"acme"} >= {labels["account"] for labels, _ in rows if "account" in labels}
    assert {"USD"} >= {labels["currency"] for labels, _ in rows if "currency" in labels}


@pytest.mark.parametrize("target", TARGETS)
def test_an_account_that_is_not_there_is_shown_nothing_of(loaded: Loaded, target: Target) -> None:
    """What a panel shows is of the chosen accounts; only the exporter itself is of none."""
    of_itself = "northflank_exporter_config_" in target.expression or "northflank_exporter_build_" in target.expression
    of_all = "api_request_duration_seconds" in target.expression
    assert (of_itself or of_all) == bool(loaded.at_the_end(target.asked(account="nobody")))


@pytest.mark.parametrize("name", ["spend", "invoices", "exporter"])
def test_every_column_has_values(loaded: Loaded, name: str) -> None:
    """A table's columns are the labels that its queries answer with, and their values; no other column is shown."""
    for panel in panels(name):
        if panel["targets"][0].get("format") == "table":
            rows = [row for target in panel["targets"] for row in loaded.at_the_end(asked(target["expr"]))]
            labels = {label for found, _ in rows for label in found}
            (organised,) = (each["options"] for each in panel["transformations"] if each["id"] == "organize")
            columns = {column for column in organised["renameByName"] if not column.startswith("Value")}
            assert (panel["title"], labels) == (panel["title"], columns - WITHOUT_VALUE)


@pytest.mark.parametrize("name", ["spend", "invoices", "exporter"])
def test_every_variable_has_values(loaded: Loaded, name: str) -> None:
    """There is something to choose for each variable of each dashboard."""
    for variable in dashboard(name)["templating"]["list"]:
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((.*), ([a-z_]+)\)", variable["query"]["query"])
            assert found is not None, variable
            assert loaded.label_values(found[2], re.sub(r"\$[a-z]+", ".*", found[1])), variable["name"]


def test_choices_narrow_each_other(loaded: Loaded) -> None:
    """Of a chosen account only its own teams, projects and currencies are offered."""
    chosen = 'northflank_team_info{account=~"labs"}'
    assert 1 == len(loaded.label_values("team_id", chosen))


@pytest.mark.parametrize(
    ("name", "panel"),
    [
        ("exporter", "Failed polls in 24 hours"),
        ("exporter", "Resources folded"),
        ("invoices", "Payment failed"),
        ("invoices", "Unattributed in the newest hour"),
        ("invoices", "Unattributed on the newest invoices"),
        ("invoices", "Unpaid"),
        ("spend", "Credits last for"),
    ],
)
def test_trouble_is_seen(loaded: Loaded, name: str, panel: str) -> None:
    """A panel that shows only trouble shows it where there is some, as there is in the history."""
    (target,) = (each for each in targets() if (each.dashboard, each.panel) == (name, panel))
    assert [] != [row for row in loaded.at_the_end(target.asked()) if abs(row[1]) > 1e-6]


def test_without_the_reduction_a_second_exporter_would_double(loaded: Loaded) -> None:
    """The history has what the test of a second exporter looks for."""
    twice = "sum by (currency) (northflank_month_to_date_cost)"
    once = "sum by (currency) (max by (account, currency, category, component) (northflank_month_to_date_cost))"
    doubled = {labels["currency"]: 2 * value for labels, value in loaded.at_the_end(once)}
    assert doubled == pytest.approx({labels["currency"]: value for labels, value in loaded.at_the_end(twice)})
