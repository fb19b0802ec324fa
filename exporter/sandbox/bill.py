"""Bills: what was used and what it cost, in whole numbers, so that every level adds up exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exporter.sandbox.money import shortest
from exporter.sandbox.span import SECONDS_AN_HOUR

PAAS_PARTS = ("total", "cpu", "memory", "storage", "gpu")
PAAS_QUANTITIES = ("vcpuHours", "memoryGiBHours", "storageGiBHours", "gpuOnDemandHours", "gpuSpotHours")
BYOC_PARTS = ("total", "vcpu", "memory", "gpuMemory", "cluster")
BYOC_QUANTITIES = ("vcpuHours", "memoryGiBHours", "gpuMemoryGiBHours", "clusterHours")

PARTS_OF_AN_HOUR = 1_000 * SECONDS_AN_HOUR


@dataclass(frozen=True, slots=True)
class Bill:
    """Grains of money by part, the total first, and thousandths of unit-seconds by quantity.

    The columns are named by `PAAS_PARTS` and its like. The total may exceed its parts: builds and network have none.
    """

    grains: tuple[int, ...]
    hours: tuple[int, ...]

    @property
    def total(self) -> int:
        """The price in grains."""
        return self.grains[0]


NO_PAAS = Bill(grains=(0,) * len(PAAS_PARTS), hours=(0,) * len(PAAS_QUANTITIES))
NO_BYOC = Bill(grains=(0,) * len(BYOC_PARTS), hours=(0,) * len(BYOC_QUANTITIES))
NO_FEE = Bill(grains=(0,), hours=(0,))


def added(bills: Iterable[Bill], nothing: Bill) -> Bill:
    """Add bills of one kind, column by column; `nothing` is that kind's empty bill."""
    rows = [nothing, *bills]
    return Bill(
        grains=tuple(map(sum, zip(*(row.grains for row in rows), strict=True))),
        hours=tuple(map(sum, zip(*(row.hours for row in rows), strict=True))),
    )


def times(bill: Bill, factor: int) -> Bill:
    """So many times the bill."""
    return Bill(tuple(factor * amount for amount in bill.grains), tuple(factor * used for used in bill.hours))


def unit_hours(thousandths: int) -> float:
    """Thousandths of unit-seconds as the number of hours that JSON spells out."""
    return shortest(thousandths, PARTS_OF_AN_HOUR)


def unit_seconds(thousandths: Iterable[int]) -> tuple[int, ...]:
    """Thousandths of unit-hours as those of unit-seconds."""
    return tuple(used * SECONDS_AN_HOUR for used in thousandths)
