"""The table of all families, for people: printed by the command `metrics`, and the heart of docs/metrics.md."""

from __future__ import annotations

from collections.abc import Iterable

from exporter.errors import OUTCOMES
from exporter.metrics.catalog import FAMILIES
from exporter.metrics.catalog_budgets import BUDGET_ROWS
from exporter.metrics.catalog_credits import CREDIT_ROWS
from exporter.metrics.catalog_invoices import INVOICE_ROWS
from exporter.metrics.catalog_names import NAME_ROWS
from exporter.metrics.catalog_trees import TREE_ROWS
from exporter.metrics.catalog_usage import USAGE_ROWS
from exporter.metrics.catalog_usage_details import HOUR_ROWS, SCOPED_ROWS
from exporter.metrics.family import Family
from exporter.metrics.health import HEALTH
from exporter.metrics.queries import QUERIES
from exporter.metrics.row import Row

_COLUMNS = ("NAME", "TYPE", "LABELS", "MEANING")


def _families(*rows: Row) -> tuple[Family, ...]:
    """The families of the rows, each once."""
    return tuple(dict.fromkeys(row.family for row in rows))


_CHAPTERS = (
    (
        "Invoices",
        "Of the newest `invoices.history` invoices, of those billed ahead, and of every older one that is unpaid.",
        _families(*INVOICE_ROWS),
    ),
    (
        "The tree of the newest invoices that bill usage",
        "Of the newest `invoices.details` of them, down to the level that `detail` names.",
        _families(*TREE_ROWS),
    ),
    (
        "Running spend",
        """\
What is being spent now, at Northflank's prices: before tax, discounts and credits, without subscriptions. All of the
account's figures end at the newest hour that the API lists, or, if that is later, at the newest one that has been over
for `poll.late_after` without being listed, which counts as zero. In the first hour of a month, the month to date is 0.
The times overlap (an hour is in the day, the day in the month): take one at a time.""",
        _families(*USAGE_ROWS),
    ),
    (
        "Running spend by team, project and resource",
        """\
PaaS alone, but for BYOC clusters; down to the level that `detail` names. These figures take more requests than the
account's and may be older: `northflank_month_to_date_details_through_timestamp_seconds` and
`northflank_hourly_details_start_timestamp_seconds` tell. A month by team and project is absent while it is not the
month of the account's figures. What a team spent beyond the projects that are known is its project `_other`.""",
        _families(*SCOPED_ROWS, *HOUR_ROWS),
    ),
    ("Credits", "What is left to be spent before anything is charged.", _families(*CREDIT_ROWS)),
    (
        "Budgets",
        """\
Of each of `budgets` in the configuration. What was spent is usage at Northflank's prices, not what will be invoiced; a
scope with a team, project or resource type is PaaS alone. Two families carry the labels that the budget is given, too:
all that any budget of the account has, empty where this one has it not. What the configuration says is there from the
start; what was spent is absent until it is known, and while the account has not the scope or the currency.""",
        _families(*BUDGET_ROWS),
    ),
    (
        "Names",
        """\
Ids are labels, names are here: each id of a cost family has exactly one series, to join on. A project carries the
`labels` of the configuration too: all that any project of the account has, empty where this one has it not.""",
        _families(*NAME_ROWS),
    ),
    (
        "Health",
        """\
`dataset` is `invoices` (the list), `invoice_details` (discounts, tax, line items, the tree), `usage` (the account's
running spend), `usage_details` (teams, projects and resources), `credits` or `budgets`.

A family of resources (`northflank_invoice_resource_cost`, `northflank_hourly_resource_cost`,
`northflank_month_to_date_resource_cost`, `northflank_trailing_day_resource_cost`) has at most `limits.series` series in
an account. Beyond it the cheapest resources are folded into one resource `_other` for each project and type, so that
sums stay what they are. A resource is never folded alone; where there are more projects and types than the limit
allows, each of them has one resource `_other`.""",
        HEALTH,
    ),
)

_INTRODUCTION = """\
# Metrics

<!-- Generated from the catalogue by `make docs`; do not edit. -->

Names and labels are a promise: see [the changelog](../CHANGELOG.md) for what changes.

- Money is in major units of its currency (dollars, not cents). Costs are before tax and discounts, an invoice's amount
  is what there is to pay. Never add amounts of two currencies: aggregate `by (currency)`.
- `component` splits a price into the parts that the API names (`cpu`, `memory`, `storage`, `gpu`; for BYOC `vcpu`,
  `memory`, `gpu_memory`, `cluster`) and `other` for the rest: **summing over `component` gives the API's total**.
- Levels overlap: a project is in its team, a team in its invoice. Take one level at a time.
- What is being spent now and what was invoiced overlap too: an invoice bills usage of the month to date, and of past
  months. Never add the two.
- Projects of different teams may share an id: join and aggregate by `team_id` and `project_id` together.
- Everything is read from memory: a scrape asks Northflank nothing. `northflank_last_success_timestamp_seconds` tells
  how old the figures are. After a failed poll the last good ones stay, and `northflank_up` is 0.
- A value that is not known is absent; 0 means that the API says 0.
- Set `honor_labels: true` where you scrape, so that your target labels do not rename `account`.
"""


def render_table() -> str:
    """All families as aligned plain text."""
    rows = [_COLUMNS, *((each.name, each.type.value, ", ".join(each.labels), each.help) for each in FAMILIES)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])) for row in rows
    )
    return "\n".join(lines) + "\n"


def render_markdown() -> str:
    """The document docs/metrics.md."""
    chapters = "".join(f"\n## {title}\n\n{text}\n\n{_table(families)}" for title, text, families in _CHAPTERS)
    outcomes = ", ".join(f"`{outcome}`" for outcome in ("success", *OUTCOMES))
    library = "| `process_*`, `python_info` | | | as the Prometheus client library gives them |\n"
    queries = "".join(f"\n{what}:\n\n    {query}\n" for what, query in QUERIES.items())
    return (
        f"{_INTRODUCTION}\n## Queries to start from\n{queries}{chapters}{library}\n"
        f"The values of `outcome`: {outcomes}.\n"
    )


def _table(families: Iterable[Family]) -> str:
    head = "| name | type | labels | meaning |\n| --- | --- | --- | --- |\n"
    return head + "".join(
        f"| `{each.name}` | {each.type} | {', '.join(f'`{label}`' for label in each.labels)} | {each.help} |\n"
        for each in families
    )
