"""The account's hours, months, totals, its preview and its credits: how they are asked for and what they answer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx
import pytest

from exporter.domain.budget import Scope
from exporter.domain.credit import CreditBalance
from exporter.domain.invoice import Category, Period
from exporter.domain.money import Unit
from exporter.domain.question import (
    Content,
    GetCredits,
    GetPreview,
    GetTotal,
    ListHours,
    ListMonths,
    Previewed,
    Question,
    Urgency,
    UsageList,
)
from exporter.domain.report import Api, Generation
from exporter.domain.usage import Usage, UsageRow
from exporter.errors import (
    DecodeError,
    ForbiddenError,
    GenerationError,
    NotFoundError,
    PagingError,
    PollError,
    RefusedError,
)
from tests.builders import price
from tests.northflank.asking import NOW, Json, Script, ok, refused
from tests.northflank.requests.lists import source_of

A = Api(Generation.A, Unit.MINOR)
B = Api(Generation.B, Unit.MINOR)
C = Api(Generation.C, Unit.MAJOR)
HOUR = 3600.0
PERIOD = Period(NOW - 48 * HOUR, NOW)
TEAM = Scope(team_id="web")
OWN_B = {"per_page": "100"}
OWN_C = {"perPage": "100", "removeLegacyFields": "true"}
WINDOW = {"startTime": f"{PERIOD.start:.0f}", "endTime": f"{PERIOD.end:.0f}"}


async def asked(script: Script, question: Question, api: Api = C) -> Content:
    """The answer of a server."""
    return (await source_of(script, generation=api.generation).ask(question, api, Urgency.ACCOUNT)).content


def row(timestamp: float, total: float = 1) -> Json:
    """A row of 2026-10, in dollars."""
    return {"timestamp": timestamp, "currency": "usd", "total": total, "paas": {"price": {"total": total}}}


def usage(total: float = 1) -> Usage:
    """The same as it is read."""
    return Usage("USD", {Category.PAAS: price(str(total))})


@pytest.mark.parametrize(
    ("question", "api", "expected"),
    [
        pytest.param(
            ListHours(NOW - HOUR), C, {**OWN_C, "granularity": "hour", "startTime": f"{NOW - HOUR:.0f}"}, id="hours"
        ),
        pytest.param(ListHours(PERIOD.start, PERIOD.end), C, {**OWN_C, "granularity": "hour", **WINDOW}, id="window"),
        pytest.param(
            ListHours(NOW - HOUR, currency="USD"),
            B,
            {**OWN_B, "startTime": f"{NOW - HOUR:.0f}"},
            id="2026-06_has_no_granularity",
        ),
        pytest.param(ListHours(PERIOD.start, PERIOD.end, "USD"), B, {**OWN_B, **WINDOW}, id="window_in_2026-06"),
        pytest.param(ListMonths(PERIOD), C, {**OWN_C, "granularity": "month", **WINDOW}, id="months"),
        pytest.param(GetTotal(Scope(), PERIOD), C, {**OWN_C, "granularity": "total", **WINDOW}, id="total"),
        pytest.param(
            GetTotal(TEAM, PERIOD),
            C,
            {**OWN_C, "granularity": "total", **WINDOW, "teamId": "web"},
            id="of_a_team",
        ),
        pytest.param(
            GetTotal(Scope("web", "api", "job"), PERIOD),
            C,
            {
                **OWN_C,
                "granularity": "total",
                **WINDOW,
                "teamId": "web",
                "projectId": "api",
                "resourceType": "job",
            },
            id="of_all_filters",
        ),
        pytest.param(
            GetTotal(Scope(resource_type="job"), PERIOD),
            C,
            {**OWN_C, "granularity": "total", **WINDOW, "resourceType": "job"},
            id="of_a_type",
        ),
    ],
)
async def test_request(question: Question, api: Api, expected: Mapping[str, str]) -> None:
    """Usage is asked for in whole seconds, by what the generation knows, and narrowed by what a scope names alone."""
    script = Script([ok({"usage": []})])
    await asked(script, question, api)

    (request,) = script.requests
    assert ("/v1/billing/usage", expected) == (request.url.path, dict(request.url.params))


@pytest.mark.parametrize("question", [ListHours(PERIOD.start), ListMonths(PERIOD), GetTotal(TEAM, PERIOD)])
async def test_every_row(question: Question) -> None:
    """Every row of every page is returned, however many a total has: nothing is added up here."""
    pages = [
        ok({"usage": [row(NOW - HOUR, 2)]}, {"hasNextPage": True, "cursor": "c"}),
        ok({"usage": [row(NOW - 2 * HOUR)]}, {"hasNextPage": False}),
    ]

    expected = (UsageRow(NOW - HOUR, usage(2)), UsageRow(NOW - 2 * HOUR, usage()))
    assert UsageList(expected) == await asked(Script(pages), question)


@pytest.mark.parametrize("question", [ListHours(PERIOD.start), ListMonths(PERIOD), GetTotal(TEAM, PERIOD)])
async def test_no_part_of_a_list(question: Question) -> None:
    """A list of which a page fails is an error: a part of it would understate."""
    pages = [ok({"usage": [row(NOW - HOUR)]}, {"hasNextPage": True, "cursor": "c"})]

    with pytest.raises(PagingError):
        await asked(Script(pages), question)


async def test_known_currency() -> None:
    """Hours of 2026-06 are read in the currency that is known, and say that they did not state it."""
    script = Script([ok({"usage": [{"timestamp": NOW, "paasUsage": {"price": {"total": 500}}}]})])
    content = await asked(script, ListHours(NOW, currency="JPY"), B)

    expected = UsageRow(NOW, Usage("JPY", {Category.PAAS: price("500")}), states_currency=False)
    assert UsageList((expected,)) == content


async def test_empty_total() -> None:
    """A total without rows is an answer: nothing was used, or nobody knows the scope."""
    assert UsageList((), is_found=True) == await asked(Script([ok({"usage": []})]), GetTotal(TEAM, PERIOD))


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_scope_that_is_not_known(status: int) -> None:
    """A scope that the API refuses is not found, which is an answer too: other scopes can be asked for."""
    script = Script([refused(status)])

    assert UsageList((), is_found=False) == await asked(script, GetTotal(TEAM, PERIOD))
    assert 1 == len(script.requests)


@pytest.mark.parametrize(
    ("scope", "status", "expected"),
    [
        pytest.param(Scope(), 404, NotFoundError, id="account_404"),
        pytest.param(Scope(), 400, RefusedError, id="account_400"),
        pytest.param(TEAM, 403, ForbiddenError, id="team_403"),
    ],
)
async def test_total_that_cannot_be_asked_for(scope: Scope, status: int, expected: type[PollError]) -> None:
    """Any other refusal is an error: it says nothing of a scope."""
    with pytest.raises(expected):
        await asked(Script([refused(status)]), GetTotal(scope, PERIOD))


PREVIEW: Json = {
    "period": {"start": NOW - 86_400, "end": NOW},
    "paasUsage": {"price": {"total": 1234, "cpu": 1000}},
    "byocUsage": {"price": {"total": 5}},
}


async def previewed(**changes: Any) -> Previewed:  # noqa: ANN401 - any field of an answer
    """What an answer comes to."""
    stated = {name: value for name, value in {**PREVIEW, **changes}.items() if value is not None}
    content = await asked(Script([ok(stated)]), GetPreview("USD"), A)
    assert isinstance(content, Previewed)
    return content


async def test_preview() -> None:
    """The preview of 2024 is what has accrued since the last invoice, in major units, and since when."""
    detail = (await previewed()).detail

    assert {Category.PAAS: price("12.34", cpu="10"), Category.BYOC: price("0.05")} == detail.categories
    assert Period(NOW - 86_400, NOW) == detail.period


async def test_preview_that_states_little() -> None:
    """What a preview does not state is not known, and not zero."""
    detail = (await previewed(period=None, paasUsage=None, byocUsage=None)).detail

    assert (None, {}) == (detail.period, detail.categories)


async def test_request_for_the_preview() -> None:
    """The preview is the detail without a timestamp."""
    script = Script([ok(PREVIEW)])
    await asked(script, GetPreview("USD"), A)

    assert ["/v1/billing/invoices/details"] == script.targets


async def test_preview_in_another_currency() -> None:
    """A preview in another currency than the invoices is not shown as theirs."""
    with pytest.raises(DecodeError, match="in EUR, while the invoices are in USD"):
        await previewed(currency="eur")


async def test_credits() -> None:
    """The credit balance is asked for without parameters, and read in the unit of the account."""
    script = Script([ok({"currency": "usd", "total": {"available": 12.5}})])
    content = await asked(script, GetCredits())

    assert isinstance(content, CreditBalance)
    assert ("USD", Decimal("12.5")) == (content.currency, content.available)
    assert ["/v1/billing/credit-balance"] == script.targets


@pytest.mark.parametrize(
    ("question", "api", "said"),
    [
        pytest.param(GetCredits(), A, "generation 2024 has no credit balance", id="credits_in_2024"),
        pytest.param(GetCredits(), B, "generation 2026-06 has no credit balance", id="credits_in_2026-06"),
        pytest.param(ListHours(NOW), A, "generation 2024 has no usage list", id="hours_in_2024"),
        pytest.param(ListMonths(PERIOD), A, "generation 2024 has no usage list", id="months_in_2024"),
        pytest.param(GetTotal(Scope(), PERIOD), A, "generation 2024 has no usage list", id="total_in_2024"),
        pytest.param(GetPreview("USD"), B, "generation 2026-06 has no preview", id="preview_in_2026-06"),
        pytest.param(GetPreview("USD"), C, "generation 2026-10 has no preview", id="preview_in_2026-10"),
    ],
)
async def test_what_a_generation_does_not_have(question: Question, api: Api, said: str) -> None:
    """A question that a generation has no answer to is an error, and no request is made."""
    script = Script([httpx.Response(500)])

    with pytest.raises(GenerationError, match=said):
        await asked(script, question, api)
    assert [] == script.requests
