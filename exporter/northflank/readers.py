"""What reads one account in one generation and unit: nothing of it is comparable with what another one told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from exporter.background import Background
from exporter.domain.report import Api, UsageSection
from exporter.domain.tree import Level
from exporter.northflank.client import Client
from exporter.northflank.finalized import Finalized
from exporter.northflank.usage.asked_spends import AskedSpends
from exporter.northflank.usage.hour_trees import Asking
from exporter.northflank.usage.hourly_spends import HourlySpends
from exporter.northflank.usage.preview import Preview
from exporter.northflank.usage.running import Bill, Running
from exporter.northflank.usage.running_details import RunningDetails
from exporter.northflank.usage.spends import Spends
from exporter.northflank.usage.usage_list import UsageList
from exporter.northflank.wire.generations import WIRES


class ReadsUsage(Protocol):
    """What tells the account's running spend, in whichever way the generation has."""

    async def fetch(self, bill: Bill, now: float) -> UsageSection:
        """The section; raises PollError."""


@dataclass(frozen=True, slots=True)
class Readers:
    """One for each kind of answer; None is what the generation does not have, or what is not shown."""

    finalized: Finalized
    usage: ReadsUsage | None
    spends: Spends | None
    details: RunningDetails | None


@dataclass(frozen=True, slots=True)
class Depth:
    """How deep trees go, and how long past hours are kept, in seconds."""

    level: Level
    retention_seconds: float


def readers_of(client: Client, background: Background, api: Api, depth: Depth) -> Readers:
    """The readers of a generation that know nothing yet."""
    wire = WIRES[api.generation]
    finalized = Finalized(client, background, wire, api.unit, depth.level)
    if wire.usage_query is None:
        preview = Preview(client, wire, api.unit, wire.preview) if wire.preview else None
        return Readers(finalized, usage=preview, spends=None, details=None)
    usage_list = UsageList(client, wire, api.unit)
    spends: Spends = (
        AskedSpends(usage_list)
        if wire.filters_usage
        else HourlySpends(usage_list, retention_seconds=depth.retention_seconds)
    )
    asking = Asking(client, background, wire, api.unit)
    details = None if depth.level is Level.ACCOUNT else RunningDetails(asking, depth.level, spends)
    return Readers(finalized, usage=Running(spends), spends=spends, details=details)
