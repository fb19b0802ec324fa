from dataclasses import replace
from decimal import Decimal

from exporter.northflank.given_ids import GivenIds
from tests.builders import JUNE, invoice

PERIOD_ID = "1780272000-1782864000"
SUBSCRIPTION = invoice(PERIOD_ID, period=JUNE, total="60.00")
USAGE = invoice(PERIOD_ID, period=JUNE, total="877.34")


def ids(given: GivenIds, *invoices: object) -> list[str]:
    """The ids that the invoices get, in their order."""
    return [each.id for each in given.give(invoices)]  # type: ignore[arg-type] # the tests pass invoices


def test_an_invoice_alone_has_its_period() -> None:
    """Without another of its period an invoice is called by its period."""
    assert [PERIOD_ID] == ids(GivenIds(), SUBSCRIPTION)


def test_an_id_stays() -> None:
    """An invoice keeps its id when another of its period appears, wherever in the list that one stands."""
    given = GivenIds()
    ids(given, SUBSCRIPTION)
    assert [f"{PERIOD_ID}-2", PERIOD_ID] == ids(given, USAGE, SUBSCRIPTION)
    assert [PERIOD_ID, f"{PERIOD_ID}-2"] == ids(given, SUBSCRIPTION, USAGE)


def test_a_status_that_changes() -> None:
    """An invoice that is paid is still the same one."""
    given = GivenIds()
    ids(given, USAGE, SUBSCRIPTION)
    assert [PERIOD_ID, f"{PERIOD_ID}-2"] == ids(given, replace(USAGE, status="open"), SUBSCRIPTION)


def test_a_restart() -> None:
    """After a restart each has the id that it was shown under."""
    given = GivenIds()
    given.resume([replace(USAGE, id=f"{PERIOD_ID}-2"), SUBSCRIPTION])
    third = replace(USAGE, total=Decimal(1))
    assert [f"{PERIOD_ID}-2", f"{PERIOD_ID}-3", PERIOD_ID] == ids(given, USAGE, third, SUBSCRIPTION)
