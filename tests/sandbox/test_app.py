from exporter.sandbox.journal import MOST_KEPT, Journal
from exporter.sandbox.question import Question
from tests.sandbox.reaching import sandbox


async def test_request_log() -> None:
    """The log tells every API request in order, refused ones too, and nothing of the sandbox's own pages."""
    async with sandbox() as client:
        await client.get("/v1/billing/invoices", params={"perPage": 2, "cursor": ""})
        await client.get("/v1/teams/web/billing/usage", headers={"authorization": "Bearer no"})
        await client.get("/-/ledger")
        expected = [
            {
                "method": "GET",
                "path": "/v1/billing/invoices",
                "query": {"perPage": "2", "cursor": ""},
                "status": 200,
            },
            {"method": "GET", "path": "/v1/teams/web/billing/usage", "query": {}, "status": 401},
        ]
        assert expected == (await client.get("/-/requests")).json()


async def test_request_log_can_be_emptied() -> None:
    """After a DELETE the log begins anew."""
    async with sandbox() as client:
        await client.get("/v1/login")
        assert 204 == (await client.delete("/-/requests")).status_code
        assert [] == (await client.get("/-/requests")).json()


async def test_own_pages_need_no_token_and_no_allowance() -> None:
    """The ledger and the log are open to all, as often as they like."""
    async with sandbox(rate_limit=1) as client:
        del client.headers["authorization"]
        answers = [await client.get(path) for path in ("/-/ledger", "/-/requests") for _ in range(3)]
        assert {200} == {answer.status_code for answer in answers}


def test_request_log_is_bounded() -> None:
    """A sandbox that runs for long keeps the newest requests, not all."""
    journal = Journal()
    for _ in range(MOST_KEPT + 5):
        journal.note("GET", "/v1/login", Question({}, {}), 200)
    assert MOST_KEPT == len(journal.rows())
