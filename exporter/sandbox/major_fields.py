"""Usage in decimal amounts and with quantities, as generation 2026-10 tells it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from exporter.sandbox.bill import BYOC_PARTS, BYOC_QUANTITIES, PAAS_PARTS, PAAS_QUANTITIES, Bill, unit_hours
from exporter.sandbox.breakdown import Dialect, parts_json, teams_json
from exporter.sandbox.money import Money
from exporter.sandbox.narrow import Levels
from exporter.sandbox.pricing import Cluster, Consumption
from exporter.sandbox.question import Json
from exporter.sandbox.span import SECONDS_AN_HOUR
from exporter.sandbox.style import Style
from exporter.sandbox.tree import Tree

# A twelfth of the processors' and the memory's hours went into builds, in whole thousandths of an hour.
BUILD_DIVISOR = 12 * SECONDS_AN_HOUR
BUILD_QUANTITIES = ("vcpuHours", "memoryGiBHours")


def major_prices(paas: Bill, usage: Consumption, money: Money) -> Json:
    """The categories as a list tells them; `paas` may be a part of what was used."""
    return {
        "paas": _paas_figures(money, paas, PAAS_PARTS),
        "byoc": _byoc_figures(money, usage.byoc),
        **_fees(money, usage),
    }


def major_breakdown(tree: Tree, usage: Consumption, levels: Levels, style: Style) -> Json:
    """The categories, the tree and the clusters as a detail tells them."""
    dialect = Dialect(style, partial(_paas_figures, style.money))
    return {
        "paas": {**dialect.figures(tree.bill, PAAS_PARTS), "teams": teams_json(tree, levels, dialect)},
        "byoc": {
            **_byoc_figures(style.money, usage.byoc),
            "clusters": [_cluster(style, row) for row in usage.clusters],
        },
        **_fees(style.money, usage),
    }


def _paas_figures(money: Money, bill: Bill, stated: Sequence[str]) -> Json:
    price = parts_json(PAAS_PARTS, bill.grains, money.major, stated)
    return {"price": price, "usage": _paas_quantities(bill.hours)}


def _paas_quantities(hours: tuple[int, ...]) -> Json:
    vcpu, memory = hours[:2]
    build = tuple(used // BUILD_DIVISOR * SECONDS_AN_HOUR for used in (vcpu, memory))
    run = (vcpu - build[0], memory - build[1])
    return {
        **parts_json(PAAS_QUANTITIES, hours, unit_hours),
        "build": parts_json(BUILD_QUANTITIES, build, unit_hours),
        "run": parts_json(BUILD_QUANTITIES, run, unit_hours),
    }


def _byoc_figures(money: Money, bill: Bill) -> Json:
    return {
        "price": parts_json(BYOC_PARTS, bill.grains, money.major),
        "usage": parts_json(BYOC_QUANTITIES, bill.hours, unit_hours),
    }


def _cluster(style: Style, cluster: Cluster) -> Json:
    return {**style.named(cluster.id, cluster.name), **_byoc_figures(style.money, cluster.bill)}


def _fees(money: Money, usage: Consumption) -> Json:
    return {"egressIp": _fee(money, usage.egress_ip), "loadBalancer": _fee(money, usage.load_balancer)}


def _fee(money: Money, bill: Bill) -> Json:
    return {
        "price": parts_json(("total",), bill.grains, money.major),
        "usage": parts_json(("hours",), bill.hours, unit_hours),
    }
