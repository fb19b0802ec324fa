import re
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.cli.checking import Start, check, one, rows, served
from tests.serving import serving

pytestmark = pytest.mark.usefixtures("own_logs")


TABLE = """\
  generation      2024, amounts in minor units
  invoices        8 in the list, 8 shown, 1 of them unpaid
  newest usage    1759276800-1761955200, 2025-10-01 to 2025-11-01 (exclusive), 60.00 USD
  spent now       only what is unbilled is stated by this generation of the API
  credits         not stated by this generation of the API
  teams           0
  projects        0
  requests        14 for a first start, then 25 an hour
  plan                 1  invoice_details: the tree of invoice 1759276800-1761955200 down to resources
  plan                 7  invoice_details: tax, discount and line items of each invoice
  allowance       1000 requests an hour, 994 of them left now; 500 of them are used at most
"""


def test_table(start: Start, tmp_path: Path) -> None:
    """What was found of an account, and the plan, is a table that a person reads; all is well: the exit code is 0."""
    address = start(generation="2024")
    result = check(tmp_path, one(address))

    assert (0, f"acme  {address}\n{TABLE}\n") == (result.exit_code, result.stdout)


@pytest.mark.parametrize("generation", ["2024", "2026-06", "2026-10"])
def test_plan(start: Start, tmp_path: Path, generation: str) -> None:
    """The plan is printed in each generation: what is asked for, of which dataset, and how many requests it takes."""
    result = check(tmp_path, one(start(generation=generation, now=time.time)))
    lines = [line.removeprefix("  plan ") for line in result.stdout.splitlines() if line.startswith("  plan ")]
    found = [re.fullmatch(r" {9,} *([1-9]\d*)  (invoice_details|usage_details): (.+)", line) for line in lines]

    assert 0 == result.exit_code
    assert None not in found
    whats = [each[3] for each in found if each]
    assert "tax, discount and line items of each invoice" in whats
    # Month by month other hours are missing: what is left of the newest hour always is.
    assert ("resources of the newest hour" in whats) is (generation != "2024")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"generation": "2024"}, "2024, amounts in minor units", id="2024"),
        pytest.param({"generation": "2026-06"}, "2026-06, amounts in minor units", id="2026-06"),
        pytest.param({"generation": "2026-10"}, "2026-10, amounts in major units", id="2026-10"),
    ],
)
def test_generation(start: Start, tmp_path: Path, options: dict[str, str], expected: str) -> None:
    """The generation and its unit are stated, with the same teams and projects in each."""
    # The list of 2024 does not say which are subscriptions: only a clock at which the newest is billed ahead does.
    table = rows(check(tmp_path, one(start(**options, now=time.time))))

    assert (expected, "4", "12") == (table["generation"], table["teams"], table["projects"])
    assert table["newest usage"].endswith(" USD")


@pytest.mark.parametrize(
    ("generation", "spent", "credits"),
    [
        pytest.param("2024", "only what is unbilled is stated by this generation of the API", True, id="2024"),
        pytest.param("2026-06", " USD this month, until ", True, id="2026-06"),
        pytest.param("2026-10", " USD this month, until ", False, id="2026-10"),
    ],
)
def test_what_a_generation_cannot_tell(
    start: Start,
    tmp_path: Path,
    generation: str,
    spent: str,
    credits: bool,  # noqa: A002, FBT001 - parameters of the test
) -> None:
    """What will be absent is said before anything is polled."""
    table = rows(check(tmp_path, one(start(generation=generation, now=time.time))))

    assert spent in table["spent now"]
    assert credits == (table.get("credits") == "not stated by this generation of the API")


def test_share_that_is_too_small(start: Start, tmp_path: Path) -> None:
    """An hour's requests that do not fit the share are stated, with the remedy, and it ends with 1."""
    result = check(tmp_path, one(start(rate_limit=60)))

    assert 1 == result.exit_code
    allowance = r"60 requests an hour, \d+ of them left now; 30 of them are used at most"
    assert re.fullmatch(allowance, rows(result)["allowance"])
    assert (
        "an hour's requests are more than the share of the allowance, so that teams, projects and resources lag "
        "behind; set detail to a higher level, poll less often, or raise api.share"
    ) == rows(result)["not well"]


@pytest.mark.parametrize(
    ("share", "code"), [pytest.param("0.043", 0, id="just_fits"), pytest.param("0.042", 1, id="one_too_few")]
)
def test_share_that_just_fits(start: Start, tmp_path: Path, share: str, code: int) -> None:
    """An hour's requests may take all of the share: 43 of 1000."""
    result = check(tmp_path, one(start(), f"api: {{share: {share}}}"))

    assert (code, code == 1) == (result.exit_code, "not well" in rows(result))


def test_allowance_that_is_not_stated(tmp_path: Path) -> None:
    """A server that says nothing of an allowance is well; the documented one is used."""

    def answer(request: Request) -> JSONResponse:
        data = {"/invoices": {"invoices": []}, "/usage": {"usage": []}, "/credit-balance": {"currency": "usd"}}
        return JSONResponse({"data": data[request.url.path.removeprefix("/v1/billing")]})

    with serving(Starlette(routes=[Route("/v1/billing/{rest:path}", answer)])) as address:
        result = check(tmp_path, one(address))

    assert (0, "not stated by the server; 500 of them are used at most") == (
        result.exit_code,
        rows(result)["allowance"],
    )


def test_refused_token(start: Start, tmp_path: Path) -> None:
    """A token that is not accepted is reported with what to do, without the token; the other account is checked."""
    address = start()
    result = check(
        tmp_path,
        f"""
accounts:
  - {{name: bad, token_file: bad, base_url: "{address}"}}
  - {{name: good, token_file: good, base_url: "{address}"}}
""",
    )

    bad, good, _ = result.stdout.split("\n\n")
    expected = f"""\
bad  {address}
  not well        GET /v1/billing/invoices: 401: the token is not accepted; make a new one and put it where this \
account's token is read from (the server says: the token is missing or wrong)"""
    assert (1, expected) == (result.exit_code, bad)
    assert good.startswith(f"good  {address}\n  generation      2026-10")
    assert "nf-wrong-token" not in result.output


def test_server_that_is_not_there(tmp_path: Path) -> None:
    """A server that cannot be reached is reported with what to check; the exit code is 1."""
    with served() as address:
        pass
    result = check(tmp_path, one(address, "api: {max_retries: 0}"))

    assert 1 == result.exit_code
    assert rows(result)["not well"].startswith("GET /v1/billing/invoices: no answer (ConnectError: ")
    assert rows(result)["not well"].endswith("; check base_url, the network and the proxy settings")


def test_generation_that_is_contradicted(start: Start, tmp_path: Path) -> None:
    """A generation that is set by hand and is not the server's is reported; the exit code is 1."""
    address = start(generation="2026-10")
    result = check(tmp_path, f'accounts: [{{name: acme, token_file: good, base_url: "{address}", api: 2026-06}}]')

    assert 1 == result.exit_code
    assert "set api to auto for this account" in rows(result)["not well"]


def test_account_without_usage(start: Start, tmp_path: Path) -> None:
    """An account that has no invoices yet is well."""
    result = check(tmp_path, one(start(invoices=0)))

    table = rows(result)
    assert (0, "0 in the list, 0 shown, 0 of them unpaid") == (result.exit_code, table["invoices"])
    assert "none yet: teams and projects are counted here once there is one" == table["newest usage"]


def test_bad_configuration(tmp_path: Path) -> None:
    """A configuration that is not usable asks nobody anything."""
    result = check(tmp_path, "detail: everything")

    assert (2, "") == (result.exit_code, result.stdout)
