"""The plan as a whole: the account's own figures first, whatever the account's size; and how many requests are left."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.extent import Extent
from exporter.domain.facts import NO_TOTALS, Facts, ScopeTotals, TotalFact
from exporter.domain.invoice import Invoice
from exporter.domain.question import GetHourPage, GetTotal, ListHours, ListInvoices, Urgency
from exporter.domain.report import Dataset, Generation
from exporter.domain.tree import Level, Path, Rows
from exporter.northflank.wire.generations import WIRES
from exporter.planning.costs import Polls, requests_of_account, requests_of_details, requests_of_scopes
from exporter.planning.plan import has_dataset, pending_requests, plan
from exporter.planning.task import Situation, Step, Task, step_of
from tests.builders import usage_invoice
from tests.facts import HOUR, account, at, hourly, period, tree, usage, with_hour, with_project_month, with_total
from tests.planning.world import DATASETS, Spent, World, hours_like

NOON, NOW = "2026-11-18T12:00", "2026-11-18T12:20"
BUDGET = Budget("b", Decimal(100), "USD", Scope("team-1"))


def invoices(count: int) -> list[Invoice]:
    """So many invoices that bill usage, newest first."""
    last = at("2026-11-15")
    return [
        usage_invoice(f"i{each}", period=period(last - (each + 1) * HOUR, last - each * HOUR)) for each in range(count)
    ]


def large(projects: int) -> Rows:
    """An hour of fifty teams with so many projects in all."""
    paths: list[Path] = [(f"team-{each % 50}", f"p{each}", "service", "s") for each in range(projects)]
    return tree(dict.fromkeys(paths, "0.01"))


def known_hour(facts: Facts, rows: Rows) -> Facts:
    """With the newest hour's teams and projects."""
    names: Mapping[Path, str | None] = {path: None for path in rows if 0 < len(path) <= 2}
    return with_project_month(
        with_hour(facts, "2026-11-18T11:00", rows, has_resources=False), "2026-11-01", names=names
    )


LARGE = large(5000)
FIRST_START = account(hours=hourly("2026-11-01", NOON, 50), invoices=invoices(1000), listed_at=NOW)


def situation(facts: Facts, **extent: object) -> Situation:
    """What the plan depends on."""
    return Situation(facts, Extent(declared=Declared(budgets=(BUDGET,)), **extent), at(NOW))  # type: ignore[arg-type]


@pytest.mark.parametrize("history", [12, 1000])
@pytest.mark.parametrize("rows", [large(3), LARGE], ids=["small", "large"])
def test_the_account_comes_first(history: int, rows: Rows) -> None:
    """List, hours, totals, credits and budgets come first, with a thousand invoices and 5,000 projects too."""
    tasks = plan(situation(known_hour(FIRST_START, rows), history=history))
    urgencies = [task.urgency for task in tasks]
    own = [task for task in tasks if task.urgency is Urgency.ACCOUNT]

    assert sorted(urgencies) == urgencies
    assert {Dataset.INVOICES, Dataset.USAGE, Dataset.CREDITS, Dataset.BUDGETS} == {task.dataset for task in own}
    # The list, the hours, two totals, the months, the balance, and two for the budget.
    assert 8 == sum(len(task.questions) for task in own)
    assert {Dataset.INVOICES, Dataset.USAGE, Dataset.CREDITS, Dataset.BUDGETS}.isdisjoint(
        task.dataset for task in tasks if task.urgency > Urgency.ACCOUNT
    )


def test_shallow_levels_before_deep_ones() -> None:
    """Projects come before resources, the running month before old invoices, and what is filled in late comes last."""
    facts = known_hour(FIRST_START, large(100))
    reasons = [(task.urgency, task.dataset, task.reason) for task in plan(situation(facts)) if task.urgency]

    assert [
        (Urgency.PROJECTS, Dataset.INVOICE_DETAILS, "tax, discount and line items of the newest usage invoices"),
        (Urgency.PROJECTS, Dataset.INVOICE_DETAILS, "the tree of invoice i0 down to projects"),
        (Urgency.PROJECTS, Dataset.USAGE_DETAILS, "what each team and project spent in the month"),
        (Urgency.RESOURCES, Dataset.USAGE_DETAILS, "resources of the newest hour"),
        (Urgency.LATER, Dataset.INVOICE_DETAILS, "tax, discount and line items of each invoice"),
        (Urgency.LATER, Dataset.USAGE_DETAILS, "teams and projects of the trailing day"),
    ] == reasons[:6]
    assert {Urgency.BACKFILL} == {urgency for urgency, _, _ in reasons[6:]}


def test_what_a_large_account_is_asked() -> None:
    """5,000 projects are asked for once each, and not more than four hours side by side."""
    tasks = plan(situation(known_hour(FIRST_START, LARGE), history=1000))
    totals = [each for task in tasks for each in task.questions if isinstance(each, GetTotal)]
    pages = [each for task in tasks for each in task.questions if isinstance(each, GetHourPage)]

    assert (
        5000 + 50
        == len({each.scope for each in totals if not each.scope.is_account and each.scope != BUDGET.scope}) + 1
    )
    assert len(totals) <= 5000 + 50 + 10
    assert 4 >= len({each.start for each in pages if each.start < at("2026-11-17T12:00")})
    assert len(pages) <= 12


class _Counted(dict[Scope, ScopeTotals]):
    """Facts of which it is counted how often one is looked up, and how often all are gone through."""

    looked_up = 0
    gone_through = 0

    def get(self, key: Scope, default: object = NO_TOTALS) -> ScopeTotals:
        """What is known of a scope."""
        self.looked_up += 1
        assert default is NO_TOTALS
        return super().get(key, NO_TOTALS)

    def __iter__(self) -> Iterator[Scope]:
        """All scopes."""
        self.gone_through += 1
        return super().__iter__()


@pytest.mark.parametrize("projects", [500, 5000])
def test_planning_a_large_account(projects: int) -> None:
    """Planning looks each team and project up a few times, however many there are: never all of them for each."""
    rows, within = large(projects), period("2026-11-01", NOON)
    facts, answer = known_hour(FIRST_START, rows), TotalFact((usage(1),), (usage(1),), at(NOON))
    counted = _Counted(
        {Scope(*path): ScopeTotals(((within, answer),), at(NOON)) for path in rows if 0 < len(path) <= 2}
    )
    tasks = plan(situation(replace(facts, totals=counted)))

    assert tasks
    assert 1 <= counted.looked_up <= 6 * (projects + 50) + 50
    assert counted.gone_through <= 10


def test_requests_of_a_task() -> None:
    """A task says how many requests it takes in all, also where answers make more questions known."""
    rows = large(100)
    facts = with_total(known_hour(FIRST_START, rows), period("2026-11-01", NOON), usage(1))
    tasks = {task.reason: task for task in plan(situation(facts)) if task.dataset is Dataset.USAGE_DETAILS}

    assert 150 == tasks["what each team and project spent in the month"].requests
    # The hour itself, one for each team, one for each of their two projects.
    assert 1 + 50 + 100 == tasks["resources of the newest hour"].requests
    assert 1 == len(tasks["resources of the newest hour"].questions)
    assert 23 * 51 == tasks["teams and projects of the trailing day"].requests


def test_pending_requests() -> None:
    """What is left to be asked counts; what is asked at each poll whatever is known does not."""
    routine = Task(Dataset.USAGE, Urgency.ACCOUNT, "hours", (ListHours(0),), 3, is_routine=True)
    left = Task(Dataset.USAGE, Urgency.LATER, "list", (ListInvoices(),), 7, is_needed=False)

    assert 7 == pending_requests(Step((routine, left)))
    assert 0 == pending_requests(Step())


def test_order_of_tasks() -> None:
    """The most urgent come first; of equal ones the order stays, and those without questions are left out."""
    later, first, second = (
        Task(Dataset.USAGE, urgency, reason, (ListInvoices(),), 1)
        for urgency, reason in ((Urgency.LATER, "later"), (Urgency.PROJECTS, "first"), (Urgency.PROJECTS, "second"))
    )
    empty = Task(Dataset.USAGE, Urgency.ACCOUNT, "empty", (), 0)

    assert (first, second, later) == step_of([later, None, first, empty, second]).tasks


def test_what_is_recorded_before() -> None:
    """What answers add up to, and what need not be held any more, is recorded before more is asked."""
    assert not Step(assembled={"pages": {}}, released={"hour_projects": ()}).is_to_be_recorded
    assert Step(assembled={"pages": {1: None}}).is_to_be_recorded
    assert Step(released={"hour_projects": (1.0,)}).is_to_be_recorded


SPENT: Spent = {("acme", "api", "service", "a"): "1.00", ("beta", "pay", "addon", "d"): "4.00"}


@pytest.mark.parametrize("generation", [Generation.B, Generation.C])
def test_the_plan_comes_to_an_end(generation: Generation) -> None:
    """Once all is asked, only what is asked at each poll is left, and what is shown waits for nothing."""
    old = usage_invoice("old", period=period("2026-08-01", "2026-09-01"))
    world = World(hours_like("2026-11-17", NOON, SPENT), generation, invoices=[old])
    world.settle(NOW)
    world.poll(NOW, DATASETS)
    left = plan(Situation(world.facts, world.extent, at(NOW)))

    assert 0 == sum(task.requests for task in left if not task.is_routine)
    assert {Dataset.INVOICES, Dataset.USAGE} <= {task.dataset for task in left}


@pytest.mark.parametrize(
    ("generation", "level", "expected"),
    [
        pytest.param(Generation.C, Level.RESOURCE, set(Dataset), id="2026-10"),
        pytest.param(Generation.B, Level.RESOURCE, set(Dataset) - {Dataset.CREDITS}, id="2026-06"),
        pytest.param(Generation.A, Level.RESOURCE, set(Dataset) - {Dataset.CREDITS, Dataset.USAGE_DETAILS}, id="2024"),
        pytest.param(Generation.C, Level.ACCOUNT, set(Dataset) - {Dataset.USAGE_DETAILS}, id="the_account_alone"),
    ],
)
def test_datasets(generation: Generation, level: Level, expected: set[Dataset]) -> None:
    """A generation has the datasets that it states, as far as the configuration wants them."""
    there = situation(account(generation), level=level)

    assert expected == {each for each in Dataset if has_dataset(there, each)}
    assert not has_dataset(Situation(account(generation), Extent(), at(NOW)), Dataset.BUDGETS)
    assert not any(has_dataset(situation(Facts()), each) for each in Dataset)


def test_costs() -> None:
    """What an hour's polls take: the account's own figures, the hour's tree, and asking each about once a day."""
    assert 2 + 2 * 6 + 2 + 2 * 3 + 9 == requests_of_account(Polls(1800, 600, 3))
    assert 1 + 2 * 1 + 2 + 9 == requests_of_account(Polls(3600, 3600, 0))
    rows, wire = large(100), WIRES[Generation.C]
    assert 150 == requests_of_scopes(rows, wire, Level.RESOURCE)
    assert 50 == requests_of_scopes(rows, wire, Level.TEAM)
    assert 0 == requests_of_scopes(rows, WIRES[Generation.B], Level.RESOURCE)
    assert 151 + 7 == requests_of_details(rows, wire, Level.RESOURCE)
    assert 0 == requests_of_details(rows, wire, Level.ACCOUNT)
    assert 0 == requests_of_details(rows, WIRES[Generation.A], Level.RESOURCE)
