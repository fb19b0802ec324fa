from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from exporter.domain.report import AccountReport, Dataset
from exporter.domain.tree import Row, Rows
from exporter.metrics.folding import fold
from exporter.metrics.snapshot import Snapshot, render
from tests.builders import price
from tests.metrics.rendering import text_of
from tests.metrics.reports import DETAILS, TREE
from tests.metrics.running_reports import HOUR_TREE, RUNNING, USAGE_DETAILS, WHOLE

SERVICES = ("acme", "api", "service")
MANY: Rows = MappingProxyType(
    {
        **{path: each for path, each in HOUR_TREE.rows.items() if len(path) < 4},
        **{(*SERVICES, f"r{number}"): Row(None, price(str(number), cpu=str(number))) for number in range(100)},
    }
)
BOTH = (Dataset.INVOICE_DETAILS, Dataset.USAGE_DETAILS)


def large(tree: Rows = MANY) -> AccountReport:
    """The account with a hundred resources in the hour and in the newest invoice."""
    return replace(
        WHOLE,
        usage_details=replace(USAGE_DETAILS, hour=replace(HOUR_TREE, rows=tree)),
        invoice_details=replace(DETAILS, trees=(replace(TREE, rows=tree),)),
    )


def series(report: AccountReport) -> Mapping[Dataset, int]:
    """How many series each dataset has, as they are exported."""
    snapshot = render({report.account: report}, Snapshot())
    return {dataset: snapshot.series(report.account, dataset) for dataset in BOTH}


@pytest.mark.parametrize("limit", [pytest.param(0, id="none"), pytest.param(1000, id="not_exceeded")])
def test_nothing_to_fold(limit: int) -> None:
    """Without a limit, or within it, all is shown as it is, the very same sections."""
    report = large()
    folded = fold(report, limit, None)

    assert all(report.section(dataset) is folded.shown.section(dataset) for dataset in Dataset)
    assert dict.fromkeys(BOTH, 0) == folded.resources


def test_the_limit_is_exact() -> None:
    """At the number of series there are nothing is folded; with one less something is, and no more than is needed."""
    report = replace(large(), usage_details=None)
    count = series(report)[Dataset.INVOICE_DETAILS]

    assert 0 == fold(report, count, None).resources[Dataset.INVOICE_DETAILS]
    # Two resources, each with one component, become one.
    below = fold(report, count - 1, None)
    assert 2 == below.resources[Dataset.INVOICE_DETAILS]
    assert count - 2 == series(below.shown)[Dataset.INVOICE_DETAILS]


@pytest.mark.parametrize("limit", [60, 100, 101, 200])
def test_each_dataset_stays_within_the_limit(limit: int) -> None:
    """All that is counted to a dataset is within the limit, names and what is no resource too."""
    folded = fold(large(), limit, None)

    assert max(series(folded.shown).values()) <= limit
    assert limit - 2 < series(folded.shown)[Dataset.USAGE_DETAILS]
    assert min(folded.resources.values()) > 0


def test_less_than_there_is_without_resources() -> None:
    """Where all else is more than the limit, each project and type has one resource, and all else is as it was."""
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
    before = fold(report, 100, None)
    changed = replace(report, usage_details=replace(USAGE_DETAILS, hour=replace(HOUR_TREE, rows=MANY, start=0.0)))
    after = fold(changed, 100, before)

    assert before.shown.invoice_details is after.shown.invoice_details
    assert before.resources == after.resources
    assert before.shown.usage_details is not after.shown.usage_details
    assert fold(changed, 100, None) == after


def test_another_limit() -> None:
    """With another limit than before all is folded anew."""
    before = fold(large(), 100, None)

    assert fold(before.fetched, 200, None).resources == fold(before.fetched, 200, before).resources != before.resources


def test_trees_of_several_invoices() -> None:
    """The trees of all invoices shown are within one limit."""
    older = replace(TREE, invoice=DETAILS.details[2][0], rows=MANY)
    report = replace(large(), usage_details=None)
    details = replace(DETAILS, trees=(replace(TREE, rows=MANY), older))
    folded = fold(replace(report, invoice_details=details), 300, None)

    assert 300 >= series(folded.shown)[Dataset.INVOICE_DETAILS]
    assert 0 < folded.resources[Dataset.INVOICE_DETAILS] < 100


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
