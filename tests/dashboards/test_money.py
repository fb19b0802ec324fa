"""What the panels show is what the sandbox's ledger says, to the cent."""

import re
from dataclasses import replace

import pytest

from exporter.metrics.catalog import FAMILIES
from tests.dashboards.compared import differences, exceeding
from tests.dashboards.figures import FIGURES, PROJECT, RESOURCE, Figure
from tests.dashboards.loaded import Loaded
from tests.dashboards.money import Charged
from tests.dashboards.shown import METRIC, targets

pytestmark = [pytest.mark.process, pytest.mark.prometheus, pytest.mark.dashboards]

MONEY = {family.name for family in FAMILIES if "currency" in family.labels}
SHOWN = {(target.dashboard, target.panel, target.part): target for target in targets()}
COMPARED = {(dashboard, each.panel, each.part): each for dashboard, each in FIGURES}
# Dates and days that have an amount's currency beside them.
NO_MONEY = {
    ("spend", "Budgets", "Period ends"),
    ("invoices", "Unpaid invoices", "Unpaid since"),
    ("invoices", "Unpaid invoices", "Days left"),
}
# As far as it is known by resource; the rest is one row of each project, so that these are compared.
RESOURCES_OF_THE_MONTH = ("spend", "Top resources this month", "Cost")
DEAREST = re.compile(r"sort_desc\(topk by \(currency\) \(20, (.*)\)\)")
OF_ONE_INVOICE = (
    ("invoices", "By category and component", "A"),
    ("invoices", "Invoices", "To pay"),
    ("invoices", "Line items", "Amount"),
    ("invoices", "Do the parts add up?", "Usage"),
)
BY_PART = "max by (account, currency, category, component)"
BREAKS = (
    ("spend", "This month", "A", BY_PART, BY_PART.replace("max", "sum")),
    ("spend", "This month", "A", "month_to_date_cost", "trailing_day_cost"),
    ("spend", "This month, forecast", "A", "86400", "3600"),
    ("spend", "This month, forecast", "A", "northflank_month_to_date_end", "northflank_month_to_date_through"),
    ("spend", "Last month", "A", 'months_ago="1"', 'months_ago="2"'),
    ("spend", "Not invoiced yet", "A", "unbilled_cost", "month_to_date_cost"),
    ("spend", "Credits left", "A", "credit_available", "credit_pending"),
    ("spend", "Credits last for", "A", "* 86400 and", "* 3600 and"),
    ("spend", "Budgets", "Forecast", "trailing_day_amount", "spent_amount"),
    (
        "spend",
        "Top projects this month",
        "A",
        "sum by (account, team_id, project_id, currency)",
        "max by (account, team_id, project_id, currency)",
    ),
    ("spend", "Projects", "Change", "offset 7d", "offset 6d"),
    ("spend", "Top resources today", "Cost", "trailing_day_resource_cost", "hourly_resource_cost"),
    ("spend", "Top resources today", "Cost", "resource_name, currency) (sum by", "resource_name, currency) (max by"),
    ("invoices", "Unpaid", "A", "invoice_unpaid_since", "invoice_period_end"),
    ("invoices", "Newest invoice", "A", "northflank_latest_invoice_info", "northflank_invoice_info"),
    ("invoices", "Amounts by the end of the period", "Without tax", " - max by", " + max by"),
    ("invoices", "Teams", "A", "team_cost", "project_cost"),
    ("invoices", "Do the parts add up?", "Sum off", "tax_amount", "discount_amount"),
    ("invoices", "Unattributed in the newest hour", "A", "hourly_team_cost", "month_to_date_team_cost"),
)


def name_of(key: object) -> str | None:
    """What tells a query from others."""
    return ": ".join(key) if isinstance(key, tuple) else None


@pytest.mark.parametrize("choice", ["acme", "labs", ".*"])
@pytest.mark.parametrize("key", COMPARED, ids=name_of)
def test_a_figure_is_that_of_the_ledger(
    loaded: Loaded, charged: tuple[Charged, ...], key: tuple[str, str, str], choice: str
) -> None:
    """Of one account or of both, while two exporters tell of each, a panel shows what was charged, to the cent."""
    chosen = [account for account in charged if choice in (".*", account.organisation.name)]
    assert [] == differences(COMPARED[key], loaded.at_the_end(SHOWN[key].asked(account=choice)), chosen)


@pytest.mark.parametrize("key", OF_ONE_INVOICE, ids=name_of)
def test_one_invoice_can_be_chosen(loaded: Loaded, charged: tuple[Charged, ...], key: tuple[str, str, str]) -> None:
    """Whichever invoice is chosen, its own figures are shown."""
    for invoice in charged[0].books.world.shown:
        figure = replace(COMPARED[key], where={"invoice_id": invoice["id"]})
        assert [] == differences(figure, loaded.at_the_end(SHOWN[key].asked(invoice=invoice["id"])), charged)


@pytest.mark.parametrize("choice", ["acme", "labs", ".*"])
def test_resources_of_the_month_add_up_to_their_projects(
    loaded: Loaded, charged: tuple[Charged, ...], choice: str
) -> None:
    """A project's resources and what is not known by resource are what it was charged, and no resource has more."""
    chosen = [account for account in charged if choice in (".*", account.organisation.name)]
    found = DEAREST.fullmatch(SHOWN[RESOURCES_OF_THE_MONTH].asked(account=choice))
    assert found is not None
    projects = loaded.at_the_end(f"sum by ({', '.join(PROJECT.split())}) ({found[1]})")
    assert [] == differences(Figure("Projects", "month_to_date_project_cost", PROJECT), projects, chosen)
    resources = loaded.at_the_end(found[1])
    assert [] == exceeding(Figure("Resources", "month_to_date_resource_cost", RESOURCE), resources, chosen)
    assert {"_other"} < {labels["resource_name"] for labels, _ in resources}


def test_every_query_that_reads_money_is_compared() -> None:
    """No amount, and no share of one, is shown that nobody has compared with the ledger."""
    reading = {key for key, target in SHOWN.items() if MONEY & {*METRIC.findall(target.expression)}}
    assert reading - NO_MONEY - COMPARED.keys() == {RESOURCES_OF_THE_MONTH}


@pytest.mark.parametrize("broken", BREAKS, ids=name_of)
def test_a_query_that_is_broken_on_purpose_is_noticed(
    loaded: Loaded, charged: tuple[Charged, ...], broken: tuple[str, str, str, str, str]
) -> None:
    """The comparison tells another figure from the one that is right."""
    dashboard, panel, part, right, wrong = broken
    target = SHOWN[dashboard, panel, part]
    assert right in target.expression
    asked = replace(target, expression=target.expression.replace(right, wrong)).asked()
    assert [] != differences(COMPARED[dashboard, panel, part], loaded.at_the_end(asked), charged)
