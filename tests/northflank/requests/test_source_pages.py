"""Pages of an invoice's or an hour's drill-down: what they answer, and what is not taken for an answer."""

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from threading import current_thread, main_thread
from typing import TypeVar

import httpx
import pytest

from exporter.background import Background
from exporter.domain.invoice import Invoice, Period
from exporter.domain.money import Unit
from exporter.domain.question import DetailPage, GetHourPage, GetInvoicePage, Query, Question, Urgency, query_of
from exporter.domain.report import Api, Generation
from exporter.errors import (
    DecodeError,
    ForbiddenError,
    GenerationError,
    NotFoundError,
    PollError,
    PostponedError,
    RefusedError,
    ServerFaultError,
    UnauthorizedError,
)
from exporter.northflank.http.allowance import Allowance
from exporter.northflank.requests.source import NOT_FOUND, Source
from tests.builders import invoice
from tests.northflank.asking import NOW, Clock, Json, Script, client_of, ok, refused
from tests.northflank.requests.lists import row_a, source_of

T = TypeVar("T")

HOUR = 3600.0
ACCOUNT = Urgency.ACCOUNT
APIS = {
    Generation.A: Api(Generation.A, Unit.MINOR),
    Generation.B: Api(Generation.B, Unit.MINOR),
    Generation.C: Api(Generation.C, Unit.MAJOR),
}
C = APIS[Generation.C]
INVOICE = invoice("inv-1")
OF_INVOICE: Json = {"id": "inv-1", "currency": "usd", "paas": {"price": {"total": 1}, "teams": []}}
OF_HOUR: Json = {"timestamp": NOW, "currency": "usd", "paas": {"price": {"total": 1}, "teams": []}}

TEAM, PROJECT = {"teamId": "web"}, {"teamId": "web", "projectId": "api"}
TYPE = {"teamId": "web", "resourceType": "job"}
QUESTIONS = pytest.mark.parametrize(
    "question_of",
    [
        pytest.param(lambda query: GetInvoicePage(INVOICE, query), id="invoice"),
        pytest.param(lambda query: GetHourPage(NOW, "USD", query), id="hour"),
    ],
)
QuestionOf = Callable[[Query], Question]


async def page_of(answer: httpx.Response, question: Question, api: Api = C) -> DetailPage:
    """The page that an answer is, to a question that is asked once."""
    script = Script([answer])
    content = (await source_of(script).ask(question, api, ACCOUNT)).content
    assert isinstance(content, DetailPage)
    assert 1 == len(script.requests)
    return content


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param(
            GetInvoicePage(INVOICE, query_of({**PROJECT, "resourcesPage": "2"})),
            (
                "/v1/billing/invoices/inv-1?removeLegacyFields=true&teamsPerPage=100&projectsPerPage=100"
                "&resourcesPerPage=100&projectId=api&resourcesPage=2&teamId=web"
            ),
            id="invoice",
        ),
        pytest.param(
            GetHourPage(NOW, "USD", query_of({"teamId": "a b"})),
            (
                f"/v1/billing/usage/{NOW:.0f}?removeLegacyFields=true&teamsPerPage=100&projectsPerPage=100"
                "&resourcesPerPage=100&teamId=a+b"
            ),
            id="hour",
        ),
    ],
)
async def test_request(question: Question, expected: str) -> None:
    """A page is asked for by its invoice or hour, with its filters and page numbers."""
    data = OF_INVOICE if isinstance(question, GetInvoicePage) else OF_HOUR
    script = Script([ok(data)])
    await source_of(script).ask(question, C, ACCOUNT)

    assert [expected] == script.targets


@pytest.mark.parametrize(
    ("pagination", "expected"),
    [
        pytest.param(None, (None, False), id="no_pages"),
        pytest.param({"hasNextPage": True}, (True, True), id="more"),
        pytest.param({"hasNextPage": False}, (False, True), id="the_last"),
    ],
)
async def test_place_among_the_pages(pagination: Json | None, expected: tuple[bool | None, bool]) -> None:
    """A page says whether it has others, and whether more follow, as its answer does."""
    of_invoice = await page_of(ok(OF_INVOICE, pagination), GetInvoicePage(INVOICE))
    of_hour = await page_of(ok(OF_HOUR, pagination), GetHourPage(NOW, "USD"))

    assert of_invoice.invoice
    assert ("inv-1", *expected) == (of_invoice.invoice.id, of_invoice.has_more, of_invoice.is_paged)
    assert of_hour.hour
    assert (NOW, *expected) == (of_hour.hour.timestamp, of_hour.has_more, of_hour.is_paged)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"id": "inv-9"}, "inv-1?.+: asked for invoice inv-1, got inv-9", id="another_invoice"),
        pytest.param({"currency": "eur"}, "inv-1?.+: in EUR, while the list has it in USD", id="another_currency"),
    ],
)
async def test_another_invoice(changes: Json, said: str) -> None:
    """An answer about another invoice, or in another currency, is not shown as this one's."""
    with pytest.raises(DecodeError, match=said):
        await page_of(ok({**OF_INVOICE, **changes}), GetInvoicePage(INVOICE))


@pytest.mark.parametrize("changes", [{"id": None}, {"currency": None}, {}])
async def test_the_invoice_itself(changes: Json) -> None:
    """An answer that does not say of which invoice it is, or in which currency, is taken."""
    assert (await page_of(ok({**OF_INVOICE, **changes}), GetInvoicePage(INVOICE))).invoice


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"timestamp": NOW + HOUR}, "asked for the hour of", id="the_next_hour"),
        pytest.param({"timestamp": NOW - 1}, "asked for the hour of", id="the_one_before"),
        pytest.param({"currency": "eur"}, "in EUR, while the hours are in USD", id="another_currency"),
    ],
)
async def test_another_hour(changes: Json, fault: str) -> None:
    """An answer about another hour, or in another currency, is not taken for this one's."""
    with pytest.raises(DecodeError, match=fault):
        await page_of(ok({**OF_HOUR, **changes}), GetHourPage(NOW, "USD"))


@pytest.mark.parametrize("changes", [{"timestamp": None}, {"timestamp": NOW + 3599}, {"currency": None}, {}])
async def test_the_hour_itself(changes: Json) -> None:
    """An answer that does not say of when it is, or says any instant of the hour, is taken."""
    assert (await page_of(ok({**OF_HOUR, **changes}), GetHourPage(NOW, "USD"))).hour


async def test_a_generation_without_hours() -> None:
    """2024 states no hour, and nothing is asked for."""
    script = Script([ok({})])

    with pytest.raises(GenerationError, match="generation 2024 does not state an hour's usage"):
        await source_of(script).ask(GetHourPage(NOW, "USD"), APIS[Generation.A], ACCOUNT)
    assert [] == script.requests


@QUESTIONS
@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param(TEAM, 404, id="team"),
        pytest.param(PROJECT, 404, id="project"),
        pytest.param(TYPE, 404, id="type_not_found"),
        pytest.param(TYPE, 400, id="type_refused"),
        pytest.param(TYPE, 422, id="type_refused_in_another_way"),
        pytest.param({**TEAM, "projectsPage": "2"}, 404, id="later_page_of_a_team"),
    ],
)
async def test_what_is_not_found(question_of: QuestionOf, query: dict[str, str], status: int) -> None:
    """A team or project that answers 404 vanished; of a type that is refused or not found there is nothing."""
    assert NOT_FOUND == await page_of(refused(status), question_of(query_of(query)))


@QUESTIONS
@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        pytest.param({}, 404, NotFoundError, id="no_filter_404"),
        pytest.param({}, 400, RefusedError, id="no_filter_400"),
        pytest.param(TEAM, 400, RefusedError, id="team_400"),
        pytest.param(PROJECT, 400, RefusedError, id="project_400"),
        pytest.param(TYPE, 401, UnauthorizedError, id="type_401"),
        pytest.param(TYPE, 403, ForbiddenError, id="type_403"),
        pytest.param(PROJECT, 403, ForbiddenError, id="project_403"),
    ],
)
async def test_what_cannot_be_asked_for(
    question_of: QuestionOf, query: dict[str, str], status: int, expected: type[PollError]
) -> None:
    """Any other fault fails the question: it says nothing of whether there is such a thing."""
    with pytest.raises(expected):
        await page_of(refused(status), question_of(query_of(query)))


@QUESTIONS
async def test_fault_of_the_server(question_of: QuestionOf) -> None:
    """A server that fails is asked again, then the question fails."""
    script = Script([refused(500)])

    with pytest.raises(ServerFaultError):
        await source_of(script).ask(question_of(query_of(TYPE)), C, ACCOUNT)
    assert 3 == len(script.requests)


async def test_unit_and_currency() -> None:
    """A page is read in the unit of the account, and in the currency of its invoice where it states none."""
    yen = invoice("inv-1", currency="JPY")
    detail = {"id": "inv-1", "paasUsage": {"price": {"total": 500}}}
    totals = []
    for unit, of in ((Unit.MINOR, yen), (Unit.MINOR, INVOICE), (Unit.MAJOR, INVOICE)):
        page = await page_of(ok(detail), GetInvoicePage(of), Api(Generation.B, unit))
        assert page.invoice
        totals.append(page.invoice.rows[()].price)

    assert [Decimal(500), Decimal(5), Decimal(500)] == [price.total for price in totals if price]


@QUESTIONS
@pytest.mark.parametrize(
    ("urgency", "made"),
    [
        pytest.param(Urgency.ACCOUNT, 50, id="account"),
        pytest.param(Urgency.PROJECTS, 40, id="projects"),
        pytest.param(Urgency.RESOURCES, 35, id="resources"),
        pytest.param(Urgency.LATER, 15, id="later"),
        pytest.param(Urgency.BACKFILL, 10, id="backfill"),
    ],
)
async def test_urgency(question_of: QuestionOf, urgency: Urgency, made: int) -> None:
    """A page leaves as much of the allowance to others as its urgency says."""
    clock = Clock()
    allowance = Allowance(share=0.5, reserve=10, limit=100, clock=clock, monotonic=clock)
    data = OF_INVOICE if isinstance(question_of(()), GetInvoicePage) else OF_HOUR
    client = client_of(Script([ok(data)]), clock, allowance=allowance)
    source = Source(client, Background(), generation=None, unit=None)
    with suppress(PostponedError):
        for _ in range(100):
            await source.ask(question_of(()), C, urgency)

    assert made == allowance.used


class Noting(Background):
    """The real one, which notes where work is done."""

    def __init__(self) -> None:
        super().__init__()
        self.is_main: list[bool] = []

    async def run(self, work: Callable[[], T]) -> T:
        """Note the thread."""

        def noting() -> T:
            self.is_main.append(current_thread() is main_thread())
            return work()

        return await super().run(noting)


@QUESTIONS
async def test_reading_does_not_hold_up_scrapes(question_of: QuestionOf) -> None:
    """A page is read in a thread of its own: one of many resources would hold up the event loop."""
    background = Noting()
    data = OF_INVOICE if isinstance(question_of(()), GetInvoicePage) else OF_HOUR
    source = Source(client_of(Script([ok(data)])), background, generation=None, unit=None)
    await source.ask(question_of(()), C, ACCOUNT)

    assert [False] == background.is_main


def listed_in_2024() -> Invoice:
    """An invoice as the 2024 list has it."""
    period = row_a(1)["period"]
    return invoice(f"{period['start']}-{period['end']}", period=Period(period["start"], period["end"]))


async def test_detail_of_2024() -> None:
    """The 2024 detail is asked for by an instant within the invoice, and has teams and projects at once."""
    row, price = row_a(1), {"total": 1000}
    team = {"id": "web", "name": "Web", "usage": {"price": price, "projects": [{"id": "api", "price": price}]}}
    script = Script(
        [
            ok(
                {
                    **row,
                    "discount": 0,
                    "tax": {"percent": 20, "value": 200},
                    "paasUsage": {"price": price, "teams": [team]},
                }
            )
        ]
    )
    answered = await source_of(script).ask(GetInvoicePage(listed_in_2024()), APIS[Generation.A], ACCOUNT)

    assert isinstance(answered.content, DetailPage)
    detail = answered.content.invoice
    assert detail
    assert (Decimal(2), Decimal(20)) == (detail.tax_amount, detail.tax_percent)
    assert [(), ("web",), ("web", "api")] == list(detail.rows)
    (request,) = script.requests
    period = row["period"]
    assert period["start"] < float(request.url.params["timestamp"]) < period["end"]


async def test_detail_of_2024_that_is_another_invoice() -> None:
    """An answer to an instant says which period it is about, also where that is another invoice's."""
    other = {**row_a(2), "tax": {"percent": 20, "value": 200}}
    page = await page_of(ok(other), GetInvoicePage(listed_in_2024()), APIS[Generation.A])

    assert page.invoice
    assert Period(**row_a(2)["period"]) == page.invoice.period


async def test_page_that_cannot_be_read() -> None:
    """A page that is not as its generation answers is an error, and no part of it is returned."""
    with pytest.raises(DecodeError):
        await page_of(ok({**OF_INVOICE, "id": 7}), GetInvoicePage(INVOICE))
