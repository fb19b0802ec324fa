import httpx
import pytest

from exporter.sandbox.faults.arguments import ARGUMENTS
from exporter.sandbox.faults.spoiling import FAULTS
from tests.sandbox.reaching import body, data, newest_usage_id, sandbox
from tests.sandbox.serving import served, spoil

LIST = "/v1/billing/invoices"


def test_every_fault_has_its_arguments() -> None:
    """What can be told and what can be done are the same faults."""
    assert ARGUMENTS.keys() == FAULTS.keys()


async def test_status() -> None:
    """A status comes with the headers asked for, the API's error body and the rate limit, and is logged as sent."""
    async with sandbox() as client:
        await spoil(client, "status", {"status": 429, "headers": {"retry-after": "7"}, "message": "slow down"})
        response = await client.get(LIST)
        assert {"error": {"status": 429, "message": "slow down", "id": "fault"}} == response.json()
        assert (429, "7", "999") == (
            response.status_code,
            response.headers["retry-after"],
            response.headers["x-ratelimit-remaining"],
        )
        assert [429] == [row["status"] for row in (await client.get("/-/requests")).json()]


async def test_status_without_a_body() -> None:
    """A status that HTTP allows no body for has none."""
    async with served() as client:
        await spoil(client, "status", {"status": 204})
        assert (204, b"") == ((response := await client.get(LIST)).status_code, response.content)


async def test_status_as_a_proxy_sends_it() -> None:
    """An HTML page says so."""
    async with sandbox() as client:
        await spoil(client, "status", {"status": 502, "html": True, "message": "<bad> gateway"})
        response = await client.get(LIST)
        assert (502, "text/html; charset=utf-8") == (response.status_code, response.headers["content-type"])
        assert "<p>&lt;bad&gt; gateway</p>" in response.text


@pytest.mark.parametrize(
    ("arguments", "expected"), [pytest.param({}, "[1,2,3]", id="default"), pytest.param({"body": "no"}, "no", id="own")]
)
async def test_other_shape(arguments: dict[str, str], expected: str) -> None:
    """The body is just the text asked for, said to be JSON."""
    async with sandbox() as client:
        await spoil(client, "other_shape", arguments)
        response = await client.get(LIST)
        assert (200, expected, "application/json") == (
            response.status_code,
            response.text,
            response.headers["content-type"],
        )


async def test_redirect() -> None:
    """A redirect leads where the rule says."""
    async with sandbox() as client:
        await spoil(client, "redirect", {"location": "http://127.0.0.2/stolen"})
        response = await client.get(LIST)
        assert (302, "http://127.0.0.2/stolen") == (response.status_code, response.headers["location"])


async def test_edit() -> None:
    """An edited answer differs from the true one in the edited place alone."""
    async with sandbox() as client:
        truth = await body(client, LIST)
        edit = {"path": "data.invoices.0.total", "set": "sixty"}
        await spoil(client, "edit", {"edits": [edit]}, endpoint="list_invoices")
        truth["data"]["invoices"][0]["total"] = "sixty"
        assert truth == await body(client, LIST)


async def test_edit_that_finds_nothing() -> None:
    """An edit without anything to change is a 500 that says so, so that no test passes by mistake."""
    async with sandbox() as client:
        await spoil(client, "edit", {"edits": [{"path": "data.nothing.here", "set": 1}]})
        response = await client.get(LIST)
        message = "the rule edit cannot be applied: there is no data.nothing.here to edit in the answer"
        assert (500, message) == (response.status_code, response.json()["error"]["message"])


async def test_vanish() -> None:
    """A team that has vanished is not found by itself, while the answers for all still tell of it."""
    async with sandbox() as client:
        path = f"{LIST}/{await newest_usage_id(client)}"
        await spoil(client, "vanish", {"team": "platform"}, count=None)
        teams = [team["id"] for team in (await data(client, path))["paas"]["teams"]]
        assert ["platform", "payments", "data-science", "web"] == teams
        gone, there = [await client.get(path, params={"teamId": team}) for team in ("platform", "web")]
        assert "there is no team platform" == gone.json()["error"]["message"]
        assert [404, 200] == [gone.status_code, there.status_code]
        assert [1] == [rule["applied"] for rule in (await client.get("/-/faults")).json()]


async def _ids_by_cursor(client: httpx.AsyncClient, most_pages: int) -> list[str]:
    ids, query = [], {"perPage": "3"}
    for _ in range(most_pages):
        page = await body(client, LIST, **query)
        ids += [row["id"] for row in page["data"]["invoices"]]
        if not page["pagination"]["hasNextPage"]:
            break
        query["cursor"] = page["pagination"]["cursor"]
    return ids


async def test_repeat_page_of_a_list() -> None:
    """The second page brings the rows of the first again under cursors that go on, so that only the rows betray it."""
    async with sandbox(invoices=8) as client:
        truth = await _ids_by_cursor(client, 10)
        await spoil(client, "repeat_page", count=1)
        assert truth[:3] + truth[:3] + truth[6:] == await _ids_by_cursor(client, 10)


async def test_repeat_last_page_of_a_list() -> None:
    """Where there is no more, the repeated page leads to an empty one."""
    async with sandbox(invoices=6) as client:
        truth = await _ids_by_cursor(client, 10)
        await spoil(client, "repeat_page", count=1)
        assert truth[:3] + truth[:3] == await _ids_by_cursor(client, 10)
        assert 5 == len((await client.get("/-/requests")).json())


@pytest.mark.parametrize(
    ("generation", "tree", "query"),
    [
        pytest.param("2026-10", "paas", {"teamsPage": 2, "teamsPerPage": 2}, id="2026-10"),
        pytest.param("2026-06", "paasUsage", {"page": 2, "per_page": 2}, id="2026-06"),
    ],
)
async def test_repeat_page_of_a_detail(generation: str, tree: str, query: dict[str, int]) -> None:
    """The second page of a detail brings the rows of the first again, and says that more follow."""
    async with sandbox(generation=generation) as client:
        path = f"{LIST}/{await newest_usage_id(client)}"
        await spoil(client, "repeat_page")
        page = await body(client, path, **query)
        assert ["platform", "payments"] == [team["id"] for team in page["data"][tree]["teams"]]
        assert {"hasNextPage": True, "count": 2} == page["pagination"]


async def test_repeat_page_of_who_does_not_tell_of_pages() -> None:
    """Where details do not tell of pages the repeated one does not either."""
    async with sandbox(says_more=False) as client:
        path = f"{LIST}/{await newest_usage_id(client)}"
        truth = await body(client, path, teamsPage=1, teamsPerPage=2)
        await spoil(client, "repeat_page")
        assert truth == await body(client, path, teamsPage=2, teamsPerPage=2)


async def test_repeat_page_needs_a_page_before() -> None:
    """The first page is no match and costs the rule nothing."""
    async with sandbox() as client:
        await spoil(client, "repeat_page", count=1)
        await body(client, LIST)
        assert [0] == [rule["applied"] for rule in (await client.get("/-/faults")).json()]


async def test_loop_cursor() -> None:
    """The cursor of every page is that of the first, and leads to the second again and again."""
    async with sandbox(invoices=8) as client:
        truth = await _ids_by_cursor(client, 10)
        await spoil(client, "loop_cursor")
        assert truth[:3] + 3 * truth[3:6] == await _ids_by_cursor(client, 4)


async def test_pages_of_what_is_no_success() -> None:
    """A rule about pages says that it cannot be applied where the true answer has none."""
    async with sandbox() as client:
        await spoil(client, "repeat_page")
        response = await client.get(LIST, params={"cursor": "nonsense"})
        assert (500, "rule") == (response.status_code, response.json()["error"]["id"])


async def test_refusals_are_not_spoilt() -> None:
    """Who is not let in meets no rule: the token and the allowance come first."""
    async with sandbox(rate_limit=1) as client:
        await spoil(client, "status", {"status": 500})
        answers = [
            await client.get(LIST, headers={"authorization": "Bearer no"}),
            await client.get(LIST),
            await client.get(LIST),
        ]
        assert [401, 500, 429] == [answer.status_code for answer in answers]
        assert [1] == [rule["applied"] for rule in (await client.get("/-/faults")).json()]
