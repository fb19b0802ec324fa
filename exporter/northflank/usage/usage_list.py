"""The rows of the usage list, all pages of a question put together."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.domain.budget import Scope
from exporter.domain.invoice import Period
from exporter.domain.money import Unit
from exporter.domain.usage import UsageRow
from exporter.errors import DecodeError, DuplicateSeriesError, GenerationError, PagingError
from exporter.northflank.allowance.allowance import Urgency
from exporter.northflank.client import Client
from exporter.northflank.invoice_list import pages_of_list
from exporter.northflank.wire.wire import LIST_USAGE, Wire

_FILTERS = (("team_id", "teamId"), ("project_id", "projectId"), ("resource_type", "resourceType"))


class UsageList:
    """The usage list of one account, in one generation and unit."""

    def __init__(self, client: Client, wire: Wire, unit: Unit) -> None:
        self._client = client
        self._wire = wire
        self._unit = unit

    async def read(
        self, query: Mapping[str, str], currency: str, urgency: Urgency = Urgency.ACCOUNT
    ) -> tuple[UsageRow, ...]:
        """Every row that answers the query, newest first, in `currency` where a row states none; raises PollError."""
        read_usage = self._wire.read_usage
        if read_usage is None or self._wire.usage_query is None:
            raise GenerationError(f"generation {self._wire.generation} has no usage list")
        found: dict[float, UsageRow] = {}
        request = LIST_USAGE.with_query({**self._wire.usage_query, **query})
        said_more = False
        async for answer, page in pages_of_list(
            self._client,
            request,
            lambda answer: read_usage(answer, self._unit, currency),
            page_parameter=None,
            urgency=urgency,
        ):
            fresh = [row for row in page.content if row.timestamp not in found]
            if any(found.get(row.timestamp, row) != row for row in page.content):
                raise DuplicateSeriesError(f"{answer.request}: tells other things of an hour than a page before")
            if said_more and not fresh:
                raise PagingError(f"{answer.request}: a page that was said to follow brings nothing new")
            found |= {row.timestamp: row for row in fresh}
            said_more = page.has_more is True
            if not (fresh or said_more):
                break
        return self._in_one_currency(found)

    def _in_one_currency(self, found: Mapping[float, UsageRow]) -> tuple[UsageRow, ...]:
        currencies = sorted({row.usage.currency for row in found.values()})
        if len(currencies) > 1:
            raise DecodeError(f"{LIST_USAGE.path}: rows in {' and '.join(currencies)}: they cannot be added up")
        return tuple(found[timestamp] for timestamp in sorted(found, reverse=True))


def window(period: Period) -> Mapping[str, str]:
    """The parameters that ask for the hours that begin in a period; its end is exclusive."""
    return {"startTime": str(int(period.start)), "endTime": str(int(period.end))}


def filters(scope: Scope) -> Mapping[str, str]:
    """The parameters that narrow an answer to a scope."""
    stated = ((parameter, getattr(scope, name)) for name, parameter in _FILTERS)
    return {parameter: value for parameter, value in stated if value is not None}
