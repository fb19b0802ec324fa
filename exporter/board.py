"""What is shown of all accounts: one report each, and the exposition rendered from them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from exporter.background import Background
from exporter.domain.report import AccountReport, Dataset
from exporter.metrics.snapshot import Exposition, render


class Board:
    """The reports in force. Whoever has a new one shows it here."""

    def __init__(self, exposition: Exposition, background: Background) -> None:
        self._exposition = exposition
        self._background = background
        self._reports: Mapping[str, AccountReport] = MappingProxyType({})
        self._rendering = asyncio.Lock()

    async def show(self, report: AccountReport) -> None:
        """Replace an account's report; raises DuplicateSeriesError, and then all stays as it was."""
        # Rendering leaves the event loop: without the lock, two accounts at once would lose one's report.
        async with self._rendering:
            reports = MappingProxyType({**self._reports, report.account: report})
            snapshot = await self._background.run(lambda: render(reports, self._exposition.snapshot))
            self._reports, self._exposition.snapshot = reports, snapshot

    def series(self, account: str, dataset: Dataset) -> int:
        """How many series of a dataset are shown."""
        return self._exposition.snapshot.series(account, dataset)

    @property
    def body_bytes(self) -> int:
        """How large the billing part of the exposition is, before compression."""
        return self._exposition.snapshot.size
