"""Drill-down filters: which rows an answer holds, what they cost within the filter, and which levels it shows.

As the documents of both 2026 generations tell. With a project or a resource type, a team's price is that slice
alone; with a resource type, a project's price is that type's alone. The PaaS price is the sum of the answer's teams.
Rows that have nothing within the filter are left out. BYOC is never narrowed, so it is not met here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.sandbox.organisation import Organisation
from exporter.sandbox.question import Question
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal
from exporter.sandbox.tree import Project, Team, Tree, project_of, team_of, tree_of

FILTER_PARAMETERS = frozenset({"teamId", "projectId", "resourceType"})


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a request; the resource type by the name that the tree has."""

    team_id: str | None
    project_id: str | None
    resource_type: str | None

    @property
    def reaches_resources(self) -> bool:
        """Whether the filter asks for resource types and resources."""
        return bool(self.project_id or self.resource_type)

    @property
    def reaches_projects(self) -> bool:
        """Whether the filter asks for projects, however many teams there are."""
        return bool(self.team_id or self.project_id)


@dataclass(frozen=True, slots=True)
class Levels:
    """Which levels below the teams an answer shows; types and resources come together."""

    projects: bool
    resources: bool


def filters_of(question: Question, types: Mapping[str, str], billed: Organisation) -> Filters:
    """The filters that a question names; `types` are the names the generation takes, and what the tree calls them.

    Raises UnknownRefusal for a team or project that is not there, InvalidRefusal for a type that is not known.
    """
    filters = Filters(question.text("teamId"), question.text("projectId"), question.text("resourceType"))
    if filters.team_id and not billed.has_team(filters.team_id):
        raise UnknownRefusal(f"there is no team {filters.team_id}")
    if filters.project_id and not billed.has_project(filters.project_id, filters.team_id):
        raise UnknownRefusal(f"there is no project {filters.project_id}")
    if filters.resource_type and filters.resource_type not in types:
        raise InvalidRefusal(f"resourceType must be one of {', '.join(types)}")
    wanted = types[filters.resource_type] if filters.resource_type else None
    return Filters(filters.team_id, filters.project_id, wanted)


def narrowed(tree: Tree, filters: Filters) -> Tree:
    """The rows within the filters, with the prices that they have there."""
    if filters == Filters(None, None, None):
        return tree
    teams = (_team(team, filters) for team in tree.teams if filters.team_id in (None, team.id))
    return tree_of(team for team in teams if team.projects)


def levels_of(tree: Tree, filters: Filters) -> Levels:
    """The levels that the answer with this narrowed tree shows."""
    projects = filters.reaches_projects or len(tree.teams) == 1
    return Levels(projects=projects, resources=projects and filters.reaches_resources)


def _team(team: Team, filters: Filters) -> Team:
    if not filters.reaches_resources:
        return team
    projects = (
        _project(project, filters)
        for project in team.projects
        if filters.project_id in (None, project.id)
    )  # fmt: skip
    return team_of(team.id, team.name, (project for project in projects if project.resource_types))


def _project(project: Project, filters: Filters) -> Project:
    if filters.resource_type is None:
        return project
    kept = (row for row in project.resource_types if row.name == filters.resource_type)
    return project_of(project.id, project.name, kept)
