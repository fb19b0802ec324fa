"""Invoices with their figures: what was used, the line items, discount, tax and total, in whole grains of money."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.sandbox.money import Money
from exporter.sandbox.periods import FIRST_SUBSCRIBED, Frame
from exporter.sandbox.pricing import NOTHING, Consumption

TAX_PERCENT = 20
# Minor units.
PLAN_PRICE = 5_000
FIRST_MONTH_PRORATION = -1_800
CREDIT_PRICE = 20_000


@dataclass(frozen=True, slots=True)
class LineItem:
    """One line, in grains: its total is the base and the proration together."""

    title: str
    base: int
    proration: int = 0

    @property
    def total(self) -> int:
        """What the line comes to."""
        return self.base + self.proration


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice in grains of its money.

    `sub_total` is before tax and discount, and what the line items come to. A subscription has no `usage`,
    a credit purchase one that is nothing: consumers meet both.
    """

    frame: Frame
    money: Money
    usage: Consumption | None
    line_items: tuple[LineItem, ...]
    sub_total: int
    discount: int
    tax: int

    @property
    def total(self) -> int:
        """What is to be paid."""
        return self.sub_total - self.discount + self.tax

    @property
    def is_paid(self) -> bool:
        """Whether it has been paid."""
        return self.frame.status == "paid"


def usage_invoice(frame: Frame, money: Money, usage: Consumption) -> Invoice:
    """The invoice of what was used in the frame's time."""
    lines = (
        LineItem("PaaS usage", usage.paas.bill.total),
        LineItem("BYOC usage", usage.byoc.total),
        LineItem("Egress IPs", usage.egress_ip.total),
        LineItem("Load balancers", usage.load_balancer.total),
    )
    return _invoice(frame, money, usage, lines)


def subscription_invoice(frame: Frame, money: Money) -> Invoice:
    """The fixed fee of a month; the first month was not a whole one."""
    proration = FIRST_MONTH_PRORATION if frame.months_ago == FIRST_SUBSCRIBED else 0
    line = LineItem("Team plan", PLAN_PRICE * money.grains, proration * money.grains)
    return _invoice(frame, money, None, (line,))


def credits_invoice(frame: Frame, money: Money) -> Invoice:
    """A purchase of credits."""
    return _invoice(frame, money, NOTHING, (LineItem("Credit purchase", CREDIT_PRICE * money.grains),))


def _invoice(frame: Frame, money: Money, usage: Consumption | None, lines: tuple[LineItem, ...]) -> Invoice:
    sub_total = sum(line.total for line in lines)
    discount = sub_total * frame.discount_percent // 100
    tax = ((sub_total - discount) * TAX_PERCENT + 50) // 100
    return Invoice(frame, money, usage, lines, sub_total, discount, tax)
