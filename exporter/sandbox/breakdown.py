"""The rows of a tree as JSON, in the words of a generation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exporter.sandbox.bill import PAAS_PARTS, Bill
from exporter.sandbox.narrow import Levels
from exporter.sandbox.question import Json
from exporter.sandbox.style import Style
from exporter.sandbox.tree import Project, Resource, ResourceType, Team, Tree

VOLUME_PARTS = ("total", "storage")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a generation writes a row: its style, and its figures, from the bill and the parts to state."""

    style: Style
    figures: Callable[[Bill, Sequence[str]], Json]


def teams_json(tree: Tree, levels: Levels, dialect: Dialect) -> list[Json]:
    """The tree's teams with the levels that the answer shows."""
    return [_team(team, levels, dialect) for team in tree.teams]


def parts_json(
    names: Sequence[str], values: Sequence[int], write: Callable[[int], object], stated: Sequence[str] | None = None
) -> Json:
    """The named columns of a bill, each written; only the stated ones if any are named."""
    columns = zip(names, values, strict=True)
    return {name: write(value) for name, value in columns if stated is None or name in stated}


def stated_parts(resource_type: str) -> Sequence[str]:
    """The parts of the price of a resource: a volume has nothing but storage, the others may have all."""
    return VOLUME_PARTS if resource_type == "volume" else PAAS_PARTS


def _team(team: Team, levels: Levels, dialect: Dialect) -> Json:
    row = {**dialect.style.named(team.id, team.name), **dialect.figures(team.bill, PAAS_PARTS)}
    if levels.projects:
        row["projects"] = [_project(project, levels, dialect) for project in team.projects]
    return row


def _project(project: Project, levels: Levels, dialect: Dialect) -> Json:
    row = {**dialect.style.named(project.id, project.name), **dialect.figures(project.bill, PAAS_PARTS)}
    if levels.resources:
        row["resourceTypes"] = [_resource_type(one, dialect) for one in project.resource_types]
    return row


def _resource_type(row: ResourceType, dialect: Dialect) -> Json:
    stated = stated_parts(row.name)
    return {
        "resourceType": dialect.style.type_name(row.name),
        **dialect.figures(row.bill, PAAS_PARTS),
        "resources": [_resource(resource, stated, dialect) for resource in row.resources],
    }


def _resource(resource: Resource, stated: Sequence[str], dialect: Dialect) -> Json:
    return {**dialect.style.named(resource.id, resource.name), **dialect.figures(resource.bill, stated)}
