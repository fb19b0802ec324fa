from dataclasses import replace

import pytest

from tests.metrics.rendering import text_of
from tests.metrics.running_reports import CREDITS, WHOLE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "northflank_credit_available_amount",
            """\
northflank_credit_available_amount{account="acme-corp",currency="USD"} 120.5
""",
            id="credit_available_amount",
        ),
        pytest.param(
            "northflank_credit_pending_amount",
            """\
northflank_credit_pending_amount{account="acme-corp",currency="USD"} 0.0
""",
            id="credit_pending_amount",
        ),
        pytest.param(
            "northflank_credit_source_amount",
            """\
northflank_credit_source_amount{account="acme-corp",currency="USD",source="grants",state="available"} 120.5
northflank_credit_source_amount{account="acme-corp",currency="USD",source="grants",state="pending"} 0.0
northflank_credit_source_amount{account="acme-corp",currency="USD",source="customer_balance",state="available"} -3.25
""",
            id="credit_source_amount",
        ),
        pytest.param(
            "northflank_credit_last_synced_timestamp_seconds",
            """\
northflank_credit_last_synced_timestamp_seconds{account="acme-corp"} 1.7841096615e+09
""",
            id="credit_last_synced",
        ),
    ],
)
def test_family(name: str, expected: str) -> None:
    """Credits stand as the API states them, a customer balance that is owed below zero."""
    assert expected == text_of(name, WHOLE)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        pytest.param("available", "northflank_credit_available_amount", id="available"),
        pytest.param("pending", "northflank_credit_pending_amount", id="pending"),
        pytest.param("last_synced_at", "northflank_credit_last_synced_timestamp_seconds", id="last_synced"),
    ],
)
def test_what_the_api_leaves_out_is_absent(field: str, name: str) -> None:
    """A figure that the API does not state is absent, not 0."""
    assert "" == text_of(name, replace(WHOLE, credits=replace(CREDITS, **{field: None})))  # type: ignore[arg-type] # its fields


@pytest.mark.parametrize("field", ["grants_available", "grants_pending", "customer_balance"])
def test_a_source_that_the_api_leaves_out_is_absent(field: str) -> None:
    """Of the sources only those are shown that the API states."""
    report = replace(WHOLE, credits=replace(CREDITS, **{field: None}))  # type: ignore[arg-type] # its fields

    assert 2 == len(text_of("northflank_credit_source_amount", report).splitlines())
