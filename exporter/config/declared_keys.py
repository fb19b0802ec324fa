"""What a configuration file may declare of an account's money: budgets, and labels of projects.

Keys as in `keys.py`, which says how to read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, Struct

from exporter.config import label_names
from exporter.domain.calendar import PeriodKind

AMOUNT = MappingProxyType({"least": "0.0001", "most": "1000000000000"})
"""The bounds of an amount, in major units: from the smallest minor unit of any currency (ISO 4217)."""

Id = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.~-]+\Z")]
AccountName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+\Z")]
_ACCOUNT_FORM = "the name of an account"

_PRINTABLE = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_LabelValue = Annotated[str, Meta(pattern=rf"^{_PRINTABLE}*\Z", extra={"form": "printable text"})]
_Severity = Annotated[
    str, Meta(pattern=rf"^{_PRINTABLE}+\Z", extra={"form": "a severity", "why": "any printable text that is not empty"})
]
_Share = Annotated[
    Decimal, Meta(extra={"least": "0.0001", "most": "10", "why": "1 is the whole amount, 0.8 is 80 percent"})
]


def _names_but(taken: Mapping[str, str]) -> Meta:
    return Meta(pattern=label_names.PATTERN, extra={"form": "a label name", "why": label_names.RULE, "taken": taken})


def _names_in_words(taken: Mapping[str, str]) -> str:
    return f"A name is {label_names.RULE}; taken are {', '.join(taken)}."


_BudgetLabel = Annotated[str, _names_but(label_names.OF_BUDGETS)]
_ProjectLabel = Annotated[str, _names_but(label_names.OF_PROJECTS)]


class ScopeKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a budget is for; None is everything."""

    team_id: Annotated[
        Id | None,
        Meta(
            description="The team whose usage counts. Left out: that of all teams.",
            extra={"form": "the id of a team as it stands in Northflank's addresses"},
        ),
    ] = None
    project_id: Annotated[
        Id | None,
        Meta(
            description="The project whose usage counts; without `scope.team_id` the projects of this id in all teams. "
            "Left out: that of all projects.",
            extra={"form": "the id of a project as it stands in Northflank's addresses"},
        ),
    ] = None
    resource_type: Annotated[
        Id | None,
        Meta(
            description="The resource type whose usage counts, in Northflank's words: `service`, `job`, `addon`, "
            "`volume` and others. Left out: that of all types.",
            extra={"form": "a resource type in Northflank's words, such as service"},
        ),
    ] = None


class BudgetKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One budget as the file states it; None is what the file leaves out."""

    name: Annotated[
        str,
        Meta(
            pattern=rf"^{_PRINTABLE}{{1,100}}\Z",
            description="What the budget is called in the label `budget`. No two budgets of an account share a name.",
            extra={"form": "printable text of 1 to 100 characters"},
        ),
    ]
    amount: Annotated[
        Decimal,
        Meta(
            description="What may be spent in a period, in `currency`: 5000 is 5000 dollars, not cents.",
            extra=dict(AMOUNT),
        ),
    ]
    currency: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z]{3}\Z",
            description="The currency of `amount`: the one that the account is billed in. Nothing is converted.",
            extra={"form": "the three letters of a currency, such as USD"},
        ),
    ]
    account: Annotated[
        AccountName | None,
        Meta(
            description="The account whose usage counts. Left out: the only one there is; with several it has to be "
            "set.",
            extra={"form": _ACCOUNT_FORM},
        ),
    ] = None
    scope: ScopeKeys = ScopeKeys()
    period: Annotated[
        PeriodKind,
        Meta(description="The calendar period, in UTC, that the amount is for. A week begins on Monday."),
    ] = PeriodKind.MONTH
    thresholds: Annotated[
        Mapping[_Severity, _Share],
        Meta(
            description="For each severity of an alert, the share of `amount` at which it fires: 0.8 is four fifths "
            "of it. `{}` is none."
        ),
    ] = MappingProxyType({"warning": Decimal("0.8"), "critical": Decimal("1.0")})
    labels: Annotated[
        Mapping[_BudgetLabel, _LabelValue],
        Meta(
            description="Labels for `northflank_budget_info` and `northflank_budget_threshold_ratio`, to route alerts "
            f"by. {_names_in_words(label_names.OF_BUDGETS)} Left out: none."
        ),
    ] = MappingProxyType({})


class ProjectKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The labels of one project as the file states them; None is what the file leaves out."""

    account: Annotated[
        AccountName | None,
        Meta(
            description="The account that is billed for the project. Left out: the only one there is; with several it "
            "has to be set.",
            extra={"form": _ACCOUNT_FORM},
        ),
    ] = None
    team_id: Annotated[
        Id,
        Meta(
            description="The team of the project: projects of different teams share ids.",
            extra={"form": "the id of a team as it stands in Northflank's addresses"},
        ),
    ]
    project_id: Annotated[
        Id,
        Meta(
            description="The project. No two entries are for the same one.",
            extra={"form": "the id of a project as it stands in Northflank's addresses"},
        ),
    ]
    labels: Annotated[
        Mapping[_ProjectLabel, _LabelValue],
        Meta(description=f"The labels that the project is given. {_names_in_words(label_names.OF_PROJECTS)}"),
    ]
