"""Usage in cents, as generation 2026-06 tells it and 2026-10 repeats it in its legacy fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exporter.sandbox.bill import BYOC_PARTS, PAAS_PARTS, Bill
from exporter.sandbox.breakdown import Dialect, parts_json, teams_json
from exporter.sandbox.narrow import Levels
from exporter.sandbox.question import Json
from exporter.sandbox.tree import Tree


def minor_prices(paas: Bill, byoc: Bill) -> Json:
    """The two prices as a list tells them."""
    return {"paasUsage": _paas_price(paas, PAAS_PARTS), "byocUsage": _byoc_price(byoc)}


def minor_breakdown(tree: Tree, byoc: Bill, levels: Levels, type_names: Mapping[str, str]) -> Json:
    """The two prices and the tree as a detail tells them."""
    dialect = Dialect(figures=_paas_price, type_names=type_names)
    paas = {**_paas_price(tree.bill, PAAS_PARTS), "teams": teams_json(tree, levels, dialect)}
    return {"paasUsage": paas, "byocUsage": _byoc_price(byoc)}


def _paas_price(bill: Bill, stated: Sequence[str]) -> Json:
    return {"price": parts_json(PAAS_PARTS, bill.cents, int, stated)}


def _byoc_price(bill: Bill) -> Json:
    return {"price": parts_json(BYOC_PARTS, bill.cents, int)}
