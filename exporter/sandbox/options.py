"""What a sandbox can be told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Generation: TypeAlias = Literal["2024", "2026-06", "2026-10"]


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """The world and the API of one sandbox; the defaults are a believable small organisation.

    `now` gives Unix seconds. The world is built once, for the UTC day of `now()` at that moment; the hourly
    allowance and the usage list follow the running clock. Sizes are per parent, and about.
    `detail_paging=False` is 2026-06 as it was early in June. `rate_limit` is requests an hour.
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
