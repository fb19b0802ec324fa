"""The rules in force, and how often each was applied."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.faults.rule import Rule
from exporter.sandbox.question import Json, Question


@dataclass(slots=True)
class _Entry:
    rule: Rule
    met: int = 0
    applied: int = 0

    def takes(self) -> bool:
        """Whether the matching request that comes now is spoilt, and counts it."""
        self.met += 1
        is_left = self.rule.count is None or self.applied < self.rule.count
        is_taken = is_left and self.met > self.rule.skip
        self.applied += is_taken
        return is_taken


class Docket:
    """A request meets the rules in their order; the first that applies spoils it, and later ones do not see it."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._entries = [_Entry(rule) for rule in rules]

    def replace(self, rules: tuple[Rule, ...]) -> None:
        """Have these rules from now on, none of them applied yet."""
        self._entries = [_Entry(rule) for rule in rules]

    def rule_for(self, endpoint: Endpoint, question: Question) -> Rule | None:
        """The rule that spoils this request, if one does."""
        matching = (entry for entry in self._entries if entry.rule.matches(endpoint, question))
        return next((entry.rule for entry in matching if entry.takes()), None)

    def rows(self) -> list[Json]:
        """The rules as they were given, each with how often it was `applied`."""
        return [{**entry.rule.told, "applied": entry.applied} for entry in self._entries]
