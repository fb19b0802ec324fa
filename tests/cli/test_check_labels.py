"""What `check` says of the labels of projects."""

import time
from pathlib import Path

import pytest

from tests.cli.checking import Start, check, one, warnings

pytestmark = pytest.mark.usefixtures("own_logs")

LABELS = """
labels:
  - {team_id: platform, project_id: api, labels: {owner: a}}
  - {team_id: platform, project_id: apis, labels: {owner: b}}
  - {team_id: platfrom, project_id: api, labels: {owner: c}}
"""


def unknown(team_id: str, project_id: str) -> str:
    """The warning for labels of a project that the account does not have."""
    return (
        f"labels of project {project_id} of team {team_id}: the account has no usage of such a project; "
        "correct the ids, or leave it: they are shown once there is some"
    )


def test_labels_that_no_project_has(start: Start, tmp_path: Path) -> None:
    """Labels of a project that the account does not have are a warning, and no failure."""
    result = check(tmp_path, one(start(now=time.time), LABELS))

    assert 0 == result.exit_code
    assert [unknown("platform", "apis"), unknown("platfrom", "api")] == warnings(result)


@pytest.mark.parametrize(
    ("more", "options"),
    [
        pytest.param("detail: team\n", {}, id="detail_above_projects"),
        pytest.param("", {"invoices": 0, "teams": 0}, id="no_usage"),
    ],
)
def test_projects_that_are_not_known(start: Start, tmp_path: Path, more: str, options: dict[str, int]) -> None:
    """Where it is not known which projects there are, nothing is said of their labels."""
    result = check(tmp_path, one(start(now=time.time, **options), more + LABELS))

    assert (0, []) == (result.exit_code, warnings(result))
