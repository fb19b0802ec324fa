"""Several billing customers in one sandbox, told apart by their tokens."""

from decimal import Decimal
from typing import Any

import httpx

from tests.sandbox.going import HOUR, INVOICES, USAGE, amount, going, page
from tests.sandbox.reaching import NOW, data, sandbox

OTHER = {"authorization": "Bearer other"}
WORLD: dict[str, Any] = {"other_customers": {"other": 2}}
START = int(NOW) - HOUR


async def test_a_token_belongs_to_a_customer() -> None:
    """With another token another customer is told of: entity, invoices, teams and amounts."""
    async with sandbox(**WORLD) as client:
        told = []
        for headers in ({}, OTHER):
            client.headers.update(headers)
            invoices = (await data(client, INVOICES))["invoices"]
            hour = await data(client, f"{USAGE}/{START}")
            teams = {team["id"] for team in hour["paas"]["teams"]}
            told.append((invoices[0]["scope"]["entityId"], {row["id"] for row in invoices}, teams, hour["total"]))
            assert invoices[0]["scope"] == hour["scope"] == (await data(client, USAGE))["scope"]
    (entity, ids, teams, total), (other_entity, other_ids, other_teams, other_total) = told
    assert ("acme", "acme-2") == (entity, other_entity)
    assert set() == ids & other_ids == teams & other_teams
    assert total != other_total


async def test_the_ledger_of_a_customer() -> None:
    """The ledger tells of the first customer, or of the one that is asked for."""
    async with going(**WORLD) as hand:
        first = (await data(hand.client, f"{USAGE}/{START}"))["total"]
        hand.client.headers.update(OTHER)
        second = (await data(hand.client, f"{USAGE}/{START}"))["total"]
        assert Decimal((await hand.ledger(START, NOW))["total"]) == amount(first)
        assert Decimal((await hand.ledger(START, NOW, customer="acme-2"))["total"]) == amount(second)
        listed = {row["id"] for row in (await data(hand.client, INVOICES))["invoices"]}
        assert listed == {row["id"] for row in (await page(hand.client, "/-/ledger", customer="acme-2"))["invoices"]}
        assert 404 == (await hand.client.get("/-/ledger", params={"customer": "nobody"})).status_code


async def test_each_customer_has_an_allowance_and_teams() -> None:
    """A customer's requests cost its own allowance; the teams of another are not found."""
    async with sandbox(rate_limit=2, **WORLD) as client:
        assert [200, 200, 429] == [(await client.get(INVOICES)).status_code for _ in range(3)]
        client.headers.update(OTHER)
        assert httpx.codes.NOT_FOUND == (await client.get(f"/v1/teams/platform{INVOICES[3:]}")).status_code
        assert httpx.codes.OK == (await client.get(INVOICES)).status_code


async def test_a_token_is_all_of_the_header() -> None:
    """A token without its scheme is none."""
    async with sandbox(**WORLD) as client:
        client.headers["authorization"] = "other"
        assert httpx.codes.UNAUTHORIZED == (await client.get(INVOICES)).status_code
