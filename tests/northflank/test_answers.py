from contextlib import suppress

import pytest

from exporter.background import Background
from exporter.errors import PostponedError
from exporter.northflank.http.allowance import Allowance, Urgency
from exporter.northflank.answers import Answers
from exporter.northflank.wire.answer import Answer, Page, open_envelope
from exporter.northflank.wire.wire import Endpoint, Request
from tests.northflank.asking import Clock, Json, Script, client_of, ok


def read(answer: Answer) -> Page[Json]:
    """An answer as it is."""
    return open_envelope(answer)


async def test_each_question_once() -> None:
    """What was answered is not asked for again, whatever the order of its filters, until it is let go."""
    script = Script([ok({"a": 1})])
    answers = Answers(client_of(script), Background(), Request(Endpoint.GET_INVOICE, "/x"), read)
    for query in ({"teamId": "a", "projectId": "b"}, {"projectId": "b", "teamId": "a"}, {}, {}):
        assert {"a": 1} == (await answers.page(query)).content
    assert 2 == len(script.requests)

    answers.forget()
    await answers.page({})
    assert 3 == len(script.requests)


@pytest.mark.parametrize(
    ("query", "top", "left"),
    [
        pytest.param({}, Urgency.ACCOUNT, 0, id="unfiltered"),
        pytest.param({"teamId": "a"}, Urgency.ACCOUNT, 0, id="a_team"),
        pytest.param({"teamId": "a"}, Urgency.PROJECTS, 10, id="a_team_of_an_hour"),
        pytest.param({"teamId": "a", "resourceType": "job"}, Urgency.ACCOUNT, 15, id="a_type"),
        pytest.param({"teamId": "a", "projectId": "b"}, Urgency.PROJECTS, 15, id="a_project"),
        pytest.param({"teamId": "a"}, Urgency.LATER, 35, id="a_team_of_an_hour_long_ago"),
    ],
)
async def test_urgency(query: dict[str, str], top: Urgency, left: int) -> None:
    """Below projects a question leaves the most of the share to others; above, as much as its invoice or hour does."""
    clock = Clock()
    allowance = Allowance(share=0.5, reserve=10, limit=100, clock=clock, monotonic=clock)
    client = client_of(Script([ok({})]), clock, allowance=allowance)
    with suppress(PostponedError):
        for _ in range(100):
            request = Request(Endpoint.GET_INVOICE, "/x")
            await Answers(client, Background(), request, read, top=top).page(query)
    assert 50 - left == allowance.used
