"""Names that the labels of budgets and projects may have, and those that are taken, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PATTERN = r"^(?!__)[A-Za-z_][A-Za-z0-9_]*\Z"
RULE = "letters, digits and _, not with a digit or __ at its beginning"

_OWN = "the exporter gives a label of this name itself"
_TAKEN_OFF = "scrape targets have a label of this name, which the rules take off for the alerts"
_IN_ALERTS = "alerts have a label of this name already"

OF_TARGETS = ("instance", "job", "pod", "container", "endpoint")
"""The labels of scrape targets that deploy/prometheus takes off."""

_ALERTS = ("alertname", "subject")


def _reasons(*taken: tuple[tuple[str, ...], str]) -> Mapping[str, str]:
    return MappingProxyType({name: reason for names, reason in taken for name in names})


OF_BUDGETS = _reasons(
    (("account", "budget", "currency", "severity", "period", "team_id", "project_id", "resource_type"), _OWN),
    (OF_TARGETS, _TAKEN_OFF),
    (_ALERTS, _IN_ALERTS),
)
"""What no label of a budget may be called, and why."""

OF_PROJECTS = _reasons(
    (("account", "team_id", "project_id", "project_name"), _OWN),
    (OF_TARGETS, _TAKEN_OFF),
    (("budget", "currency", "severity", *_ALERTS), _IN_ALERTS),
)
"""What no label of a project may be called, and why."""
