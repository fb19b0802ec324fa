"""Usage in decimal amounts and with quantities, as generation 2026-10 tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exporter.sandbox.bill import BYOC_PARTS, BYOC_QUANTITIES, PAAS_PARTS, PAAS_QUANTITIES, Bill, dollars, unit_hours
from exporter.sandbox.breakdown import Dialect, parts_json, teams_json
from exporter.sandbox.narrow import Levels
from exporter.sandbox.pricing import Cluster, Consumption
from exporter.sandbox.question import Json
from exporter.sandbox.tree import Tree

# A twelfth of the processors' and the memory's hours went into builds.
BUILD_DIVISOR = 12
BUILD_QUANTITIES = ("vcpuHours", "memoryGiBHours")


def major_prices(paas: Bill, usage: Consumption) -> Json:
    """The categories as a list tells them; `paas` may be a part of what was used."""
    return {"paas": _paas_figures(paas, PAAS_PARTS), "byoc": _byoc_figures(usage.byoc), **_fees(usage)}


def major_breakdown(tree: Tree, usage: Consumption, levels: Levels, type_names: Mapping[str, str]) -> Json:
    """The categories, the tree and the clusters as a detail tells them."""
    dialect = Dialect(figures=_paas_figures, type_names=type_names)
    return {
        "paas": {**_paas_figures(tree.bill, PAAS_PARTS), "teams": teams_json(tree, levels, dialect)},
        "byoc": {**_byoc_figures(usage.byoc), "clusters": [_cluster(cluster) for cluster in usage.clusters]},
        **_fees(usage),
    }


def _paas_figures(bill: Bill, stated: Sequence[str]) -> Json:
    price = parts_json(PAAS_PARTS, bill.cents, dollars, stated)
    return {"price": price, "usage": _paas_quantities(bill.hours)}


def _paas_quantities(hours: tuple[int, ...]) -> Json:
    vcpu, memory = hours[:2]
    build = (vcpu // BUILD_DIVISOR, memory // BUILD_DIVISOR)
    run = (vcpu - build[0], memory - build[1])
    return {
        **parts_json(PAAS_QUANTITIES, hours, unit_hours),
        "build": parts_json(BUILD_QUANTITIES, build, unit_hours),
        "run": parts_json(BUILD_QUANTITIES, run, unit_hours),
    }


def _byoc_figures(bill: Bill) -> Json:
    return {
        "price": parts_json(BYOC_PARTS, bill.cents, dollars),
        "usage": parts_json(BYOC_QUANTITIES, bill.hours, unit_hours),
    }


def _cluster(cluster: Cluster) -> Json:
    return {"id": cluster.id, "name": cluster.name, **_byoc_figures(cluster.bill)}


def _fees(usage: Consumption) -> Json:
    return {"egressIp": _fee(usage.egress_ip), "loadBalancer": _fee(usage.load_balancer)}


def _fee(bill: Bill) -> Json:
    return {
        "price": parts_json(("total",), bill.cents, dollars),
        "usage": parts_json(("hours",), bill.hours, unit_hours),
    }
