"""How much of an account is exported, as the configuration says."""

from __future__ import annotations

from dataclasses import dataclass, field

from exporter.domain.budget import Declared
from exporter.domain.calendar import DAY_SECONDS, HOUR_SECONDS
from exporter.domain.tree import Level


@dataclass(frozen=True, slots=True)
class Extent:
    """The newest `history` invoices, the trees of the newest `details` that bill usage, down to `level`.

    An hour that is not listed counts as zero once it has been over for `late_after_seconds`; past hours are kept for
    `retention_seconds`. `declared` is what the configuration says of the account's money.
    """

    history: int = 12
    details: int = 1
    level: Level = Level.RESOURCE
    late_after_seconds: float = 3 * HOUR_SECONDS
    retention_seconds: float = 395 * DAY_SECONDS
    declared: Declared = field(default_factory=Declared)

    @property
    def project_level(self) -> Level:
        """The level down to which teams and projects are shown."""
        return min(self.level, Level.PROJECT, key=lambda each: each.depth)
