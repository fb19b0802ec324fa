import re
from typing import Any

import pytest

from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.faults.errors import RuleError
from exporter.sandbox.faults.rule import rule_of, rules_of
from exporter.sandbox.paging import PageParameters
from exporter.sandbox.question import Answer, Question

DETAIL = Endpoint("get_invoice", "/", frozenset(), lambda _: Answer({}))
LIST = Endpoint("list_invoices", "/", frozenset(), lambda _: Answer({}), PageParameters(size="perPage"))


def _matches(endpoint: Endpoint, query: dict[str, str], rule: dict[str, Any]) -> bool:
    return rule_of({"fault": "cut", **rule}).matches(endpoint, Question({}, query))


@pytest.mark.parametrize(
    ("expected", "rule", "query"),
    [
        pytest.param(True, {}, {"teamId": "web"}, id="anything"),
        pytest.param(True, {"endpoint": "get_invoice"}, {}, id="endpoint"),
        pytest.param(False, {"endpoint": "list_invoices"}, {}, id="other endpoint"),
        pytest.param(True, {"query": {"teamId": "web"}}, {"teamId": "web", "page": "2"}, id="value"),
        pytest.param(False, {"query": {"teamId": "web"}}, {"teamId": "data"}, id="other value"),
        pytest.param(True, {"query": {"page": 2}}, {"page": "2"}, id="number"),
        pytest.param(True, {"query": {"teamId": "*"}}, {"teamId": "data"}, id="present"),
        pytest.param(False, {"query": {"teamId": "*"}}, {}, id="not present"),
        pytest.param(False, {"query": {"cursor": "*"}}, {"cursor": ""}, id="empty is not present"),
        pytest.param(True, {"query": {"teamId": None}}, {}, id="absent"),
        pytest.param(False, {"query": {"teamId": None}}, {"teamId": "web"}, id="not absent"),
        pytest.param(False, {"query": {"teamId": "web", "page": "*"}}, {"teamId": "web"}, id="all must match"),
    ],
)
def test_matches(expected: bool, rule: dict[str, Any], query: dict[str, str]) -> None:  # noqa: FBT001 - a parameter of the test
    """A rule is about the requests that have its endpoint and all of its query."""
    assert expected == _matches(DETAIL, query, rule)


def test_cursors_loop_in_lists_alone() -> None:
    """A rule about cursors matches no detail."""
    assert [True, False] == [_matches(endpoint, {}, {"fault": "loop_cursor"}) for endpoint in (LIST, DETAIL)]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        pytest.param({"fault": "cut"}, "the rules must be a list", id="one rule"),
        pytest.param([{"fault": "burn"}], "rule 0: fault must be one of status, hang, ", id="fault"),
        pytest.param([{"fault": "cut"}, {}], "rule 1: fault must be one of ", id="no fault"),
        pytest.param(["cut"], "rule 0: a rule is an object of count, endpoint, ", id="no object"),
        pytest.param([{"fault": "cut", "times": 1}], "rule 0: a rule is an object of ", id="unknown key"),
        pytest.param(
            [{"fault": "cut", "endpoint": "invoices"}], "rule 0: endpoint must be null or one of", id="endpoint"
        ),
        pytest.param([{"fault": "cut", "query": ["teamId"]}], "rule 0: query must be an object", id="query"),
        pytest.param([{"fault": "cut", "query": {"page": True}}], "rule 0: query: page must be a text, ", id="value"),
        pytest.param([{"fault": "cut", "skip": -1}], "rule 0: skip must be a whole number from 0", id="skip"),
        pytest.param([{"fault": "cut", "count": "all"}], "rule 0: count must be a whole number from 0", id="count"),
        pytest.param([{"fault": "cut", "with": 1}], "rule 0: with must be an object", id="with"),
        pytest.param([{"fault": "cut", "with": {"at": 1}}], "rule 0: cut takes no at", id="unknown argument"),
        pytest.param([{"fault": "status"}], "rule 0: status needs status", id="missing argument"),
        pytest.param(
            [{"fault": "hang", "with": {"seconds": True}}], "rule 0: hang: seconds cannot be True", id="argument"
        ),
        pytest.param(
            [{"fault": "loop_cursor", "endpoint": "get_invoice"}], "rule 0: only lists have cursors", id="cursor"
        ),
        pytest.param([{"fault": "edit", "with": {"edits": [{}]}}], "rule 0: an edit is a path and one of ", id="edit"),
    ],
)
def test_rules_that_are_none(told: object, message: str) -> None:
    """A rule with a mistake is refused with its number and what is wrong."""
    with pytest.raises(RuleError, match=f"^{re.escape(message)}"):
        rules_of(told)
