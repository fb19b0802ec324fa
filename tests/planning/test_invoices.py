"""What is asked about invoices: the list, details, trees; shallow levels before deep ones, nothing twice."""

from dataclasses import replace
from typing import Any, cast

import pytest

from exporter.domain.extent import Extent
from exporter.domain.facts import DetailFact, Facts, about_hour
from exporter.domain.invoice import Invoice, InvoiceDetail
from exporter.domain.question import DetailPage, GetInvoicePage, ListInvoices, Question, Urgency, query_of
from exporter.domain.report import Dataset, Generation
from exporter.domain.tree import Level
from exporter.planning.invoices import details_step, invoices_of_month, list_step
from exporter.planning.task import Situation, Step
from tests.builders import bill, row, subscription, usage_invoice
from tests.facts import DAY, account, at, hourly, period, recorded, tree, with_tree

NOW = "2026-11-18T12:20"
JOB, SITE, PAY = ("acme", "api", "job", "j"), ("acme", "web", "service", "s"), ("beta", "pay", "addon", "d")
TREE = tree({JOB: "1.00", SITE: "2.00", PAY: "4.00"})
NEWEST = usage_invoice("newest", period=period("2026-11-01", "2026-11-15"))
OLDER = usage_invoice("older", period=period("2026-10-01", "2026-11-01"))
OLDEST = usage_invoice("oldest", period=period("2026-09-01", "2026-10-01"))
LISTED = account(invoices=[NEWEST, OLDER, OLDEST], listed_at=NOW)


def situation(facts: Facts, now: str | float = NOW, **extent: Any) -> Situation:  # noqa: ANN401 - fields of an extent
    """What the plan depends on."""
    return Situation(facts, Extent(**extent), at(now))


def asked(facts: Facts, **extent: Any) -> list[tuple[str, dict[str, str]]]:  # noqa: ANN401 - the same
    """The pages of invoices that are asked for, in order of urgency."""
    step = details_step(situation(facts, **extent))
    assert {} == step.assembled
    pages = [cast("GetInvoicePage", each) for task in step.tasks for each in task.questions]
    return [(each.invoice.id, dict(each.query)) for each in pages]


def detailed(facts: Facts, *invoices: Invoice, is_final: bool = True) -> Facts:
    """With the details of some."""
    return facts.with_changes(
        {"details": {each.id: DetailFact(each, bill(tax="2"), is_final=is_final) for each in invoices}}
    )


def the_list(facts: Facts, now: str | float = NOW, **extent: Any) -> Question:  # noqa: ANN401 - the same
    """What is asked of the list."""
    (task,) = list_step(situation(facts, now, **extent)).tasks
    assert (Dataset.INVOICES, Urgency.ACCOUNT, True, True) == (
        task.dataset,
        task.urgency,
        task.is_routine,
        task.is_needed,
    )
    return task.questions[0]


def test_the_list() -> None:
    """The list is read whole at first and about once a day; in between as far as what is shown."""
    assert ListInvoices() == the_list(Facts())
    assert ListInvoices(frozenset({"newest", "older"})) == the_list(LISTED, history=2)
    assert ListInvoices() == the_list(LISTED, at(NOW) + DAY)
    assert ListInvoices() == the_list(LISTED, at(NOW) - 1)


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (100, 1), (101, 2), (1000, 10)])
def test_pages_of_the_list(count: int, expected: int) -> None:
    """A list takes as many requests as it has pages of a hundred; read in part it takes one."""
    facts = account(invoices=[usage_invoice(f"i{place}") for place in range(count)], listed_at=NOW)
    (whole,) = list_step(situation(facts, at(NOW) + DAY)).tasks
    (part,) = list_step(situation(facts)).tasks

    assert (expected, 1) == (whole.requests, part.requests)


def test_before_the_generation_is_known() -> None:
    """Nothing is asked of details before it is known how."""
    assert Step() == details_step(situation(Facts()))


def test_details_and_the_newest_tree() -> None:
    """The newest usage invoice comes first, the other details when there is time, one request each."""
    step = details_step(situation(LISTED))

    assert [("newest", Urgency.PROJECTS, 1), ("newest", Urgency.PROJECTS, 1), ("newest", Urgency.LATER, 3)] == [
        (cast("GetInvoicePage", task.questions[0]).invoice.id, task.urgency, task.requests) for task in step.tasks
    ]
    assert [("older", {}), ("oldest", {})] == asked(LISTED)[-2:]


def test_details_once() -> None:
    """A detail that is known is not asked for again, whatever the status comes to."""
    facts = detailed(LISTED, NEWEST, OLDER)
    facts = with_tree(facts, NEWEST, TREE)

    assert [("oldest", {})] == asked(facts)
    now_open = facts.with_changes({"invoices": {"older": replace(OLDER, status="open")}})
    assert [("oldest", {})] == asked(now_open)


def test_a_detail_that_is_not_final() -> None:
    """A detail that may change is asked for at each poll, and counts as nothing that is left to do."""
    facts = with_tree(detailed(detailed(LISTED, NEWEST, OLDEST), OLDER, is_final=False), NEWEST, TREE)
    (task,) = details_step(situation(facts)).tasks

    assert (GetInvoicePage(OLDER),) == task.questions
    assert (True, 0) == (task.is_routine, task.requests)


def page(facts: Facts, of: Invoice, rows: list[tuple[str, ...]], **query: str) -> Facts:
    """With a page that has these rows of the tree."""
    detail = InvoiceDetail(rows={path: TREE[path] for path in rows}, places=2)
    return recorded(facts, GetInvoicePage(of, query_of(query)), DetailPage(invoice=detail), NOW)


TOP = page(detailed(LISTED, NEWEST, OLDER, OLDEST), NEWEST, [(), ("acme",), ("beta",)])
TEAMS = page(
    page(TOP, NEWEST, [(), ("acme",), ("acme", "api"), ("acme", "web")], teamId="acme"),
    NEWEST,
    [(), ("beta",), ("beta", "pay")],
    teamId="beta",
)


def test_the_tree_level_by_level() -> None:
    """A tree is asked for level by level: what can be asked for next is known from the answers before."""
    assert [("newest", {"teamId": "acme"}), ("newest", {"teamId": "beta"})] == asked(TOP)
    step = details_step(situation(TEAMS))
    (fact,) = step.assembled["trees"].values()
    assert (Level.PROJECT, {path: each for path, each in TREE.items() if len(path) <= 2}) == (
        fact.level,
        fact.tree.rows,
    )
    shallow = TEAMS.with_changes(step.assembled)
    assert [
        ("newest", {"projectId": "api", "teamId": "acme"}),
        ("newest", {"projectId": "web", "teamId": "acme"}),
        ("newest", {"projectId": "pay", "teamId": "beta"}),
    ] == asked(shallow)
    (task,) = details_step(situation(shallow)).tasks
    assert (Urgency.RESOURCES, 3) == (task.urgency, task.requests)
    # What was answered on the way is not asked for again.
    for team, project, path in (("acme", "api", JOB), ("acme", "web", SITE), ("beta", "pay", PAY)):
        rows: list[tuple[str, ...]] = [path[:depth] for depth in range(5)]
        shallow = page(shallow, NEWEST, rows, teamId=team, projectId=project)
    step = details_step(situation(shallow))
    whole = shallow.with_changes(step.assembled)
    assert TREE == whole.trees["newest"].tree.rows  # type: ignore[union-attr] # it is whole
    assert {} == whole.pages
    assert [] == asked(whole)


def test_a_team_that_vanished() -> None:
    """A team that answers 404 keeps its price, and what is below it is not to be had."""
    facts = page(TOP, NEWEST, [(), ("acme",), ("acme", "api"), ("acme", "web")], teamId="acme")
    facts = recorded(facts, GetInvoicePage(NEWEST, query_of({"teamId": "beta"})), DetailPage(), NOW)
    (fact,) = details_step(situation(facts)).assembled["trees"].values()

    assert {("beta",)} == fact.tree.vanished
    assert row("4.00", cpu="4.00") == fact.tree.rows["beta",]


@pytest.mark.parametrize(("level", "expected"), [(Level.ACCOUNT, 0), (Level.TEAM, 0), (Level.PROJECT, 2)])
def test_levels(level: Level, expected: int) -> None:
    """Nothing below the configured level is asked for."""
    step = details_step(situation(TOP, level=level))
    facts = TOP.with_changes(step.assembled)

    assert expected == len(asked(facts, level=level))


def test_no_trees() -> None:
    """Where no tree is shown none is asked for; the newest usage invoice's detail is, with the others."""
    assert [("newest", {}), ("older", {}), ("oldest", {})] == asked(LISTED, details=0)
    assert [] == asked(detailed(LISTED, NEWEST, OLDER, OLDEST), details=0)


def test_two_trees() -> None:
    """Of several trees the shallow levels of all come before the deep ones of any."""
    facts = detailed(LISTED, NEWEST, OLDER, OLDEST)
    shallow = {path: each for path, each in TREE.items() if len(path) <= 2}
    facts = with_tree(facts, NEWEST, shallow, level=Level.PROJECT)
    step = details_step(situation(facts, details=2))

    assert [("older", Urgency.PROJECTS), ("newest", Urgency.RESOURCES)] == [
        (cast("GetInvoicePage", task.questions[0]).invoice.id, task.urgency) for task in step.tasks
    ]


def test_what_is_shown_no_more() -> None:
    """Trees and pages of invoices that are not the newest any more are dropped; details and hours stay."""
    facts = with_tree(detailed(LISTED, NEWEST, OLDER, OLDEST), OLDEST, TREE)
    facts = page(facts, OLDER, [(), ("acme",)])
    facts = facts.with_changes({"pages": {(about_hour(0), ()): DetailPage()}})
    left = facts.with_changes(details_step(situation(facts)).assembled)

    assert ({}, {(about_hour(0), ())}) == (left.trees, set(left.pages))
    assert {"newest", "older", "oldest"} == set(left.details)


def test_trees_of_the_running_month() -> None:
    """An invoice of the running month keeps its tree: it may show what resources spent before a start."""
    early = usage_invoice("early", period=period("2026-11-01", "2026-11-10"))
    late = usage_invoice("late", period=period("2026-11-10", "2026-11-15"))
    facts = account(hours=hourly("2026-11-01", "2026-11-18T12:00"), invoices=[late, early], listed_at=NOW)
    facts = with_tree(with_tree(detailed(facts, early, late), early, TREE), late, TREE)

    assert {} == details_step(situation(facts)).assembled
    assert (late, early) == invoices_of_month(situation(facts))
    assert () == invoices_of_month(situation(facts, level=Level.PROJECT))
    assert () == invoices_of_month(situation(account(Generation.A, invoices=[early])))
    assert {"early": None} == details_step(situation(facts, level=Level.PROJECT)).assembled["trees"]


def test_a_detail_of_another_invoice() -> None:
    """Where an instant shows another invoice (2024), the tree is known not to be there, and not asked for again."""
    other = InvoiceDetail(period=period("2026-01-01", "2026-02-01"), rows={(): row("1.00")})
    facts = recorded(
        account(Generation.A, invoices=[NEWEST], listed_at=NOW), GetInvoicePage(NEWEST), DetailPage(invoice=other), NOW
    )
    step = details_step(situation(facts))

    assert None is step.assembled["trees"]["newest"].tree
    assert [] == asked(facts.with_changes(step.assembled))


def test_2024_has_no_drill_down() -> None:
    """In 2024 one answer is the whole tree, down to its projects."""
    rows = {path: each for path, each in TREE.items() if len(path) <= 2}
    facts = recorded(
        account(Generation.A, invoices=[NEWEST], listed_at=NOW),
        GetInvoicePage(NEWEST),
        DetailPage(invoice=InvoiceDetail(rows=rows, categories={}, places=2)),
        NOW,
    )
    facts = facts.with_changes(details_step(situation(facts)).assembled)

    assert rows == facts.trees["newest"].tree.rows  # type: ignore[union-attr] # it is whole
    assert [] == asked(facts)


def test_a_subscription() -> None:
    """A subscription has a detail and no tree."""
    facts = account(invoices=[subscription("monthly", period=period("2026-11-01", "2026-11-15"))], listed_at=NOW)

    assert [("monthly", {})] == asked(facts)
    assert [] == asked(detailed(facts, *facts.listed))
