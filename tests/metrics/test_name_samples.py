from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.domain.budget import Declared
from exporter.domain.report import AccountReport
from exporter.domain.usage import ScopedSpend
from exporter.metrics.folding import fold
from exporter.metrics.snapshot import Snapshot, render
from tests.builders import row
from tests.metrics.rendering import text_of
from tests.metrics.running_reports import MAY, RUNNING, USAGE_DETAILS, WHOLE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_team_info",
            """\
northflank_team_info{account="acme-corp",team_id="acme",team_name="Acme Inc"} 1.0
northflank_team_info{account="acme-corp",team_id="gamma",team_name="Gamma"} 1.0
northflank_team_info{account="acme-corp",team_id="delta",team_name="delta"} 1.0
northflank_team_info{account="acme-corp",team_id="beta",team_name="beta"} 1.0
""",
            id="team_info",
        ),
        pytest.param(
            "northflank_project_info",
            """\
northflank_project_info{account="acme-corp",cost_center="",owner="platform",project_id="api",project_name="API",\
stage="",team_id="acme"} 1.0
northflank_project_info{account="acme-corp",cost_center="",owner="",project_id="_other",project_name="_other",\
stage="",team_id="acme"} 1.0
northflank_project_info{account="acme-corp",cost_center="",owner="",project_id="jobs",project_name="Jobs",stage="",\
team_id="delta"} 1.0
northflank_project_info{account="acme-corp",cost_center="42",owner="nobody",project_id="gone",project_name="Gone",\
stage="",team_id="acme"} 1.0
northflank_project_info{account="acme-corp",cost_center="",owner="",project_id="api",project_name="api",stage="",\
team_id="beta"} 1.0
""",
            id="project_info",
        ),
        pytest.param(
            "northflank_resource_info",
            """\
northflank_resource_info{account="acme-corp",project_id="api",resource_id="gateway",resource_name="Gateway",\
resource_type="service",team_id="acme"} 1.0
northflank_resource_info{account="acme-corp",project_id="api",resource_id="new",resource_name="new",\
resource_type="service",team_id="acme"} 1.0
northflank_resource_info{account="acme-corp",project_id="api",resource_id="_other",resource_name="_other",\
resource_type="_other",team_id="acme"} 1.0
northflank_resource_info{account="acme-corp",project_id="_other",resource_id="_other",resource_name="_other",\
resource_type="_other",team_id="acme"} 1.0
northflank_resource_info{account="acme-corp",project_id="jobs",resource_id="nightly",resource_name="Nightly",\
resource_type="job",team_id="delta"} 1.0
northflank_resource_info{account="acme-corp",project_id="api",resource_id="unpriced",resource_name="Unpriced",\
resource_type="service",team_id="acme"} 1.0
""",
            id="resource_info",
        ),
        pytest.param(
            "northflank_cluster_info",
            """\
northflank_cluster_info{account="acme-corp",cluster_id="c-1",cluster_name="Paris"} 1.0
northflank_cluster_info{account="acme-corp",cluster_id="c-3",cluster_name="c-3"} 1.0
northflank_cluster_info{account="acme-corp",cluster_id="c-2",cluster_name="c-2"} 1.0
""",
            id="cluster_info",
        ),
    ],
)
def test_family(name: str, expected: str) -> None:
    """Each id has its newest name, of running spend before invoices; a project has the labels it is given."""
    assert expected == text_of(name, WHOLE)


ID_LABELS = (
    ("northflank_team_info", ("team_id",)),
    ("northflank_project_info", ("team_id", "project_id")),
    ("northflank_resource_info", ("team_id", "project_id", "resource_type", "resource_id")),
    ("northflank_cluster_info", ("cluster_id",)),
)


@pytest.mark.parametrize(("info", "labels"), [pytest.param(*each, id=each[0]) for each in ID_LABELS])
@pytest.mark.parametrize(
    "report",
    [
        pytest.param(WHOLE, id="whole"),
        pytest.param(RUNNING, id="no_invoices"),
        pytest.param(replace(WHOLE, usage_details=None), id="invoices_alone"),
        pytest.param(replace(WHOLE, usage=None), id="no_months_by_project"),
        pytest.param(fold(WHOLE, 1, None).shown, id="folded"),
    ],
)
def test_every_id_has_one_name(report: AccountReport, info: str, labels: tuple[str, ...]) -> None:
    """Each id of a cost family, `_other` and deleted ones too, has exactly one info series."""
    text = render({report.account: report}, Snapshot()).plain().decode()
    series = [each for family in text_string_to_metric_families(text) for each in family.samples]
    named = [tuple(each.labels[label] for label in labels) for each in series if each.name == info]
    used = {
        tuple(each.labels[label] for label in labels)
        for each in series
        if each.name.endswith("_cost") and set(labels) <= set(each.labels)
    }

    assert set() == used - set(named)
    assert len(named) == len(set(named))


def test_a_month_that_is_not_shown_names_nothing() -> None:
    """A project of a month to date that is not shown, being of another month, has no name either."""
    month = ScopedSpend(MAY, {"USD": {("acme", "only-then"): row("1", "Only then")}})
    details = replace(USAGE_DETAILS, month_to_date=month)

    assert "only-then" not in text_of("northflank_project_info", replace(WHOLE, usage_details=details))


def test_no_labels() -> None:
    """Without configured labels a project has none but its own."""
    assert (
        'northflank_project_info{account="acme-corp",project_id="api",project_name="API",team_id="acme"} 1.0'
        == text_of("northflank_project_info", replace(WHOLE, declared=Declared())).splitlines()[0]
    )
