"""A rule: which requests are spoilt, how many of them, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.faults.arguments import ARGUMENTS, arguments_of
from exporter.sandbox.faults.edits import edits_of
from exporter.sandbox.faults.errors import RuleError
from exporter.sandbox.faults.pages import has_page_before
from exporter.sandbox.question import Json, Question

ENDPOINTS = ("list_invoices", "get_invoice", "list_usage", "get_usage", "get_credit_balance")
LISTS = ("list_invoices", "list_usage", None)
KEYS = frozenset({"fault", "endpoint", "query", "skip", "count", "with"})
ANY_VALUE = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `told` is how it was given, `arguments` what the fault is told, defaults included.

    `skip` and `count` count the requests that match; without a count all that follow are spoilt.
    """

    fault: str
    endpoint: str | None
    query: Mapping[str, str | None]
    skip: int
    count: int | None
    arguments: Mapping[str, Any]
    told: Json

    def matches(self, endpoint: Endpoint, question: Question) -> bool:
        """Whether this is one of the requests that the rule is about."""
        return (
            self.endpoint in (None, endpoint.name)
            and all(_is_as(wanted, question.text(name)) for name, wanted in self.query.items())
            and (self.fault not in ABLE or ABLE[self.fault](self, endpoint, question))
        )


# Faults that only some requests can have: the others are no match, and are not counted.
ABLE: Mapping[str, Callable[[Rule, Endpoint, Question], bool]] = MappingProxyType(
    {
        "vanish": lambda rule, _, question: question.text("teamId") == rule.arguments["team"],
        "loop_cursor": lambda _, endpoint, __: endpoint.pages is not None,
        "repeat_page": lambda _, endpoint, question: has_page_before(question, endpoint.pages),
    }
)


def rules_of(told: object) -> tuple[Rule, ...]:
    """The rules of a JSON list; raises RuleError that says which is wrong, and how."""
    if not isinstance(told, list | tuple):
        raise RuleError("the rules must be a list")
    return tuple(_numbered(position, row) for position, row in enumerate(told))


def _numbered(position: int, told: object) -> Rule:
    try:
        return rule_of(told)
    except RuleError as error:
        raise RuleError(f"rule {position}: {error}") from None


def rule_of(told: object) -> Rule:
    """The rule of a JSON object; raises RuleError."""
    if not isinstance(told, Mapping) or not told.keys() <= KEYS:
        raise RuleError(f"a rule is an object of {', '.join(sorted(KEYS))}")
    fault, endpoint, given = told.get("fault"), told.get("endpoint"), told.get("with", {})
    if not isinstance(fault, str) or fault not in ARGUMENTS:
        raise RuleError(f"fault must be one of {', '.join(ARGUMENTS)}")
    if endpoint is not None and endpoint not in ENDPOINTS:
        raise RuleError(f"endpoint must be null or one of {', '.join(ENDPOINTS)}")
    if fault == "loop_cursor" and endpoint not in LISTS:
        raise RuleError("only lists have cursors: list_invoices, list_usage, or null for both")
    if not isinstance(given, dict):
        raise RuleError("with must be an object")
    arguments = arguments_of(fault, given)
    if fault == "edit":
        arguments["edits"] = edits_of(arguments["edits"])
    skip, count = _whole(told, "skip", 0), _whole(told, "count", None)
    return Rule(fault, endpoint, _query(told.get("query", {})), skip or 0, count, arguments, dict(told))


def _whole(told: Mapping[str, object], name: str, default: int | None) -> int | None:
    value = told.get(name, default)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RuleError(f"{name} must be a whole number from 0")
    return value


def _query(told: object) -> Mapping[str, str | None]:
    if not isinstance(told, Mapping):
        raise RuleError("query must be an object")
    for name, value in told.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
            raise RuleError(f"query: {name} must be a text, a whole number or null")
    return {str(name): None if value is None else str(value) for name, value in told.items()}


def _is_as(wanted: str | None, value: str | None) -> bool:
    return value is not None if wanted == ANY_VALUE else value == wanted
