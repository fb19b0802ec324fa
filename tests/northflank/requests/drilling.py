"""An invoice whose tree is known, answered under filters as the API sheet says."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from exporter.domain.invoice import InvoiceDetail
from exporter.domain.question import DetailPage, Query
from exporter.domain.tree import Level, Path, Row, Rows
from exporter.northflank.requests.drill_down import Drilled, drill_down
from exporter.northflank.requests.source import NOT_FOUND
from exporter.northflank.wire.wire import Wire
from tests.northflank.requests.pages import AskPage, Parameters, rows_of

FILTERS = ("teamId", "projectId", "resourceType")
TYPES = ("job", "service", "harness", "addon", "volume")


def leaves_of(projects: Mapping[str, Iterable[str]], types: Iterable[str] = TYPES) -> list[Path]:
    """Two resources of each type in each project of each team."""
    kinds = tuple(types)
    return [
        (team, project, kind, f"{kind}{number}")
        for team, named in projects.items()
        for project in named
        for kind in kinds
        for number in range(2)
    ]


def many(count: int) -> list[str]:
    """So many project ids."""
    return [f"p{number}" for number in range(count)]


@dataclass
class Billed:
    """Answers about an invoice with these resources at a price of 1 each, narrowed as the filters narrow.

    What a query in `unknown` names (team, project, type) is not found. Each query is kept.
    """

    leaves: Sequence[Path]
    unknown: AbstractSet[tuple[str, ...]] = frozenset()
    queries: list[Parameters] = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        """The whole tree at its unfiltered prices."""
        return rows_of(self.leaves)

    @property
    def kinds(self) -> Counter[str]:
        """How often each kind of filter was asked with."""
        return Counter("+".join(each for each in FILTERS if each in query) for query in self.queries)

    def __call__(self, query: Query) -> DetailPage:
        """The answer under these filters."""
        parameters = dict(query)
        self.queries.append(parameters)
        wanted = tuple(parameters.get(each) for each in FILTERS)
        kept = [leaf for leaf in self.leaves if _agrees(leaf, wanted)]
        if tuple(each for each in wanted if each) in self.unknown or (wanted[1] and not kept):
            return NOT_FOUND
        return DetailPage(InvoiceDetail(rows=_rows(kept, wanted), places=2), has_more=False, is_paged=True)


def gathered(ask: AskPage, wire: Wire, level: Level) -> Drilled:
    """A whole tree: what is missing is asked for until nothing is, and no query twice."""
    known: dict[Query, DetailPage] = {}
    while True:
        found = drill_down(known.get, wire, level)
        if isinstance(found, Drilled):
            return found
        assert found.queries
        for query in found.queries:
            assert query not in known
            known[query] = ask(query)


def _rows(kept: Sequence[Path], wanted: Sequence[str | None]) -> Rows:
    # A filter by team alone does not narrow that team.
    depth = 4 if wanted[1] or wanted[2] else 2 if wanted[0] or len({leaf[0] for leaf in kept}) == 1 else 1
    return {path: Row(name=None, price=row.price) for path, row in rows_of(kept).items() if len(path) <= depth}


def _agrees(leaf: Path, wanted: Sequence[str | None]) -> bool:
    return all(want in (None, have) for want, have in zip(wanted, leaf[:3], strict=True))
