import subprocess

import httpx
import pytest

from exporter.metrics.queries import QUERIES
from tests.prometheus.conftest import Demo
from tests.prometheus.ledger import read_ledger
from tests.prometheus.server import Prometheus, find_program

pytestmark = [pytest.mark.process, pytest.mark.prometheus]

PROJECT_LABELS = ("account", "invoice_id", "team_id", "project_id")
PROJECT_COSTS = f"sum by ({', '.join(PROJECT_LABELS)}) (northflank_invoice_project_cost)"


def test_project_costs_are_those_of_the_api(demo: Demo, prometheus: Prometheus) -> None:
    """Summed over components, Prometheus holds for each project what the API charged for it, and no other."""
    actual = {
        tuple(sample.labels[name] for name in PROJECT_LABELS): sample.value
        for sample in prometheus.query(PROJECT_COSTS)
    }
    # Not the ledger's newest: another invoice may have closed since the poll.
    (shown,) = {invoice_id for _, invoice_id, _, _ in actual}
    invoice = read_ledger(demo.sandbox).usage_invoice(shown)
    expected = {("demo", invoice.id, *ids): float(total) for ids, total in invoice.project_totals().items()}
    assert len(expected) > 1
    assert pytest.approx(expected, abs=1e-6, rel=0) == actual


def test_target_is_up(prometheus: Prometheus) -> None:
    """Prometheus can read all that the exporter serves."""
    assert [1.0] == [sample.value for sample in prometheus.query('up{job="northflank"}')]


def test_datasets_are_up(prometheus: Prometheus) -> None:
    """The demo's datasets all say that their last poll succeeded."""
    up = {sample.labels["dataset"]: sample.value for sample in prometheus.query("northflank_up")}
    assert {"invoices", "invoice_details"} <= up.keys()
    assert {1.0} == set(up.values())


@pytest.mark.parametrize("query", [pytest.param(query, id=meaning) for meaning, query in QUERIES.items()])
def test_queries_of_the_demo_have_answers(prometheus: Prometheus, query: str) -> None:
    """Each query that the demo prints to be tried has something to show."""
    assert [] != prometheus.query(query)


def test_no_label_collides_with_the_targets(prometheus: Prometheus) -> None:
    """With the recommended scrape configuration each series keeps Prometheus's own job and instance."""
    assert [] == prometheus.query('{__name__=~"northflank_.+", job!="northflank"}')
    assert [] == prometheus.query('{__name__=~"northflank_.+", instance=""}')


def test_promtool_is_silent(demo: Demo) -> None:
    """The exposition follows Prometheus's conventions: its linter has nothing to say."""
    exposition = httpx.get(f"{demo.exporter}/metrics", trust_env=False).raise_for_status().content
    checked = subprocess.run(
        [find_program("promtool"), "check", "metrics"], input=exposition, capture_output=True, check=False
    )
    assert (0, b"", b"") == (checked.returncode, checked.stdout, checked.stderr)
