"""What a scrape copies: the rendered report, compressed once, joined with the exporter's own metrics of the moment."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from exporter.domain.report import AccountReport, Dataset
from exporter.metrics.catalog import BY_FAMILY, ROWS
from exporter.metrics.family import Family, Lines, header_of, lines_of
from exporter.metrics.row import Row

if TYPE_CHECKING:
    from zlib import _Compress

_GZIP = 16 + zlib.MAX_WBITS
_FASTEST_THAT_IS_SMALL = 6


@dataclass(frozen=True, slots=True)
class Block:
    """The rendered lines of one row and account, and all that they were rendered from."""

    sections: tuple[object, ...]
    lines: Lines


Blocks = Mapping[tuple[str, Row], Block]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The billing part of an exposition: immutable, and as dear to make as it is cheap to copy."""

    parts: tuple[bytes, ...] = ()
    blocks: Blocks = field(default_factory=lambda: MappingProxyType({}))
    compressed: bytes = b""
    compressor: _Compress | None = None

    def series(self, account: str, dataset: Dataset) -> int:
        """How many series of that dataset are in it."""
        counted = ((account, row) for row in ROWS if row.dataset is dataset)
        return sum(self.blocks[each].lines.series for each in counted if each in self.blocks)

    @property
    def size(self) -> int:
        """How many bytes the billing part has, before compression."""
        return sum(len(part) for part in self.parts)

    def plain(self, live: bytes = b"") -> bytes:
        """The exposition, with live metrics joined to it."""
        return b"".join((*self.parts, live))

    def gzipped(self, live: bytes) -> bytes:
        """The same as one gzip member: the compressor goes on where the billing part ended."""
        compressor = self.compressor.copy() if self.compressor else _new_compressor()
        return self.compressed + compressor.compress(live) + compressor.flush()


def render(reports: Mapping[str, AccountReport], previous: Snapshot) -> Snapshot:
    """The snapshot of all accounts' reports; what has not changed since the previous one is not rendered again.

    Raises DuplicateSeriesError. It takes seconds at a hundred thousand series: never call it on the event loop.
    """
    blocks = {(account, row): _block(row, report, previous) for row in ROWS for account, report in reports.items()}
    parts = tuple(
        part
        for family, rows in BY_FAMILY
        for part in _parts(family, [blocks[account, row] for account in reports for row in rows])
    )
    compressor = _new_compressor()
    compressed = b"".join((*map(compressor.compress, parts), compressor.flush(zlib.Z_SYNC_FLUSH)))
    return Snapshot(parts=parts, blocks=MappingProxyType(blocks), compressed=compressed, compressor=compressor)


def _block(row: Row, report: AccountReport, previous: Snapshot) -> Block:
    sections = row.sections_of(report)
    before = previous.blocks.get((report.account, row))
    if before and all(a is b for a, b in zip(before.sections, sections, strict=True)):
        return before
    return Block(sections, lines_of(row.family_of(report), row.samples(report)))


def _parts(family: Family, blocks: list[Block]) -> list[bytes]:
    # The lines are kept once, in their blocks: joining them here would keep them twice.
    texts = [block.lines.text for block in blocks if block.lines.text]
    return [header_of(family), *texts] if texts else []


def _new_compressor() -> _Compress:
    return zlib.compressobj(_FASTEST_THAT_IS_SMALL, zlib.DEFLATED, _GZIP)


class Exposition:
    """The answer to a scrape: one reference to the snapshot in force, swapped by one assignment."""

    def __init__(self, live: Callable[[], bytes]) -> None:
        self._live = live
        self.snapshot = Snapshot()

    def plain(self) -> bytes:
        """Everything in the text format 0.0.4."""
        return self.snapshot.plain(self._live())

    def gzipped(self) -> bytes:
        """The same, compressed."""
        return self.snapshot.gzipped(self._live())
