"""What invoices and usage have in common in this generation: two categories, and the PaaS tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from exporter.domain.invoice import Category
from exporter.domain.price import Price
from exporter.northflank.wire.shapes import HasPrice, PaasPrice, categories_of
from exporter.northflank.wire.tree import WireTeam
from exporter.northflank.wire.values import Money


class PaasUsage(msgspec.Struct, frozen=True):
    """The PaaS price of a detail, and its tree."""

    price: PaasPrice | None = None
    teams: list[WireTeam] | None = None


class Categorised(Protocol):
    """What states a price for each category: rows and details, of invoices and of usage."""

    @property
    def paas_usage(self) -> HasPrice | None:
        """What Northflank runs."""

    @property
    def byoc_usage(self) -> HasPrice | None:
        """What runs in the customer's own clouds."""


def categories(wire: Categorised, money: Money) -> Mapping[Category, Price]:
    """The prices of the categories that are stated."""
    return categories_of({Category.PAAS: wire.paas_usage, Category.BYOC: wire.byoc_usage}, money)
