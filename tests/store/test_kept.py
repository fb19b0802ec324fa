from dataclasses import replace

import pytest

from exporter.domain.money import Unit
from exporter.domain.report import Api, Dataset, Generation
from exporter.store.kept import Fetched
from tests.store.keeping import API, NOW, TERMS, kept, list_alone

MOVED = Api(Generation.B, Unit.MINOR)


def test_no_differences() -> None:
    """The same configuration as before is told as such."""
    assert () == TERMS.differences(replace(TERMS))


def test_differences_are_named() -> None:
    """What was configured otherwise is named, in the order of the configuration."""
    assert ("team_id", "detail") == TERMS.differences(replace(TERMS, detail="team", team_id="t"))


@pytest.mark.parametrize(
    ("list_at", "expected"),
    [
        pytest.param(NOW + 1, API, id="the_list_is_newer"),
        pytest.param(NOW, API, id="as_old_as_each_other"),
        pytest.param(NOW - 1, MOVED, id="usage_is_newer"),
        pytest.param(None, MOVED, id="no_list"),
    ],
)
def test_what_the_server_spoke_last(list_at: float | None, expected: Api) -> None:
    """A server that moves on is found out by its list or by its usage: the newer of the two is gone on with."""
    fetched = {Dataset.USAGE: Fetched(NOW, MOVED), Dataset.CREDITS: Fetched(NOW + 9, None)}
    listed = {} if list_at is None else {Dataset.INVOICES: Fetched(list_at, API)}

    assert expected == kept(fetched={**fetched, **listed}).api
    assert None is kept(fetched={}).api


def test_api_of_what_was_not_fetched() -> None:
    """Of a dataset that was never fetched it is not known what the server speaks."""
    assert API == kept().api_of(Dataset.INVOICE_DETAILS)
    assert None is list_alone().api_of(Dataset.INVOICE_DETAILS)
