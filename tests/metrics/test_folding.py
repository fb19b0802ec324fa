from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest

from exporter.domain.invoice import Period
from exporter.domain.report import AccountReport, Dataset
from exporter.domain.tree import Row, Rows
from exporter.domain.usage import ScopedSpend
from exporter.metrics.folding import fold
from exporter.metrics.snapshot import Snapshot, render
from tests.builders import JULY_START, price
from tests.metrics.rendering import text_of
from tests.metrics.reports import DETAILS, TREE
from tests.metrics.running_reports import HOUR, HOUR_TREE, RUNNING, THROUGH, USAGE_DETAILS, WHOLE

SERVICES = ("acme", "api", "service")
RESOURCES: Rows = MappingProxyType(
    {(*SERVICES, f"r{number}"): Row(None, price(str(number), cpu=str(number))) for number in range(100)}
)
MANY: Rows = MappingProxyType({**{path: each for path, each in HOUR_TREE.rows.items() if len(path) < 4}, **RESOURCES})
FAMILIES = (
    "northflank_hourly_resource_cost",
    "northflank_month_to_date_resource_cost",
    "northflank_trailing_day_resource_cost",
    "northflank_invoice_resource_cost",
)
BOTH = (Dataset.INVOICE_DETAILS, Dataset.USAGE_DETAILS)


def large(tree: Rows = MANY) -> AccountReport:
    """The account with a hundred resources in the hour, the month, the trailing day and the newest invoice."""
    spend = ScopedSpend(Period(JULY_START, THROUGH - HOUR), {"USD": tree})
    return replace(
        WHOLE,
        usage_details=replace(
            USAGE_DETAILS, hour=replace(HOUR_TREE, rows=tree), month_resources=spend, day_resources=spend
        ),
        invoice_details=replace(DETAILS, trees=(replace(TREE, rows=tree),)),
    )


def series(report: AccountReport) -> Mapping[str, int]:
    """How many series each family of resources has, as they are exported."""
    return {name: len(text_of(name, report).splitlines()) for name in FAMILIES}


@pytest.mark.parametrize("limit", [pytest.param(0, id="none"), pytest.param(1000, id="not_exceeded")])
def test_nothing_to_fold(limit: int) -> None:
    """Without a limit, or within it, all is shown as it is, the very same sections."""
    report = large()
    folded = fold(report, limit, None)

    assert all(report.section(dataset) is folded.shown.section(dataset) for dataset in Dataset)
    assert dict.fromkeys(BOTH, 0) == folded.resources


def test_the_limit_is_exact() -> None:
    """At the number of series there are nothing is folded; with one less something is, and no more than is needed."""
    report = large()
    assert dict.fromkeys(FAMILIES, 100) == series(report)

    assert dict.fromkeys(BOTH, 0) == fold(report, 100, None).resources
    # Two resources, each with one component, become one.
    below = fold(report, 99, None)
    assert dict.fromkeys(BOTH, 2) == below.resources
    assert dict.fromkeys(FAMILIES, 99) == series(below.shown)


@pytest.mark.parametrize("limit", [2, 60, 99])
def test_each_family_has_the_limit_for_itself(limit: int) -> None:
    """Invoice, hour, month and trailing day each have as many series as allowed: none folds because of another."""
    folded = fold(large(), limit, None)

    assert dict.fromkeys(FAMILIES, limit) == series(folded.shown)
    # A resource that is folded in several families is one folded resource.
    assert dict.fromkeys(BOTH, 100 - limit + 1) == folded.resources


def test_a_family_that_is_small() -> None:
    """Where the month has more resources than allowed and the hour has not, the hour stays as it is."""
    report = large()
    details = report.usage_details
    assert details
    hour = replace(HOUR_TREE, rows=dict([*MANY.items()][:20]))
    shown = fold(replace(report, usage_details=replace(details, hour=hour)), 50, None).shown.usage_details

    assert shown
    assert hour == shown.hour
    assert shown.month_resources
    assert 50 == sum(1 for path in shown.month_resources.rows["USD"] if len(path) == 4)


def test_currencies_share_the_limit() -> None:
    """The resources of a month in two currencies are one family, and within one limit."""
    details = replace(
        USAGE_DETAILS,
        month_resources=ScopedSpend(Period(JULY_START, THROUGH - HOUR), {"USD": RESOURCES, "EUR": RESOURCES}),
    )
    folded = fold(replace(WHOLE, usage_details=details, invoice_details=None), 120, None)

    assert 120 == series(folded.shown)["northflank_month_to_date_resource_cost"]
    # 82 rows of the two currencies are folded into one of each: a resource of both counts once.
    assert 41 == folded.resources[Dataset.USAGE_DETAILS]


def test_folded_rows_keep_their_type() -> None:
    """Jobs are folded with jobs and services with services, in each project by itself, also in the month."""
    jobs: Rows = {("acme", "api", "job", f"j{number}"): Row(None, price("1")) for number in range(3)}
    others: Rows = {("acme", "web", "job", f"w{number}"): Row(None, price("1")) for number in range(3)}
    rows = {**RESOURCES, **jobs, **others}
    details = replace(
        USAGE_DETAILS, hour=None, month_resources=ScopedSpend(Period(JULY_START, THROUGH - HOUR), {"USD": rows})
    )
    shown = fold(replace(WHOLE, usage_details=details), 3, None).shown.usage_details

    assert shown
    assert shown.month_resources
    assert {
        ("acme", "api", "service", "_other"): Decimal(4950),
        ("acme", "api", "job", "_other"): Decimal(3),
        ("acme", "web", "job", "_other"): Decimal(3),
    } == {path: row.price.total for path, row in shown.month_resources.rows["USD"].items() if row.price}


def test_less_than_there_is_without_resources() -> None:
    """With the smallest limit each project and type has one resource, and all else is as it was."""
    folded = fold(large(), 1, None)

    assert {Dataset.INVOICE_DETAILS: 100, Dataset.USAGE_DETAILS: 100} == folded.resources
    assert """\
northflank_hourly_resource_cost{account="acme-corp",component="cpu",currency="USD",project_id="api",\
resource_id="_other",resource_type="service",team_id="acme"} 4950.0
""" == text_of("northflank_hourly_resource_cost", folded.shown)
    assert """\
northflank_resource_info{account="acme-corp",project_id="api",resource_id="_other",resource_name="_other",\
resource_type="service",team_id="acme"} 1.0
""" == text_of("northflank_resource_info", folded.shown)
    assert without_resources(large()) == without_resources(folded.shown)


def without_resources(report: AccountReport) -> list[str]:
    """All lines of the exposition but those of resources."""
    lines = render({report.account: report}, Snapshot()).plain().decode().splitlines()
    return [line for line in lines if "resource_id=" not in line]


def test_what_has_not_changed_stays_the_same() -> None:
    """A section that is the very same as before is shown as the very same, so that it is not rendered again."""
    report = large()
    before = fold(report, 50, None)
    details = report.usage_details
    assert details
    changed = replace(report, usage_details=replace(details, hour=replace(HOUR_TREE, rows=MANY, start=0.0)))
    after = fold(changed, 50, before)

    assert before.shown.invoice_details is after.shown.invoice_details
    assert before.resources == after.resources
    assert before.shown.usage_details is not after.shown.usage_details
    assert fold(changed, 50, None) == after


def test_another_limit() -> None:
    """With another limit than before all is folded anew."""
    before = fold(large(), 50, None)

    assert fold(before.fetched, 60, None).resources == fold(before.fetched, 60, before).resources != before.resources


def test_trees_of_several_invoices() -> None:
    """The trees of all invoices shown are within one limit."""
    older = replace(TREE, invoice=DETAILS.details[2][0], rows=MANY)
    report = replace(large(), usage_details=None)
    details = replace(DETAILS, trees=(replace(TREE, rows=MANY), older))
    folded = fold(replace(report, invoice_details=details), 120, None)

    assert 120 == series(folded.shown)["northflank_invoice_resource_cost"]
    assert 41 == folded.resources[Dataset.INVOICE_DETAILS]


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(AccountReport("acme"), id="nothing"),
        pytest.param(replace(RUNNING, usage_details=replace(USAGE_DETAILS, hour=None)), id="no_hour"),
        pytest.param(replace(RUNNING, usage_details=replace(USAGE_DETAILS, month_to_date=None)), id="no_month"),
        pytest.param(replace(WHOLE, invoice_details=replace(DETAILS, trees=())), id="no_trees"),
    ],
)
def test_without_trees(report: AccountReport) -> None:
    """What is not known yet is not folded."""
    folded = fold(report, 1000, None)

    assert report == folded.shown
    assert dict.fromkeys(BOTH, 0) == folded.resources
    assert folded.resources == fold(report, 1000, folded).resources
