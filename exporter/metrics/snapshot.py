"""What a scrape copies: the rendered report, compressed once, joined with the exporter's own metrics of the moment."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from exporter.domain.report import AccountReport, Dataset
from exporter.metrics.catalog import ROWS, Row
from exporter.metrics.family import NO_LINES, Lines, header_of, lines_of

if TYPE_CHECKING:
    from zlib import _Compress

_GZIP = 16 + zlib.MAX_WBITS
_FASTEST_THAT_IS_SMALL = 6


@dataclass(frozen=True, slots=True)
class Block:
    """The rendered lines of one family and account, and the sections that they were rendered from."""

    sections: tuple[object, ...]
    lines: Lines


Blocks = Mapping[tuple[str, str], Block]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The billing part of an exposition: immutable, and as dear to make as it is cheap to copy."""

    parts: tuple[bytes, ...] = ()
    blocks: Blocks = field(default_factory=lambda: MappingProxyType({}))
    compressed: bytes = b""
    compressor: _Compress | None = None

    def series(self, account: str, dataset: Dataset) -> int:
        """How many series of that dataset are in it."""
        counted = (row.family.name for row in ROWS if row.reads[0] is dataset)
        return sum(self.blocks[account, name].lines.series for name in counted if (account, name) in self.blocks)

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
    blocks = {
        (account, row.family.name): _block(row, report, previous) for row in ROWS for account, report in reports.items()
    }
    parts = tuple(
        part for row in ROWS for part in _family_parts(row, [blocks[account, row.family.name] for account in reports])
    )
    compressor = _new_compressor()
    compressed = b"".join((*map(compressor.compress, parts), compressor.flush(zlib.Z_SYNC_FLUSH)))
    return Snapshot(parts=parts, blocks=MappingProxyType(blocks), compressed=compressed, compressor=compressor)


def _block(row: Row, report: AccountReport, previous: Snapshot) -> Block:
    sections = tuple(report.section(dataset) for dataset in row.reads)
    before = previous.blocks.get((report.account, row.family.name))
    if before and all(a is b for a, b in zip(before.sections, sections, strict=True)):
        return before
    is_empty = all(section is None for section in sections)
    return Block(sections, NO_LINES if is_empty else lines_of(row.family, row.samples(report)))


def _family_parts(row: Row, blocks: list[Block]) -> list[bytes]:
    # The lines are kept once, in their blocks: joining them here would keep them twice.
    texts = [block.lines.text for block in blocks if block.lines.text]
    return [header_of(row.family), *texts] if texts else []


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
