"""Worlds and APIs that are harder to read than the default."""

from decimal import Decimal
from typing import Any

import pytest

from exporter.sandbox.names import ODD, odd_name
from tests.sandbox.reaching import NOW, Json, body, data, newest_usage_id, sandbox

INVOICES = "/v1/billing/invoices"
GENERATIONS = ("2024", "2026-06", "2026-10")
KINDS = ["addon", "harness", "job", "sandbox-vm", "service", "volume"]


def _figures(node: Any, name: str = "") -> dict[str, float]:  # noqa: ANN401 - any JSON
    rows = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    if isinstance(node, int | float):
        return {name: node}
    return {key: value for step, below in rows for key, value in _figures(below, f"{name}.{step}").items()}


async def _whole(generation: str, **changes: Any) -> Json:  # noqa: ANN401 - each option has a type of its own
    async with sandbox(generation=generation, **changes) as client:
        listed = await data(client, INVOICES)
        if generation == "2024":
            return {"listed": listed, "detail": await data(client, f"{INVOICES}/details", timestamp=1_793_000_000)}
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        return {"listed": listed, "detail": await data(client, path, teamId="web", projectId="api")}


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_noise(generation: str) -> None:
    """Noisy amounts are those of a quiet world but for the last places, in any generation and unit."""
    quiet, noisy = [_figures(await _whole(generation, noise=on)) for on in (False, True)]
    assert quiet.keys() == noisy.keys()
    differing = {name for name in quiet if quiet[name] != noisy[name]}
    assert len(differing) > 20
    assert all(abs(quiet[name] - noisy[name]) <= abs(quiet[name]) * 1e-15 for name in differing)
    assert not [name for name in differing if "percent" in name or "period" in name or "ours" in name]


async def _sums(rounding: str) -> list[Decimal]:
    """By how much each level of the newest usage invoice differs from what it holds."""
    async with sandbox(rounding=rounding, resources=40) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        query: dict[str, str | int] = {"teamId": "web", "projectId": "api", "resourcesPerPage": 100}
        team = (await data(client, path, **query))["paas"]["teams"][0]
    project = team["projects"][0]
    levels = [(project, project["resourceTypes"]), *((row, row["resources"]) for row in project["resourceTypes"])]
    return [
        _amount(above) - sum(map(_amount, below), Decimal())
        for above, below in levels
    ]  # fmt: skip


def _amount(row: Json) -> Decimal:
    return Decimal(repr(row["price"]["total"]))


async def test_rounding_by_row() -> None:
    """Where every row is rounded by itself, sums differ from totals by half a cent a row at most; else never."""
    exact, rounded = await _sums("exact"), await _sums("row")
    assert {Decimal(0)} == set(exact)
    assert any(rounded)
    assert all(abs(difference) <= Decimal("0.005") * 41 for difference in rounded)


async def test_ledger_of_rounded_rows_is_fine() -> None:
    """The ledger tells the true amounts, of which the API sends the rounded ones, and they add up."""
    async with sandbox(rounding="row") as client:
        invoice = next(row for row in (await client.get("/-/ledger")).json()["invoices"] if row["kind"] == "usage")
        detail = await data(client, f"{INVOICES}/{invoice['id']}")
    fine = [Decimal(team["price"]["total"]) for team in invoice["teams"]]
    sent = [_amount(team) for team in detail["paas"]["teams"]]
    assert Decimal(invoice["categories"]["paas"]["total"]) == sum(fine)
    assert [round(amount, 2) for amount in fine] == [round(amount, 2) for amount in sent]
    assert all(amount != round(amount, 2) for amount in fine)


@pytest.mark.parametrize(
    ("generation", "path", "query"),
    [
        pytest.param("2024", INVOICES, {"per_page": 5}, id="2024 list"),
        pytest.param("2026-06", INVOICES, {"per_page": 5}, id="2026-06 list"),
        pytest.param("2026-06", "/v1/billing/usage", {}, id="2026-06 usage"),
        pytest.param("2026-06", "/v1/billing/invoices/{id}", {"teamId": "web", "per_page": 100}, id="2026-06 detail"),
        pytest.param("2026-10", INVOICES, {"perPage": 5}, id="2026-10 list"),
        pytest.param("2026-10", "/v1/billing/usage", {}, id="2026-10 usage"),
        pytest.param("2026-10", "/v1/billing/invoices/{id}", {"projectsPerPage": 5, "teamId": "web"}, id="projects"),
        pytest.param("2026-10", "/v1/billing/invoices/{id}", {"teamsPerPage": 5}, id="2026-10 teams"),
    ],
)
async def test_page_cap(generation: str, path: str, query: dict[str, str | int]) -> None:
    """No page holds more than the cap, whatever was asked for, and it says that more follow."""
    async with sandbox(generation=generation, page_cap=2, projects=4) as client:
        path = path.format(id=await newest_usage_id(client))
        assert {"hasNextPage": True, "count": 2} == {
            name: value for name, value in (await body(client, path, **query))["pagination"].items() if name != "cursor"
        }


async def test_capped_list_is_whole() -> None:
    """Following the cursors of capped pages gives every invoice once."""
    async with sandbox(page_cap=3) as client:
        seen, query = [], {"perPage": "100"}
        while True:
            page = await body(client, INVOICES, **query)
            seen += [row["id"] for row in page["data"]["invoices"]]
            if not page["pagination"]["hasNextPage"]:
                break
            query["cursor"] = page["pagination"]["cursor"]
        assert [row["id"] for row in (await client.get("/-/ledger")).json()["invoices"]] == seen


async def _resource_pages(**changes: Any) -> list[list[tuple[str, str]]]:  # noqa: ANN401 - the same
    async with sandbox(resources=30, **changes) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        query: dict[str, str | int] = {"teamId": "web", "projectId": "api", "resourcesPerPage": 7}
        pages = [(await data(client, path, **query, resourcesPage=page))["paas"] for page in range(1, 6)]
    types = [page["teams"][0]["projects"][0]["resourceTypes"] for page in pages]
    assert all(len(rows) == len(types[0]) for rows in types)
    return [[(kind["resourceType"], row["id"]) for kind in rows for row in kind["resources"]] for rows in types]


async def test_resources_across_the_answer() -> None:
    """Pages of resources counted across the answer are full but for the last, hold all once and keep every type."""
    within = [row for page in await _resource_pages() for row in page]
    across = await _resource_pages(resource_pages="across")
    assert [7, 7, 7, 7, 2] == [len(page) for page in across]
    assert sorted(within) == sorted(row for page in across for row in page)


async def test_last_page_across_says_so() -> None:
    """Counted across the answer, more follows until the last resource was told."""
    async with sandbox(resources=30, resource_pages="across") as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        query: dict[str, str | int] = {"teamId": "web", "projectId": "api", "resourcesPerPage": 15}
        pages = [(await body(client, path, **query, resourcesPage=page))["pagination"] for page in (1, 2)]
        assert [{"hasNextPage": True, "count": 15}, {"hasNextPage": False, "count": 15}] == pages


async def test_silent_paging() -> None:
    """Details of 2026-10 may not tell of pages; lists always do."""
    async with sandbox(says_more=False) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        page = await body(client, path, teamsPerPage=2)
        assert ["data"] == list(page)
        assert 2 == len(page["data"]["paas"]["teams"])
        assert "pagination" in await body(client, INVOICES)


async def test_currencies() -> None:
    """Invoices take turns; yen have no minor unit; usage and credits are in the first currency."""
    async with sandbox(currencies=("USD", "JPY")) as client:
        rows = (await data(client, INVOICES))["invoices"]
        ledger = (await client.get("/-/ledger")).json()
        hour = await data(client, f"/v1/billing/usage/{int(NOW) - 3_600}")
        credit = await data(client, "/v1/billing/credit-balance")
    assert (["usd", "jpy"] * 7)[: len(rows)] == [row["currency"] for row in rows]
    assert [row["currency"] for row in rows] == [row["currency"] for row in ledger["invoices"]]
    assert [Decimal(row["total"]) for row in ledger["invoices"]] == [Decimal(repr(row["total"])) for row in rows]
    yen = next(row for row in rows if row["currency"] == "jpy" and "paas" in row)
    assert yen["paas"]["price"]["total"] == yen["paasUsage"]["price"]["total"]
    assert ["usd"] * 3 == [ledger["currency"], hour["currency"], credit["currency"]]


@pytest.mark.parametrize("generation", GENERATIONS)
async def test_odd_names(generation: str) -> None:
    """Names are odd, some empty and some missing, and ids are as ever; the ledger has the id where none is given."""
    async with sandbox(generation=generation, odd_names=True) as client:
        invoice = next(row for row in (await client.get("/-/ledger")).json()["invoices"] if row["kind"] == "usage")
    resources = [
        row for team in invoice["teams"] for one in team["projects"] for kind in one["resource_types"]
        for row in kind["resources"]
    ]  # fmt: skip
    assert ["platform", "payments", "data-science", "web"] == [team["id"] for team in invoice["teams"]]
    expected = odd_name("web", "Web")
    assert ("web" if expected is None else expected) == invoice["teams"][3]["name"]
    if generation != "2024":
        names = {row["id"]: row["name"] for row in resources}
        assert any('"' in name for name in names.values())
        assert any(id_ == name for id_, name in names.items())
    detail = (await _whole(generation, odd_names=True))["detail"]
    teams = detail["paas" if generation == "2026-10" else "paasUsage"]["teams"]
    web = next(team for team in teams if team["id"] == "web")
    assert expected == web.get("name")


def test_every_oddity() -> None:
    """Among many names there is every kind of oddity: quotes, backslashes, newlines, emoji, right to left, none."""
    names = {odd_name(f"id-{number}", "Name") for number in range(200)}
    assert len(ODD) == len(names)
    assert {"", None} <= names
    for odd in ('"', "\\", "\n", "\N{ROCKET}", "\N{RIGHT-TO-LEFT OVERRIDE}"):
        assert any(odd in name for name in names if name)


@pytest.mark.parametrize(
    ("generation", "tree"), [pytest.param("2026-06", "paasUsage", id="06"), pytest.param("2026-10", "paas", id="10")]
)
async def test_unlisted_types(generation: str, tree: str) -> None:
    """A type that the filter refuses is told by project and is in all prices; answers by type lack it."""
    async with sandbox(generation=generation, unlisted_types=True) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        team = (await data(client, path, teamId="web"))[tree]["teams"][0]
        refused = await client.get(path, params={"teamId": "web", "resourceType": "sandbox-vm"})
        known = [kind if generation == "2026-10" or kind != "harness" else "opentofu-job" for kind in KINDS]
        found = (await data(client, path, teamId="web", projectId="api"))[tree]["teams"][0]["projects"][0]
        by_type = [
            (await data(client, path, teamId="web", resourceType=kind))[tree]["price"]["total"]
            for kind in known
            if kind != "sandbox-vm"
        ]
    assert 400 == refused.status_code
    assert known == [row["resourceType"] for row in found["resourceTypes"]]
    assert team["projects"][0]["price"] == found["price"]
    assert sum(map(Decimal, map(repr, by_type))) < _amount(team)


async def test_some_projects_have_no_unlisted_type() -> None:
    """Only some projects hold what the filter refuses."""
    async with sandbox(unlisted_types=True) as client:
        path = f"{INVOICES}/{await newest_usage_id(client)}"
        staging = (await data(client, path, teamId="web", projectId="staging"))["paas"]["teams"][0]["projects"][0]
        assert "sandbox-vm" not in {row["resourceType"] for row in staging["resourceTypes"]}


async def test_legacy_fields() -> None:
    """They may stay whatever is asked for."""
    async with sandbox(legacy_fields=True) as client:
        detail = await data(client, f"{INVOICES}/{await newest_usage_id(client)}", removeLegacyFields="true")
        assert detail.keys() >= {"paas", "paasUsage", "paid"}


async def test_latency() -> None:
    """Every answer takes its time, and is the same."""
    async with sandbox(latency=0.05) as client:
        response = await client.get("/v1/login")
        assert (200, True) == (response.status_code, response.elapsed.total_seconds() > 0.03)
