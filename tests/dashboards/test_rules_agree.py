"""A panel and an alert that tell of the same thing tell the same figure."""

import re

import pytest

from tests.dashboards.loaded import Loaded
from tests.dashboards.shown import targets
from tests.rules.ruleset import read_rules

pytestmark = [pytest.mark.process, pytest.mark.prometheus, pytest.mark.dashboards]

RECORDS = {rule.name: rule.expr for rule in read_rules() if not rule.is_alert}
RECORD = re.compile(rf"({'|'.join(map(re.escape, RECORDS))})(\{{[^}}]*\}})?")
METRIC = re.compile(r"(?<!:)\bnorthflank_[a-z_]+\b(?!\{)")
SHOWN = {(target.dashboard, target.panel, target.part): target for target in targets()}
MONTH = "account_currency:northflank_month_to_date_cost:forecast_month_end"
BUDGET_SHARE = "account_budget_currency:northflank_budget_spent_amount:ratio"
BUDGET_FORECAST = "account_budget_currency:northflank_budget_spent_amount:forecast_period_end"
RUNWAY = "account_currency:northflank_credit_available_amount:runway_seconds"
DAYS_LEFT = "account_invoice:northflank_invoice_unpaid_since_timestamp_seconds:days_left"
AMOUNT = "max by (account, invoice_id, currency) (northflank_invoice_amount)"
OF_INVOICES = "account_currency_invoice_level:northflank_invoice_unattributed_cost:ratio"
OF_THE_HOUR = "account_currency_level:northflank_hourly_unattributed_cost:ratio"


def expanded(expression: str) -> str:
    """The expression with what the recorded series that it reads are made of, all the way down."""
    while RECORD.search(expression):
        expression = RECORD.sub(narrowed, expression)
    return expression


def narrowed(found: re.Match[str]) -> str:
    """A recorded series as what it is made of, with the matchers that it is read with."""
    return f"({METRIC.sub(lambda name: name[0] + (found[2] or ''), RECORDS[found[1]])})"


@pytest.mark.parametrize(
    ("shown", "recorded"),
    [
        pytest.param(("spend", "This month, forecast", "A"), f"sum by (currency) ({MONTH})", id="month"),
        pytest.param(("spend", "Spent of each budget", "A"), BUDGET_SHARE, id="share of a budget"),
        pytest.param(("spend", "Budgets", "Forecast"), BUDGET_FORECAST, id="forecast of a budget"),
        pytest.param(("spend", "Credits last for", "A"), RUNWAY, id="credits"),
        pytest.param(
            ("invoices", "Unattributed on the newest invoices", "A"),
            f"sum by (account, currency, level) ({OF_INVOICES})",
            id="unattributed on invoices",
        ),
        pytest.param(("invoices", "Unattributed in the newest hour", "A"), OF_THE_HOUR, id="unattributed in the hour"),
        pytest.param(
            ("invoices", "Unpaid invoices", "Days left"),
            f"0 * {AMOUNT} + on (account, invoice_id) group_left () ({DAYS_LEFT})",
            id="days left",
        ),
    ],
)
def test_a_panel_shows_what_the_rules_record(loaded: Loaded, shown: tuple[str, str, str], recorded: str) -> None:
    """Whoever is called finds the figure of the message on the dashboard."""
    told = {frozenset(labels.items()): value for labels, value in loaded.at_the_end(expanded(recorded))}
    assert told
    rows = loaded.at_the_end(SHOWN[shown].asked())
    assert told == pytest.approx({frozenset(labels.items()): value for labels, value in rows})
