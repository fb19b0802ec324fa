"""The committed dashboards are those of the code, and name only what there is."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from exporter.metrics.catalog import BY_FAMILY, FAMILIES
from exporter.metrics.family import Family, Type
from scripts.dashboards.files import SHEETS, path_of, render, stale, write
from tests.dashboards.shown import FOLDER, METRIC, NAMES, Target, dashboard, panels, targets
from tests.processes import ROOT

PROVISIONING = ROOT / "deploy" / "grafana" / "provisioning"
SUFFIXES = ("_bucket", "_sum", "_count")
KNOWN = {family.name: family for family in FAMILIES}
SELECTOR = re.compile(r"\b(northflank_[a-z_]+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'([a-z_]+)(?:=~|!~|!=|=)"')
GROUPED = re.compile(r"\b(?:by|on|ignoring|group_left|group_right) \(([^)]*)\)")
MADE = re.compile(r'[(,] ?"([a-z]+)"')  # by label_join, label_replace or count_values
OVER_TIME = re.compile(r"\b[a-z]+_over_time\((northflank_[a-z_]+)")
BY = re.compile(r"(?:max|min) by \(([a-z_, ]*)\) \((?:[a-z_]+\()?(northflank_[a-z_]+)")
FETCHED = r"northflank_last_success_timestamp_seconds\{[^}]*dataset=\"([a-z_]+)\"\}(?: offset \w+)?"
# What leaves out an exporter that another has overtaken.
BEHIND = re.compile(
    rf" unless on \(account, job, instance\) \({FETCHED}"
    rf" < on \(account\) group_left \(\) max by \(account\) \({FETCHED}\)\)"
)
OF_ITS_DATASET = re.compile(rf"(northflank_[a-z_]+)(?:\{{[^}}]*\}})?(?: offset \w+)?{BEHIND.pattern}")
# When something was first seen, any exporter may tell.
SINCE = "northflank_invoice_unpaid_since_timestamp_seconds"
OF_ANY = f'max by (account, invoice_id) ({SINCE}{{account=~"$account",invoice_id=~"$invoice"}})'
DATASETS = {family.name: rows[0].dataset for family, rows in BY_FAMILY if len(rows) == 1}
TARGETS = [pytest.param(target, id=target.name) for target in targets()]
# Families that no dashboard shows, and why.
UNUSED = {
    "northflank_invoice_period_start_timestamp_seconds": "northflank_invoice_info has the date",
    "northflank_unbilled_start_timestamp_seconds": "the amount is shown, and the invoice before it",
    "northflank_hourly_project_cost": "an hour is shown by team, type and resource; projects by the day",
}


def family_of(name: str) -> Family:
    """The family of a metric, which may be a histogram's bucket."""
    for suffix in SUFFIXES:
        if name not in KNOWN and KNOWN.get(name.removesuffix(suffix), FAMILIES[0]).type is Type.HISTOGRAM:
            name = name.removesuffix(suffix)
    return KNOWN[name]


def test_the_json_is_that_of_the_code() -> None:
    """What is committed is what `python -m scripts.dashboards` writes."""
    assert [] == stale(ROOT)


def test_a_file_that_differs_is_told(tmp_path: Path) -> None:
    """A dashboard that was edited by hand, is missing, or is of no code, is named."""
    write(tmp_path)
    assert [] == stale(tmp_path)
    spend, invoices = path_of(tmp_path, SHEETS["spend"]), path_of(tmp_path, SHEETS["invoices"])
    spend.write_text(spend.read_text(encoding="utf-8").replace("This month", "That month"), encoding="utf-8")
    invoices.unlink()
    (spend.parent / "another.json").write_text("{}", encoding="utf-8")
    folder = "deploy/grafana/dashboards"
    assert [f"{folder}/another.json", f"{folder}/invoices.json", f"{folder}/spend.json"] == stale(tmp_path)


def test_rendering_twice_gives_the_same() -> None:
    """The JSON does not depend on what was rendered before."""
    assert [render(sheet) for sheet in SHEETS.values()] == [render(sheet) for sheet in SHEETS.values()]


@pytest.mark.parametrize("name", NAMES)
def test_a_dashboard_can_be_told_from_others(name: str) -> None:
    """Each has an address that stays, a title and a description; panels are numbered, titled and described."""
    shown = dashboard(name)
    assert f"northflank-{name}" == shown["uid"]
    assert shown["title"]
    assert shown["description"]
    assert max(Counter(panel["id"] for panel in shown["panels"]).values()) == 1
    assert [] == [panel["id"] for panel in panels(name) if not (panel["title"] and panel["description"])]


@pytest.mark.parametrize("name", NAMES)
def test_panels_fill_their_rows(name: str) -> None:
    """No panel lies upon another, or reaches beyond the 24 columns."""
    cells = Counter(
        (x, y)
        for panel in dashboard(name)["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    )
    assert max(cells.values()) == 1
    assert max(x for x, _ in cells) == 23
    assert len(cells) == 24 * (1 + max(y for _, y in cells))


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_asks_the_chosen_data_source(name: str) -> None:
    """A user chooses the Prometheus; nothing names one of ours."""
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    assert [] == [panel["title"] for panel in panels(name) if panel["datasource"] != chosen]
    assert [] == [
        target["expr"] for panel in panels(name) for target in panel["targets"] if target["datasource"] != chosen
    ]
    assert "datasource" == dashboard(name)["templating"]["list"][0]["name"]


@pytest.mark.parametrize("target", TARGETS)
def test_every_metric_and_label_of_a_query_exists(target: Target) -> None:
    """A query names families of the catalogue, and narrows them by labels that they have."""
    for name, matchers in SELECTOR.findall(target.expression):
        assert set(MATCHER.findall(matchers)) <= set(family_of(name).labels), name


@pytest.mark.parametrize("target", TARGETS)
def test_every_label_to_group_or_join_by_exists(target: Target) -> None:
    """A query adds up and joins by labels of the families that it reads, or by those that it makes."""
    expression = BEHIND.sub("", target.expression)
    known = {label for name in METRIC.findall(expression) for label in family_of(name).labels}
    named = {label.strip() for each in GROUPED.findall(expression) for label in each.split(",")} - {"", "le"}
    assert set() == named - known - {*MADE.findall(expression)}


@pytest.mark.parametrize("target", TARGETS)
def test_every_family_is_first_reduced_to_its_own_labels(target: Target) -> None:
    """Each selector stands in a `max by` or `min by` of exactly its family's labels: instances are not added."""
    expression = BEHIND.sub("", target.expression)
    reduced = BY.findall(expression)
    assert len(METRIC.findall(expression)) == len(reduced)
    for labels, name in reduced:
        extra = {"le"} if name.endswith("_bucket") else set()
        assert set(family_of(name).labels) | extra == set(filter(None, labels.split(", ")))


@pytest.mark.parametrize("target", TARGETS)
def test_of_two_exporters_the_one_that_fetched_last_is_believed(target: Target) -> None:
    """Each family that is fetched is read without the exporters that have been overtaken, in its own dataset."""
    told = OF_ITS_DATASET.findall(target.expression)
    assert [] == [each for each in told if {DATASETS[each[0]]} != {*each[1:]}]
    read = [name for name in METRIC.findall(BEHIND.sub("", target.expression)) if name in DATASETS]
    over_time = OVER_TIME.findall(target.expression)
    assert set(read) == {*(name for name, *_ in told), *over_time}
    assert len(read) - len(told) == len(over_time) + target.expression.count(OF_ANY)


def test_every_variable_asks_for_a_label_that_exists() -> None:
    """The choices of a variable come from a label of a family of the catalogue."""
    queries = {
        variable["query"]["query"]
        for name in NAMES
        for variable in dashboard(name)["templating"]["list"]
        if variable["type"] == "query"
    }
    for query in queries:
        found = re.fullmatch(r"label_values\(.+, ([a-z_]+)\)", query)
        assert found is not None, query
        named = {found[1], *MATCHER.findall(query)} - {"__name__"}
        assert [] == [name for name in METRIC.findall(query) if not named <= set(KNOWN[name].labels)]


def test_every_variable_of_a_query_is_declared() -> None:
    """No query waits for a choice that its dashboard does not offer."""
    for name in NAMES:
        declared = {variable["name"] for variable in dashboard(name)["templating"]["list"]}
        asked = set(re.findall(r"\$([a-z]+)", json.dumps([panel["targets"] for panel in panels(name)])))
        assert asked <= declared


def test_every_family_is_shown_or_is_known_not_to_be() -> None:
    """A family of the catalogue is on a dashboard, or stands in the list of those that are not, with the reason."""
    shown = {family_of(name).name for target in targets() for name in METRIC.findall(target.expression)}
    assert set(UNUSED) == set(KNOWN) - shown


def test_the_provisioning_is_what_grafana_reads() -> None:
    """Grafana finds a provider of files and a data source of the type that the dashboards ask for."""
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "northflank.yaml").read_text())["providers"]
    assert ("file", "Northflank") == (provider["type"], provider["folder"])
    assert provider["options"]["path"].startswith("/")
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yaml").read_text())["datasources"]
    assert ("prometheus", "proxy") == (source["type"], source["access"])
    assert set(NAMES) == {path.stem for path in FOLDER.glob("*.json")}
