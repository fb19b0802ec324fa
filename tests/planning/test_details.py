"""Teams, projects and resources: what is asked for, what answers add up to, and that the views of it are exact."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.domain.extent import Extent
from exporter.domain.facts import ONLY
from exporter.domain.question import GetHourPage, GetInvoicePage, GetTotal, ListHours, ListInvoices, Urgency
from exporter.domain.report import Dataset, Generation
from exporter.domain.tree import Level, Path
from exporter.domain.usage import ScopedSpend
from exporter.planning.assembly import KEPT_SECONDS
from exporter.views.details import usage_details_view
from tests.builders import usage_invoice
from tests.facts import HOUR, at, period, totals
from tests.planning.world import Spent, World, hours_like

API, WEB, PAY = ("acme", "api"), ("acme", "web"), ("beta", "pay")
SPENT: Spent = {
    (*API, "service", "a"): "1.00",
    (*API, "job", "b"): "0.50",
    (*WEB, "service", "c"): "2.00",
    (*PAY, "addon", "d"): "4.00",
}
# Two teams, three projects.
SCOPES = 5
# The hour itself, one a team; one a project.
SHALLOW, DEEP = 3, 3
GENERATIONS = pytest.mark.parametrize("generation", [Generation.B, Generation.C])


def world(start: str, end: str, generation: Generation = Generation.C, **changes: object) -> World:
    """An account that has spent the same each hour."""
    invoice = usage_invoice("old", period=period("2026-08-01", "2026-09-01"))
    return World(hours_like(start, end, SPENT), generation, invoices=[invoice], **changes)  # type: ignore[arg-type]


def amounts(spend: ScopedSpend | None, currency: str = "USD") -> dict[Path, Decimal]:
    """What each spent, in a currency."""
    assert spend
    return {path: amount for path, amount in totals(spend.rows.get(currency, {})).items() if amount}


def of_depth(real: dict[Path, Decimal], *depths: int) -> dict[Path, Decimal]:
    """What those at some levels spent, if anything."""
    return {path: amount for path, amount in real.items() if amount and len(path) in depths}


def assert_true(account: World, first: str) -> None:
    """The month by team and project is what was really spent, and its resources add up to it."""
    section = usage_details_view(account.facts, account.extent)
    assert section
    month, resources = section.month_to_date, section.month_resources
    assert month
    assert at(first) == month.period.start
    for currency in month.rows:
        real = account.totals(month.period.start, month.period.end, currency)
        assert {path: amount for path, amount in real.items() if amount and 0 < len(path) <= 2} == amounts(
            month, currency
        )
        assert resources
        known: dict[Path, Decimal] = {}
        for path, amount in amounts(resources, currency).items():
            known[path[:2]] = known.get(path[:2], Decimal(0)) + amount
            assert "_other" in path or amount <= real[path]
        assert of_depth(real, 2) == known
    if section.trailing_day:
        day = section.trailing_day.period
        expected = account.totals(day.start, day.end)
        assert {path: amount for path, amount in expected.items() if amount and len(path) == 2} == amounts(
            section.trailing_day
        )


def test_a_start_in_the_middle_of_a_month() -> None:
    """Each team and project is asked for once, for this month and for the last; the newest hour and a day in full."""
    account = world("2026-10-01", "2026-11-18T12:00")
    account.poll("2026-11-18T12:20", is_meant=lambda task: task.urgency < Urgency.BACKFILL)

    assert 2 * SCOPES == len(account.asked_below())
    assert 24 * SHALLOW + DEEP == len(account.asked_pages())
    assert_true(account, "2026-11-01")
    section = usage_details_view(account.facts, account.extent)
    assert section
    assert of_depth(account.totals("2026-10-01", "2026-11-01"), 1, 2) == amounts(section.past_month)


def test_an_hour_later() -> None:
    """Within an hour nothing is asked for; another hour takes its own tree and no totals of teams or projects."""
    account = world("2026-11-16T20:00", "2026-11-18T14:00")
    account.settle("2026-11-18T12:20")
    account.poll("2026-11-18T12:30")
    assert [ListInvoices, ListHours] == [type(each) for each in account.asked]
    account.poll("2026-11-18T13:20")

    assert (SHALLOW + DEEP, []) == (len(account.asked_pages()), account.asked_below())
    assert_true(account, "2026-11-01")


@pytest.mark.parametrize(
    ("hours", "scopes"), [pytest.param(1, 0, id="a_short_stop"), pytest.param(72, SCOPES, id="a_long_stop")]
)
def test_a_stop(hours: int, scopes: int) -> None:
    """After a stop the missed hours are fetched, or all teams and projects, whichever takes fewer requests."""
    account = world("2026-11-01", "2026-11-25")
    account.poll("2026-11-18T12:20")
    account.poll(at("2026-11-18T12:20") + hours * HOUR, is_meant=lambda task: task.is_needed)

    assert scopes == len(account.asked_below())
    assert_true(account, "2026-11-01")


@GENERATIONS
def test_seen_from_the_beginning(generation: Generation) -> None:
    """A month that is seen from its beginning is the sum of its hours, folded or not, over two turns of a month."""
    account = world("2026-11-01", "2026-11-07", generation)
    for place in range(2, 24 * 5, 23):
        account.settle(at("2026-11-01") + place * HOUR + 1200)
        assert_true(account, "2026-11-01")
    oldest = min(account.facts.hour_projects)
    assert max(account.facts.hours) + HOUR - KEPT_SECONDS <= oldest
    assert set(account.facts.hour_resources) == set(account.facts.hour_projects)


@GENERATIONS
def test_the_month_s_turn(generation: Generation) -> None:
    """At the turn the new month begins with nothing and the old one becomes the last finished one, exactly."""
    account = world("2026-11-27T12:00", "2026-12-02", generation)
    for hours in range(2, 85, 41):
        account.poll(at("2026-11-27T12:00") + hours * HOUR + 1200)
    assert_true(account, "2026-12-01")
    for hours in (1, 2, 7):
        account.poll(at("2026-12-01") + hours * HOUR + 1200)
        assert_true(account, "2026-12-01")
    section = usage_details_view(account.facts, account.extent)
    assert section
    assert of_depth(account.totals("2026-11-01", "2026-12-01"), 1, 2) == amounts(section.past_month)


def test_a_start_in_mid_month_of_2026_06() -> None:
    """2026-06 cannot be asked by project: the month's hours are fetched late, newest and current ones first."""
    account = world("2026-11-05", "2026-11-10T13:00", Generation.B)
    account.poll("2026-11-10T12:20", is_meant=lambda task: task.urgency < Urgency.BACKFILL)
    section = usage_details_view(account.facts, account.extent)
    assert section
    assert (None, True) == (section.month_to_date, section.trailing_day is not None)
    (task, *_) = [task for task in account.step().tasks if task.urgency is Urgency.BACKFILL]
    assert not task.is_needed
    # The trailing day's 24 hours are known; of each other hour a tree down to its projects is missing.
    assert (132 - 24) * SHALLOW == task.requests

    account.settle("2026-11-10T12:40")
    assert_true(account, "2026-11-01")
    assert [] == [each for each in account.asked if isinstance(each, GetTotal)]


def test_the_backfill_of_resources() -> None:
    """What resources spent before a start is filled in late: invoices' trees first, then hours, newest first."""
    account = world("2026-11-01", "2026-11-03T12:00")
    early = usage_invoice("early", period=period("2026-11-01", "2026-11-02T00:30"))
    account.invoices = [usage_invoice("newest", period=period("2026-11-02T00:30", "2026-11-02T06:00")), early]
    account.poll("2026-11-03T12:20", is_meant=lambda task: task.urgency < Urgency.BACKFILL)
    assert_true(account, "2026-11-01")
    tasks = [task for task in account.step().tasks if task.urgency is Urgency.BACKFILL]

    assert ["the tree of invoice early down to projects", "resources of past hours of the month"] == [
        task.reason for task in tasks
    ]
    starts = [each.start for each in tasks[1].questions if isinstance(each, GetHourPage)]
    assert [at("2026-11-03T10:00"), at("2026-11-03T09:00")] == list(dict.fromkeys(starts))[:2]
    account.settle("2026-11-03T12:40")

    assert_true(account, "2026-11-01")
    assert at("2026-11-02T06:00") == min(account.facts.hour_resources)
    section = usage_details_view(account.facts, account.extent)
    assert section
    # No hour is cut, but for the one that both invoices hold a half of.
    assert [] == [path for path in amounts(section.month_resources) if path[-1] == "_other"]


@GENERATIONS
def test_a_corrected_hour(generation: Generation) -> None:
    """A corrected hour is fetched again with its resources; who was asked for before that is asked for again."""
    account = world("2026-11-02", "2026-11-03T12:00", generation)
    account.settle("2026-11-03T12:20")
    account.hours[at("2026-11-03T02:00")] = {**SPENT, (*API, "service", "a"): "0.25"}
    account.hours[at("2026-11-03T03:00")] = {**SPENT, (*WEB, "job", "new"): "3.00"}
    account.poll("2026-11-03T12:30")

    assert {at("2026-11-03T02:00"), at("2026-11-03T03:00")} == {each.start for each in account.asked_pages()}
    assert_true(account, "2026-11-01")
    account.settle("2026-11-03T12:40")
    assert_true(account, "2026-11-01")
    account.poll("2026-11-03T12:50")
    assert [] == account.asked_pages()


@GENERATIONS
def test_a_late_hour(generation: Generation) -> None:
    """An hour that is listed after it counted as zero is in every figure at the next poll."""
    account = world("2026-11-01", "2026-11-03T05:00", generation)
    account.poll("2026-11-03T12:20")
    assert_true(account, "2026-11-01")
    account.hours.update(hours_like("2026-11-03T05:00", "2026-11-03T07:00", SPENT))
    account.poll("2026-11-03T12:30")
    assert_true(account, "2026-11-01")
    account.hours.update(hours_like("2026-11-03T08:00", "2026-11-03T12:00", SPENT))
    account.poll("2026-11-03T12:40")
    assert_true(account, "2026-11-01")
    account.hours.update(hours_like("2026-11-03T07:00", "2026-11-03T08:00", SPENT))
    account.poll("2026-11-03T12:50")
    assert_true(account, "2026-11-01")


@GENERATIONS
def test_a_project_that_the_api_forgets(generation: Generation) -> None:
    """What was spent stays spent: a project or team that the API forgets keeps its month, also in a corrected hour."""
    account = world("2026-11-01", "2026-11-05T12:00", generation)
    account.poll("2026-11-03T12:20")
    for forgotten in (WEB, ("beta",)):
        account.forgotten.add(forgotten)
        account.hours[at("2026-11-03T02:00")] = {**SPENT, (*API, "service", "a"): f"1.{len(account.forgotten)}0"}
        account.poll("2026-11-03T12:30")
    section = usage_details_view(account.facts, account.extent)

    assert section
    assert section.month_to_date
    real = account.totals("2026-11-01", section.month_to_date.period.end)
    shown = amounts(section.month_to_date)
    assert {path: real[path] for path in (WEB, PAY, ("beta",))} == {path: shown[path] for path in (WEB, PAY, ("beta",))}
    day = section.trailing_day
    assert day
    of_day = account.totals(day.period.start, day.period.end)
    assert {path: of_day[path] for path in (WEB, PAY)} == {path: amounts(day)[path] for path in (WEB, PAY)}


def test_a_forgotten_project_that_is_asked_anew() -> None:
    """Asked for anew the next day, what was counted of a forgotten project stays."""
    account = world("2026-11-01", "2026-11-06T12:00")
    account.poll("2026-11-03T12:20")
    account.forgotten.add(WEB)
    for hours in range(1, 50, 8):
        account.poll(at("2026-11-03T12:20") + hours * HOUR)
    section = usage_details_view(account.facts, account.extent)

    assert section
    known = account.totals("2026-11-01", "2026-11-03T12:00")[WEB]
    assert known <= amounts(section.month_to_date)[WEB]


def test_once_a_day() -> None:
    """Each team and project is asked for anew about once a day, those that were asked for longest ago first."""
    account = world("2026-11-13T12:00", "2026-11-18")
    account.settle("2026-11-14T12:20")
    counts = []
    for hours in range(1, 24 * 3):
        account.poll(at("2026-11-14T12:20") + hours * HOUR)
        counts.append(len(account.asked_below()))

    assert 0 == sum(counts[:23])
    assert [SCOPES, SCOPES] == [sum(counts[day : day + 24]) for day in (23, 47)]
    assert 1 == max(counts)
    assert_true(account, "2026-11-01")


def test_a_finished_month_settles() -> None:
    """Each of a finished month is asked for once more when it has been over for a day, and then no more."""
    account = world("2026-11-29T20:00", "2026-12-06")
    account.settle("2026-11-30T20:20")
    asked: dict[float, int] = {}
    for hours in range(4, 24 * 4, 4):
        account.poll(at("2026-11-30T20:20") + hours * HOUR)
        asked[account.now] = sum(each.period.start < at("2026-12-01") for each in account.asked_below())

    settled = {now: count for now, count in asked.items() if now > at("2026-12-02")}
    assert SCOPES <= sum(asked.values()) <= 2 * SCOPES
    assert 0 == sum(count for now, count in settled.items() if now > at("2026-12-04"))
    bases = account.facts.project_months[at("2026-11-01"), "USD"].bases.values()
    assert at("2026-12-02") <= min(each.fetched_at for each in bases)


@GENERATIONS
def test_two_currencies(generation: Generation) -> None:
    """A month whose hours change currency, and back, has a month by project in each; nothing is added across."""
    account = world("2026-11-01", "2026-11-03T12:00", generation)
    account.currencies = {
        start: "EUR" for start in account.hours if at("2026-11-01T20:00") <= start < at("2026-11-02T10:00")
    }
    for hours in (10, 30, 50, 60):
        account.poll(at("2026-11-01") + hours * HOUR + 1200)
        assert_true(account, "2026-11-01")
    section = usage_details_view(account.facts, account.extent)
    assert section
    assert section.month_to_date
    assert {"USD", "EUR"} == set(section.month_to_date.rows)


@pytest.mark.parametrize("back", [3, 30, 90])
def test_the_clock_is_set_back(back: int) -> None:
    """What was counted up to later is dropped: nothing of the future is shown, also after hours were folded."""
    account = world("2026-11-01", "2026-11-10")
    for hours in range(2, 130, 32):
        account.poll(at("2026-11-01") + hours * HOUR + 1200)
    now = account.now - back * HOUR
    account.poll(now)

    assert max(account.facts.hour_projects) < now
    assert_true(account, "2026-11-01")


def test_one_question_at_a_time() -> None:
    """However few are asked at a poll, what is shown is right at each instant, and little is asked twice."""
    account = world("2026-11-02T20:00", "2026-11-03T12:00")
    account.poll("2026-11-03T12:20", DATASETS_OF_ACCOUNT)
    asked: list[object] = []
    while account.step().tasks:
        account.poll("2026-11-03T12:20", [Dataset.USAGE_DETAILS], most=1)
        asked += account.asked
        section = usage_details_view(account.facts, account.extent)
        if section and section.month_to_date:
            assert_true(account, "2026-11-01")

    # Of the trailing day's other hours the projects are wanted first, and their pages are not held until later.
    assert len(asked) - len(set(asked)) <= 15 * SHALLOW


DATASETS_OF_ACCOUNT = (Dataset.INVOICES, Dataset.USAGE)


@pytest.mark.parametrize("level", [Level.TEAM, Level.PROJECT, Level.RESOURCE_TYPE])
def test_levels(level: Level) -> None:
    """Nothing below the configured level is asked for, nor kept."""
    account = world("2026-11-01", "2026-11-03T12:00", extent=Extent(level=level))
    account.poll("2026-11-03T12:20")
    section = usage_details_view(account.facts, account.extent)

    assert section
    assert section.hour
    assert level.depth == max(map(len, section.hour.rows))
    assert {} == account.facts.hour_resources
    pages = [dict(each.query) for each in account.asked_pages()]
    assert (level is Level.RESOURCE_TYPE) == any("projectId" in query or "resourceType" in query for query in pages)
    assert (level is Level.TEAM) == (not any("teamId" in query for query in pages))


def test_the_account_alone() -> None:
    """Where only the account is shown, nothing below it is asked for."""
    account = world("2026-11-01", "2026-11-03T12:00", extent=Extent(level=Level.ACCOUNT))
    account.poll("2026-11-03T12:20")

    assert ([], []) == (account.asked_pages(), account.asked_below())
    assert [()] == [each.query for each in account.asked if isinstance(each, GetInvoicePage)]


def test_a_generation_without_hours() -> None:
    """2024 has no hours: nothing below the account is asked for."""
    account = world("2026-11-01", "2026-11-03T12:00", Generation.A)
    account.now = at("2026-11-03T12:20")

    assert () == account.step().tasks


def test_a_tree_that_was_begun() -> None:
    """A tree that was begun is completed when the next hour has come, then that hour's; one of a day ago is not."""
    account = world("2026-11-01", "2026-11-05")
    account.poll("2026-11-03T12:20", is_meant=lambda task: task.urgency < Urgency.RESOURCES)
    account.poll("2026-11-03T12:20", [Dataset.USAGE_DETAILS], most=1)
    begun = account.asked[0]
    assert isinstance(begun, GetHourPage)
    assert at("2026-11-03T11:00") == begun.start
    account.poll("2026-11-03T13:20", is_meant=lambda task: task.urgency < Urgency.RESOURCES)
    (task,) = [task for task in account.step().tasks if task.urgency is Urgency.RESOURCES]
    assert {at("2026-11-03T11:00")} == {each.start for each in task.questions if isinstance(each, GetHourPage)}
    assert DEEP - 1 == task.requests

    account.poll("2026-11-04T12:20", is_meant=lambda task: task.urgency < Urgency.RESOURCES)
    (task,) = [task for task in account.step().tasks if task.urgency is Urgency.RESOURCES]
    assert {at("2026-11-04T11:00")} == {each.start for each in task.questions if isinstance(each, GetHourPage)}


# Whatever is spent, whenever it is polled

ids = st.sampled_from(["a", "b"])
resources = st.tuples(st.sampled_from(["acme", "beta"]), ids, st.sampled_from(["service", "job"]), ids)
spendings = st.dictionaries(
    resources, st.integers(0, 500).map(lambda cents: f"{cents / 100:.2f}"), min_size=1, max_size=5
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    generation=st.sampled_from([Generation.B, Generation.C]),
    some=st.lists(spendings, min_size=1, max_size=4),
    gaps=st.sets(st.integers(0, 110), max_size=20),
    polls=st.sets(st.integers(1, 110), min_size=1, max_size=5),
)
def test_any_account(generation: Generation, some: list[Spent], gaps: set[int], polls: set[int]) -> None:
    """Whenever it is polled, folded and released hours change no figure: all are what was really spent."""
    first = at("2026-11-01")
    hours = {first + place * HOUR: some[place % len(some)] for place in range(112) if place not in gaps or place == 0}
    account = world("2026-11-01", "2026-11-01")
    account = World(hours, generation, invoices=account.invoices)
    for place in sorted(polls):
        account.poll(first + place * HOUR + 1200)
        assert_true(account, "2026-11-01")


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(6)), spendings)
def test_any_order_of_arrival(order: list[int], spent: Spent) -> None:
    """In whatever order hours become known, the same is shown."""
    account = world("2026-11-01", "2026-11-01T06:00", Generation.B)
    account.hours[at("2026-11-01T03:00")] = spent
    account.settle("2026-11-01T06:20")
    known = list(account.facts.hour_projects.items())
    resources_known = list(account.facts.hour_resources.items())
    expected = usage_details_view(account.facts, account.extent)
    shuffled = account.facts.with_changes(
        {"hour_projects": dict.fromkeys(dict(known)), "hour_resources": dict.fromkeys(dict(resources_known))}
    ).with_changes(
        {
            "hour_projects": dict(known[place] for place in order),
            "hour_resources": dict(resources_known[place] for place in order),
        }
    )

    assert expected == usage_details_view(shuffled, account.extent)


def test_what_is_kept_is_bounded() -> None:
    """After days only the newest 75 hours are held by themselves; older resources are sums of the month."""
    account = world("2026-11-01", "2026-11-08")
    for hours in (2, 76, 150):
        account.settle(at("2026-11-01") + hours * HOUR + 1200)

    assert (75, 75) == (len(account.facts.hour_projects), len(account.facts.hour_resources))
    month = account.facts.resource_months[at("2026-11-01"), "USD"]
    assert month.hours | set(account.facts.hour_resources) == set(account.facts.hours)
    assert {} == account.facts.pages
    assert account.facts.hour_tree[ONLY].start == max(account.facts.hours)
    assert_true(account, "2026-11-01")


def test_a_project_that_costs_nothing() -> None:
    """A project at a price of zero is shown as long as its month is, also when its hours are folded away."""
    account = world("2026-11-01", "2026-11-05")
    free = ("acme", "free")
    account.hours[at("2026-11-01T01:00")] = {**SPENT, (*free, "job", "j"): "0.00"}
    for hours in (2, 90):
        account.poll(at("2026-11-01") + hours * HOUR + 1200)
        section = usage_details_view(account.facts, account.extent)
        assert section
        assert section.month_to_date
        assert Decimal(0) == totals(section.month_to_date.rows["USD"])[free]
