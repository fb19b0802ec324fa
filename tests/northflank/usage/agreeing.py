"""Whether the figures of teams and projects are the ledger's."""

from collections.abc import Mapping
from decimal import Decimal

from exporter.domain.invoice import Period
from exporter.domain.report import UsageDetailsSection
from exporter.domain.tree import Path
from tests.northflank.usage.listed import at
from tests.northflank.usage.watched import HOUR, Watched, totals

DAY = 24 * HOUR


async def assert_agrees(watched: Watched, section: UsageDetailsSection, month: str) -> None:
    """The month to date and the trailing day are the ledger's, to the end of the newest hour."""
    through = watched.usage.hour.period.end if watched.usage.hour else 0.0
    spent = section.month_to_date
    assert spent
    assert Period(at(month), through) == spent.period
    assert nonzero(await watched.ledger(at(month), through)) == nonzero(totals(spent.rows))
    day = section.trailing_day
    assert day
    expected = {path: each for path, each in (await watched.ledger(through - DAY, through)).items() if len(path) > 1}
    assert nonzero(expected) == nonzero(totals(day.rows))


def nonzero(amounts: Mapping[Path, Decimal]) -> dict[Path, Decimal]:
    """Those that spent something: what was never used has no row in an hour, and a zero in the ledger."""
    return {path: each for path, each in amounts.items() if each}


async def whole(watched: Watched, period: Period) -> dict[Path, Decimal]:
    """What the ledger says of a period."""
    return dict(await watched.ledger(period.start, period.end))
