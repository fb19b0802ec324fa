"""What invoices and usage have in common in this generation: the four categories, the PaaS tree, the BYOC clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from exporter.domain.invoice import Category, Cluster
from exporter.domain.price import Price
from exporter.northflank.wire.shapes import ByocPrice, HasPrice, PaasPrice, categories_of
from exporter.northflank.wire.tree import WireTeam
from exporter.northflank.wire.values import Amount, Id, Money


class TotalOnly(msgspec.Struct, frozen=True):
    """The price of what has no components."""

    total: Amount | None = None


class TotalPriced(msgspec.Struct, frozen=True):
    """What carries a price without components and nothing else that is read."""

    price: TotalOnly | None = None


class WireCluster(msgspec.Struct, frozen=True):
    """A BYOC cluster."""

    id: Id
    name: str | None = None
    price: ByocPrice | None = None


class Byoc(msgspec.Struct, frozen=True):
    """The BYOC price of a detail, and its clusters."""

    price: ByocPrice | None = None
    clusters: list[WireCluster] | None = None


class Paas(msgspec.Struct, frozen=True):
    """The PaaS price of a detail, and its tree."""

    price: PaasPrice | None = None
    teams: list[WireTeam] | None = None


class Categorised(Protocol):
    """What states a price for each category: rows and details, of invoices and of usage."""

    @property
    def paas(self) -> HasPrice | None:
        """What Northflank runs."""

    @property
    def byoc(self) -> HasPrice | None:
        """What runs in the customer's own clouds."""

    @property
    def egress_ip(self) -> HasPrice | None:
        """Egress addresses."""

    @property
    def load_balancer(self) -> HasPrice | None:
        """Load balancers."""


def categories(wire: Categorised, money: Money) -> Mapping[Category, Price]:
    """The prices of the categories that are stated."""
    sides = {
        Category.PAAS: wire.paas,
        Category.BYOC: wire.byoc,
        Category.EGRESS_IP: wire.egress_ip,
        Category.LOAD_BALANCER: wire.load_balancer,
    }
    return categories_of(sides, money)


def clusters_of(byoc: Byoc | None, money: Money) -> tuple[Cluster, ...]:
    """The clusters that a detail names."""
    wire = (byoc.clusters if byoc else None) or ()
    return tuple(Cluster(id=each.id, name=each.name or None, price=money.price(each.price)) for each in wire)
