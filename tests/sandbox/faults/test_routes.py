import httpx

from tests.sandbox.reaching import sandbox

RULE = {"fault": "status", "with": {"status": 503}}
PATH = "/-/faults"


async def test_rules_are_replaced_at_once() -> None:
    """New rules take the place of the old ones and begin to count anew; DELETE lifts them all; no token is needed."""
    async with sandbox(faults=(RULE,)) as client:
        assert 503 == (await client.get("/v1/login")).status_code
        assert [{**RULE, "applied": 1}] == (await client.get(PATH, headers={"authorization": ""})).json()
        assert 204 == (await client.put(PATH, json=[RULE])).status_code
        assert [{**RULE, "applied": 0}] == (await client.get(PATH)).json()
        assert 204 == (await client.delete(PATH)).status_code
        assert [] == (await client.get(PATH)).json()
        assert 200 == (await client.get("/v1/login")).status_code


async def test_wrong_rules_change_nothing() -> None:
    """Rules with a mistake are refused with 400 that says which, and those before stay."""
    async with sandbox(faults=(RULE,)) as client:
        answers = [await client.put(PATH, json=[RULE, {"fault": "burn"}]), await client.put(PATH, content=b"{")]
        assert [400, 400] == [answer.status_code for answer in answers]
        assert answers[0].json()["error"]["message"].startswith("rule 1: fault must be one of ")
        assert [{**RULE, "applied": 0}] == (await client.get(PATH)).json()


async def test_faults_are_not_of_the_api() -> None:
    """The sandbox's own pages are never spoilt."""
    async with sandbox(faults=(RULE,)) as client:
        paths = (PATH, "/-/requests", "/-/ledger")
        assert {httpx.codes.OK} == {(await client.get(path)).status_code for path in paths}
