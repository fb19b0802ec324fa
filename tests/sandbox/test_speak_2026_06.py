import pytest

from tests.sandbox.reaching import NOW, body, data, newest_usage_id, sandbox

INVOICES = "/v1/billing/invoices"
HOUR = int(NOW) - 3_600


async def test_subscription_bills_no_usage() -> None:
    """The newest invoice is a subscription without a trace of usage, in the list and by itself."""
    async with sandbox(generation="2026-06") as client:
        newest = (await data(client, INVOICES))["invoices"][0]
        detail = await data(client, f"{INVOICES}/{newest['id']}")
        assert not {"paasUsage", "byocUsage"} & (newest.keys() | detail.keys())


async def test_credits_bill_zero() -> None:
    """A credit purchase says that it bills nothing."""
    async with sandbox(generation="2026-06") as client:
        ledger = (await client.get("/-/ledger")).json()["invoices"]
        credit = next(row["id"] for row in ledger if row["kind"] == "credits")
        detail = await data(client, f"{INVOICES}/{credit}")
        assert (0, []) == (detail["paasUsage"]["price"]["total"], detail["paasUsage"]["teams"])


async def test_byoc_is_never_narrowed() -> None:
    """Whatever the filter, BYOC and the invoice's totals are the whole customer's."""
    async with sandbox(generation="2026-06") as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        whole, part = await data(client, path), await data(client, path, teamId="web", projectId="api")
        assert (whole["byocUsage"], whole["total"]) == (part["byocUsage"], part["total"])
        assert whole["paasUsage"]["price"]["total"] > part["paasUsage"]["price"]["total"]


async def test_harness_has_another_name() -> None:
    """What 2026-10 calls a harness is an opentofu-job here, in filters and in answers."""
    async with sandbox(generation="2026-06") as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        detail = await data(client, path, teamId="web", resourceType="opentofu-job")
        types = {
            row["resourceType"] for one in detail["paasUsage"]["teams"][0]["projects"] for row in one["resourceTypes"]
        }
        assert {"opentofu-job"} == types
        assert 400 == (await client.get(path, params={"resourceType": "harness"})).status_code


@pytest.mark.parametrize("unused", ["llm-model-deployment", "external-addon"])
async def test_types_of_which_there_is_nothing(unused: str) -> None:
    """A type that the filter knows and nothing is of gives an empty answer."""
    async with sandbox(generation="2026-06") as client:
        detail = await data(client, f"{INVOICES}/{await newest_usage_id(client)}", resourceType=unused)
        assert (0, []) == (detail["paasUsage"]["price"]["total"], detail["paasUsage"]["teams"])


async def test_late_june_pages_the_breakdown() -> None:
    """From late June on a detail has pages, their pagination beside the data, and the list has no page numbers."""
    async with sandbox(generation="2026-06") as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        first, second = [await body(client, path, page=page, per_page=3) for page in (1, 2)]
        teams = [team["id"] for one in (first, second) for team in one["data"]["paasUsage"]["teams"]]
        assert ["platform", "payments", "data-science", "web"] == teams
        assert {"hasNextPage": True, "count": 3} == first["pagination"]
        assert {"hasNextPage": False, "count": 1} == second["pagination"]
        assert first["data"]["paasUsage"]["price"] == second["data"]["paasUsage"]["price"]
        assert await body(client, INVOICES, page=2) == await body(client, INVOICES)


async def test_early_june_does_not() -> None:
    """In early June a detail comes in one piece, and the list has page numbers."""
    async with sandbox(generation="2026-06", detail_paging=False, resources=80) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        whole = await body(client, path, page=2, per_page=1, teamId="web", projectId="api")
        types = whole["data"]["paasUsage"]["teams"][0]["projects"][0]["resourceTypes"]
        assert 80 == sum(len(row["resources"]) for row in types)
        assert "pagination" not in whole
        assert [] == (await data(client, INVOICES, page=2))["invoices"]


async def test_late_june_cuts_long_answers_unasked() -> None:
    """Who does not ask for a size gets fifty entries, and is told that there are more."""
    async with sandbox(generation="2026-06", resources=80) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        first = await body(client, path, teamId="web", projectId="api")
        assert {"hasNextPage": True, "count": 50} == first["pagination"]


async def test_usage_list() -> None:
    """Usage is told by the hour, newest first, without a currency."""
    async with sandbox(generation="2026-06") as client:
        page = await body(client, "/v1/billing/usage", per_page=2)
        rows = page["data"]["usage"]
        assert [HOUR, HOUR - 3_600] == [row["timestamp"] for row in rows]
        assert {"timestamp", "paasUsage", "byocUsage"} == rows[0].keys()
        assert page["pagination"]["hasNextPage"]


async def test_usage_of_an_hour() -> None:
    """An hour has the list's price, with the tree below it."""
    async with sandbox(generation="2026-06") as client:
        hour = await data(client, f"/v1/billing/usage/{HOUR}", teamId="web")
        listed = (await data(client, "/v1/billing/usage"))["usage"][0]
        assert listed["byocUsage"] == hour["byocUsage"]
        assert HOUR == hour["timestamp"]
        assert ["web"] == [team["id"] for team in hour["paasUsage"]["teams"]]
