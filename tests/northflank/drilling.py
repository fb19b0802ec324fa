"""An invoice whose tree is known, answered under filters as the API sheet says."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exporter.domain.invoice import InvoiceDetail
from exporter.domain.tree import Path, Row, Rows
from exporter.errors import NotFoundError, PollError
from exporter.northflank.wire.answer import Page
from tests.northflank.pages import Query, rows_of

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

    A query in `faults` (by the values of its filters) is refused with that error. Each query is kept.
    """

    leaves: Sequence[Path]
    faults: dict[tuple[str, ...], PollError] = field(default_factory=dict)
    queries: list[Query] = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        """The whole tree at its unfiltered prices."""
        return rows_of(self.leaves)

    @property
    def kinds(self) -> Counter[str]:
        """How often each kind of filter was asked with."""
        return Counter("+".join(query) for query in self.queries)

    async def __call__(self, query: Query) -> Page[InvoiceDetail]:
        """The answer under these filters."""
        self.queries.append(query)
        fault = self.faults.get(tuple(query.values()))
        if fault:
            raise fault
        return Page(InvoiceDetail(rows=self._rows(query), places=2), has_more=False, is_paged=True)

    def _rows(self, query: Query) -> Rows:
        wanted = (query.get("teamId"), query.get("projectId"), query.get("resourceType"))
        kept = [leaf for leaf in self.leaves if _agrees(leaf, wanted)]
        if "projectId" in query and not kept:
            raise NotFoundError("no such project")
        # A filter by team alone does not narrow that team.
        depth = 4 if wanted[1] or wanted[2] else 2 if wanted[0] or len({leaf[0] for leaf in kept}) == 1 else 1
        return _named({path: row for path, row in rows_of(kept).items() if len(path) <= depth})


def _agrees(leaf: Path, wanted: tuple[str | None, ...]) -> bool:
    return all(want in (None, have) for want, have in zip(wanted, leaf[:3], strict=True))


def _named(rows: Rows) -> Rows:
    return {path: Row(name=None, price=row.price) for path, row in rows.items()}
