"""Northflank's own SDKs read the sandbox over a real socket, each its generation, and find what the ledger has."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from exporter.sandbox import build_app
from tests.processes import ROOT
from tests.sandbox.reaching import Json, options

pytestmark = [pytest.mark.process, pytest.mark.sdk]

SDKS = ROOT / ".tools" / "sdk"
READER = Path(__file__).parent / "sdk_reads.py"
CENT = Decimal("0.01")
DOLLAR = Decimal(1)


@contextmanager
def serving(generation: str) -> Iterator[str]:
    """The address of a sandbox that listens on loopback while the block lasts."""
    config = uvicorn.Config(build_app(options(generation=generation)), log_config=None, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _ledger_of(address: str) -> list[Json]:
    return list(httpx.get(f"{address}/-/ledger", trust_env=False).json()["invoices"])


def read(version: str, address: str, asked: Json) -> Json:
    """What the SDK of this version reads, numbers as exact decimals."""
    path = SDKS / version
    if not (path / "northflank").is_dir():
        pytest.skip("official SDKs are not installed: make tools")
    done = subprocess.run(
        [sys.executable, str(READER), address, version, json.dumps(asked)],
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return dict(json.loads(done.stdout, parse_float=Decimal, parse_int=Decimal))


def amounts(price: Json, unit: Decimal) -> dict[str, Decimal]:
    """A price in major units, by the ledger's names of its parts."""
    return {"gpu_memory" if part == "gpuMemory" else part: Decimal(value) * unit for part, value in price.items()}


def told(price: dict[str, str]) -> dict[str, Decimal]:
    """A price of the ledger."""
    return {part: Decimal(value) for part, value in price.items()}


def _newest_usage(ledger: list[Json]) -> Json:
    return next(row for row in ledger if row["kind"] == "usage")


def _asked_of(ledger: list[Json]) -> Json:
    newest = _newest_usage(ledger)
    projects = sorted({row["id"] for team in newest["teams"] for row in team["projects"]})
    return {"invoice": newest["id"], "projects": projects}


def _resources_of_ledger(invoice: Json) -> dict[tuple[str, ...], Any]:
    return {
        (team["id"], project["id"], kind["resource_type"], resource["id"]): told(resource["price"])
        for team in invoice["teams"]
        for project in team["projects"]
        for kind in project["resource_types"]
        for resource in kind["resources"]
    }


def _resources_of_answers(answers: list[Json], field: str, unit: Decimal) -> dict[tuple[str, ...], Any]:
    rows = [
        ((team["id"], project["id"], kind["resourceType"], resource["id"]), amounts(resource["price"], unit))
        for answer in answers
        for team in answer[field]["teams"]
        for project in team["projects"]
        for kind in project["resourceTypes"]
        for resource in kind["resources"]
    ]
    assert len(dict(rows)) == len(rows)
    return dict(rows)


def _money_of_ledger(row: Json) -> tuple[Decimal, ...]:
    return tuple(Decimal(row[key]) for key in ("total", "sub_total", "discount", "tax_amount", "tax_percent"))


def _money_of_answer(answer: Json, unit: Decimal) -> tuple[Decimal, ...]:
    cents = (answer["total"], answer["subTotal"], answer["discounts"]["total"], answer["tax"]["amount"])
    return (*(Decimal(value) * unit for value in cents), answer["tax"]["percent"])


def _lines_of_ledger(row: Json) -> list[tuple[Any, ...]]:
    return [
        (line["title"], *(Decimal(line[key]) for key in ("total", "base", "proration"))) for line in row["line_items"]
    ]


def _lines_of_answer(answer: Json, unit: Decimal) -> list[tuple[Any, ...]]:
    return [
        (line["title"], *(line[key] * unit for key in ("total", "base", "proration"))) for line in answer["lineItems"]
    ]


def _teams_of_answer(answer: Json, field: str, unit: Decimal) -> dict[str, Any]:
    return {team["id"]: amounts(team["price"], unit) for team in answer.get(field, {}).get("teams", [])}


def _teams_of_ledger(row: Json) -> dict[str, Any]:
    return {team["id"]: told(team["price"]) for team in row["teams"]}


@pytest.mark.parametrize(
    ("version", "generation", "field", "unit"),
    [
        pytest.param("2.1.0", "2026-10", "paas", DOLLAR, id="2.1.0 reads 2026-10"),
        pytest.param("2.0.0", "2026-06", "paasUsage", CENT, id="2.0.0 reads 2026-06"),
    ],
)
def test_sdk_of_2026_reads_the_ledger(version: str, generation: str, field: str, unit: Decimal) -> None:
    """List, details, team prices and every resource are the ledger's, page by page."""
    with serving(generation) as address:
        ledger = _ledger_of(address)
        answers = read(version, address, _asked_of(ledger))
    details = answers["details"]
    assert [row["id"] for row in ledger] == [row["id"] for row in answers["listed"]]
    assert [Decimal(row["total"]) for row in ledger] == [row["total"] * unit for row in answers["listed"]]
    assert [row["status"] == "paid" for row in ledger] == [
        row.get("paid", row.get("status") == "paid") for row in answers["listed"]
    ]
    assert [_money_of_ledger(row) for row in ledger] == [_money_of_answer(row, unit) for row in details]
    assert [_lines_of_ledger(row) for row in ledger] == [_lines_of_answer(row, unit) for row in details]
    assert [_teams_of_ledger(row) for row in ledger] == [_teams_of_answer(row, field, unit) for row in details]
    assert _resources_of_ledger(_newest_usage(ledger)) == _resources_of_answers(answers["projects"], field, unit)


def test_sdk_2_1_0_reads_what_2026_10_adds() -> None:
    """Clusters, fees and the state of each invoice are the ledger's."""
    with serving("2026-10") as address:
        ledger = _ledger_of(address)
        details = read("2.1.0", address, {"invoice": ledger[0]["id"], "projects": []})["details"]
    detail = next(row for row in details if row["id"] == _newest_usage(ledger)["id"])
    newest = _newest_usage(ledger)
    assert [row["status"] for row in ledger] == [row["status"] for row in details]
    assert [told(row["price"]) for row in newest["clusters"]] == [
        amounts(row["price"], DOLLAR) for row in detail["byoc"]["clusters"]
    ]
    assert {name: told(price) for name, price in newest["categories"].items()} == {
        "paas": amounts(detail["paas"]["price"], DOLLAR),
        "byoc": amounts(detail["byoc"]["price"], DOLLAR),
        "egress_ip": amounts(detail["egressIp"]["price"], DOLLAR),
        "load_balancer": amounts(detail["loadBalancer"]["price"], DOLLAR),
    }


def test_sdk_1_0_0_reads_the_ledger_of_2024() -> None:
    """The list, and the details of the middle of every usage invoice, are the ledger's."""
    with serving("2024") as address:
        ledger = _ledger_of(address)
        usage = [row for row in ledger if row["kind"] == "usage"]
        instants = [(row["start"] + row["end"]) // 2 for row in usage]
        answers = read("1.0.0", address, {"instants": instants})
    details = answers["details"]
    assert [(row["start"], row["end"], Decimal(row["total"])) for row in ledger] == [
        (row["period"]["start"], row["period"]["end"], row["total"] * CENT) for row in answers["listed"]
    ]
    assert [_money_of_ledger(row) for row in usage] == [
        (
            *(row[key] * CENT for key in ("total", "subTotal", "discount")),
            row["tax"]["value"] * CENT,
            row["tax"]["percent"],
        )
        for row in details
    ]
    assert [_teams_of_ledger(row) for row in usage] == [
        {team["id"]: amounts(team["usage"]["price"], CENT) for team in row["paasUsage"]["teams"]} for row in details
    ]
    assert [
        [[(one["id"], told(one["price"])) for one in team["projects"]] for team in row["teams"]] for row in usage
    ] == [
        [
            [(one["id"], amounts(one["price"], CENT)) for one in team["usage"]["projects"]]
            for team in row["paasUsage"]["teams"]
        ]
        for row in details
    ]
