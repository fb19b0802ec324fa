"""Budgets as the file states them."""

from decimal import Decimal

import pytest

from exporter.config import Config, load
from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import PeriodKind
from tests.config.conftest import TOKEN, Loader

TWO = "accounts: [{name: acme, token_file: token}, {name: labs, token_file: second}]"


def entry(more: str = "") -> str:
    """A file without accounts that has one budget, to which this is added."""
    return f"budgets: [{{name: all, amount: 100, currency: USD{more and ', '}{more}}}]"


def budgets(config: Config) -> list[tuple[str, list[str]]]:
    """The names of the budgets of each account."""
    return [(each.name, [budget.name for budget in each.declared.budgets]) for each in config.accounts]


def test_every_key_is_taken(load_text: Loader) -> None:
    """A budget's values arrive as they are written, the amount and the shares exactly, the currency in capitals."""
    text = """
budgets:
  - name: 'Platform: jobs & addons, 2026'
    amount: 1234.56
    currency: eur
    account: default
    scope: {team_id: platform, project_id: shop, resource_type: job}
    period: quarter
    thresholds: {info: 0.1, page me: 10}
    labels: {owner: platform-team, _x1: ""}
"""

    expected = Budget(
        name="Platform: jobs & addons, 2026",
        amount=Decimal("1234.56"),
        currency="EUR",
        scope=Scope(team_id="platform", project_id="shop", resource_type="job"),
        period=PeriodKind.QUARTER,
        thresholds={"info": Decimal("0.1"), "page me": Decimal(10)},
        labels={"owner": "platform-team", "_x1": ""},
    )
    assert Declared(budgets=(expected,)) == load_text(text, NORTHFLANK_API_TOKEN=TOKEN).accounts[0].declared


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("", id="left_out"),
        pytest.param("scope: , thresholds: , labels: , account: ", id="without_values"),
        pytest.param("scope: {}, labels: {}", id="empty"),
        pytest.param("scope: {team_id: null, project_id: null, resource_type: null}", id="scope_of_nothing"),
    ],
)
def test_defaults(load_text: Loader, more: str) -> None:
    """What a budget leaves out: the whole account, by month, with two thresholds."""
    expected = Budget(
        name="all",
        amount=Decimal(100),
        currency="USD",
        scope=Scope(),
        period=PeriodKind.MONTH,
        thresholds={"warning": Decimal("0.8"), "critical": Decimal(1)},
        labels={},
    )

    assert (expected,) == load_text(entry(more), NORTHFLANK_API_TOKEN=TOKEN).accounts[0].declared.budgets


def test_no_thresholds(load_text: Loader) -> None:
    """Thresholds that are stated as none are none."""
    [budget] = load_text(entry("thresholds: {}"), NORTHFLANK_API_TOKEN=TOKEN).accounts[0].declared.budgets

    assert {} == budget.thresholds


@pytest.mark.parametrize("period", PeriodKind)
def test_period(load_text: Loader, period: PeriodKind) -> None:
    """Each of the calendar's periods can be named."""
    [budget] = load_text(entry(f"period: {period}"), NORTHFLANK_API_TOKEN=TOKEN).accounts[0].declared.budgets

    assert period is budget.period


def test_account_from_the_environment_has_budgets_too(load_text: Loader) -> None:
    """A file with budgets and no accounts is about the account of the environment; no file is about none."""
    assert [("default", ["all"])] == budgets(load_text(entry(), NORTHFLANK_API_TOKEN=TOKEN))
    assert [("default", [])] == budgets(load(None, {"NORTHFLANK_API_TOKEN": TOKEN}))


def test_accounts_have_their_own_budgets(load_text: Loader) -> None:
    """Each account has the budgets that name it, in their order; two accounts may use one name."""
    text = f"""
{TWO}
budgets:
  - {{name: all, amount: 1, currency: USD, account: labs}}
  - {{name: jobs, amount: 1, currency: USD, account: acme}}
  - {{name: all, amount: 1, currency: USD, account: acme}}
"""

    assert [("acme", ["jobs", "all"]), ("labs", ["all"])] == budgets(load_text(text))


def test_only_account_need_not_be_named(load_text: Loader) -> None:
    """With one account in the file, budgets are its own."""
    text = f"accounts: [{{name: acme, token_file: token}}]\n{entry()}"

    assert [("acme", ["all"])] == budgets(load_text(text))


@pytest.mark.parametrize(
    "name", ["owner", "_", "_x", "Team", "jobs", "account_id", "a__b", "project_name", "namespace", "service"]
)
def test_label_that_a_budget_may_have(load_text: Loader, name: str) -> None:
    """Any other name that Prometheus takes is a label's name, also one that only resembles a taken one."""
    [budget] = load_text(entry(f"labels: {{{name}: a}}"), NORTHFLANK_API_TOKEN=TOKEN).accounts[0].declared.budgets

    assert {name: "a"} == budget.labels
