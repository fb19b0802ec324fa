from dataclasses import replace

import pytest

from exporter.domain.invoice import Cluster, Period
from exporter.domain.report import AccountReport, UsageSection
from exporter.domain.usage import ScopedSpend
from exporter.errors import DuplicateSeriesError
from tests.builders import JULY_START, JUNE, price, row
from tests.metrics.rendering import text_of
from tests.metrics.running_reports import HOUR, HOUR_TREE, MAY, THROUGH, USAGE, USAGE_DETAILS, WHOLE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_month_to_date_team_cost",
            """\
northflank_month_to_date_team_cost{account="acme-corp",component="cpu",currency="USD",team_id="acme"} 280.0
northflank_month_to_date_team_cost{account="acme-corp",component="other",currency="USD",team_id="acme"} 10.0
""",
            id="month_to_date_team_cost",
        ),
        pytest.param(
            "northflank_month_to_date_project_cost",
            """\
northflank_month_to_date_project_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",\
team_id="acme"} 250.0
northflank_month_to_date_project_cost{account="acme-corp",component="other",currency="USD",project_id="_other",\
team_id="acme"} 40.0
""",
            id="month_to_date_project_cost",
        ),
        pytest.param(
            "northflank_month_to_date_details_through_timestamp_seconds",
            """\
northflank_month_to_date_details_through_timestamp_seconds{account="acme-corp"} 1.784106e+09
""",
            id="month_to_date_details_through",
        ),
        pytest.param(
            "northflank_trailing_day_project_cost",
            """\
northflank_trailing_day_project_cost{account="acme-corp",component="cpu",currency="USD",project_id="jobs",\
team_id="delta"} 1.5
northflank_trailing_day_project_cost{account="acme-corp",component="other",currency="USD",project_id="jobs",\
team_id="delta"} 0.5
""",
            id="trailing_day_project_cost",
        ),
        pytest.param(
            "northflank_month_to_date_resource_cost",
            """\
northflank_month_to_date_resource_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",\
resource_id="gateway",resource_type="service",team_id="acme"} 200.0
northflank_month_to_date_resource_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",\
resource_id="_other",resource_type="_other",team_id="acme"} 50.0
northflank_month_to_date_resource_cost{account="acme-corp",component="other",currency="USD",project_id="_other",\
resource_id="_other",resource_type="_other",team_id="acme"} 40.0
""",
            id="month_to_date_resource_cost",
        ),
        pytest.param(
            "northflank_trailing_day_resource_cost",
            """\
northflank_trailing_day_resource_cost{account="acme-corp",component="cpu",currency="USD",project_id="jobs",\
resource_id="nightly",resource_type="job",team_id="delta"} 1.5
northflank_trailing_day_resource_cost{account="acme-corp",component="other",currency="USD",project_id="jobs",\
resource_id="nightly",resource_type="job",team_id="delta"} 0.5
""",
            id="trailing_day_resource_cost",
        ),
        pytest.param(
            "northflank_past_month_project_cost",
            """\
northflank_past_month_project_cost{account="acme-corp",component="cpu",currency="USD",months_ago="1",\
project_id="gone",team_id="acme"} 500.0
""",
            id="past_month_project_cost",
        ),
        pytest.param(
            "northflank_hourly_team_cost",
            """\
northflank_hourly_team_cost{account="acme-corp",component="cpu",currency="USD",team_id="acme"} 0.9
""",
            id="hourly_team_cost",
        ),
        pytest.param(
            "northflank_hourly_project_cost",
            """\
northflank_hourly_project_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",team_id="acme"} 0.7
northflank_hourly_project_cost{account="acme-corp",component="other",currency="USD",project_id="api",\
team_id="acme"} 0.1
""",
            id="hourly_project_cost",
        ),
        pytest.param(
            "northflank_hourly_resource_type_cost",
            """\
northflank_hourly_resource_type_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",\
resource_type="service",team_id="acme"} 0.8
""",
            id="hourly_resource_type_cost",
        ),
        pytest.param(
            "northflank_hourly_resource_cost",
            """\
northflank_hourly_resource_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",\
resource_id="gateway",resource_type="service",team_id="acme"} 0.5
northflank_hourly_resource_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",resource_id="new",\
resource_type="service",team_id="acme"} 0.0
northflank_hourly_resource_cost{account="acme-corp",component="other",currency="USD",project_id="api",\
resource_id="new",resource_type="service",team_id="acme"} 0.3
""",
            id="hourly_resource_cost",
        ),
        pytest.param(
            "northflank_hourly_cluster_cost",
            """\
northflank_hourly_cluster_cost{account="acme-corp",cluster_id="c-1",component="vcpu",currency="USD"} 0.2
""",
            id="hourly_cluster_cost",
        ),
        pytest.param(
            "northflank_hourly_unattributed_cost",
            """\
northflank_hourly_unattributed_cost{account="acme-corp",currency="USD",level="team"} 0.0
northflank_hourly_unattributed_cost{account="acme-corp",currency="USD",level="project"} 0.1
northflank_hourly_unattributed_cost{account="acme-corp",currency="USD",level="resource"} 0.0
""",
            id="hourly_unattributed_cost",
        ),
        pytest.param(
            "northflank_hourly_details_start_timestamp_seconds",
            """\
northflank_hourly_details_start_timestamp_seconds{account="acme-corp"} 1.7841024e+09
""",
            id="hourly_details_start",
        ),
    ],
)
def test_family(name: str, expected: str) -> None:
    """Each level has its own family, and its figures the timestamps that are theirs."""
    assert expected == text_of(name, WHOLE)


MONTH_BY_PROJECT = (
    "northflank_month_to_date_team_cost",
    "northflank_month_to_date_project_cost",
    "northflank_month_to_date_resource_cost",
    "northflank_month_to_date_details_through_timestamp_seconds",
)
OF_JUNE = replace(USAGE_DETAILS, month_to_date=ScopedSpend(JUNE, {"USD": {("acme", "api"): row("1")}}))


@pytest.mark.parametrize("name", MONTH_BY_PROJECT)
@pytest.mark.parametrize(
    "report",
    [
        pytest.param(replace(WHOLE, usage_details=OF_JUNE), id="of_the_month_before"),
        pytest.param(replace(WHOLE, usage=UsageSection()), id="no_month_of_the_account"),
        pytest.param(replace(WHOLE, usage=None), id="no_usage_of_the_account"),
    ],
)
def test_a_month_by_project_without_its_timestamps(name: str, report: AccountReport) -> None:
    """A month to date by team and project that is not the month whose start is exported is absent."""
    assert "" == text_of(name, report)
    assert "" != text_of("northflank_trailing_day_project_cost", report)


@pytest.mark.parametrize(
    ("report", "is_shown"),
    [
        pytest.param(
            replace(WHOLE, usage=replace(USAGE, past_months={1: USAGE.past_months[2]})), False, id="another_month"
        ),
        pytest.param(replace(WHOLE, usage=replace(USAGE, past_months={2: USAGE.past_months[2]})), True, id="not_known"),
        pytest.param(replace(WHOLE, usage=None), True, id="nothing_known"),
    ],
)
def test_the_last_month_by_project(report: AccountReport, *, is_shown: bool) -> None:
    """The last month by project is absent where the account's last month is another one."""
    assert is_shown is bool(text_of("northflank_past_month_project_cost", report))
    assert MAY == USAGE.past_months[2].period


TWO_CURRENCIES = ScopedSpend(
    Period(JULY_START, THROUGH - HOUR),
    {
        "EUR": {("acme",): row("3"), ("acme", "api"): row("3"), ("acme", "api", "service", "gateway"): row("2")},
        "USD": {("acme",): row("5"), ("acme", "api"): row("4"), ("acme", "api", "service", "gateway"): row("1")},
    },
)


@pytest.mark.parametrize(
    ("name", "amounts"),
    [
        pytest.param("northflank_month_to_date_team_cost", {"EUR": 3, "USD": 5}, id="team"),
        pytest.param("northflank_month_to_date_project_cost", {"EUR": 3, "USD": 4}, id="project"),
        pytest.param("northflank_month_to_date_resource_cost", {"EUR": 2, "USD": 1}, id="resource"),
        pytest.param("northflank_trailing_day_project_cost", {"EUR": 3, "USD": 4}, id="trailing_day_project"),
        pytest.param("northflank_trailing_day_resource_cost", {"EUR": 2, "USD": 1}, id="trailing_day_resource"),
    ],
)
def test_two_currencies(name: str, amounts: dict[str, float]) -> None:
    """What is spent in two currencies is one series for each, and nothing is added up across them."""
    details = replace(
        USAGE_DETAILS,
        month_to_date=TWO_CURRENCIES,
        month_resources=TWO_CURRENCIES,
        trailing_day=TWO_CURRENCIES,
        day_resources=TWO_CURRENCIES,
    )

    assert amounts == by_currency(text_of(name, replace(WHOLE, usage_details=details)))


def by_currency(text: str) -> dict[str, float]:
    """The one amount of each currency."""
    lines = [line.partition('currency="')[2] for line in text.splitlines()]
    assert len({line[:3] for line in lines}) == len(lines)
    return {line[:3]: float(line.split()[-1]) for line in lines}


def test_a_cluster_that_comes_twice() -> None:
    """Two clusters of one id are refused with the places of both."""
    clusters = (Cluster("c-1", None, price("1")), Cluster("c-1", None, price("2")))
    details = replace(USAGE_DETAILS, hour=replace(HOUR_TREE, clusters=clusters))

    with pytest.raises(DuplicateSeriesError, match=r"1 from byoc\.clusters\[0\], 2 from byoc\.clusters\[1\]"):
        text_of("northflank_hourly_cluster_cost", replace(WHOLE, usage_details=details))
