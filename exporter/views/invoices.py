"""The invoices shown, and what their details and trees add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Facts
from exporter.domain.invoice import Invoice
from exporter.domain.report import InvoiceDetailsSection, InvoicesSection, InvoiceTree
from exporter.domain.selection import billing_usage, shown
from exporter.domain.tree import Level
from exporter.northflank.wire.generations import WIRES


def invoices_view(facts: Facts, extent: Extent, now: float) -> InvoicesSection | None:
    """The list; None as long as it was never read."""
    api = facts.api.get(ONLY)
    if ONLY not in facts.list_read or api is None:
        return None
    chosen = shown(facts.listed, history=extent.history, details=extent.details, now=now)
    return InvoicesSection(
        invoices=chosen,
        latest_id=next((each.id for each in billing_usage(chosen, 1, now)), None),
        unpaid_since=_unpaid(facts, (each for each in chosen if each.status is not None)),
        known_statuses=WIRES[api.generation].statuses,
    )


def invoice_details_view(facts: Facts, extent: Extent, now: float) -> InvoiceDetailsSection | None:
    """The details and trees that are known of the invoices shown; None where none is."""
    chosen = shown(facts.listed, history=extent.history, details=extent.details, now=now)
    details = tuple((each, facts.details[each.id].detail) for each in chosen if each.id in facts.details)
    with_tree = billing_usage(chosen, extent.details, now)
    known = ((each, facts.trees[each.id].tree) for each in with_tree if each.id in facts.trees)
    trees = tuple(_cut(replace(tree, invoice=each), extent.level) for each, tree in known if tree)
    if chosen and not details:
        return None
    unpaid_since = _unpaid(facts, (each for each, _ in details if each.status is None))
    return InvoiceDetailsSection(details=details, trees=trees, unpaid_since=unpaid_since)


def _unpaid(facts: Facts, invoices: Iterable[Invoice]) -> Mapping[str, float]:
    return MappingProxyType({each.id: facts.unpaid[each.id] for each in invoices if each.id in facts.unpaid})


def _cut(tree: InvoiceTree, level: Level) -> InvoiceTree:
    """The tree down to the level that is shown: more of it may be known."""
    if all(len(path) <= level.depth for path in tree.rows) and (tree.clusters == () or level is not Level.ACCOUNT):
        return tree
    return replace(
        tree,
        rows=MappingProxyType({path: row for path, row in tree.rows.items() if len(path) <= level.depth}),
        clusters=tree.clusters if level is not Level.ACCOUNT else (),
        unattributed=MappingProxyType(
            {each: amount for each, amount in tree.unattributed.items() if each.depth <= level.depth}
        ),
    )
