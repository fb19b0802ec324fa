"""What a sandbox can be told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

Generation: TypeAlias = Literal["2024", "2026-06", "2026-10"]
Rounding: TypeAlias = Literal["exact", "row"]
ResourcePages: TypeAlias = Literal["within", "across"]
ForgottenAnswer: TypeAlias = Literal["empty", "404", "400"]

FOR_GOOD = 2**40
"""The end of a pause that never ends, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A team, project or resource type that the API does not know from the instant `at` on, in Unix seconds.

    What is None matches all: a project without a team is that project of every team. The type has the name of 2026-10.
    A filter that names it gets the `answer`. It uses nothing from `at` on.
    """

    at: int
    team_id: str | None = None
    project_id: str | None = None
    resource_type: str | None = None
    answer: ForgottenAnswer = "empty"


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """The world and the API of one sandbox; the defaults are a believable small organisation.

    `now` gives Unix seconds. The world begins at `now()` as it is built, with a past that the UTC day decides, and
    then follows the running clock. Sizes are per parent, and about; `invoices` is how many there are at first.
    `detail_paging=False` is 2026-06 as it was early in June. `rate_limit` is requests an hour.

    Variants of the world: `rounding="row"` rounds every figure by itself, of prices that are finer than cents;
    `noise` adds what binary sums add; invoices take turns in `currencies`; `odd_names` and `unlisted_types` are
    names that need care and a type that the filter refuses. Variants of paging: at most `page_cap` rows a page;
    2026-10 cuts resources within each type or across the answer, and without `says_more` does not tell of pages.
    `legacy_fields` keeps those of 2026-06 whatever is asked for. Every answer takes `latency` seconds at least.

    Usage accrues: the list already holds the `running_hour`, or only hours that ended `late_hours` ago; with
    `corrections` some past hours get another price some hours later. A usage invoice closes when `threshold` major
    units are reached (0: at the month's turn alone); with `payments_fail` the newest cannot be paid.

    Nothing runs in the nights (20:00 to 06:00 UTC) with `idle_nights`, nor in the `pauses`, each a start and an end in
    Unix seconds (`FOR_GOOD` for one without end). Usage from the full hour of `currency_change` on is in another
    currency, which has as many minor units. The API `forgets` teams, projects and types. `other_customers` are
    further tokens, each with the seed of the customer that it belongs to.

    `faults` are rules as `PUT /-/faults` takes them.
    """

    generation: Generation = "2026-10"
    seed: int = 1
    now: Callable[[], float] = time.time
    token: str = "sandbox"  # noqa: S105 - a word to try the sandbox with; it opens nothing
    teams: int = 4
    projects: int = 3
    resources: int = 6
    invoices: int = 14
    detail_paging: bool = True
    rate_limit: int = 1000
    strict_parameters: bool = False
    rounding: Rounding = "exact"
    noise: bool = False
    currencies: tuple[str, ...] = ("usd",)
    odd_names: bool = False
    unlisted_types: bool = False
    page_cap: int | None = None
    resource_pages: ResourcePages = "within"
    says_more: bool = True
    legacy_fields: bool = False
    latency: float = 0.0
    running_hour: bool = True
    late_hours: int = 0
    corrections: bool = False
    threshold: Decimal | int = 500
    payments_fail: bool = False
    idle_nights: bool = False
    pauses: tuple[tuple[int, int], ...] = ()
    currency_change: tuple[int, str] | None = None
    forgets: tuple[Forgotten, ...] = ()
    other_customers: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Mapping[str, object], ...] = ()
