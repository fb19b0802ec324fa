"""What has to be shown of an account's invoices: by family, from the sandbox's ledger alone."""

from collections.abc import Iterator
from decimal import Decimal

from tests.dashboards.books import DIALECT
from tests.dashboards.history import GONE
from tests.dashboards.money import Charged, Labels, Line, tree
from tests.e2e.dialect import Ledger
from tests.e2e.expected import UNPAID, components, invoice_lines


def invoices(charged: Charged) -> Iterator[Line]:
    """Of each invoice that is shown its amounts, what it bills by category and component, and its line items."""
    dates = _dates(charged)
    for invoice in charged.books.world.shown:
        labels = {"invoice_id": invoice["id"], **dates[invoice["id"]], "status": invoice["status"]}
        labels["of"] = f"{labels['period_end']} {invoice['currency'].upper()}"
        for family, value in _amounts(invoice).items():
            yield family, labels, value
        for category, price in invoice["categories"].items():
            for component, value in components(price, DIALECT.parts[category]):
                yield "usage", {**labels, "category": category, "component": component}, value
            yield (
                "usage",
                {**labels, "category": category, "component": "other"},
                Decimal(0),
            )  # what is lost by rounding
        for position, item in enumerate(invoice["line_items"]):
            of = {**labels, "position": str(position), "title": item["title"]}
            yield "item", of, Decimal(item["total"])
            yield "item_base", of, Decimal(item["base"])
            yield "item_proration", of, Decimal(item["proration"])
        if invoice["kind"] != "subscription":  # that says nothing of usage
            usage = sum((Decimal(price["total"]) for price in invoice["categories"].values()), Decimal(0))
            yield "not_usage", labels, Decimal(invoice["sub_total"]) - usage


def newest(charged: Charged) -> Iterator[Line]:
    """The newest invoice that bills usage, down to its resources."""
    latest = _latest(charged)
    yield from ((f"newest_{family}", {}, value) for family, value in _amounts(latest).items())
    for level, labels, value in tree(charged.books, latest):
        if level == "team" or labels["team_id"] != GONE:
            yield f"newest_{level}", labels, value
    for cluster in latest["clusters"]:
        labels = {"cluster_id": cluster["id"], "cluster_name": cluster["name"]}
        yield "newest_cluster", labels, Decimal(cluster["price"]["total"])


def unattributed(charged: Charged) -> Iterator[Line]:
    """What the levels of the newest invoice and of the newest hour leave over, as a share of PaaS.

    It is what the team spent that is gone: its projects cannot be asked for any more.
    """
    for family, used in (("unattributed", _latest(charged)), ("hourly_unattributed", charged.books.hour)):
        gone = sum(Decimal(team["price"]["total"]) for team in used["teams"] if team["id"] == GONE)
        paas = Decimal(used["categories"]["paas"]["total"])
        for level in DIALECT.levels:
            yield family, {"level": level}, gone / paas if level == "project" else Decimal(0)


INVOICED = (invoices, newest, unattributed)


def _latest(charged: Charged) -> Ledger:
    latest = charged.books.world.latest
    assert latest is not None
    return latest


def _amounts(invoice: Ledger) -> dict[str, Decimal]:
    to_pay, subtotal = Decimal(invoice["total"]), Decimal(invoice["sub_total"])
    is_unpaid = invoice["status"] in UNPAID
    return {
        "to_pay": to_pay,
        "subtotal": subtotal,
        "discount": Decimal(invoice["discount"]),
        "tax": Decimal(invoice["tax_amount"]),
        "tax_rate": Decimal(invoice["tax_percent"]) / 100,
        "is_paid": Decimal(invoice["status"] == "paid"),
        "count": Decimal(1),
        "failed": Decimal(invoice["status"] == "payment_failed"),
        **({"unpaid": to_pay} if is_unpaid else {}),
    }


def _dates(charged: Charged) -> dict[str, Labels]:
    """The kind and the dates by the invoice's id."""
    told = [labels for family, labels, _ in invoice_lines(charged.books.world) if family == "invoice_info"]
    return {
        labels["invoice_id"]: {name: labels[name] for name in ("kind", "period_start", "period_end")} for labels in told
    }
