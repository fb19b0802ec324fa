"""Small answers of each generation, to the letter; checked by hand against the API's documents."""

import json
from pathlib import Path

import pytest

from tests.sandbox.reaching import body, sandbox

GOLDEN = Path(__file__).parent / "golden"
SMALL = {"teams": 1, "projects": 1, "resources": 2, "invoices": 3}
NEWEST_USAGE = "/v1/billing/invoices/DA4ECDDD-243214"


@pytest.mark.parametrize(
    ("generation", "golden", "path", "query"),
    [
        pytest.param("2024", "2024_list", "/v1/billing/invoices", {}, id="2024 list"),
        pytest.param(
            "2024", "2024_details", "/v1/billing/invoices/details", {"timestamp": 1793000000}, id="2024 details"
        ),
        pytest.param("2026-06", "2026-06_list", "/v1/billing/invoices", {}, id="2026-06 list"),
        pytest.param("2026-06", "2026-06_project", NEWEST_USAGE, {"projectId": "api"}, id="2026-06 project"),
        pytest.param("2026-10", "2026-10_list", "/v1/billing/invoices", {}, id="2026-10 list, legacy fields too"),
        pytest.param(
            "2026-10",
            "2026-10_team",
            NEWEST_USAGE,
            {"teamId": "platform", "removeLegacyFields": "true"},
            id="2026-10 team",
        ),
    ],
)
async def test_answer(generation: str, golden: str, path: str, query: dict[str, str | int]) -> None:
    """An answer has these fields and these figures, and no others."""
    expected = json.loads((GOLDEN / f"{golden}.json").read_text(encoding="utf-8"))
    async with sandbox(generation=generation, **SMALL) as client:
        assert expected == await body(client, path, **query)
