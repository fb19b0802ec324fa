import httpx
import pytest

from tests.sandbox.reaching import NOW, sandbox

PATHS = {
    "2024": ["/billing/invoices", "/billing/invoices/details"],
    "2026-06": ["/billing/invoices", "/billing/invoices/{id}", "/billing/usage", "/billing/usage/{hour}"],
    "2026-10": [
        "/billing/invoices",
        "/billing/invoices/{id}",
        "/billing/usage",
        "/billing/usage/{hour}",
        "/billing/credit-balance",
    ],
}
EVERY_PATH = [(generation, path) for generation, paths in PATHS.items() for path in paths]
KNOWN = {"id": "DA4ECDDD-243214", "hour": int(NOW) - 3_600}
ALL_PATHS = sorted({path for _, path in EVERY_PATH})


@pytest.mark.parametrize(("generation", "path"), EVERY_PATH)
@pytest.mark.parametrize("prefix", ["/v1", "/v1/teams/platform", "/v1/teams/acme"])
async def test_paths_exist_for_the_customer_and_its_teams(generation: str, path: str, prefix: str) -> None:
    """Every path of a generation answers, and does so below a team too."""
    async with sandbox(generation=generation) as client:
        assert httpx.codes.OK == (await client.get(prefix + path.format(**KNOWN))).status_code


@pytest.mark.parametrize(
    ("generation", "path"),
    [(generation, path) for generation in PATHS for path in ALL_PATHS if (generation, path) not in EVERY_PATH],
)
async def test_paths_of_other_generations_do_not(generation: str, path: str) -> None:
    """What a generation lacks is not found, so that it can be told apart."""
    async with sandbox(generation=generation) as client:
        assert httpx.codes.NOT_FOUND == (await client.get("/v1" + path.format(**KNOWN))).status_code


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param({}, id="missing"),
        pytest.param({"authorization": "Bearer wrong"}, id="wrong"),
        pytest.param({"authorization": "sandbox"}, id="no bearer"),
    ],
)
async def test_token_is_needed(authorization: dict[str, str]) -> None:
    """Without the right token the API tells nothing, not even what exists."""
    async with sandbox() as client:
        del client.headers["authorization"]
        for path in ("/v1/billing/invoices", "/v1/login", "/v1/nowhere", "/v1/teams/nobody/billing/invoices"):
            response = await client.get(path, headers=authorization)
            expected = {"error": {"status": 401, "message": "the token is missing or wrong", "id": "unauthorized"}}
            assert (401, expected) == (response.status_code, response.json())


async def test_own_token() -> None:
    """The token is the one that the options name."""
    async with sandbox(token="other") as client:
        assert httpx.codes.OK == (await client.get("/v1/login")).status_code


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("/v1/billing/invoices/NO-1", "there is no invoice NO-1", id="invoice"),
        pytest.param("/v1/billing/invoices/{id}?teamId=no", "there is no team no", id="team"),
        pytest.param("/v1/billing/invoices/{id}?projectId=no", "there is no project no", id="project"),
        pytest.param("/v1/billing/usage/1", "there is no usage for 1", id="hour"),
        pytest.param("/v1/teams/no/billing/invoices", "there is no team no", id="team in the path"),
        pytest.param("/v1/projects", "there is no /v1/projects", id="path"),
    ],
)
@pytest.mark.parametrize("generation", ["2026-06", "2026-10"])
async def test_unknown_things(generation: str, path: str, message: str) -> None:
    """What is not there is a 404 with an error body that says what."""
    async with sandbox(generation=generation) as client:
        response = await client.get(path.format(**KNOWN))
        assert {"error": {"status": 404, "message": message, "id": "not-found"}} == response.json()
        assert 404 == response.status_code


async def test_other_methods_are_not_there() -> None:
    """The sandbox is for reading."""
    async with sandbox() as client:
        assert 404 == (await client.post("/v1/billing/invoices")).status_code


async def test_unknown_parameters_are_ignored() -> None:
    """A parameter that the generation does not know changes nothing."""
    async with sandbox() as client:
        plain, odd = [await client.get(f"/v1/billing/invoices{query}") for query in ("", "?per_page=1&colour=red")]
        assert plain.json() == odd.json()


async def test_strict_parameters() -> None:
    """With strict parameters it is refused by name; empty known ones are fine."""
    async with sandbox(strict_parameters=True) as client:
        refused = await client.get("/v1/billing/invoices?page=1&perPage=1&colour=red")
        message = "unknown parameters: colour, page"
        assert {"error": {"status": 400, "message": message, "id": "invalid-parameter"}} == refused.json()
        assert 200 == (await client.get("/v1/billing/invoices?cursor=&perPage=1")).status_code


class _Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


async def test_allowance() -> None:
    """Every answer counts against the hour's allowance and tells what is left; then 429 until the hour is over."""
    clock = _Clock()
    async with sandbox(rate_limit=2, now=clock) as client:
        answers = [await client.get(path) for path in ("/v1/login", "/v1/nowhere", "/v1/login")]
        clock.now += 1_800
        answers.append(await client.get("/v1/login"))
        clock.now += 1_800
        answers.append(await client.get("/v1/login"))
        assert [200, 404, 429, 429, 200] == [answer.status_code for answer in answers]
        assert ["1", "0", "0", "0", "1"] == [answer.headers["x-ratelimit-remaining"] for answer in answers]
        assert ["3600", "3600", "3600", "1800", "3600"] == [answer.headers["x-ratelimit-reset"] for answer in answers]
        assert [None, None, "3600", "1800", None] == [answer.headers.get("retry-after") for answer in answers]
        error = {"status": 429, "message": "more than 2 requests in an hour", "id": "rate-limited"}
        assert {"error": error} == answers[2].json()


async def test_strangers_do_not_use_up_the_allowance() -> None:
    """Requests with a wrong token have an allowance of their own."""
    async with sandbox(rate_limit=1) as client:
        strangers = [await client.get("/v1/login", headers={"authorization": "Bearer no"}) for _ in range(2)]
        assert [401, 429] == [answer.status_code for answer in strangers]
        assert "1" == strangers[0].headers["x-ratelimit-limit"]
        assert 200 == (await client.get("/v1/login")).status_code
