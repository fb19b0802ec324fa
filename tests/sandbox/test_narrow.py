from collections.abc import Iterable

import pytest

from exporter.sandbox.bill import Bill
from exporter.sandbox.narrow import Filters, Levels, filters_of, levels_of, narrowed
from exporter.sandbox.organisation import Organisation, ProjectPlan, TeamPlan
from exporter.sandbox.question import Question
from exporter.sandbox.refusals import InvalidRefusal, UnknownRefusal
from exporter.sandbox.tree import Project, Resource, Tree, project_of, resource_type_of, team_of, tree_of

NO_HOURS = (0, 0, 0, 0, 0)
ORGANISATION = Organisation(
    "acme",
    "0",
    1,
    (
        TeamPlan("web", "Web", (ProjectPlan("api", "API", 2), ProjectPlan("docs", "Docs", 1))),
        TeamPlan("data", "Data", (ProjectPlan("api", "API", 1),)),
    ),
)
TYPES = {"job": "job", "opentofu-job": "harness"}


def _project(name: str, rows: Iterable[tuple[str, int]]) -> Project:
    types = (
        resource_type_of(kind, [Resource("one", "One", Bill((cents, 0, 0, 0, 0), NO_HOURS))]) for kind, cents in rows
    )
    return project_of(name, name.upper(), types)


TREE = tree_of(
    [
        team_of("web", "Web", [_project("api", [("job", 1), ("harness", 2)]), _project("docs", [("job", 4)])]),
        team_of("data", "Data", [_project("api", [("job", 8)])]),
    ]
)


def _prices(tree: Tree) -> dict[str, int]:
    rows = {"": tree.bill.total} | {team.id: team.bill.total for team in tree.teams}
    return rows | {f"{team.id}/{row.id}": row.bill.total for team in tree.teams for row in team.projects}


@pytest.mark.parametrize(
    ("filters", "expected", "levels"),
    [
        pytest.param(
            Filters(None, None, None),
            {"": 15, "web": 7, "data": 8, "web/api": 3, "web/docs": 4, "data/api": 8},
            Levels(projects=False, resources=False),
            id="none",
        ),
        pytest.param(
            Filters("web", None, None),
            {"": 7, "web": 7, "web/api": 3, "web/docs": 4},
            Levels(projects=True, resources=False),
            id="team: projects at their own prices",
        ),
        pytest.param(
            Filters("web", "api", None),
            {"": 3, "web": 3, "web/api": 3},
            Levels(projects=True, resources=True),
            id="team and project: the team's price is the project's",
        ),
        pytest.param(
            Filters(None, "api", None),
            {"": 11, "web": 3, "web/api": 3, "data": 8, "data/api": 8},
            Levels(projects=True, resources=True),
            id="project: of every team that has one",
        ),
        pytest.param(
            Filters("web", None, "job"),
            {"": 5, "web": 5, "web/api": 1, "web/docs": 4},
            Levels(projects=True, resources=True),
            id="team and type: all prices are the type's",
        ),
        pytest.param(
            Filters(None, None, "job"),
            {"": 13, "web": 5, "web/api": 1, "web/docs": 4, "data": 8, "data/api": 8},
            Levels(projects=False, resources=False),
            id="type alone: no projects where there are several teams",
        ),
        pytest.param(
            Filters(None, None, "harness"),
            {"": 2, "web": 2, "web/api": 2},
            Levels(projects=True, resources=True),
            id="type alone: projects where one team is left",
        ),
        pytest.param(
            Filters("data", None, "harness"),
            {"": 0},
            Levels(projects=True, resources=True),
            id="type that the team has none of: empty",
        ),
        pytest.param(
            Filters("web", "api", "harness"),
            {"": 2, "web": 2, "web/api": 2},
            Levels(projects=True, resources=True),
            id="all three",
        ),
    ],
)
def test_prices_and_levels(filters: Filters, expected: dict[str, int], levels: Levels) -> None:
    """A filter narrows the rows and the prices of every level, and decides which levels are shown."""
    tree = narrowed(TREE, filters)
    assert expected == _prices(tree)
    assert levels == levels_of(tree, filters)


def test_type_filter_leaves_other_types_out() -> None:
    """Under a type filter a project holds that type alone."""
    tree = narrowed(TREE, Filters("web", None, "job"))
    assert [["job"], ["job"]] == [[row.name for row in one.resource_types] for one in tree.teams[0].projects]


def test_single_team_shows_projects_without_a_filter() -> None:
    """Where there is only one team, its projects come at once, without their resources."""
    tree = tree_of(TREE.teams[:1])
    assert Levels(projects=True, resources=False) == levels_of(tree, Filters(None, None, None))


def test_generation_names_a_type() -> None:
    """A filter takes the generation's name of a type and means the world's."""
    question = Question({}, {"teamId": "web", "projectId": "", "resourceType": "opentofu-job"})
    assert Filters("web", None, "harness") == filters_of(question, TYPES, ORGANISATION)


@pytest.mark.parametrize(
    ("query", "refusal", "message"),
    [
        pytest.param({"teamId": "no"}, UnknownRefusal, "there is no team no", id="team"),
        pytest.param({"projectId": "no"}, UnknownRefusal, "there is no project no", id="project"),
        pytest.param(
            {"teamId": "data", "projectId": "docs"}, UnknownRefusal, "there is no project docs", id="another team's"
        ),
        pytest.param(
            {"resourceType": "harness"}, InvalidRefusal, "resourceType must be one of job, opentofu-job", id="type"
        ),
    ],
)
def test_unknown_filter_values(query: dict[str, str], refusal: type[Exception], message: str) -> None:
    """A team, project or type that is not there is refused by name."""
    with pytest.raises(refusal, match=f"^{message}$"):
        filters_of(Question({}, query), TYPES, ORGANISATION)
