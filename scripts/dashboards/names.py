"""Costs with the names that belong to their ids."""

from __future__ import annotations

from scripts.dashboards.promql import once, one_of


def with_team(costs: str) -> str:
    """Costs by account and team, with `team_name`."""
    return _named(costs, "account, team_id", "team_name", once("team_info"))


def with_project(costs: str) -> str:
    """Costs by account, team and project, with `project_name`."""
    return _named(costs, "account, team_id, project_id", "project_name", once("project_info"))


def with_resource(costs: str) -> str:
    """Costs by account, team, project, type and resource, with `resource_name`."""
    on = "account, team_id, project_id, resource_type, resource_id"
    return _named(costs, on, "resource_name", once("resource_info"))


def with_cluster(costs: str) -> str:
    """Costs by account and cluster, with `cluster_name`."""
    return _named(costs, "account, cluster_id", "cluster_name", once("cluster_info"))


def _named(costs: str, on: str, name: str, names: str) -> str:
    return f"{costs} * on ({on}) group_left ({name}) {one_of(on, names)}"
