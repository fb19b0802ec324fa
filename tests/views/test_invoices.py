"""The invoices shown, their details and trees, from facts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.extent import Extent
from exporter.domain.facts import DetailFact, Facts, TreeFact
from exporter.domain.invoice import Cluster, Invoice, InvoiceDetail
from exporter.domain.report import Generation, InvoiceTree
from exporter.domain.tree import Level
from exporter.views.invoices import invoice_details_view, invoices_view
from tests.builders import DAY, JULY_START, bill, subscription, usage_invoice
from tests.facts import account, period, tree

NOW = JULY_START + DAY
TREE = tree({("acme", "api", "job", "nightly"): "3", ("acme", "api", "service", "web"): "4"})
CLUSTERS = (Cluster("c1", None, None),)
NEWEST, OLDER = usage_invoice("newest"), usage_invoice("older", period=period("2026-05-01", "2026-06-01"))


def listed(*invoices: Invoice, generation: Generation = Generation.C) -> Facts:
    """What is known of a list."""
    return account(generation, invoices=invoices)


def detailed(facts: Facts, *ids: str, detail: InvoiceDetail | None = None) -> Facts:
    """With the details of some."""
    found = {each: DetailFact(facts.invoices[each], detail or bill(tax="2"), is_final=True) for each in ids}
    return facts.with_changes({"details": found})


def with_trees(facts: Facts, *ids: str, level: Level = Level.RESOURCE) -> Facts:
    """With the trees of some."""
    left_over = {each: Decimal(0) for each in Level if 0 < each.depth <= level.depth}
    trees = {
        each: TreeFact(
            facts.invoices[each],
            level,
            InvoiceTree(facts.invoices[each], TREE, CLUSTERS, left_over, frozenset({("gone",)})),
            is_final=True,
        )
        for each in ids
    }
    return facts.with_changes({"trees": trees})


def test_nothing_was_read() -> None:
    """A list that was never read is not an empty one."""
    assert None is invoices_view(Facts(), Extent(), NOW)
    assert None is invoices_view(account().with_changes({"list_read": {"": None}}), Extent(), NOW)
    empty = invoices_view(listed(), Extent(), NOW)
    assert empty
    assert ((), None) == (empty.invoices, empty.latest_id)


def test_the_list() -> None:
    """The newest invoices are shown, newest first, with the statuses that the generation is known to have."""
    facts = listed(OLDER, subscription("monthly"), NEWEST)
    section = invoices_view(facts, Extent(history=2), NOW)

    assert section
    assert (["monthly", "newest"], "newest") == ([each.id for each in section.invoices], section.latest_id)
    assert {"draft", "open", "payment_failed", "paid"} <= set(section.known_statuses)


def test_statuses_of_a_generation() -> None:
    """A generation that only says paid or not knows these two."""
    section = invoices_view(listed(NEWEST, generation=Generation.B), Extent(), NOW)

    assert section
    assert {"paid", "open"} == set(section.known_statuses)


def test_unpaid_since() -> None:
    """An unpaid invoice has its instant with the list that states it, or with the details where they alone do."""
    by_list, by_detail = usage_invoice("list", status="open"), usage_invoice("detail", status=None)
    facts = detailed(listed(by_list, by_detail), "list", "detail")
    facts = facts.with_changes({"unpaid": {"list": 5.0, "detail": 7.0, "gone": 9.0}})
    section, details = invoices_view(facts, Extent(), NOW), invoice_details_view(facts, Extent(), NOW)

    assert section
    assert details
    assert ({"list": 5.0}, {"detail": 7.0}) == (section.unpaid_since, details.unpaid_since)


def test_details() -> None:
    """Those details are shown that are known, of the invoices that are shown, as the list has them now."""
    facts = detailed(listed(NEWEST, OLDER), "newest")
    section = invoice_details_view(facts, Extent(), NOW)
    assert section
    assert (((NEWEST, bill(tax="2")),), ()) == (section.details, section.trees)

    later = facts.with_changes({"invoices": {"newest": replace(NEWEST, status="void")}})
    section = invoice_details_view(later, Extent(), NOW)
    assert section
    assert ["void"] == [each.status for each, _ in section.details]


def test_no_details_yet() -> None:
    """As long as no detail is known nothing is shown; an account without invoices has none to wait for."""
    assert None is invoice_details_view(listed(NEWEST), Extent(), NOW)
    empty = invoice_details_view(listed(), Extent(), NOW)
    assert empty
    assert () == empty.details


@pytest.mark.parametrize("details", [0, 1, 2])
def test_trees(details: int) -> None:
    """The trees of the newest usage invoices are shown, as many as are configured, with the invoice as it is now."""
    now_open = replace(NEWEST, status="open")
    facts = with_trees(detailed(listed(NEWEST, OLDER), "newest", "older"), "newest", "older")
    facts = facts.with_changes({"invoices": {"newest": now_open}})
    section = invoice_details_view(facts, Extent(details=details), NOW)

    assert section
    assert [now_open, OLDER][:details] == [each.invoice for each in section.trees]


def test_an_invoice_without_a_tree() -> None:
    """Where the API answers about another invoice (2024) no tree is shown."""
    facts = detailed(listed(NEWEST), "newest")
    facts = facts.with_changes({"trees": {"newest": TreeFact(NEWEST, Level.RESOURCE, None, is_final=True)}})
    section = invoice_details_view(facts, Extent(), NOW)

    assert section
    assert () == section.trees


@pytest.mark.parametrize("level", list(Level))
def test_a_tree_that_is_deeper_than_what_is_shown(level: Level) -> None:
    """A tree is shown down to the level that is configured, also where more of it is known."""
    facts = with_trees(detailed(listed(NEWEST), "newest"), "newest")
    section = invoice_details_view(facts, Extent(level=level), NOW)

    assert section
    (shown,) = section.trees
    assert {path: row for path, row in TREE.items() if len(path) <= level.depth} == shown.rows
    assert {each for each in Level if 0 < each.depth <= level.depth} == set(shown.unattributed)
    assert (() if level is Level.ACCOUNT else CLUSTERS) == shown.clusters


def test_a_shallow_tree() -> None:
    """While a tree is gathered it is shown down to its projects."""
    facts = detailed(listed(NEWEST), "newest")
    shallow = {path: row for path, row in TREE.items() if len(path) <= 2}
    whole = InvoiceTree(NEWEST, shallow, (), {}, frozenset())
    facts = facts.with_changes({"trees": {"newest": TreeFact(NEWEST, Level.PROJECT, whole, is_final=True)}})
    section = invoice_details_view(facts, Extent(), NOW)

    assert section
    assert shallow == section.trees[0].rows
