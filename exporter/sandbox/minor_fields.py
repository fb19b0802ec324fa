"""Usage in cents, as generation 2026-06 tells it and 2026-10 repeats it in its legacy fields."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from exporter.sandbox.bill import BYOC_PARTS, PAAS_PARTS, Bill
from exporter.sandbox.breakdown import Dialect, parts_json, teams_json
from exporter.sandbox.money import Money
from exporter.sandbox.narrow import Levels
from exporter.sandbox.question import Json
from exporter.sandbox.style import Style
from exporter.sandbox.tree import Tree


def minor_prices(paas: Bill, byoc: Bill, money: Money) -> Json:
    """The two prices as a list tells them."""
    return {"paasUsage": _paas_price(money, paas, PAAS_PARTS), "byocUsage": _byoc_price(money, byoc)}


def minor_breakdown(tree: Tree, byoc: Bill, levels: Levels, style: Style) -> Json:
    """The two prices and the tree as a detail tells them."""
    dialect = Dialect(style, partial(_paas_price, style.money))
    paas = {**_paas_price(style.money, tree.bill, PAAS_PARTS), "teams": teams_json(tree, levels, dialect)}
    return {"paasUsage": paas, "byocUsage": _byoc_price(style.money, byoc)}


def _paas_price(money: Money, bill: Bill, stated: Sequence[str]) -> Json:
    return {"price": parts_json(PAAS_PARTS, bill.grains, money.minor, stated)}


def _byoc_price(money: Money, bill: Bill) -> Json:
    return {"price": parts_json(BYOC_PARTS, bill.grains, money.minor)}
