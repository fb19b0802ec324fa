"""What was spent of budgets, from facts: periods, scopes, currencies, what stays spent, and what is not shown."""

from decimal import Decimal

import pytest

from exporter.domain.budget import Budget, BudgetSpend, Declared, Scope
from exporter.domain.calendar import PeriodKind
from exporter.domain.extent import Extent
from exporter.domain.facts import Facts
from exporter.domain.invoice import Category, Period
from exporter.domain.question import EVERYTHING
from exporter.domain.report import BudgetsSection, Generation
from exporter.domain.tree import Level
from exporter.domain.usage import Usage
from exporter.views.budgets import Budgeted, budgets_view
from tests.builders import invoice, price, usage_invoice
from tests.facts import (
    DAY,
    account,
    at,
    hourly,
    moved,
    period,
    tree,
    usage,
    with_hour,
    with_months,
    with_project_month,
    with_resource_month,
    with_total,
    with_tree,
    with_tree_of_hour,
)

NOON = "2026-11-18T12:00"
MONTH, DAY_BEFORE = period("2026-11-01", NOON), period("2026-11-17T12:00", NOON)
TEAM = Scope("platform")
HOURS = hourly("2026-11-01", NOON, 9)


def budget(
    scope: Scope = EVERYTHING, kind: PeriodKind = PeriodKind.MONTH, name: str = "b", currency: str = "USD"
) -> Budget:
    """A budget of a hundred."""
    return Budget(name, Decimal(100), currency, scope, kind)


def view(facts: Facts, *budgets: Budget, through: str | None = NOON) -> Budgeted | None:
    """The section and its notes."""
    extent = Extent(declared=Declared(budgets=budgets or (budget(),)))
    return budgets_view(facts, extent, None if through is None else at(through))


def only(facts: Facts, each: Budget, through: str = NOON) -> BudgetSpend:
    """What was spent of the one budget."""
    budgeted = view(facts, each, through=through)
    assert budgeted
    assert () == budgeted.notes
    return budgeted.section.spends["b"]


def note(facts: Facts, each: Budget) -> str:
    """Why the one budget is not shown."""
    budgeted = view(facts, each)
    assert budgeted
    assert {} == budgeted.section.spends
    (text,) = budgeted.notes
    return text


def asked(facts: Facts, scope: Scope, **amounts: str) -> Facts:
    """With what the API added up of a scope in the month and in the trailing day."""
    facts = with_total(facts, MONTH, usage(amounts["month"]), scope=scope)
    return with_total(facts, DAY_BEFORE, usage(amounts["day"]), scope=scope)


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        pytest.param(PeriodKind.DAY, "2026-11-18", "2026-11-19", id="day"),
        pytest.param(PeriodKind.WEEK, "2026-11-16", "2026-11-23", id="week"),
        pytest.param(PeriodKind.MONTH, "2026-11-01", "2026-12-01", id="month"),
        pytest.param(PeriodKind.QUARTER, "2026-10-01", "2027-01-01", id="quarter"),
        pytest.param(PeriodKind.YEAR, "2026-01-01", "2027-01-01", id="year"),
    ],
)
def test_periods(kind: PeriodKind, start: str, end: str) -> None:
    """A team's budget counts from the beginning of its period, and the trailing day across it."""
    facts = with_total(account(hours=HOURS), period(start, NOON), usage("70"), scope=TEAM)
    facts = with_total(facts, DAY_BEFORE, usage("5"), scope=TEAM)

    expected = BudgetSpend(period(start, end), at(NOON), Decimal(70), Decimal(5))
    assert expected == only(facts, budget(TEAM, kind))


@pytest.mark.parametrize("generation", [Generation.B, Generation.C])
def test_the_account(generation: Generation) -> None:
    """A budget of the whole account holds every category; its trailing day is that of its own hours."""
    both = Usage("USD", {Category.PAAS: price("7"), Category.BYOC: price("2")})
    facts = account(generation, hours=dict.fromkeys(HOURS, both))
    facts = with_total(facts, MONTH, Usage("USD", {Category.PAAS: price("2940"), Category.BYOC: price("840")}))

    assert BudgetSpend(period("2026-11-01", "2026-12-01"), at(NOON), Decimal(9 * 420), Decimal(9 * 24)) == only(
        facts, budget()
    )


def test_scopes_are_paas_alone() -> None:
    """With a scope BYOC does not count: it is always the whole customer's."""
    both = Usage("USD", {Category.PAAS: price("7"), Category.BYOC: price("2")})
    facts = with_total(with_total(account(hours=HOURS), MONTH, both, scope=TEAM), DAY_BEFORE, both, scope=TEAM)

    assert (Decimal(7), Decimal(7)) == (only(facts, budget(TEAM)).spent, only(facts, budget(TEAM)).trailing_day)


def test_the_first_instant() -> None:
    """When a period has just begun nothing was spent in it, and that is known without asking."""
    turn = "2026-12-01"
    facts = with_total(account(hours=hourly("2026-11-01", turn)), period("2026-11-30", turn), usage("5"), scope=TEAM)

    assert BudgetSpend(period(turn, "2027-01-01"), at(turn), Decimal(0), Decimal(5)) == only(facts, budget(TEAM), turn)


def test_a_period_turns_without_usage() -> None:
    """A day turns on time though nothing is used: its budget is at 0, and the trailing day goes across the turn."""
    facts = with_total(account(hours=HOURS), period("2026-11-18", NOON), usage("70"), scope=TEAM)
    facts = moved(facts, read_at="2026-11-19T06:00")
    # Of the trailing day only the hours until noon were listed.
    facts = with_total(facts, period("2026-11-18T03:00", NOON), usage("50"), scope=TEAM)

    assert BudgetSpend(period("2026-11-19", "2026-11-20"), at("2026-11-19T03:00"), Decimal(0), Decimal(50)) == only(
        facts, budget(TEAM, PeriodKind.DAY), "2026-11-19T03:00"
    )


def test_less_than_a_day() -> None:
    """Where 24 hours are not known there is no trailing day, and it is not waited for."""
    facts = with_total(account(hours=hourly("2026-11-18", NOON), since="2026-11-18"), MONTH, usage("70"), scope=TEAM)

    assert None is only(facts, budget(TEAM)).trailing_day


def test_not_asked_yet() -> None:
    """As long as a total of a budget was never asked for, no figure is shown in place of it."""
    facts = with_total(account(hours=HOURS), MONTH, usage("70"), scope=TEAM)

    assert None is view(facts, budget(TEAM))
    assert None is view(asked(facts, Scope("x"), month="1", day="1"), budget(TEAM), budget(Scope("x"), name="x"))


def test_budgets_of_one_scope() -> None:
    """Each budget has its own figure, also where they share a scope."""
    facts = asked(account(hours=HOURS), TEAM, month="70", day="5")
    facts = with_total(facts, period("2026-11-18", NOON), usage("2"), scope=TEAM)
    budgeted = view(facts, budget(TEAM, name="a"), budget(TEAM, PeriodKind.DAY, "b"))

    assert budgeted
    assert {"a": Decimal(70), "b": Decimal(2)} == {name: each.spent for name, each in budgeted.section.spends.items()}


def test_an_earlier_instant() -> None:
    """All of a budget ends where the account's own figures end, also while newer hours are listed."""
    facts = asked(account(hours=hourly("2026-11-01", "2026-11-18T13:00")), TEAM, month="70", day="5")

    assert (at(NOON), Decimal(70)) == (only(facts, budget(TEAM)).through, only(facts, budget(TEAM)).spent)


def test_what_the_api_forgot_was_spent() -> None:
    """What was spent stays spent: of a total that was answered lower later, what was known is shown."""
    facts = with_total(account(hours=HOURS), MONTH, usage("70"), scope=TEAM, stated=(), is_suspect=True)
    facts = with_total(facts, DAY_BEFORE, usage("5"), scope=TEAM)

    assert Decimal(70) == only(facts, budget(TEAM)).spent


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(TEAM, 24 * 3, id="team"),
        pytest.param(Scope("platform", "api"), 24 * 2, id="project"),
        pytest.param(Scope(project_id="api"), 24 * 2 + 24 * 4, id="project_of_any_team"),
        pytest.param(Scope(resource_type="job"), 24 * 1 + 24 * 4, id="type"),
        pytest.param(Scope("platform", "web", "job"), 24 * 1, id="type_in_a_project"),
    ],
)
def test_a_trailing_day_that_the_api_forgot(scope: Scope, expected: int) -> None:
    """A trailing day is at least what its known hours hold within the scope, whatever the API has forgotten since."""
    rows = tree(
        {
            ("platform", "api", "service", "s"): 2,
            ("platform", "web", "job", "j"): 1,
            ("other", "api", "job", "j"): 4,
        }
    )
    facts = asked(account(hours=HOURS), scope, month="700", day="1")
    for start in HOURS:
        if start >= DAY_BEFORE.start:
            facts = with_hour(facts, start, rows)

    assert expected == only(facts, budget(scope)).trailing_day


def test_a_trailing_day_in_its_own_currency() -> None:
    """Hours in another currency are not added to a budget's trailing day."""
    hours = {**hourly("2026-11-01", "2026-11-18T06:00"), **hourly("2026-11-18T06:00", NOON, 5, "EUR")}
    facts = account(hours=hours)
    for within in (period("2026-11-01", "2026-11-18T06:00"), period("2026-11-17T12:00", "2026-11-18T06:00")):
        facts = with_total(facts, within, usage("3"), scope=TEAM)
    for start, used in hours.items():
        if start >= DAY_BEFORE.start:
            facts = with_hour(facts, start, tree({("platform", "p", "job", "j"): 1}), currency=used.currency)

    assert (Decimal(3), Decimal(18)) == (only(facts, budget(TEAM)).spent, only(facts, budget(TEAM)).trailing_day)


@pytest.mark.parametrize("kind", list(PeriodKind))
@pytest.mark.parametrize(
    ("scope", "names"),
    [
        pytest.param(Scope("nobody"), "team_id nobody", id="team"),
        pytest.param(Scope("platform", "nothing"), "team_id platform, project_id nothing", id="project"),
        pytest.param(Scope(resource_type="servce"), "resource_type servce", id="type"),
    ],
)
def test_a_scope_that_was_never_seen(scope: Scope, names: str, kind: PeriodKind) -> None:
    """What was never seen in the account is not shown as zero: it has no figure, and one line says what to do."""
    facts = account(hours=HOURS)
    for first in ("2026-11-18", "2026-11-16", "2026-11-01", "2026-10-01", "2026-01-01"):
        facts = with_total(facts, period(first, NOON), scope=scope)
    facts = with_total(facts, DAY_BEFORE, scope=scope)

    assert (
        f"budget b: the account has no usage under {names}; correct its scope, or leave it: it is shown once there is "
        "some"
    ) == note(facts, budget(scope, kind))


def test_beside_one_that_was_never_seen() -> None:
    """Other budgets are shown all the same, and the section says for which it is."""
    typo, good = budget(Scope("nobody"), name="typo"), budget(TEAM)
    budgeted = view(asked(account(hours=HOURS), TEAM, month="70", day="5"), typo, good)

    assert budgeted
    assert (["b"], (typo, good), 1) == (list(budgeted.section.spends), budgeted.section.budgets, len(budgeted.notes))


RESOURCES = tree({("platform", "api", "job", "j"): 1})
SEEN = {
    "a_month": with_project_month(account(), "2026-10-01", names={("platform",): None, ("platform", "api"): None}),
    "an_hour": with_tree_of_hour(account(), "2026-11-18", RESOURCES),
    "an_invoice": with_tree(account(), usage_invoice(), RESOURCES),
    "a_month_by_resource": with_resource_month(account(), "2026-11-01", (), RESOURCES),
}


@pytest.mark.parametrize(
    ("scope", "is_seen"),
    [
        pytest.param(TEAM, True, id="team"),
        pytest.param(Scope("platform", "api"), True, id="project"),
        pytest.param(Scope(project_id="api"), True, id="project_of_any_team"),
        pytest.param(Scope("payments", "api"), False, id="a_project_of_another_team"),
        pytest.param(Scope("nobody"), False, id="an_unknown_team"),
        pytest.param(Scope(project_id="platform"), False, id="a_team_in_place_of_a_project"),
    ],
)
@pytest.mark.parametrize("where", SEEN)
def test_a_scope_that_is_known_from_elsewhere(where: str, scope: Scope, is_seen: bool) -> None:  # noqa: FBT001 - a column
    """Who was seen in a month, an hour or an invoice and spends nothing is at 0; who never was is not shown."""
    facts = account(hours=HOURS)
    facts = facts.with_changes({kind: SEEN[where].of(kind) for kind in ("project_months", "hour_tree", "trees")})
    facts = facts.with_changes({"resource_months": SEEN[where].resource_months})
    facts = with_total(with_total(facts, MONTH, scope=scope), DAY_BEFORE, scope=scope)
    budgeted = view(facts, budget(scope))

    assert budgeted
    assert is_seen == ("b" in budgeted.section.spends)
    assert all(each.spent == 0 == each.trailing_day for each in budgeted.section.spends.values())


@pytest.mark.parametrize(("resource_type", "is_seen"), [("job", True), ("servce", False)])
def test_a_type_that_was_seen(resource_type: str, is_seen: bool) -> None:  # noqa: FBT001 - a column
    """A resource type is known from the trees that had it."""
    scope = Scope(resource_type=resource_type)
    facts = with_total(with_total(account(hours=HOURS), MONTH, scope=scope), DAY_BEFORE, scope=scope)
    facts = facts.with_changes({"hour_tree": SEEN["an_hour"].hour_tree})
    budgeted = view(facts, budget(scope))

    assert budgeted
    assert is_seen == ("b" in budgeted.section.spends)


def test_a_tree_that_is_not_known() -> None:
    """An invoice of which the API has no tree says nothing of any scope."""
    facts = with_tree(account(hours=HOURS), usage_invoice(), RESOURCES, level=Level.TEAM)
    nothing = {key: type(fact)(fact.invoice, fact.level, None, fact.is_final) for key, fact in facts.trees.items()}

    assert "no usage under" in note(facts.with_changes({"trees": nothing}), budget(Scope("nobody")))


def test_a_currency_that_was_never_seen() -> None:
    """A budget in a currency that the account never spent has no figure, and one line says what to do."""
    expected = (
        "budget b: in CHF, in which the account has never spent anything; its usage is in USD: "
        "set the budget's currency"
    )

    assert expected == note(account(hours=HOURS), budget(currency="CHF"))
    assert expected == note(account(hours=HOURS), budget(Scope("nobody"), currency="CHF"))


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(account(hours={at("2026-11-01"): usage("4", "EUR"), **hourly("2026-11-02", NOON)}), id="an_hour"),
        pytest.param(account(hours=HOURS, invoices=[invoice(currency="EUR")]), id="an_invoice"),
        pytest.param(
            with_months(account(hours=HOURS), NOON, {"2026-05-01": (usage("3", "EUR"),)}, "2026-11-01"), id="a_month"
        ),
    ],
)
def test_a_currency_that_was_seen(facts: Facts) -> None:
    """A currency that was spent once is known: its budget is at what was spent of it, and nothing is added across."""
    facts = with_total(facts, Period(at("2026-11-01"), at("2026-11-01T01:00")), usage("4", "EUR"))
    spend = only(facts, budget(currency="EUR"))

    is_used_this_month = any(each.currency == "EUR" for each in facts.hours.values())
    assert (Decimal(4 if is_used_this_month else 0), Decimal(0)) == (spend.spent, spend.trailing_day)


def test_two_currencies() -> None:
    """A month in two currencies is two sums, of which a budget counts its own."""
    hours = {**hourly("2026-11-01", "2026-11-10"), **hourly("2026-11-10", NOON, 1, "EUR")}
    facts = with_total(account(hours=hours), period("2026-11-01", "2026-11-10"), usage(216))
    facts = with_total(facts, period("2026-11-10", NOON), usage(204, "EUR"))

    assert [(Decimal(216), Decimal(0)), (Decimal(204), Decimal(24))] == [
        (each.spent, each.trailing_day)
        for each in (only(facts, budget(currency=currency)) for currency in ("USD", "EUR"))
    ]


def test_scopes_of_2026_06() -> None:
    """2026-06 states what the whole account spends alone."""
    assert "leave its scope out" in note(account(Generation.B, hours=HOURS), budget(TEAM))


def test_a_long_period_in_2026_06() -> None:
    """A budget of a period whose hours are not all known is shown once they are: not as less than was spent."""
    facts, year = account(Generation.B, hours=HOURS), budget(kind=PeriodKind.YEAR)

    assert "budget b: the hours of its period are not all known yet; it is shown once they are" == note(facts, year)
    assert 9 * 420 == only(moved(facts, start="2026-01-01"), year).spent


def test_a_generation_without_hours() -> None:
    """2024 does not state what was used when: no budget can be watched."""
    assert "cannot be watched" in note(account(Generation.A), budget())


@pytest.mark.parametrize("facts", [account(hours={}), account()], ids=["no_usage", "not_read"])
def test_no_usage_yet(facts: Facts) -> None:
    """Before anything was used nothing is shown of any budget, and nothing is said."""
    assert Budgeted(BudgetsSection({}, (budget(),))) == view(facts, through=None)
    assert None is view(Facts())


def test_an_account_that_stopped() -> None:
    """Budgets of an account that stopped go on to the period's end, and then are at 0."""
    facts = moved(account(hours=hourly("2026-10-01", "2026-10-20"), since="2026-10-01"), read_at="2026-11-18T15:00")
    spend = only(facts, budget())

    assert (at(NOON), Decimal(0), Decimal(0)) == (spend.through, spend.spent, spend.trailing_day)
    assert at(NOON) - DAY == DAY_BEFORE.start
