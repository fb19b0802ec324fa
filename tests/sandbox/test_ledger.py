import json

import pytest

from tests.sandbox.reaching import Json, sandbox


async def _ledger(generation: str) -> Json:
    async with sandbox(generation=generation) as client:
        return dict((await client.get("/-/ledger")).json())


async def test_generations_tell_of_the_same_world() -> None:
    """The three ledgers have the same invoices with the same amounts and ids."""
    ledgers = [await _ledger(generation) for generation in ("2024", "2026-06", "2026-10")]
    same = ("id", "start", "end", "kind", "total", "sub_total", "discount", "tax_amount", "tax_percent")
    told = [[[row[key] for key in same] for row in one["invoices"]] for one in ledgers]
    assert told[0] == told[1] == told[2]
    totals = [[row["categories"].get("paas", {}).get("total") for row in one["invoices"]] for one in ledgers]
    assert totals[0] == totals[1] == totals[2]


async def test_latest_generation_says_all() -> None:
    """The ledger of 2026-10 has every category, component, level and state."""
    one = await _ledger("2026-10")
    newest = next(row for row in one["invoices"] if row["kind"] == "usage")
    assert "usd" == one["currency"]
    assert {"paas", "byoc", "egress_ip", "load_balancer"} == set(newest["categories"])
    assert {"total", "cpu", "memory", "storage", "gpu"} == set(newest["categories"]["paas"])
    assert {"total", "vcpu", "memory", "gpu_memory", "cluster"} == set(newest["clusters"][0]["price"])
    assert {"title", "total", "base", "proration"} == set(newest["line_items"][0])
    assert {"paid", "open", "void", "payment_failed"} == {row["status"] for row in one["invoices"]}
    project = newest["teams"][0]["projects"][0]
    types = {row["resource_type"]: row for row in project["resource_types"]}
    assert ("api", "API") == (project["id"], project["name"])
    assert {"addon", "harness", "job", "service", "volume"} == set(types)
    assert {"total", "storage"} == set(types["volume"]["resources"][0]["price"])


async def test_ledger_of_2026_06_says_less() -> None:
    """2026-06 knows no fees, clusters or states, and calls a harness otherwise."""
    one = await _ledger("2026-06")
    newest = next(row for row in one["invoices"] if row["kind"] == "usage")
    types = {row["resource_type"] for row in newest["teams"][0]["projects"][0]["resource_types"]}
    assert {"paas", "byoc"} == set(newest["categories"])
    assert [] == newest["clusters"]
    assert {"paid", "open"} == {row["status"] for row in one["invoices"]}
    assert {"addon", "opentofu-job", "job", "service", "volume"} == types


async def test_ledger_of_2024_says_least() -> None:
    """2024 ends at projects without names, and knows neither GPUs nor the parts of BYOC and line items."""
    newest = next(row for row in (await _ledger("2024"))["invoices"] if row["kind"] == "usage")
    project = newest["teams"][0]["projects"][0]
    assert {"total", "cpu", "memory", "storage"} == set(project["price"]) == set(newest["categories"]["paas"])
    assert ("api", []) == (project["name"], project["resource_types"])
    assert {"total"} == set(newest["categories"]["byoc"])
    assert {"title", "total"} == set(newest["line_items"][0])


async def test_no_number_is_a_float() -> None:
    """No amount goes through a float on its way into the ledger."""

    def refuse(text: str) -> float:
        raise AssertionError(text)

    async with sandbox() as client:
        json.loads((await client.get("/-/ledger")).text, parse_float=refuse)


async def test_ledger_of_one_invoice() -> None:
    """One invoice is told as it is among all; one that is not there is not found."""
    async with sandbox() as client:
        whole = (await client.get("/-/ledger")).json()["invoices"]
        one = (await client.get("/-/ledger", params={"invoice": whole[3]["id"]})).json()["invoices"]
        assert [whole[3]] == one
        assert 404 == (await client.get("/-/ledger?invoice=NO-1")).status_code


@pytest.mark.parametrize(
    ("depth", "deepest"),
    [
        pytest.param("account", ("teams", None), id="account"),
        pytest.param("team", ("projects", "teams"), id="team"),
        pytest.param("project", ("resource_types", "projects"), id="project"),
        pytest.param("resource_type", ("resources", "resource_types"), id="resource type"),
        pytest.param("resource", (None, "resources"), id="resource"),
    ],
)
async def test_depth(depth: str, deepest: tuple[str | None, str | None]) -> None:
    """The tree ends at the level asked for."""
    async with sandbox() as client:
        invoices = (await client.get("/-/ledger", params={"depth": depth})).json()["invoices"]
        node, levels = next(row for row in invoices if row["kind"] == "usage"), {}
        for level in ("teams", "projects", "resource_types", "resources"):
            levels[level] = node[level]
            if not node[level]:
                break
            node = node[level][0]
        empty, last = deepest
        assert empty is None or levels[empty] == []
        assert last is None or levels[last]


async def test_depth_that_there_is_not() -> None:
    """A level that is none is refused."""
    async with sandbox() as client:
        assert 400 == (await client.get("/-/ledger?depth=country")).status_code
