"""Answers that are strange and true: each is shown as it is, and the golden says how."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.faults.catalogue import DETAIL, LIST, edit
from tests.faults.conftest import Golden
from tests.faults.pair import errors, pair

pytestmark = pytest.mark.process

SMALL: dict[str, Any] = {"teams": 2, "projects": 1, "resources": 2, "invoices": 3}
LONG = "0.123456789012345678901234567890"


@dataclass(frozen=True, slots=True)
class Strange:
    """An answer that is rare and valid, and lines that have to be in the exposition (besides the golden)."""

    name: str
    lines: tuple[str, ...] = ()
    rules: tuple[dict[str, Any], ...] = ()
    world: dict[str, Any] = field(default_factory=dict)


def edited(endpoint: str, path: str, query: dict[str, Any] | None = None, **change: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A rule that changes one place of every answer."""
    return {"fault": "edit", "endpoint": endpoint, "query": query or {}, "with": edit(path, **change)}


AMOUNT = 'northflank_invoice_amount{account="acme",currency="USD",invoice_id="DA4ECDDD-243220"}'
STATUS = 'northflank_invoice_status{account="acme",invoice_id="DA4ECDDD-243220",status='

STRANGE = (
    Strange("a_negative_amount", (f"{AMOUNT} -12.5",), (edited(LIST, "data.invoices.0.total", set=-12.5),)),
    Strange(
        "a_number_with_30_digits",
        (f"{AMOUNT} {float(Decimal(LONG))!r}",),
        (edited(LIST, "data.invoices.0.total", raw=LONG),),
    ),
    Strange(
        "a_number_with_30_digits_before_the_point",
        (f"{AMOUNT} 1.2345678901234568e+29",),
        (edited(LIST, "data.invoices.0.total", raw="123456789012345678901234567890"),),
    ),
    Strange("an_empty_list", (), (edited(LIST, "data.invoices", set=[]),)),
    Strange(
        "an_unknown_status",
        (f'{STATUS}"carried_over"}} 1.0', f'{STATUS}"paid"}} 0.0'),
        (edited(LIST, "data.invoices.0.status", set="carried_over"),),
    ),
    Strange(
        "an_unknown_resource_type",
        ('resource_type="quantum-service"',),
        (
            edited(
                DETAIL,
                "data.paas.teams.0.projects.0.resourceTypes.0.resourceType",
                {"projectId": "*"},
                set="quantum-service",
            ),
        ),
    ),
    Strange("an_unknown_field", (), (edited(LIST, "data.invoices.*.carbon", set={"grams": 12}),)),
    Strange("a_subtotal_that_is_left_out", (), (edited(LIST, "data.invoices.0.subTotal", delete=True),)),
    Strange("a_null_amount", (), (edited(DETAIL, "data.tax", set={"percent": None, "amount": None}),)),
    Strange("odd_names", world={"odd_names": True}),
    Strange("binary_noise", world={"noise": True}),
    Strange("rows_rounded_by_themselves", world={"rounding": "row"}),
    Strange(
        "two_currencies", ('currency="EUR"', 'currency="USD"'), world={"currencies": ("USD", "EUR"), "invoices": 6}
    ),
    Strange("yen", ('currency="JPY"',), world={"currencies": ("JPY",)}),
    Strange("yen_in_minor_units", ('currency="JPY"',), world={"currencies": ("JPY",), "generation": "2026-06"}),
    Strange("legacy_fields_beside", world={"legacy_fields": True}),
)
PLAIN = tuple(
    Strange(f"generation_{generation}", world={"generation": generation})
    for generation in ("2024", "2026-06", "2026-10")
)


@pytest.mark.parametrize("strange", [*STRANGE, *PLAIN], ids=lambda strange: strange.name)
async def test_a_strange_answer_is_shown_as_it_is(strange: Strange, golden: Golden) -> None:
    """Nothing of it is refused, lost or bent; the golden exposition is what a user sees."""
    async with pair(**{**SMALL, **strange.world}) as asked:
        await asked.spoil(*strange.rules)
        with capture_logs() as log:
            await asked.poll_invoices()
        assert [] == errors(log)
        assert (1, 1) == asked.up()
        assert len(strange.rules) <= await asked.applied()
        assert [] == [line for line in strange.lines if line not in asked.billing()]
        golden(strange.name, asked.billing())


async def test_a_field_that_nobody_knows_changes_nothing() -> None:
    """The next generation may add fields: what is shown stays the same."""
    async with pair(**SMALL) as asked:
        await asked.poll_invoices()
        before = asked.billing()
        await asked.spoil(edited(LIST, "data.invoices.*.carbon", set=1))
        await asked.poll_invoices()
        assert before == asked.billing()


async def test_legacy_fields_beside_the_current_ones_change_nothing() -> None:
    """An answer that repeats itself in cents is read once."""
    async with pair(**SMALL) as plain, pair(**SMALL, legacy_fields=True) as doubled:
        await plain.poll_invoices()
        await doubled.poll_invoices()
        assert plain.billing() == doubled.billing()
