"""The table of generations: the one place to add the next one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exporter.domain.report import Generation
from exporter.northflank.wire import gen_2024, gen_2026_06, gen_2026_10
from exporter.northflank.wire.wire import Wire

WIRES: Mapping[Generation, Wire] = MappingProxyType(
    {wire.generation: wire for wire in (gen_2024.WIRE, gen_2026_06.WIRE, gen_2026_10.WIRE)}
)
