from dataclasses import replace

from exporter.domain.report import Dataset
from tests.store.keeping import API, TERMS, kept, list_alone


def test_no_differences() -> None:
    """The same configuration as before is told as such."""
    assert () == TERMS.differences(replace(TERMS))


def test_differences_are_named() -> None:
    """What was configured otherwise is named, in the order of the configuration."""
    assert ("team_id", "detail") == TERMS.differences(replace(TERMS, detail="team", team_id="t"))


def test_api_of_what_was_not_fetched() -> None:
    """Of a dataset that was never fetched it is not known what the server speaks."""
    assert API == kept().api_of(Dataset.INVOICE_DETAILS)
    assert None is list_alone().api_of(Dataset.INVOICE_DETAILS)
