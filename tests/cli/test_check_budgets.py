"""What `check` says of budgets."""

import time
from pathlib import Path

import pytest

from tests.cli.checking import Start, check, one, warnings

pytestmark = pytest.mark.usefixtures("own_logs")

BUDGETS = """
budgets:
  - {name: all, amount: 5000, currency: USD}
  - {name: euros, amount: 10, currency: EUR}
  - {name: nobody, amount: 10, currency: USD, scope: {team_id: nobody}}
"""


def test_budgets_that_cannot_be_watched(start: Start, tmp_path: Path) -> None:
    """A budget in another currency, or of what the account has not, is a warning with the remedy, and no failure."""
    result = check(tmp_path, one(start(now=time.time), BUDGETS))

    assert 0 == result.exit_code
    assert [
        (
            "budget euros: in EUR, in which the account has never spent anything; its usage is in USD: "
            "set the budget's currency"
        ),
        (
            "budget nobody: the account has no usage under team_id nobody; correct its scope, "
            "or leave it: it is shown once there is some"
        ),
    ] == warnings(result)


def test_budgets_of_2024(start: Start, tmp_path: Path) -> None:
    """Where the generation states no usage, a line says of each budget that it cannot be watched."""
    result = check(tmp_path, one(start(generation="2024"), BUDGETS))

    reason = "this generation of the API does not state what was used when; it cannot be watched"
    assert [f"budget {name}: {reason}" for name in ("all", "euros", "nobody")] == warnings(result)


def test_budget_of_a_team_on_2026_06(start: Start, tmp_path: Path) -> None:
    """Where usage cannot be narrowed, only budgets of the whole account are watched."""
    result = check(tmp_path, one(start(generation="2026-06", now=time.time), BUDGETS))

    assert "does not state what a team, project or resource type spends; leave its scope out" in warnings(result)[-1]
