"""What the API no longer knows: deleted teams and projects, and resource types that were withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from exporter.sandbox.narrow import Filters
from exporter.sandbox.options import Forgotten
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal
from exporter.sandbox.tree import Project, Team, Tree, project_of, team_of

Scope = tuple[str, str, str]
"""A team, one of its projects, and a resource type of which the project has resources."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Rules about what is forgotten. Each names a team, a project, a resource type, or what they have in common."""

    rules: tuple[Forgotten, ...] = ()

    def at(self, now: float) -> Forgetting:
        """The rules in force at that instant."""
        return Forgetting(tuple(rule for rule in self.rules if rule.at <= now))

    def end_of(self, scope: Scope) -> int | None:
        """The instant from which on the scope uses nothing; None if it is never forgotten."""
        return min((rule.at for rule in self.rules if _covers(rule, scope)), default=None)

    def has_forgotten(self, scope: Scope) -> bool:
        """Whether one of the rules covers the scope."""
        return self.end_of(scope) is not None

    def visible(self, tree: Tree) -> Tree:
        """The tree without what is forgotten; the price at its root stays, those below are what is left."""
        return replace(tree, teams=tuple(self._teams(tree))) if self.rules else tree

    def rule_for(self, filters: Filters, scopes: Iterable[Scope]) -> Forgotten | None:
        """The rule by which the filters select nothing; `scopes` are all that they ever selected."""
        if filters == Filters(None, None, None):
            return None
        named = next((rule for rule in self.rules if _names(filters, rule)), None)
        covering = [next((rule for rule in self.rules if _covers(rule, scope)), None) for scope in scopes]
        return named or (covering[0] if covering and all(covering) else None)

    def _teams(self, tree: Tree) -> Iterator[Team]:
        for team in tree.teams:
            known = (one for one in team.projects if not self._is_deleted(team, one))
            projects = [self._project(team, project) for project in known]
            if projects or not team.projects:
                yield team_of(team.id, team.name, projects)

    def _project(self, team: Team, project: Project) -> Project:
        types = [row for row in project.resource_types if not self.has_forgotten((team.id, project.id, row.name))]
        if len(types) == len(project.resource_types):
            return project
        return project_of(project.id, project.name, types)

    def _is_deleted(self, team: Team, project: Project) -> bool:
        return any(
            rule.resource_type is None and rule.team_id in (None, team.id) and rule.project_id in (None, project.id)
            for rule in self.rules
        )


NOTHING_FORGOTTEN = Forgetting()


def refuse(rule: Forgotten, filters: Filters) -> None:
    """Raise the refusal with which the rule answers a request with these filters, if it refuses."""
    named = " ".join(filter(None, (filters.team_id, filters.project_id, filters.resource_type)))
    if rule.answer == "404":
        raise UnknownRefusal(f"there is no {named} any more")
    if rule.answer == "400":
        raise InvalidRefusal(f"{named} is not known any more")


def _covers(rule: Forgotten, scope: Scope) -> bool:
    named = (rule.team_id, rule.project_id, rule.resource_type)
    return all(wanted in (None, own) for wanted, own in zip(named, scope, strict=True))


def _names(filters: Filters, rule: Forgotten) -> bool:
    pairs = (
        (rule.team_id, filters.team_id),
        (rule.project_id, filters.project_id),
        (rule.resource_type, filters.resource_type),
    )
    return all(forgotten in (None, asked) for forgotten, asked in pairs)
