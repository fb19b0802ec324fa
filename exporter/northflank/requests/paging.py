"""All pages of one drill-down answer, put together: nothing lost, nothing counted twice.

How an answer says that more follows is not documented for generation C, so that three things can end a loop: the
answer says that nothing follows; it says nothing, and the rows add up to the price above them; or a page brings
nothing new (a fault if more was said to follow). Pages may be cut within each parent or across the answer: rows are
told apart by their whole path, so both come to the same.

Nothing is asked here: pages that were answered are looked up, and the first one that is missing is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from exporter.domain.invoice import HourDetail, InvoiceDetail
from exporter.domain.question import DetailPage, Query, query_of
from exporter.domain.tree import NO_ROWS, Level, Path, Row, Rows, remainders, rows_at
from exporter.errors import DuplicateSeriesError, PagingError
from exporter.northflank.wire.wire import Wire

FindPage = Callable[[Query], DetailPage | None]
"""Looks up the page that answers a query; None where it was not asked for yet."""

_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class _Dimension:
    """A page parameter, the levels that it pages, and those that a cut across the answer takes rows from."""

    parameter: str
    levels: tuple[Level, ...]
    cut: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """The page that has to be asked for next."""

    query: Query


@dataclass(frozen=True, slots=True)
class NotFound:
    """The API does not know what the query names."""


class _MissingError(Exception):
    """Ends a sweep at the first page that is missing."""

    def __init__(self, query: Query) -> None:
        super().__init__()
        self.query = query


class _NotFoundError(Exception):
    """Ends a sweep at a page that the API does not know."""


def read_pages(
    find: FindPage, wire: Wire, query: Mapping[str, str], levels: Sequence[Level]
) -> InvoiceDetail | HourDetail | Missing | NotFound:
    """The answer to a query with the rows of all its pages; `levels` are those that the answer pages, highest first.

    Raises PagingError and DuplicateSeriesError; no part of the answer is returned then.
    """
    sweep = _Sweep(find, wire, query, deepest=levels[-1] if levels else Level.ACCOUNT)
    try:
        more_was_said = sweep.run({}, _dimensions(wire, levels))
    except _MissingError as missing:
        return Missing(missing.query)
    except _NotFoundError:
        return NotFound()
    if more_was_said:
        raise PagingError(f"{sweep.name}: a page that was said to follow brings nothing new")
    return sweep.whole()


def _dimensions(wire: Wire, levels: Sequence[Level]) -> list[_Dimension]:
    by_parameter: dict[str, tuple[Level, ...]] = {}
    for level in levels:
        parameter = wire.page_parameters.get(level)
        if parameter:
            by_parameter[parameter] = (*by_parameter.get(parameter, ()), level)
    return [_Dimension(parameter, paged, _cut(levels[0], paged[-1])) for parameter, paged in by_parameter.items()]


def _cut(first: Level, last: Level) -> tuple[Level, ...]:
    # A resource type may be missing from a page that has none of its resources.
    highest = min(first.depth, Level.RESOURCE_TYPE.depth)
    return tuple(level for level in Level if highest <= level.depth <= last.depth)


class _Sweep:
    def __init__(self, find: FindPage, wire: Wire, query: Mapping[str, str], *, deepest: Level) -> None:
        self._find = find
        self._deepest = deepest
        self._wire = wire
        self._query = query
        self._first: InvoiceDetail | HourDetail | None = None
        self._rows: dict[Path, Row] = {}
        self._places = 0
        self._newest_page: Rows = NO_ROWS

    @property
    def name(self) -> str:
        """What is read, for the texts of errors."""
        return f"a drill-down with {dict(self._query) or 'no filter'}"

    def whole(self) -> InvoiceDetail | HourDetail:
        """The first page, with the rows of all."""
        if self._first is None:
            raise PagingError(f"{self.name}: no page was read")
        return replace(self._first, rows=MappingProxyType(self._rows), places=self._places)

    def run(self, pages: Mapping[str, str], dimensions: Sequence[_Dimension]) -> bool | None:
        """Read all pages of the first dimension, and for each of them all of the next ones.

        Returns what was said of more to follow when it ended.
        """
        if not dimensions:
            return self._read(pages)
        dimension, *inner = dimensions
        for number in range(1, _MOST_PAGES + 1):
            known = len(self._rows)
            here = {**pages, dimension.parameter: str(number)} if number > 1 else pages
            said_more = self.run(here, inner)
            is_new = len(self._rows) > known
            if said_more is False or not is_new or not self._holds(dimension):
                return said_more
            # Where the next page was asked for, it was found before that the rows did not add up.
            is_asked_on = self._find(query_of({**self._query, **pages, dimension.parameter: str(number + 1)}))
            if said_more is None and not is_asked_on and self._adds_up(dimension):
                return None
        raise PagingError(f"{self.name}: more than {_MOST_PAGES} pages")

    def _read(self, pages: Mapping[str, str]) -> bool | None:
        query = query_of({**self._query, **pages})
        page = self._find(query)
        if page is None:
            raise _MissingError(query)
        if page.detail is None:
            raise _NotFoundError
        for path, row in page.detail.rows.items():
            self._add(path, row)
        self._first = self._first or page.detail
        self._places = max(self._places, page.detail.places)
        self._newest_page = page.detail.rows
        if self._wire.pages_when_told and not page.is_paged:
            return False
        # More may then be said of deeper rows, whose pages nobody asked for.
        is_of_deeper_rows = any(len(path) > self._deepest.depth for path in page.detail.rows)
        return None if page.has_more and is_of_deeper_rows else page.has_more

    def _add(self, path: Path, row: Row) -> None:
        if self._rows.setdefault(path, row) != row:
            raise DuplicateSeriesError(
                f"{self.name}: two pages say different things of {'/'.join(path) or 'the account'}"
            )

    def _holds(self, dimension: _Dimension) -> bool:
        return any(row for level in dimension.levels for row in rows_at(self._rows, level))

    def _adds_up(self, dimension: _Dimension) -> bool:
        return all(self._is_whole(level) for level in dimension.cut)

    def _is_whole(self, level: Level) -> bool:
        sums = remainders(self._rows, level)
        # Rows below a row without a price tell nothing of how many more there are.
        return all(path[:-1] in sums for path, _ in rows_at(self._rows, level)) and all(
            each.amount == 0 or (each.is_rounding(self._places) and not self._is_full(level)) for each in sums.values()
        )

    def _is_full(self, level: Level) -> bool:
        # A full page may hide one more row that is worth less than the rounding of all before it.
        size = self._wire.page_size
        return size is not None and sum(1 for _ in rows_at(self._newest_page, level)) >= size
