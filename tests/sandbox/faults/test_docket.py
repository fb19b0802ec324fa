from typing import Any

import pytest

from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.faults.docket import Docket
from exporter.sandbox.faults.rule import rules_of
from exporter.sandbox.question import Answer, Question

ENDPOINT = Endpoint("list_invoices", "/", frozenset(), lambda _: Answer({}))
OTHER = Endpoint("get_invoice", "/", frozenset(), lambda _: Answer({}))


def _spoilt(rules: list[dict[str, Any]], requests: int) -> list[str | None]:
    docket = Docket(rules_of(rules))
    met = [docket.rule_for(ENDPOINT, Question({}, {})) for _ in range(requests)]
    return [rule.fault if rule else None for rule in met]


@pytest.mark.parametrize(
    ("expected", "rule"),
    [
        pytest.param(["cut", "cut", "cut", "cut"], {}, id="all"),
        pytest.param(["cut", "cut", None, None], {"count": 2}, id="some"),
        pytest.param([None, "cut", "cut", "cut"], {"skip": 1}, id="later ones"),
        pytest.param([None, None, "cut", None], {"skip": 2, "count": 1}, id="the third"),
        pytest.param([None, None, None, None], {"count": 0}, id="none"),
    ],
)
def test_counts(expected: list[str | None], rule: dict[str, Any]) -> None:
    """A rule lets through what it skips, and then spoils as many as it counts."""
    assert expected == _spoilt([{"fault": "cut", **rule}], 4)


def test_rules_follow_each_other() -> None:
    """A request that one rule spoils is not seen by those after it."""
    rules = [{"fault": "cut", "count": 1}, {"fault": "hang", "skip": 1, "count": 1}, {"fault": "drip", "skip": 1}]
    assert ["cut", None, "hang", "drip"] == _spoilt(rules, 4)


def test_rows_tell_how_often() -> None:
    """What is in force is told as it was given, with how often it was applied; other requests do not count."""
    rule = {"fault": "cut", "endpoint": "list_invoices", "skip": 1}
    docket = Docket(rules_of([rule]))
    for endpoint in (ENDPOINT, OTHER, ENDPOINT, ENDPOINT):
        docket.rule_for(endpoint, Question({}, {}))
    assert [{**rule, "applied": 2}] == docket.rows()
