"""Answers that come in pages, in every way that the API sheet leaves open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from exporter.domain.invoice import HourDetail, InvoiceDetail
from exporter.domain.price import Price
from exporter.domain.question import DetailPage, Query
from exporter.domain.tree import Level, Path, Row, Rows, rows_at
from exporter.northflank.requests.paging import Missing, NotFound, read_pages
from exporter.northflank.wire.wire import NO_QUERY, Wire

AskPage = Callable[[Query], DetailPage]
Parameters = Mapping[str, str]
Cut = Callable[[Rows, Level, int, int], tuple[Rows, bool]]


def rows_of(leaves: Iterable[Path], price: str = "1.00") -> Rows:
    """A tree with these leaves, each at that price, every row above the sum of those below it."""
    sums: dict[Path, Decimal] = {}
    for leaf in leaves:
        for depth in range(len(leaf) + 1):
            sums[leaf[:depth]] = sums.get(leaf[:depth], Decimal(0)) + Decimal(price)
    return {path: Row(name=None, price=Price(total)) for path, total in sums.items()}


def within_parents(rows: Rows, level: Level, number: int, size: int) -> tuple[Rows, bool]:
    """A page of the level's rows of each parent; parents stay. And whether any parent has more."""
    place: dict[Path, int] = {}
    kept: dict[Path, Row] = {}
    for path, row in rows.items():
        if len(path) == level.depth:
            place[path[:-1]] = place.get(path[:-1], 0) + 1
            if (number - 1) * size < place[path[:-1]] <= number * size:
                kept[path] = row
        elif path[: level.depth] in kept or len(path) < level.depth:
            kept[path] = row
    return kept, any(count > number * size for count in place.values())


def across(rows: Rows, level: Level, number: int, size: int) -> tuple[Rows, bool]:
    """A page of all the level's rows; resource types without any are left out. And whether more follow."""
    return _across(rows, level, number, size, keeps_down_to=min(level.depth - 1, Level.PROJECT.depth))


def sparse(rows: Rows, level: Level, number: int, size: int) -> tuple[Rows, bool]:
    """The same, with every parent left out of which no row is on the page, but for the account."""
    return _across(rows, level, number, size, keeps_down_to=0)


def _across(rows: Rows, level: Level, number: int, size: int, keeps_down_to: int) -> tuple[Rows, bool]:
    entries = [path for path, _ in rows_at(rows, level)]
    if not entries:
        return rows, False
    chosen = set(entries[(number - 1) * size : number * size])
    parents = {path[:depth] for path in chosen for depth in range(level.depth)}
    kept = {
        path: row
        for path, row in rows.items()
        if len(path) <= keeps_down_to or path in parents or path[: level.depth] in chosen
    }
    return kept, len(entries) > number * size


@dataclass
class Paged:
    """A server with one answer, cut by these levels; it says whether more follows, or not. It keeps the queries."""

    rows: Rows
    wire: Wire
    levels: tuple[Level, ...]
    cut: Cut
    size: int
    states_more: bool = True
    places: int = 2
    queries: list[Parameters] = field(default_factory=list)

    def __call__(self, query: Query) -> DetailPage:
        """The page that is asked for."""
        parameters = dict(query)
        self.queries.append(parameters)
        rows, has_more = self.rows, False
        for level in self.levels:
            number = int(parameters.get(self.wire.page_parameters[level], "1"))
            rows, more = self.cut(rows, level, number, self.size)
            has_more |= more
        detail = InvoiceDetail(rows=MappingProxyType(rows), places=self.places)
        return DetailPage(detail, has_more=has_more if self.states_more else None, is_paged=self.states_more)


def whole(
    ask: AskPage, wire: Wire, levels: Sequence[Level], query: Parameters = NO_QUERY
) -> InvoiceDetail | HourDetail | NotFound:
    """An answer with all of its pages, each asked for when it is found to be missing, and none twice."""
    known: dict[Query, DetailPage] = {}
    while True:
        found = read_pages(known.get, wire, query, levels)
        if not isinstance(found, Missing):
            return found
        assert found.query not in known
        known[found.query] = ask(found.query)


def rows_of_whole(ask: AskPage, wire: Wire, levels: Sequence[Level], query: Parameters = NO_QUERY) -> Rows:
    """The rows of an answer with all of its pages."""
    found = whole(ask, wire, levels, query)
    assert not isinstance(found, NotFound)
    return found.rows
