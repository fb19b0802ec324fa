import gzip
import zlib
from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.invoice import InvoiceDetail
from exporter.domain.report import AccountReport, Dataset, InvoiceDetailsSection
from exporter.errors import DuplicateSeriesError
from exporter.metrics.snapshot import Exposition, Snapshot, render
from tests.builders import invoice
from tests.metrics.reports import INVOICES, REPORT, REPORT_2024
from tests.metrics.running_reports import DECLARED, WHOLE

LIVE = b"northflank_up 1.0\n"


def first(*reports: AccountReport) -> Snapshot:
    """A snapshot of those reports, rendered from nothing."""
    return render({report.account: report for report in reports}, Snapshot())


def only(name: str, snapshot: Snapshot) -> list[str]:
    """The lines that speak of a family, HELP and TYPE too."""
    return [line for line in snapshot.plain().decode().splitlines() if f"{name}{{" in line or f" {name} " in line]


def families_kept(before: Snapshot, after: Snapshot) -> set[str]:
    """The names of the families that were taken over as they were."""
    return {row.family.name for (account, row), block in after.blocks.items() if block is before.blocks[account, row]}


def test_nothing() -> None:
    """Before the first poll there is nothing but the live part."""
    assert LIVE == Snapshot().plain(LIVE)
    assert LIVE == gzip.decompress(Snapshot().gzipped(LIVE))


def test_no_empty_families() -> None:
    """A family without series is not introduced either."""
    assert b"" == first(AccountReport("acme")).plain()
    assert b"northflank_invoice_team_cost" not in first(REPORT_2024).plain()


def test_family_with_two_accounts() -> None:
    """A family is introduced once, and its accounts follow each other under it."""
    small = InvoiceDetailsSection(details=((invoice("i"), InvoiceDetail(tax_percent=Decimal(19))),), trees=())
    snapshot = first(REPORT, AccountReport("beta", invoice_details=small))

    assert [
        "# HELP northflank_invoice_tax_ratio Tax rate: 0.2 for 20 percent; cached.",
        "# TYPE northflank_invoice_tax_ratio gauge",
        'northflank_invoice_tax_ratio{account="acme-corp",invoice_id="u-3"} 0.2',
        'northflank_invoice_tax_ratio{account="acme-corp",invoice_id="u-1"} 0.0',
        'northflank_invoice_tax_ratio{account="beta",invoice_id="i"} 0.19',
    ] == only("northflank_invoice_tax_ratio", snapshot)


def test_accounts_may_share_invoice_ids() -> None:
    """The same invoice seen by two accounts is no duplicate."""
    snapshot = first(REPORT, replace(REPORT, account="beta"))

    assert 2 * snapshot.series(REPORT.account, Dataset.INVOICES) == sum(
        snapshot.series(account, Dataset.INVOICES) for account in (REPORT.account, "beta")
    )
    assert snapshot.plain().count(b'account="acme-corp"') == snapshot.plain().count(b'account="beta"') > 0


def test_what_has_vanished_vanishes() -> None:
    """An invoice that is no longer in the report is no longer shown, nor an account that is gone."""
    before = first(REPORT, REPORT_2024)
    after = render({REPORT.account: replace(REPORT, invoices=replace(INVOICES, invoices=()))}, before)

    assert b'invoice_id="s-2"' in before.plain()
    assert b'invoice_id="s-2"' not in after.plain()
    assert b'account="old"' not in after.plain()


def test_rendering_is_deterministic() -> None:
    """The same reports give the same bytes, whatever was rendered before."""
    assert (
        first(REPORT, REPORT_2024).plain()
        == render({REPORT.account: REPORT, REPORT_2024.account: REPORT_2024}, first(REPORT)).plain()
    )


def test_what_has_not_changed_is_not_rendered_again() -> None:
    """Families of sections that stayed are taken over; those of the section that changed are rendered anew."""
    before = first(REPORT)
    after = render({REPORT.account: replace(REPORT, invoices=replace(INVOICES, latest_id="u-1"))}, before)

    kept = families_kept(before, after)
    assert {"northflank_invoice_team_cost", "northflank_team_info", "northflank_invoice_tax_amount"} <= kept
    assert not {"northflank_latest_invoice_info", "northflank_invoice_amount", "northflank_invoice_cost"} & kept
    assert ['northflank_latest_invoice_info{account="acme-corp",invoice_id="u-1"} 1.0'] == only(
        "northflank_latest_invoice_info", after
    )[2:]


def test_families_of_two_sections_follow_both() -> None:
    """A status that only the detail states appears when the detail does."""
    before = first(replace(REPORT_2024, invoice_details=None))
    after = render({REPORT_2024.account: REPORT_2024}, before)

    assert [] == only("northflank_invoice_paid", before)
    assert 4 == len(only("northflank_invoice_paid", after))


def test_series() -> None:
    """Series are counted by account and by the dataset that they come from."""
    snapshot = first(WHOLE)
    lines = [line for line in snapshot.plain().decode().splitlines() if not line.startswith("#")]
    by_dataset = {dataset.value: snapshot.series(WHOLE.account, dataset) for dataset in Dataset}

    assert len(lines) == sum(by_dataset.values())
    # Of the names of 4 teams, 5 projects, 6 resources and 3 clusters those of the hour and the months come first.
    assert {
        "invoices": 44,
        "invoice_details": 24 + 1 + 1 + 1 + 1,
        "usage": 29,
        "usage_details": 20 + 5 + 3 + 4 + 5 + 2,
        "credits": 6,
        "budgets": 18,
    } == by_dataset
    assert 0 == snapshot.series("nobody", Dataset.INVOICES)


def test_a_configuration_that_changed() -> None:
    """What the configuration says is shown before any poll, and anew when it says something else."""
    before = first(AccountReport("acme", declared=DECLARED))
    changed = replace(DECLARED, budgets=DECLARED.budgets[:1])
    after = render({"acme": AccountReport("acme", declared=changed)}, before)

    assert 3 == before.plain().count(b"northflank_budget_amount{")
    assert 1 == after.plain().count(b"northflank_budget_amount{")
    assert {"northflank_budget_amount", "northflank_project_info"} & families_kept(before, after) == set()
    assert {"northflank_invoice_amount", "northflank_month_to_date_cost"} <= families_kept(before, after)


def test_labels_of_an_account_alone() -> None:
    """The labels that one account's budgets are given are no labels of another account's."""
    other = AccountReport("beta", declared=replace(DECLARED, budgets=DECLARED.budgets[2:]))

    assert [
        (
            'northflank_budget_info{account="acme-corp",budget="all",cost_center="",owner="platform",period="month",'
            'project_id="",resource_type="",team_id=""} 1.0'
        ),
        (
            'northflank_budget_info{account="acme-corp",budget="api services",cost_center="42",owner="",period="week",'
            'project_id="api",resource_type="service",team_id="acme"} 1.0'
        ),
        (
            'northflank_budget_info{account="acme-corp",budget="unknown",cost_center="",owner="",period="month",'
            'project_id="",resource_type="",team_id="nobody"} 1.0'
        ),
        (
            'northflank_budget_info{account="beta",budget="unknown",period="month",project_id="",resource_type="",'
            'team_id="nobody"} 1.0'
        ),
    ] == only("northflank_budget_info", first(WHOLE, other))[2:]


def test_names_stand_together() -> None:
    """A family whose series are counted to two datasets is introduced once, account by account."""
    snapshot = first(WHOLE, replace(WHOLE, account="beta"))

    assert ["acme-corp"] * 4 + ["beta"] * 4 == [
        line.split('"')[1] for line in only("northflank_team_info", snapshot)[2:]
    ]
    assert 1 == snapshot.plain().count(b"# TYPE northflank_team_info")


def test_gzip_is_one_member() -> None:
    """The compressed answer is the plain one, in a single gzip member: some clients read no second."""
    snapshot = first(REPORT, REPORT_2024)
    compressed = snapshot.gzipped(LIVE)
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)

    assert snapshot.plain(LIVE) == reader.decompress(compressed)
    assert (True, b"") == (reader.eof, reader.unused_data)
    assert len(compressed) < len(snapshot.plain(LIVE)) / 4


def test_each_scrape_has_its_own_live_part() -> None:
    """Compressing one answer leaves nothing behind in the next."""
    snapshot = first(REPORT)

    for live in (b"a 1.0\n", b"b 2.0\n", b"", b"c 3.0\n" * 10_000):
        assert snapshot.plain(live) == gzip.decompress(snapshot.gzipped(live))


def test_size() -> None:
    """The size is that of the plain billing part, HELP and TYPE included."""
    assert len(first(REPORT, REPORT_2024).plain()) == first(REPORT, REPORT_2024).size
    assert 0 == Snapshot().size


def test_live_metrics_come_last() -> None:
    """The live part follows the billing part, each in whole lines."""
    assert first(REPORT).plain() + LIVE == first(REPORT).plain(LIVE)
    assert first(REPORT).plain().endswith(b"\n")


def test_duplicates_fail_the_snapshot() -> None:
    """Two rows that would be one series fail the rendering as a whole."""
    twice = replace(INVOICES, invoices=(invoice("i", total="1"), invoice("i", total="2")))

    with pytest.raises(DuplicateSeriesError, match=r'invoice_id="i".* would be shown twice: 1 from .*, 2 from '):
        first(AccountReport("acme", invoices=twice))


def test_exposition() -> None:
    """A scrape is answered from the snapshot in force, with the live part of the moment."""
    moments = iter((b"a 1.0\n", b"a 2.0\n", b"a 3.0\n"))
    exposition = Exposition(lambda: next(moments))

    assert b"a 1.0\n" == exposition.plain()
    exposition.snapshot = first(REPORT)
    assert first(REPORT).plain(b"a 2.0\n") == exposition.plain()
    assert first(REPORT).plain(b"a 3.0\n") == gzip.decompress(exposition.gzipped())
