"""An account whose hours are what a test says, and its own figures."""

from exporter.domain.calendar import DAY_SECONDS
from exporter.domain.report import Generation, UsageSection
from exporter.northflank.usage.asked_spends import AskedSpends
from exporter.northflank.usage.hourly_spends import HourlySpends
from exporter.northflank.usage.running import Bill, Running
from tests.northflank.usage.listed import Listed, at

NO_BILL = Bill(currency="USD")


class Account:
    """An account's figures, and the clock that they are fetched by."""

    def __init__(self, dollars: dict[float, int], generation: Generation = Generation.C) -> None:
        self.server = Listed(dollars, generation)
        usage_list = self.server.usage_list
        spends = (
            AskedSpends(usage_list)
            if generation is Generation.C
            else HourlySpends(usage_list, retention_seconds=395 * DAY_SECONDS)
        )
        self._running = Running(spends)

    async def figures(self, now: str, bill: Bill = NO_BILL) -> UsageSection:
        """The figures at a time."""
        self.server.now = at(now)
        return await self._running.fetch(bill, at(now))

    async def granularities(self, now: str, bill: Bill = NO_BILL) -> list[str]:
        """What is asked for at a time."""
        self.server.forget()
        await self.figures(now, bill)
        return [query["granularity"] for query in self.server.queries]
