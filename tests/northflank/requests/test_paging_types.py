"""Pages of resources where their types alone are shown."""

import pytest

from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.northflank.wire.generations import WIRES
from tests.northflank.requests.pages import Cut, Paged, rows_of, rows_of_whole, sparse, within_parents

C = WIRES[Generation.C]
# A project: types with 2, 5 and 1 resources, so that a page of two may end within a type.
PROJECT = rows_of([("web", "p", kind, f"r{n}") for kind, count in (("a", 2), ("b", 5), ("c", 1)) for n in range(count)])


@pytest.mark.parametrize("states_more", [pytest.param(True, id="stated"), pytest.param(False, id="not_stated")])
@pytest.mark.parametrize(
    ("cut", "requests"),
    [
        pytest.param(within_parents, 1, id="every_type_on_each_page"),
        pytest.param(sparse, 4, id="types_with_their_resources"),
    ],
)
def test_types_alone(cut: Cut, requests: int, states_more: bool) -> None:  # noqa: FBT001 - the server's manner
    """Where resources are not shown their pages are read as far as the types add up, and no further."""
    server = Paged(PROJECT, C, (Level.RESOURCE,), cut, 2, states_more=states_more)
    rows = rows_of_whole(server, C, (Level.RESOURCE_TYPE,))

    assert {path for path in PROJECT if len(path) <= 3} == {path for path in rows if len(path) <= 3}
    assert requests == len(server.queries)
