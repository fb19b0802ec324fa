"""What is shown of all accounts: one report each, and the exposition rendered from them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from exporter.background import Background
from exporter.domain.report import AccountReport, Dataset
from exporter.metrics.folding import NO_LIMIT, Folded, fold
from exporter.metrics.snapshot import Exposition, Snapshot, render


class Publisher:
    """The reports in force. Whoever has a new one shows it here."""

    def __init__(self, exposition: Exposition, background: Background, *, series_limit: int = NO_LIMIT) -> None:
        self._exposition = exposition
        self._background = background
        self._series_limit = series_limit
        self._folded: Mapping[str, Folded] = MappingProxyType({})
        self._rendering = asyncio.Lock()

    async def show(self, report: AccountReport) -> None:
        """Replace an account's report; raises DuplicateSeriesError, and then all stays as it was."""
        # Rendering leaves the event loop: without the lock, two accounts at once would lose one's report.
        async with self._rendering:
            self._folded, self._exposition.snapshot = await self._background.run(lambda: self._rendered(report))

    def _rendered(self, report: AccountReport) -> tuple[Mapping[str, Folded], Snapshot]:
        folded = fold(report, self._series_limit, self._folded.get(report.account))
        all_folded = MappingProxyType({**self._folded, report.account: folded})
        shown = {account: each.shown for account, each in all_folded.items()}
        return all_folded, render(shown, self._exposition.snapshot)

    def folded(self, account: str) -> Mapping[Dataset, int]:
        """How many resources of each dataset are folded into `_other`."""
        return self._folded[account].resources if account in self._folded else MappingProxyType({})

    def series(self, account: str, dataset: Dataset) -> int:
        """How many series of a dataset are shown."""
        return self._exposition.snapshot.series(account, dataset)

    @property
    def body_bytes(self) -> int:
        """How large the billing part of the exposition is, before compression."""
        return self._exposition.snapshot.size
