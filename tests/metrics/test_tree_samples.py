from dataclasses import replace

import pytest

from exporter.domain.invoice import Cluster
from exporter.domain.report import AccountReport
from exporter.domain.tree import Rows
from exporter.errors import DuplicateSeriesError
from tests.builders import invoice, price, row
from tests.metrics.rendering import text_of
from tests.metrics.reports import DETAILS, REPORT, TREE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_invoice_team_cost",
            """\
northflank_invoice_team_cost{account="acme-corp",component="cpu",currency="USD",invoice_id="u-3",team_id="acme"} 60.0
northflank_invoice_team_cost{account="acme-corp",component="memory",currency="USD",invoice_id="u-3",team_id="beta"} 8.0
northflank_invoice_team_cost{account="acme-corp",component="other",currency="USD",invoice_id="u-3",team_id="beta"} 1.0
""",
            id="team",
        ),
        pytest.param(
            "northflank_invoice_project_cost",
            """\
northflank_invoice_project_cost{account="acme-corp",component="cpu",currency="USD",invoice_id="u-3",\
project_id="api",team_id="acme"} 60.0
northflank_invoice_project_cost{account="acme-corp",component="other",currency="USD",invoice_id="u-3",\
project_id="api",team_id="beta"} 8.0
""",
            id="project",
        ),
        pytest.param(
            "northflank_invoice_resource_type_cost",
            'northflank_invoice_resource_type_cost{account="acme-corp",component="cpu",currency="USD",'
            'invoice_id="u-3",project_id="api",resource_type="service",team_id="acme"} 60.0\n',
            id="resource_type",
        ),
        pytest.param(
            "northflank_invoice_resource_cost",
            """\
northflank_invoice_resource_cost{account="acme-corp",component="cpu",currency="USD",invoice_id="u-3",\
project_id="api",resource_id="gateway",resource_type="service",team_id="acme"} 60.0
northflank_invoice_resource_cost{account="acme-corp",component="other",currency="USD",invoice_id="u-3",\
project_id="api",resource_id="gateway",resource_type="service",team_id="acme"} 1.0
""",
            id="resource",
        ),
        pytest.param(
            "northflank_invoice_cluster_cost",
            """\
northflank_invoice_cluster_cost{account="acme-corp",cluster_id="c-1",component="vcpu",currency="USD",\
invoice_id="u-3"} 2.0
northflank_invoice_cluster_cost{account="acme-corp",cluster_id="c-1",component="cluster",currency="USD",\
invoice_id="u-3"} 0.5
""",
            id="cluster",
        ),
        pytest.param(
            "northflank_invoice_unattributed_cost",
            """\
northflank_invoice_unattributed_cost{account="acme-corp",currency="USD",invoice_id="u-3",level="team"} 0.22000000000001
northflank_invoice_unattributed_cost{account="acme-corp",currency="USD",invoice_id="u-3",level="project"} 1.0
northflank_invoice_unattributed_cost{account="acme-corp",currency="USD",invoice_id="u-3",level="resource_type"} 0.0
northflank_invoice_unattributed_cost{account="acme-corp",currency="USD",invoice_id="u-3",level="resource"} -1.0
""",
            id="unattributed",
        ),
        pytest.param(
            "northflank_team_info",
            """\
northflank_team_info{account="acme-corp",team_id="acme",team_name="Acme"} 1.0
northflank_team_info{account="acme-corp",team_id="beta",team_name="beta"} 1.0
""",
            id="team_info",
        ),
        pytest.param(
            "northflank_project_info",
            """\
northflank_project_info{account="acme-corp",project_id="api",project_name="API",team_id="acme"} 1.0
northflank_project_info{account="acme-corp",project_id="api",project_name="api",team_id="beta"} 1.0
""",
            id="project_info",
        ),
        pytest.param(
            "northflank_resource_info",
            """\
northflank_resource_info{account="acme-corp",project_id="api",resource_id="gateway",resource_name="Gateway",\
resource_type="service",team_id="acme"} 1.0
northflank_resource_info{account="acme-corp",project_id="api",resource_id="unpriced",resource_name="Unpriced",\
resource_type="service",team_id="acme"} 1.0
""",
            id="resource_info",
        ),
        pytest.param(
            "northflank_cluster_info",
            """\
northflank_cluster_info{account="acme-corp",cluster_id="c-1",cluster_name="Frankfurt"} 1.0
northflank_cluster_info{account="acme-corp",cluster_id="c-2",cluster_name="c-2"} 1.0
""",
            id="cluster_info",
        ),
    ],
)
def test_family(name: str, expected: str) -> None:
    """Each level has its own family, prices by component; a row without a price has a name alone."""
    assert expected == text_of(name, REPORT)


def two_trees(newer: Rows, older: Rows) -> AccountReport:
    """An account that shows the trees of two invoices."""
    trees = (
        replace(TREE, rows=newer, clusters=(Cluster("c-1", None, price("1")),)),
        replace(TREE, invoice=invoice("u-0"), rows=older, clusters=(Cluster("c-1", "Old name", price("1")),)),
    )
    return AccountReport("acme-corp", invoice_details=replace(DETAILS, trees=trees))


def test_the_newest_name_wins() -> None:
    """An id that several trees show has one name: the newest that there is; one that was deleted keeps its last."""
    report = two_trees(
        {("acme",): row("1", "New name"), ("beta",): row("1")},
        {("acme",): row("1", "Old name"), ("beta",): row("1", "Beta"), ("deleted",): row("1", "Deleted")},
    )

    assert """\
northflank_team_info{account="acme-corp",team_id="acme",team_name="New name"} 1.0
northflank_team_info{account="acme-corp",team_id="beta",team_name="Beta"} 1.0
northflank_team_info{account="acme-corp",team_id="deleted",team_name="Deleted"} 1.0
""" == text_of("northflank_team_info", report)
    assert 'northflank_cluster_info{account="acme-corp",cluster_id="c-1",cluster_name="Old name"} 1.0\n' == text_of(
        "northflank_cluster_info", report
    )


def test_two_trees() -> None:
    """The trees of two invoices stand side by side."""
    report = two_trees({("acme",): row("1")}, {("acme",): row("2")})

    assert """\
northflank_invoice_team_cost{account="acme-corp",component="other",currency="USD",invoice_id="u-3",team_id="acme"} 1.0
northflank_invoice_team_cost{account="acme-corp",component="other",currency="USD",invoice_id="u-0",team_id="acme"} 2.0
""" == text_of("northflank_invoice_team_cost", report)


def test_a_cluster_that_comes_twice() -> None:
    """Two clusters of one id are refused with the places of both."""
    clusters = (Cluster("c-1", None, price("1")), Cluster("c-2", None, None), Cluster("c-1", None, price("2")))
    report = AccountReport("acme", invoice_details=replace(DETAILS, trees=(replace(TREE, clusters=clusters),)))

    with pytest.raises(DuplicateSeriesError, match=r"1 from byoc\.clusters\[0\], 2 from byoc\.clusters\[2\]"):
        text_of("northflank_invoice_cluster_cost", report)
