"""Bills: what was used and what it cost, in whole numbers, so that every level adds up exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exporter.sandbox.money import shortest

PAAS_PARTS = ("total", "cpu", "memory", "storage", "gpu")
PAAS_QUANTITIES = ("vcpuHours", "memoryGiBHours", "storageGiBHours", "gpuOnDemandHours", "gpuSpotHours")
BYOC_PARTS = ("total", "vcpu", "memory", "gpuMemory", "cluster")
BYOC_QUANTITIES = ("vcpuHours", "memoryGiBHours", "gpuMemoryGiBHours", "clusterHours")

PARTS_OF_AN_HOUR = 1000


@dataclass(frozen=True, slots=True)
class Bill:
    """Grains of money by part, the total first, and thousandths of unit-hours by quantity.

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


def unit_hours(thousandths: int) -> float:
    """Thousandths of unit-hours as the number of hours that JSON spells out."""
    return shortest(thousandths, PARTS_OF_AN_HOUR)
