"""What `check` says of the labels of projects."""

import json
import time
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exporter.sandbox import SandboxOptions, build_app
from tests.cli.checking import Start, check, one, warnings
from tests.serving import serving

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


class NotBilledYet:
    """A billing API with invoices from before there was a team: only its running usage shows it."""

    def __init__(self, app: ASGIApp, team_id: str) -> None:
        self._app = app
        self._team_id = team_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leave the team out of an invoice's detail, where the sandbox sends all of it in one message."""

        async def send_without(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [each for each in message["headers"] if each[0] != b"content-length"]}
            else:
                message = {**message, "body": self._without(message["body"])}
            await send(message)

        is_detail = scope["type"] == "http" and scope["path"].startswith("/v1/billing/invoices/")
        await self._app(scope, receive, send_without if is_detail else send)

    def _without(self, body: bytes) -> bytes:
        answer = json.loads(body)
        paas = answer["data"]["paas"]
        paas["teams"] = [team for team in paas["teams"] if team["id"] != self._team_id]
        return json.dumps(answer).encode()


def test_labels_that_no_project_has(start: Start, tmp_path: Path) -> None:
    """Labels of a project that the account does not have are a warning, and no failure."""
    result = check(tmp_path, one(start(now=time.time), LABELS))

    assert 0 == result.exit_code
    assert [unknown("platform", "apis"), unknown("platfrom", "api")] == warnings(result)


def test_labels_of_a_project_without_an_invoice(tmp_path: Path) -> None:
    """A project that is newer than the newest invoice is no mistake: what it uses now is known."""
    sandbox = build_app(SandboxOptions(now=time.time, invoices=8))
    with serving(NotBilledYet(sandbox, "platform")) as address:
        result = check(tmp_path, one(address, LABELS))

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
