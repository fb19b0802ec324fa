import pytest

from tests.sandbox.reaching import NOW, body, data, newest_usage_id, sandbox

INVOICES = "/v1/billing/invoices"
HOUR = int(NOW) - 3_600
LEGACY = {"paasUsage", "byocUsage", "paid"}


async def test_legacy_fields_stand_beside_the_new_ones() -> None:
    """Unless they are sent away, the fields of 2026-06 are there too, in cents."""
    async with sandbox() as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        detail = await data(client, path, teamId="web")
        new, old = detail["paas"]["teams"][0], detail["paasUsage"]["teams"][0]
        assert old["price"]["total"] == round(100 * new["price"]["total"])
        assert [row["id"] for row in old["projects"]] == [row["id"] for row in new["projects"]]


@pytest.mark.parametrize("path", ["", "/{id}", "/../usage", "/../usage/{hour}"])
async def test_legacy_fields_can_be_sent_away(path: str) -> None:
    """With removeLegacyFields no answer has a field of 2026-06."""
    async with sandbox() as client:
        asked = "/v1/billing" + f"/invoices{path}".replace("/invoices/..", "")
        asked = asked.format(id=await newest_usage_id(client), hour=HOUR)
        with_them, without = [await data(client, asked, removeLegacyFields=flag) for flag in ("false", "true")]
        rows = [(one.get("invoices") or one.get("usage") or [one])[-1].keys() for one in (with_them, without)]
        assert LEGACY & rows[0] >= {"paasUsage", "byocUsage"}
        assert not LEGACY & rows[1]


async def test_states() -> None:
    """The list tells each invoice's state, and a detail the same."""
    async with sandbox() as client:
        rows = (await data(client, INVOICES))["invoices"]
        assert {"paid", "open", "void", "payment_failed"} == {row["status"] for row in rows}
        assert rows[-1]["status"] == (await data(client, f"{INVOICES}/{rows[-1]['id']}"))["status"]


@pytest.mark.parametrize("prefix", ["/v1", "/v1/teams/web"])
async def test_scope_is_the_customer(prefix: str) -> None:
    """Every answer about usage or invoices names the customer that is billed, whatever team the path has."""
    expected = {"entityId": "acme", "entityType": "team"}
    async with sandbox() as client:
        billing = f"{prefix}/billing"
        rows = (await data(client, f"{billing}/invoices"))["invoices"]
        assert expected == rows[0]["scope"] == (await data(client, f"{billing}/invoices/{rows[1]['id']}"))["scope"]
        assert expected == (await data(client, f"{billing}/usage"))["scope"]
        assert expected == (await data(client, f"{billing}/usage/{HOUR}"))["scope"]


async def test_subscription_bills_no_usage() -> None:
    """The newest invoice is a subscription without a trace of usage."""
    async with sandbox() as client:
        newest = (await data(client, INVOICES))["invoices"][0]
        detail = await data(client, f"{INVOICES}/{newest['id']}")
        categories = {"paas", "byoc", "egressIp", "loadBalancer", "paasUsage", "byocUsage"}
        assert not categories & (newest.keys() | detail.keys())


async def test_builds_and_runs_make_the_quantities() -> None:
    """What was built and what was run make the hours of a level."""
    async with sandbox() as client:
        usage = (await data(client, f"{INVOICES}/{await newest_usage_id(client)}"))["paas"]["usage"]
        for quantity in ("vcpuHours", "memoryGiBHours"):
            assert usage[quantity] == round(usage["build"][quantity] + usage["run"][quantity], 3)


@pytest.mark.parametrize("field", ["paas", "paasUsage"])
async def test_volumes_state_storage_alone(field: str) -> None:
    """The price of a volume leaves out the parts that a volume cannot have; its type's price states them."""
    async with sandbox() as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        detail = await data(client, path, teamId="web", projectId="api", resourceType="volume")
        volumes = detail[field]["teams"][0]["projects"][0]["resourceTypes"][0]
        assert {"total", "storage"} == volumes["resources"][0]["price"].keys()
        assert {"total", "cpu", "memory", "storage", "gpu"} == volumes["price"].keys()


async def test_pages_of_resources() -> None:
    """Pages of resources, cut within each type, hold everything once; prices above stay those of the whole."""
    async with sandbox(resources=80) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        query: dict[str, str | int] = {"teamId": "web", "projectId": "api", "resourcesPerPage": 20}
        pages = [await body(client, path, **query, resourcesPage=page) for page in (1, 2, 3)]
        projects = [page["data"]["paas"]["teams"][0]["projects"][0] for page in pages]
        rows = [
            (kind["resourceType"], row["id"])
            for one in projects
            for kind in one["resourceTypes"]
            for row in kind["resources"]
        ]
        assert (80, 80) == (len(rows), len(set(rows)))
        assert [True, False, False] == [page["pagination"]["hasNextPage"] for page in pages]
        assert 1 == len({one["price"]["total"] for one in projects})


async def test_usage_list() -> None:
    """Usage is told by the hour with its window; a filter narrows PaaS and the total with it, and nothing else."""
    async with sandbox() as client:
        whole, part = await data(client, "/v1/billing/usage"), await data(client, "/v1/billing/usage", teamId="web")
        first, filtered = whole["usage"][0], part["usage"][0]
        assert ("hour", HOUR + 3_600) == (whole["granularity"], whole["window"]["end"])
        assert (HOUR, "usd") == (first["timestamp"], first["currency"])
        assert (first["byoc"], first["egressIp"]) == (filtered["byoc"], filtered["egressIp"])
        less = first["paas"]["price"]["total"] - filtered["paas"]["price"]["total"]
        assert round(first["total"] - filtered["total"], 8) == round(less, 8) > 0


async def test_usage_list_of_no_hours() -> None:
    """A window in which nothing is known gives no hours and no bounds."""
    async with sandbox() as client:
        usage = await data(client, "/v1/billing/usage", startTime=int(NOW))
        assert ([], {}) == (usage["usage"], usage["window"])


async def test_usage_of_an_hour() -> None:
    """An hour has the list's total, currency and scope, with the tree and the clusters."""
    async with sandbox() as client:
        hour = await data(client, f"/v1/billing/usage/{HOUR + 1}")
        listed = (await data(client, "/v1/billing/usage"))["usage"][0]
        assert (listed["total"], HOUR, "usd") == (hour["total"], hour["timestamp"], hour["currency"])
        assert (4, 2) == (len(hour["paas"]["teams"]), len(hour["byoc"]["clusters"]))


async def test_granularity_that_there_is_not() -> None:
    """A granularity that is none is refused rather than answered wrongly."""
    async with sandbox() as client:
        response = await client.get("/v1/billing/usage", params={"granularity": "week"})
        message = "granularity must be one of total, hour, day, month"
        assert (400, message) == (response.status_code, response.json()["error"]["message"])


async def test_credit_balance() -> None:
    """What can be spent now and what is pending, as of the last full hour."""
    async with sandbox() as client:
        expected = {
            "currency": "usd",
            "lastSyncedAt": "2026-11-22T02:00:00.000Z",
            "customerBalance": {"amount": 25},
            "grants": {"available": 100, "pending": 50},
            "total": {"available": 125, "pending": 50},
        }
        assert expected == await data(client, "/v1/billing/credit-balance")
