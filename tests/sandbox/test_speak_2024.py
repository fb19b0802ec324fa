import httpx
import pytest

from tests.sandbox.reaching import Json, body, data, newest_usage_id, sandbox

DETAILS = "/v1/billing/invoices/details"


async def _newest(client: httpx.AsyncClient) -> Json:
    wanted = await newest_usage_id(client)
    invoices = (await client.get("/-/ledger")).json()["invoices"]
    return next(dict(row) for row in invoices if row["id"] == wanted)


async def test_list_has_no_ids_and_no_usage() -> None:
    """A row of the list tells period, currency, the two totals in cents and whether it is paid."""
    async with sandbox(generation="2024") as client:
        rows = (await data(client, "/v1/billing/invoices"))["invoices"]
        assert {frozenset({"period", "currency", "total", "subTotal", "paid"})} == {frozenset(row) for row in rows}
        assert 14 == len({(row["period"]["start"], row["period"]["end"]) for row in rows})


async def test_list_pages() -> None:
    """The list takes page numbers as well as cursors."""
    async with sandbox(generation="2024") as client:
        whole = (await data(client, "/v1/billing/invoices"))["invoices"]
        second = await body(client, "/v1/billing/invoices", per_page=5, page=2)
        after = await body(client, "/v1/billing/invoices", per_page=5, cursor=second["pagination"]["cursor"])
        assert whole[5:14] == second["data"]["invoices"] + after["data"]["invoices"]


async def test_details_of_an_instant() -> None:
    """The details of an instant are those of the newest usage invoice around it, though a subscription overlaps."""
    async with sandbox(generation="2024") as client:
        expected = await _newest(client)
        middle = (expected["start"] + expected["end"]) // 2
        details = await data(client, DETAILS, timestamp=middle)
        assert {"start": expected["start"], "end": expected["end"]} == details["period"]
        assert expected["total"].replace(".", "") == str(details["total"])


async def test_neighbours_share_an_instant() -> None:
    """At the instant where one invoice ends and the next begins, the newer answers."""
    async with sandbox(generation="2024") as client:
        expected = await _newest(client)
        details = await data(client, DETAILS, timestamp=expected["start"])
        assert expected["start"] == details["period"]["start"]


async def test_end_belongs_to_an_invoice() -> None:
    """The last instant of the newest usage invoice is its own, though the next subscription begins with it."""
    async with sandbox(generation="2024") as client:
        expected = await _newest(client)
        details = await data(client, DETAILS, timestamp=expected["end"])
        assert expected["start"] == details["period"]["start"]


async def test_details_of_a_subscription() -> None:
    """Where nothing but a subscription contains the instant, it answers, without usage."""
    async with sandbox(generation="2024") as client:
        details = await data(client, DETAILS, timestamp=1_794_800_000)
        assert ({}, [{"title": "Team plan", "total": 5000}]) == (details["paasUsage"], details["lineItems"])


async def test_preview() -> None:
    """Without an instant the answer is what has accrued since the newest usage invoice; it is neither paid nor not."""
    async with sandbox(generation="2024") as client:
        preview = await data(client, DETAILS)
        assert (await _newest(client))["end"] == preview["period"]["start"]
        assert preview["total"] > 0
        assert "paid" not in preview


@pytest.mark.parametrize(
    ("timestamp", "status", "message"),
    [
        pytest.param("1000", 404, "no invoice contains 1000", id="before all"),
        pytest.param("soon", 400, "timestamp must be a Unix timestamp", id="a word"),
    ],
)
async def test_impossible_instants(timestamp: str, status: int, message: str) -> None:
    """An instant that no invoice contains is not found, and a word is no instant."""
    async with sandbox(generation="2024") as client:
        response = await client.get(DETAILS, params={"timestamp": timestamp})
        assert (status, message) == (response.status_code, response.json()["error"]["message"])
