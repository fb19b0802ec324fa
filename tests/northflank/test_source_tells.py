"""What a source tells of, before and after it is known what the server speaks."""

import asyncio
from decimal import Decimal

import pytest

from exporter.domain.report import Dataset, Generation
from exporter.domain.tree import Level
from exporter.errors import GenerationError
from tests.northflank.lists import WHOLE, ListServer, row_a, row_b, row_c, server_b, server_c, source_of, total


async def test_api_is_unknown_at_first() -> None:
    """Before the first answer there is no generation to show, and nothing that it is known to tell."""
    source = source_of(server_c([]))

    assert (None, ()) == (source.api, source.known_statuses)
    assert {False} == {source.tells(dataset) for dataset in Dataset}
    assert {} == source.memory()


async def test_two_who_ask_at_once() -> None:
    """Invoices and usage are polled at the same time: the generation is found out once, by whoever comes first."""
    server = server_c([row_c(1)])
    source = source_of(server)
    balance, (invoice,) = await asyncio.gather(source.fetch_credits(), source.fetch_invoices(WHOLE))

    assert (Decimal(0), Decimal(12)) == (balance.available, invoice.total)
    assert 1 == server.targets.count("/invoices")
    assert 3 == len(server.targets)


@pytest.mark.parametrize(
    ("server", "untold"),
    [
        pytest.param(ListServer([row_a(1)], "2024"), {Dataset.CREDITS, Dataset.USAGE_DETAILS}, id="a"),
        pytest.param(server_b([row_b(1)]), {Dataset.CREDITS}, id="b"),
        pytest.param(server_c([row_c(1)]), set(), id="c"),
    ],
)
async def test_what_a_generation_does_not_tell(server: ListServer, untold: set[Dataset]) -> None:
    """A dataset that a generation has nothing of is told to be so, and need not be polled."""
    source = source_of(server)
    await total(source)

    assert untold == {dataset for dataset in Dataset if not source.tells(dataset)}


async def test_credits_that_are_not_told() -> None:
    """Whoever asks for credits where the generation has none gets an error, and no request is made."""
    server = server_b([row_b(1)])
    source = source_of(server, generation=Generation.B)

    with pytest.raises(GenerationError, match="generation 2026-06 has no credit balance"):
        await source.fetch_credits()
    assert [] == server.targets


async def test_account_level_has_no_usage_details() -> None:
    """Where only the account is shown there is no tree of an hour."""
    source = source_of(server_c([]), generation=Generation.C, level=Level.ACCOUNT)

    assert not source.tells(Dataset.USAGE_DETAILS)
