"""The tree of teams, projects, resource types and resources as B and C answer it, and how any tree becomes rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import msgspec

from exporter.domain.tree import Path, Row, Rows
from exporter.errors import DuplicateSeriesError
from exporter.northflank.wire.answer import Answer
from exporter.northflank.wire.shapes import PaasPrice
from exporter.northflank.wire.values import Id, Money


class WireResource(msgspec.Struct, frozen=True):
    """A resource of the tree (B, C)."""

    id: Id
    name: str | None = None
    price: PaasPrice | None = None

    @property
    def children(self) -> Sequence[Node]:
        """None: it is the deepest level."""
        return ()


class WireResourceType(msgspec.Struct, frozen=True, rename="camel"):
    """All resources of one type within a project (B, C)."""

    resource_type: Id
    price: PaasPrice | None = None
    resources: list[WireResource] | None = None

    @property
    def id(self) -> str:
        """The type is its own id."""
        return self.resource_type

    @property
    def name(self) -> None:
        """None: a type has no name beside its id."""
        return

    @property
    def children(self) -> Sequence[Node]:
        """Its resources."""
        return self.resources or ()


class WireProject(msgspec.Struct, frozen=True, rename="camel"):
    """A project of the tree (B, C)."""

    id: Id
    name: str | None = None
    price: PaasPrice | None = None
    resource_types: list[WireResourceType] | None = None

    @property
    def children(self) -> Sequence[Node]:
        """Its resource types."""
        return self.resource_types or ()


class WireTeam(msgspec.Struct, frozen=True):
    """A team of the tree (B, C)."""

    id: Id
    name: str | None = None
    price: PaasPrice | None = None
    projects: list[WireProject] | None = None

    @property
    def children(self) -> Sequence[Node]:
        """Its projects."""
        return self.projects or ()


class Node(Protocol):
    """What every level of a tree has."""

    @property
    def id(self) -> str:
        """What tells it apart from its siblings."""

    @property
    def name(self) -> str | None:
        """What people call it."""

    @property
    def price(self) -> PaasPrice | None:
        """What it costs, as far as the answer's filter goes."""

    @property
    def children(self) -> Sequence[Node]:
        """The level below, as far as the answer has it."""


def rows_of(answer: Answer, root: PaasPrice | None, teams: Sequence[Node], money: Money) -> Rows:
    """The rows of an answer by their paths, the account's own price at the empty path.

    Raises DuplicateSeriesError when two rows of the answer have one path: which of them is true cannot be told.
    """
    rows: dict[Path, Row] = {}
    if root is not None:
        rows[()] = Row(name=None, price=money.price(root))
    places: dict[Path, str] = {}
    for path, node, place in _walk(teams, (), "teams"):
        if path in rows:
            raise DuplicateSeriesError(
                f"{answer.request}: {places[path]} and {place} are both {'/'.join(path)}: "
                "one of them would be lost or counted twice"
            )
        places[path] = place
        rows[path] = Row(name=node.name or None, price=money.price(node.price))
    return MappingProxyType(rows)


def _walk(nodes: Sequence[Node], parent: Path, place: str) -> Iterator[tuple[Path, Node, str]]:
    for index, node in enumerate(nodes):
        path = (*parent, node.id)
        here = f"{place}[{index}]"
        yield path, node, here
        yield from _walk(node.children, path, f"{here}.{_CHILDREN.get(len(path), '')}")


# How the API calls the level below a path of that length.
_CHILDREN: Mapping[int, str] = MappingProxyType({1: "projects", 2: "resourceTypes", 3: "resources"})
