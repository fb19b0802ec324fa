"""Running spend of a generation that has no usage list: the preview of the next invoice tells what is unbilled."""

from __future__ import annotations

from exporter.domain.invoice import Period
from exporter.domain.money import Unit
from exporter.domain.report import UsageSection
from exporter.domain.usage import Spend, Usage
from exporter.errors import DecodeError
from exporter.northflank.client import Client
from exporter.northflank.usage.running import Bill
from exporter.northflank.wire.wire import Request, Wire

NOTHING_TOLD = UsageSection()


class Preview:
    """The unbilled spend of one account."""

    def __init__(self, client: Client, wire: Wire, unit: Unit, request: Request) -> None:
        self._client = client
        self._wire = wire
        self._unit = unit
        self._request = request

    async def fetch(self, bill: Bill, now: float) -> UsageSection:
        """What has accrued since the last invoice; nothing where no invoice tells the currency. Raises PollError."""
        if bill.currency is None:
            return NOTHING_TOLD
        answer = await self._client.get(self._request)
        detail = self._wire.read_detail(answer, self._unit, bill.currency).content
        if detail.currency not in {None, bill.currency}:
            raise DecodeError(f"{answer.request}: in {detail.currency}, while the invoices are in {bill.currency}")
        start = detail.period.start if detail.period else bill.ended
        if start is None or not detail.categories:
            return NOTHING_TOLD
        usage = Usage(currency=bill.currency, categories=detail.categories)
        return UsageSection(unbilled=Spend(Period(start, max(start, now)), usage))
