"""Spends where the API adds up by itself: asked for once an hour, and in the words of the API."""

import httpx
import pytest

from exporter.domain.budget import Scope
from exporter.domain.calendar import month_of
from exporter.domain.invoice import Period
from exporter.domain.report import Generation
from exporter.errors import ForbiddenError
from exporter.northflank.usage.asked_spends import AskedSpends
from exporter.northflank.usage.usage_list import UsageList
from exporter.northflank.wire.generations import WIRES
from tests.northflank.asking import client_of, client_over, ok
from tests.northflank.usage.listed import Listed, at, hours, paas, row_c, row_of, usage_of

HOUR = 3600.0
NOW = at("2026-11-22T12:20")
NOVEMBER = Period(at("2026-11-01"), at("2026-11-22T12:00"))
TEAM = Scope(team_id="platform")


def listed() -> Listed:
    """An account that has spent a dollar an hour since July, the running hour included."""
    return Listed(hours("2026-07-01", "2026-11-22T13:00"))


async def test_recent() -> None:
    """The newest hours are the complete ones of three days, in one page."""
    server = listed()
    recent = await AskedSpends(server.usage_list).recent(None, NOW)
    assert [row_of(at("2026-11-22T11:00") - HOUR * place) for place in range(72)] == list(recent.rows)
    own = {"perPage": "100", "removeLegacyFields": "true"}
    assert [{**own, "granularity": "hour", "startTime": str(int(at("2026-11-19T12:00")))}] == server.queries


async def test_of() -> None:
    """A period's total is asked for in its window, with the filters of its scope."""
    server = listed()
    spends = AskedSpends(server.usage_list)
    assert 21 * 24 + 12 == paas(await spends.of(NOVEMBER, TEAM))
    start, end = (str(int(each)) for each in (NOVEMBER.start, NOVEMBER.end))
    own = {"perPage": "100", "removeLegacyFields": "true"}
    assert [{**own, "granularity": "total", "startTime": start, "endTime": end, "teamId": "platform"}] == server.queries


async def test_an_answer_is_good_until_an_hour_is_told_anew() -> None:
    """Nothing is asked for twice within an hour; a new hour, or a corrected one, makes every answer old."""
    server = listed()
    spends = AskedSpends(server.usage_list)

    async def asked() -> int:
        server.forget()
        for scope in (Scope(), TEAM, Scope()):
            await spends.of(NOVEMBER, scope)
        await spends.recent("USD", NOW)
        return len(server.asked("total"))

    await spends.recent("USD", NOW)
    assert [2, 0, 0] == [await asked() for _ in range(3)]
    server.dollars[at("2026-11-21T05:00")] = 3
    await spends.recent("USD", NOW + 600)
    assert [2, 0] == [await asked() for _ in range(2)]
    assert 21 * 24 + 12 + 2 == paas(await spends.of(NOVEMBER))
    await spends.recent("USD", NOW + HOUR)
    assert 2 == await asked()


async def test_an_answer_that_comes_too_late() -> None:
    """What was asked for before an hour was told anew is not taken for the new figure."""
    server = listed()

    async def corrected_meanwhile(request: httpx.Request) -> httpx.Response:
        answer = server(request)
        if [request.url.params["granularity"]] == [query["granularity"] for query in server.asked("total")]:
            server.dollars[at("2026-11-21T05:00")] = 3
            await spends.recent("USD", NOW + 600)
        return answer

    wire = WIRES[Generation.C]
    client = client_over(httpx.MockTransport(corrected_meanwhile))
    spends = AskedSpends(UsageList(client, wire, wire.unit))
    await spends.recent("USD", NOW)
    await spends.of(NOVEMBER)
    assert 21 * 24 + 12 + 2 == paas(await spends.of(NOVEMBER))


async def test_a_total_of_several_rows() -> None:
    """How many rows a total has is not documented: whatever comes is added up."""
    wire = WIRES[Generation.C]
    rows = [row_c(NOVEMBER.start, 3), row_c(NOVEMBER.start + HOUR, 4)]
    spends = AskedSpends(UsageList(client_of(lambda _: ok({"usage": rows})), wire, wire.unit))
    assert usage_of(7) == await spends.of(NOVEMBER)


async def test_nothing_told() -> None:
    """Of a period in which nothing was used nothing is known, and that is remembered too."""
    server = Listed({})
    spends = AskedSpends(server.usage_list)
    assert [None, None] == [await spends.of(NOVEMBER) for _ in range(2)]
    assert 1 == len(server.queries)
    assert {} == await spends.past_months(month_of(NOW))
    assert () == (await spends.recent("USD", NOW)).rows


async def test_answers_do_not_pile_up() -> None:
    """Of an account that is not used any more each hour's answers take the place of those of the hour before."""
    server = Listed({})
    spends = AskedSpends(server.usage_list)
    for hour in range(3):
        for minutes in (0, 20, 40):
            await spends.recent("USD", NOW + hour * HOUR + minutes)
            await spends.of(Period(NOVEMBER.start, NOVEMBER.end + hour * HOUR))
    assert (3, 1) == (len(server.asked("total")), len(spends._known))


async def test_past_months() -> None:
    """Finished months come in one question, each under its own beginning; those without usage are left out."""
    server = listed()
    server.dollars |= dict.fromkeys(hours("2025-11-01", "2025-11-02"), 0)
    del server.dollars[at("2026-10-01")]
    for hour in hours("2026-09-01", "2026-10-01"):
        del server.dollars[hour]
    months = await AskedSpends(server.usage_list).past_months(month_of(NOW))
    assert {1: 743, 3: 744, 4: 744, 12: 0} == {ago: paas(spend.usage) for ago, spend in months.items()}
    assert Period(at("2026-10-01"), at("2026-11-01")) == months[1].period
    assert Period(at("2025-11-01"), at("2025-12-01")) == months[12].period
    (query,) = server.queries
    assert ("month", str(int(at("2025-11-01"))), str(int(at("2026-11-01")))) == tuple(
        query[name] for name in ("granularity", "startTime", "endTime")
    )


async def test_a_month_that_comes_in_two_rows() -> None:
    """Rows of one month are added up, whatever day they are named by."""
    wire = WIRES[Generation.C]
    rows = [row_c(at("2026-10-16"), 3), row_c(at("2026-10-01"), 4)]
    spends = AskedSpends(UsageList(client_of(lambda _: ok({"usage": rows})), wire, wire.unit))
    assert {1: 7} == {ago: paas(each.usage) for ago, each in (await spends.past_months(month_of(NOW))).items()}


async def test_a_failure_changes_nothing() -> None:
    """What was known stays when the list cannot be had."""
    server = listed()
    spends = AskedSpends(server.usage_list)
    before = await spends.recent("USD", NOW)
    server.is_down = True
    with pytest.raises(ForbiddenError):
        await spends.recent("USD", NOW + HOUR)
    assert before == spends.newest


async def test_nothing_is_kept() -> None:
    """Over a restart all of it is asked for again, in a few requests; scopes can be asked for."""
    spends = AskedSpends(listed().usage_list)
    await spends.recent("USD", NOW)
    assert {} == spends.memory()
    spends.resume({})
    assert spends.has_scopes
