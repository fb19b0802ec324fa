from contextlib import suppress

import pytest

from exporter.background import Background
from exporter.domain.selection import billing_usage
from exporter.domain.tree import Level
from exporter.errors import PostponedError
from exporter.northflank.allowance.allowance import Allowance, Urgency
from exporter.northflank.answers import Answers
from exporter.northflank.usage.running import Bill
from exporter.northflank.wire.answer import Answer, Page, open_envelope
from exporter.northflank.wire.wire import Endpoint, Request
from tests.northflank.asking import NOW, Clock, Json, Script, client_of, ok
from tests.northflank.sandboxed import Sandboxed

WHOLE: frozenset[str] = frozenset()


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
        pytest.param({"teamsPage": "2"}, Urgency.ACCOUNT, 0, id="a_page_of_it"),
        pytest.param({"teamId": "a"}, Urgency.ACCOUNT, 10, id="a_team"),
        pytest.param({"teamId": "a", "resourceType": "job"}, Urgency.ACCOUNT, 15, id="a_type"),
        pytest.param({}, Urgency.LATER, 35, id="unfiltered_later"),
        pytest.param({"teamId": "a"}, Urgency.LATER, 35, id="a_team_later"),
    ],
)
async def test_urgency(query: dict[str, str], top: Urgency, left: int) -> None:
    """The deeper a question goes, the more of the share it leaves to others."""
    clock = Clock()
    allowance = Allowance(share=0.5, reserve=10, limit=100, clock=clock, monotonic=clock)
    client = client_of(Script([ok({})]), clock, allowance=allowance)
    with suppress(PostponedError):
        for _ in range(100):
            request = Request(Endpoint.GET_INVOICE, "/x")
            await Answers(client, Background(), request, read, top=top).page(query)
    assert 50 - left == allowance.used


async def test_teams_of_an_invoice_leave_the_account_its_share() -> None:
    """A closing invoice of more teams than the share allows does not keep the account's own figures waiting."""
    sandboxed = Sandboxed(teams=60, projects=1, resources=1, rate_limit=100)
    source = sandboxed.source(Level.PROJECT, allowance=Allowance(share=0.5, reserve=10))
    invoices = billing_usage(await source.fetch_invoices(WHOLE), 1, NOW)
    with pytest.raises(PostponedError):
        await source.fetch_details(invoices, invoices)

    assert (await source.fetch_usage(Bill(currency="USD"), NOW)).month_to_date
