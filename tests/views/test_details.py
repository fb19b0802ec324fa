"""What teams, projects and resources spend, from facts: whole or not shown, exact to the project, each instant once."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from exporter.domain.budget import Scope
from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY, Base, Facts
from exporter.domain.invoice import Invoice
from exporter.domain.money import ZERO, add_up
from exporter.domain.report import Generation, UsageDetailsSection
from exporter.domain.tree import Level, Path, Rows
from exporter.domain.usage import ScopedSpend, Usage
from exporter.views.details import NOTHING_STATED, keeping, usage_details_view
from tests.builders import row, usage_invoice
from tests.facts import (
    HOUR,
    Amount,
    Instant,
    account,
    at,
    base,
    hourly,
    moved,
    period,
    projects_of,
    totals,
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

START, NOON = "2026-11-01", "2026-11-01T12:00"
TEAM, API, WEB = ("acme",), ("acme", "api"), ("acme", "web")
JOB, SITE = (*API, "job", "nightly"), (*WEB, "service", "site")
OTHER = ("_other", "_other")
EXTENT = Extent()
# Two decimal places: what may be rounding of whole dollars would be dollars.
HOUR_ROWS = tree({JOB: "2.00", SITE: "1.00"})


def known(  # the hours until noon, each of them known by project
    hours: Mapping[float, Usage] | None = None,
    *,
    rows: Rows = HOUR_ROWS,
    generation: Generation = Generation.B,
    since: Instant = START,
    has_resources: bool = True,
) -> Facts:
    """An account whose month is seen from its beginning, hour by hour."""
    listed = hourly(START, NOON, 3) if hours is None else hours
    facts = account(generation, hours=listed, since=since)
    for start, used in listed.items():
        facts = with_hour(facts, start, rows, currency=used.currency, has_resources=has_resources)
    names: dict[Path, str | None] = {path: None for path in rows if 0 < len(path) <= 2}
    for currency in {each.currency for each in listed.values()}:
        facts = with_project_month(facts, START, whole_through=START, names=names, currency=currency)
    return with_tree_of_hour(facts, max(listed), rows)


def view(facts: Facts, extent: Extent = EXTENT) -> UsageDetailsSection:
    """The section; there has to be one."""
    section = usage_details_view(facts, extent)
    assert section
    return section


def amounts(spend: ScopedSpend | None, currency: str = "USD") -> dict[Path, Decimal]:
    """What each team, project or resource spent, in a currency."""
    assert spend
    return totals(spend.rows[currency])


def assert_exact(resources: ScopedSpend | None, projects: ScopedSpend | None) -> None:
    """Resources add up to their projects, in each currency."""
    assert resources
    assert projects
    assert (projects.period, projects.rows.keys()) == (resources.period, resources.rows.keys())
    for currency, rows in projects.rows.items():
        sums: dict[Path, list[Decimal]] = {}
        for path, amount in totals(resources.rows[currency]).items():
            sums.setdefault(path[:2], []).append(amount)
        expected = {path: amount for path, amount in totals(rows).items() if len(path) == 2}
        assert expected == {path: add_up(sums.get(path, [ZERO])) for path in expected}
        assert sums.keys() <= expected.keys()


def test_the_month_of_hours() -> None:
    """A month that was seen from its beginning is the sum of its hours, by team, project and resource."""
    section = view(known())

    assert section.month_to_date
    assert period(START, NOON) == section.month_to_date.period
    assert {TEAM: Decimal(36), API: Decimal(24), WEB: Decimal(12)} == amounts(section.month_to_date)
    assert {JOB: Decimal(24), SITE: Decimal(12)} == amounts(section.month_resources)
    assert_exact(section.month_resources, section.month_to_date)


def test_bases_and_the_hours_since() -> None:
    """What was asked for is the base of a month; the hours since are added, those before are in it."""
    bases = {TEAM: base("2026-11-01T10:00", 296), API: base("2026-11-01T11:00", 200), WEB: base(NOON, 100)}
    facts = with_project_month(known(generation=Generation.C), START, bases=bases)

    assert {TEAM: Decimal(302), API: Decimal(202), WEB: Decimal(100)} == amounts(view(facts).month_to_date)


def test_a_team_that_was_never_asked_for() -> None:
    """As long as anybody's month is not known, no month is shown: a row that is missing is no zero."""
    bases = {TEAM: base("2026-11-01T10:00", 300), API: base("2026-11-01T11:00", 200)}

    assert None is view(with_project_month(known(), START, bases=bases)).month_to_date
    assert None is view(with_project_month(known(), START)).month_to_date


def test_a_project_that_spent_nothing() -> None:
    """A project that was asked for and spent nothing has no row; one that an hour lists at zero has."""
    bases: dict[Path, Base] = {path: base(START, 0) for path in (TEAM, API, WEB, ("acme", "old"))}
    facts = with_project_month(known(rows=tree({JOB: 2, SITE: 0})), START, bases=bases)

    assert {TEAM: Decimal(24), API: Decimal(24), WEB: Decimal(0)} == amounts(view(facts).month_to_date)


def test_an_hour_that_is_not_known_by_project() -> None:
    """A month ends before the first hour that is not known by project, and says so."""
    facts = known().with_changes({"hour_projects": {at("2026-11-01T09:00"): None}})
    section = view(facts)

    assert section.month_to_date
    assert at("2026-11-01T09:00") == section.month_to_date.period.end
    assert {TEAM: Decimal(27), API: Decimal(18), WEB: Decimal(9)} == amounts(section.month_to_date)
    assert_exact(section.month_resources, section.month_to_date)


def test_a_month_that_lacks_days() -> None:
    """A month that ends more than a day before the account's figures is not shown: it is read late."""
    facts = known(hourly(START, "2026-11-03", 3)).with_changes({"hour_projects": {at("2026-11-01T09:00"): None}})

    assert None is view(facts).month_to_date


def test_an_unlisted_hour() -> None:
    """An hour that is not listed is a zero, which nobody has to be asked for."""
    hours = {**hourly(START, "2026-11-01T06:00", 3), **hourly("2026-11-01T08:00", NOON, 3)}
    section = view(known(hours))

    assert section.month_to_date
    assert at(NOON) == section.month_to_date.period.end
    assert Decimal(30) == amounts(section.month_to_date)[TEAM]


def test_an_account_that_stopped() -> None:
    """Hours that count as zero are in the month, and the newest of them has a tree without rows."""
    section = view(moved(known(), read_at="2026-11-01T20:00"))

    assert section.hour
    assert (at("2026-11-01T16:00"), {}) == (section.hour.start, section.hour.rows)
    assert section.month_to_date
    assert at("2026-11-01T17:00") == section.month_to_date.period.end
    assert Decimal(36) == amounts(section.month_to_date)[TEAM]


def test_the_month_s_first_instant() -> None:
    """At a month's first instant each team and project of the newest hour has spent nothing."""
    facts = known(hourly("2026-11-30", "2026-12-01", 3), since="2026-11-01")
    facts = with_project_month(facts, "2026-12-01", whole_through="2026-12-01")
    section = view(facts)

    assert section.month_to_date
    assert period("2026-12-01", "2026-12-01") == section.month_to_date.period
    assert {TEAM: ZERO, API: ZERO, WEB: ZERO} == amounts(section.month_to_date)
    assert {} == amounts(section.month_resources)


def test_two_currencies() -> None:
    """Each currency of a month has a month of its own; nothing is added across."""
    hours = {**hourly(START, "2026-11-01T08:00", 3), **hourly("2026-11-01T08:00", NOON, 3, "EUR")}
    section = view(known(hours))

    assert (Decimal(24), Decimal(12)) == (
        amounts(section.month_to_date)[TEAM],
        amounts(section.month_to_date, "EUR")[TEAM],
    )
    assert (Decimal(16), Decimal(8)) == (
        amounts(section.month_resources)[JOB],
        amounts(section.month_resources, "EUR")[JOB],
    )
    assert_exact(section.month_resources, section.month_to_date)
    assert None is view(known(hours).with_changes({"project_months": {(at(START), "EUR"): None}})).month_to_date


def test_what_no_known_team_holds() -> None:
    """What the account spent beyond its known teams is a team `_other`, and so with a team's projects."""
    rows = {**projects_of(HOUR_ROWS), API: row("1.00")}
    facts = known(hourly(START, NOON, 5), rows=rows, has_resources=False)
    section = view(facts)

    assert {
        TEAM: Decimal(36),
        API: Decimal(12),
        WEB: Decimal(12),
        ("acme", "_other"): Decimal(12),
        ("_other",): Decimal(24),
        ("_other", "_other"): Decimal(24),
    } == amounts(section.month_to_date)
    # None of it is known by resource; a project `_other` has a resource `_other` too.
    assert {
        (*API, *OTHER): Decimal(12),
        (*WEB, *OTHER): Decimal(12),
        ("acme", "_other", *OTHER): Decimal(12),
        ("_other", "_other", *OTHER): Decimal(24),
    } == amounts(section.month_resources)
    assert_exact(section.month_resources, section.month_to_date)


def test_the_account_s_total() -> None:
    """Where the API adds up, what no known team holds is what its own total holds beyond them."""
    facts = with_total(known(generation=Generation.C), period(START, NOON), usage(50))

    assert Decimal(14) == amounts(view(facts).month_to_date)["_other",]
    # Where that total is not known for the same instant, nothing is said of it.
    assert ("_other",) not in amounts(view(known(generation=Generation.C)).month_to_date)


def test_levels() -> None:
    """Only the levels that are configured are shown, though more is known."""
    teams = view(known(), Extent(level=Level.TEAM))
    assert {TEAM: Decimal(36)} == amounts(teams.month_to_date)
    assert (None, None, None) == (teams.trailing_day, teams.month_resources, teams.day_resources)
    assert teams.hour
    assert {(), TEAM} == set(teams.hour.rows)

    projects = view(known(), Extent(level=Level.PROJECT))
    assert {TEAM, API, WEB} == set(amounts(projects.month_to_date))
    assert (None, None) == (projects.month_resources, projects.day_resources)


def test_names() -> None:
    """Each row has the newest name that its team or project had in the month."""
    facts = with_project_month(known(), START, whole_through=START, names={TEAM: "Acme Inc.", API: None, WEB: None})
    section = view(facts)

    assert section.month_to_date
    assert ["Acme Inc.", None, None] == [each.name for each in section.month_to_date.rows["USD"].values()]


# By resource


def hours_of_resources(*places: int) -> dict[float, None]:
    """All hours but these, to be taken away by resource."""
    kept = {at(START) + place * HOUR for place in places}
    return {start: None for start in hourly(START, NOON) if start not in kept}


def with_invoice(facts: Facts, bill: Invoice, amounts: Mapping[Path, Amount]) -> Facts:
    """With an invoice and its tree."""
    read = facts.list_read[ONLY]
    facts = facts.with_changes(
        {"invoices": {bill.id: bill}, "list_read": {ONLY: replace(read, ids=(*read.ids, bill.id))}}
    )
    return with_tree(facts, bill, tree(amounts))


def test_after_a_start_in_mid_month() -> None:
    """What is not known by resource is `_other` of each project, so that the sums are exact all the time."""
    facts = known().with_changes({"hour_resources": hours_of_resources(10, 11)})
    section = view(facts)

    assert {
        JOB: Decimal(4),
        SITE: Decimal(2),
        (*API, *OTHER): Decimal(20),
        (*WEB, *OTHER): Decimal(10),
    } == amounts(section.month_resources)
    assert_exact(section.month_resources, section.month_to_date)


def test_hours_that_are_added_up() -> None:
    """Hours that are added up already count once, also where they are still held by themselves."""
    added = [at(START) + place * HOUR for place in range(8)]
    facts = with_resource_month(known(), START, added, tree({JOB: 16, SITE: 8}))

    assert {JOB: Decimal(24), SITE: Decimal(12)} == amounts(view(facts).month_resources)
    alone = facts.with_changes({"hour_resources": dict.fromkeys(added)})
    assert {JOB: Decimal(24), SITE: Decimal(12)} == amounts(view(alone).month_resources)


SIX = "2026-11-01T06:00"
AFTER = known().with_changes({"hour_resources": hours_of_resources(*range(6, 12))})


def test_an_invoice_fills_in() -> None:
    """A usage invoice that lies wholly within what is not known by hours fills it in."""
    facts = with_invoice(AFTER, usage_invoice(period=period(START, SIX)), {JOB: 12, SITE: 6})
    section = view(facts)

    assert {JOB: Decimal(24), SITE: Decimal(12)} == amounts(section.month_resources)
    assert_exact(section.month_resources, section.month_to_date)


def test_an_invoice_s_boundary_within_an_hour() -> None:
    """The hours that an invoice's boundary cuts are in `_other`."""
    facts = with_invoice(
        AFTER.with_changes({"hour_resources": {at(SIX): None}}),
        usage_invoice(period=period("2026-11-01T00:30", "2026-11-01T06:30")),
        {JOB: 12, SITE: 6},
    )

    assert {JOB: Decimal(22), SITE: Decimal(11), (*API, *OTHER): Decimal(2), (*WEB, *OTHER): Decimal(1)} == amounts(
        view(facts).month_resources
    )


NOTHING_FILLED = {JOB: Decimal(12), SITE: Decimal(6), (*API, *OTHER): Decimal(12), (*WEB, *OTHER): Decimal(6)}


@pytest.mark.parametrize(
    "bill",
    [
        pytest.param(usage_invoice(period=period("2026-10-31", SIX)), id="it_begins_before_the_month"),
        pytest.param(usage_invoice(period=period(START, "2026-11-01T13:00")), id="it_ends_later_than_the_figures"),
        pytest.param(usage_invoice(period=period(START, "2026-11-01T06:01")), id="a_counted_hour_is_in_it"),
        pytest.param(usage_invoice(period=period(START, SIX), status="draft"), id="draft"),
        pytest.param(usage_invoice(period=period(START, SIX), status="void"), id="void"),
        pytest.param(replace(usage_invoice(period=period(START, SIX)), categories={}), id="a_subscription"),
        pytest.param(replace(usage_invoice(period=period(START, SIX)), currency="EUR"), id="another_currency"),
    ],
)
def test_an_invoice_that_does_not_fill_in(bill: Invoice) -> None:
    """Each instant counts once, and what may change, or was not spent, does not count."""
    section = view(with_invoice(AFTER, bill, {JOB: 12, SITE: 6}))

    assert NOTHING_FILLED == amounts(section.month_resources)
    assert_exact(section.month_resources, section.month_to_date)


def test_two_invoices_of_one_time() -> None:
    """Of invoices that overlap, the newest counts, and the other one does not."""
    facts = with_invoice(AFTER, usage_invoice("long", period=period(START, "2026-11-01T05:00")), {JOB: 10, SITE: 5})
    facts = with_invoice(facts, usage_invoice("late", period=period("2026-11-01T04:00", SIX)), {JOB: 4, SITE: 2})

    assert {
        JOB: Decimal(16),
        SITE: Decimal(8),
        (*API, *OTHER): Decimal(8),
        (*WEB, *OTHER): Decimal(4),
    } == amounts(view(facts).month_resources)


def test_two_invoices_after_each_other() -> None:
    """Invoices that follow each other both fill in."""
    facts = with_invoice(AFTER, usage_invoice("a", period=period(START, "2026-11-01T04:00")), {JOB: 8, SITE: 4})
    facts = with_invoice(facts, usage_invoice("b", period=period("2026-11-01T04:00", SIX)), {JOB: 4, SITE: 2})

    assert {JOB: Decimal(24), SITE: Decimal(12)} == amounts(view(facts).month_resources)


def test_a_tree_that_does_not_reach_resources() -> None:
    """An invoice's tree down to its projects says nothing of resources."""
    bill = usage_invoice(period=period(START, SIX))
    facts = with_invoice(AFTER, bill, {JOB: 12, SITE: 6})

    assert NOTHING_FILLED == amounts(view(with_tree(facts, bill, tree({JOB: 12}), level=Level.PROJECT)).month_resources)


def test_an_invoice_of_more_than_the_project() -> None:
    """Where an invoice and the hours exceed the project by more than rounding, the invoice's tree is dropped."""
    facts = with_invoice(AFTER, usage_invoice(period=period(START, SIX)), {JOB: "12.02", SITE: 6})
    section = view(facts)

    assert NOTHING_FILLED == amounts(section.month_resources)
    rounding = with_invoice(AFTER, usage_invoice(period=period(START, SIX)), {JOB: "12.01", SITE: 6})
    assert {JOB: Decimal("24.01"), SITE: Decimal(12), (*API, *OTHER): Decimal("-0.01")} == amounts(
        view(rounding).month_resources
    )


def test_a_negative_rest() -> None:
    """Where the hours' resources exceed the project, the negative rest is shown: the sum is exact."""
    facts = known(hourly(START, NOON, 2))
    for start in hourly(START, NOON):
        resources = facts.hour_resources[start]
        facts = with_hour(facts, start, {**HOUR_ROWS, API: row("1.00"), TEAM: row("2.00")})
        facts = facts.with_changes({"hour_resources": {start: resources}})
    section = view(facts)

    assert {JOB: Decimal(24), (*API, *OTHER): Decimal(-12), SITE: Decimal(12)} == amounts(section.month_resources)
    assert_exact(section.month_resources, section.month_to_date)


def test_a_resource_of_no_shown_project() -> None:
    """A resource of a project that the month does not know is not shown: it would be more than the projects."""
    rows = {path: each for path, each in HOUR_ROWS.items() if path not in {WEB, SITE}}
    facts = known(rows={**rows, SITE: row("1.00")})
    section = view(facts)

    assert SITE not in amounts(section.month_resources)
    assert {"_other"} == {path[1] for path in amounts(section.month_resources)} - {"api"}
    assert_exact(section.month_resources, section.month_to_date)


# The trailing day, the hour and the last month


DAY_HOURS = hourly("2026-11-01", "2026-11-02T12:00", 3)


def test_the_trailing_day() -> None:
    """The newest 24 hours by project and by resource, across whatever turns in them."""
    section = view(known(DAY_HOURS))

    assert section.trailing_day
    assert period(NOON, "2026-11-02T12:00") == section.trailing_day.period
    assert {API: Decimal(48), WEB: Decimal(24)} == amounts(section.trailing_day)
    assert {JOB: Decimal(48), SITE: Decimal(24)} == amounts(section.day_resources)
    assert_exact(section.day_resources, section.trailing_day)


def test_a_day_of_which_an_hour_is_not_known_by_resource() -> None:
    """The trailing day by resource is absent unless all 24 hours are known."""
    oldest, before = at(NOON), at("2026-11-01T11:00")
    facts = known(DAY_HOURS)

    assert view(facts.with_changes({"hour_resources": {before: None}})).day_resources
    section = view(facts.with_changes({"hour_resources": {oldest: None}}))
    assert None is section.day_resources
    assert section.trailing_day


def test_a_day_of_which_an_hour_is_not_known_by_project() -> None:
    """The trailing day ends with the newest hour that is known by project, and is absent with less than 24."""
    facts = known(DAY_HOURS)
    newest = facts.with_changes({"hour_projects": {at("2026-11-02T11:00"): None}})
    section = view(newest)
    assert section.trailing_day
    assert period("2026-11-01T11:00", "2026-11-02T11:00") == section.trailing_day.period

    assert None is view(facts.with_changes({"hour_projects": {at("2026-11-02T04:00"): None}})).trailing_day
    assert None is view(known()).trailing_day


def test_a_day_with_a_gap() -> None:
    """Hours that are not listed are zeros: the day is there."""
    hours = {start: each for start, each in DAY_HOURS.items() if not at("2026-11-02") <= start < at("2026-11-02T06:00")}
    section = view(known(hours))

    assert {API: Decimal(36), WEB: Decimal(18)} == amounts(section.trailing_day)
    assert {JOB: Decimal(36), SITE: Decimal(18)} == amounts(section.day_resources)


def test_a_day_in_two_currencies() -> None:
    """A day's currencies are days of their own."""
    hours = {**hourly("2026-11-01", "2026-11-02", 3), **hourly("2026-11-02", "2026-11-02T12:00", 3, "EUR")}
    section = view(known(hours))

    assert ({API: Decimal(24), WEB: Decimal(12)},) * 2 == (
        amounts(section.trailing_day),
        amounts(section.trailing_day, "EUR"),
    )
    assert_exact(section.day_resources, section.trailing_day)


def test_what_a_day_lacks() -> None:
    """What a team spent in the day beyond its known projects is a project `_other`, and its resource is `_other`."""
    rows = {path: each for path, each in HOUR_ROWS.items() if path not in {WEB, SITE}}
    section = view(known(DAY_HOURS, rows=rows))

    assert {API: Decimal(48), ("acme", "_other"): Decimal(24)} == amounts(section.trailing_day)
    assert {JOB: Decimal(48), ("acme", "_other", *OTHER): Decimal(24)} == amounts(section.day_resources)


def test_the_hour() -> None:
    """The newest whole tree is shown; until there is one, the newest hour down to its projects."""
    facts = known()
    section = view(facts)
    assert section.hour
    assert (at("2026-11-01T11:00"), HOUR_ROWS) == (section.hour.start, section.hour.rows)

    shallow = view(facts.with_changes({"hour_tree": {ONLY: None}}))
    assert shallow.hour
    assert (at("2026-11-01T11:00"), Level.PROJECT) == (shallow.hour.start, shallow.hour.level)
    assert projects_of(HOUR_ROWS) == shallow.hour.rows
    assert (
        None is view(facts.with_changes({"hour_tree": {ONLY: None}, "hour_projects": dict.fromkeys(facts.hours)})).hour
    )


def test_an_older_hour() -> None:
    """While the newest hour's tree is gathered, the one before stays, with its own start."""
    facts = with_tree_of_hour(known(), "2026-11-01T10:00", HOUR_ROWS)

    section = view(facts)
    assert section.hour
    assert at("2026-11-01T10:00") == section.hour.start


OCTOBER = "2026-10-01"


def past(facts: Facts, bases: Mapping[Path, Base], *, whole_through: Instant | None = None) -> Facts:
    """With what the last month is counted from."""
    return with_project_month(facts, OCTOBER, bases=bases, whole_through=whole_through)


def test_the_last_month() -> None:
    """The last finished month by team and project, and what the account spent beyond them."""
    facts = with_months(known(generation=Generation.C), NOON, {OCTOBER: (usage(100),)}, START)
    facts = past(facts, {TEAM: base(START, "90.00"), API: base(START, "60.00"), WEB: base(START, "30.00")})
    section = view(facts)

    assert section.past_month
    assert period(OCTOBER, START) == section.past_month.period
    assert {TEAM: 90, API: 60, WEB: 30, ("_other",): 10, ("_other", "_other"): 10} == amounts(section.past_month)


def test_the_last_month_of_hours() -> None:
    """A month that was seen to its end is shown as the last one; one of which hours are missing is not."""
    listed = hourly("2026-10-31", NOON, 3)
    facts = known(listed, since=OCTOBER)
    facts = past(facts, {}, whole_through=OCTOBER)

    assert {TEAM: Decimal(72), API: Decimal(48), WEB: Decimal(24)} == amounts(view(facts).past_month)
    missing = facts.with_changes({"hour_projects": {at("2026-10-31T20:00"): None}})
    assert None is view(missing).past_month
    assert None is view(known()).past_month


def test_the_last_month_after_a_correction() -> None:
    """What the account spent in the last month is what the months say, not what was asked for before a correction."""
    facts = with_total(
        known(hourly("2026-10-01", NOON, 3), generation=Generation.C, since=OCTOBER), period(OCTOBER, START), usage(100)
    )
    facts = with_months(facts, NOON, {OCTOBER: (usage(90),)}, START)
    facts = past(facts, {TEAM: base(START, "90.00"), API: base(START, "60.00"), WEB: base(START, "30.00")})

    assert {TEAM: 90, API: 60, WEB: 30} == amounts(view(facts).past_month)


def test_what_is_not_known() -> None:
    """Before hours were read nothing is shown; of an account that never used anything an empty section is."""
    assert None is usage_details_view(account(), EXTENT)
    assert NOTHING_STATED == usage_details_view(account(hours={}), EXTENT)
    assert UsageDetailsSection() == replace(view(account(hours=hourly(START, NOON))), hour=None)


# What is kept while more is asked for


BEFORE = view(known())


def test_a_month_that_is_asked_for() -> None:
    """While a new hour is asked for, the month stays as it was shown, the resources with it."""
    facts = with_project_month(known(), START)
    kept = keeping(view(facts), BEFORE)

    assert (BEFORE.month_to_date, BEFORE.month_resources) == (kept.month_to_date, kept.month_resources)
    assert view(facts).hour == kept.hour


def test_a_month_that_is_over() -> None:
    """Last month's figures are not shown as this one's."""
    december = with_tree_of_hour(account(hours=hourly("2026-12-01", "2026-12-01T05:00")), "2026-12-01T04:00", HOUR_ROWS)

    assert None is keeping(view(december), BEFORE).month_to_date


def test_nothing_to_keep() -> None:
    """At a start, and of an account without an hour, there is nothing to keep; what is known is shown as it is."""
    section = view(with_project_month(known(), START))

    assert section is keeping(section, None)
    assert NOTHING_STATED is keeping(NOTHING_STATED, BEFORE)
    assert BEFORE == keeping(BEFORE, section)


def test_scopes_do_not_matter() -> None:
    """What was asked for of a scope changes no month that is counted from elsewhere."""
    facts = with_total(known(), period(START, NOON), usage(7), scope=Scope("acme"))

    assert view(known()) == view(facts)
