"""The table of all families, for people: printed by the command `metrics`, and the heart of docs/metrics.md."""

from __future__ import annotations

from collections.abc import Iterable

from exporter.errors import OUTCOMES
from exporter.metrics.catalog import FAMILIES, INVOICE_ROWS, NAME_ROWS, TREE_ROWS
from exporter.metrics.family import Family
from exporter.metrics.health import HEALTH
from exporter.metrics.queries import QUERIES

_COLUMNS = ("NAME", "TYPE", "LABELS", "MEANING")

_CHAPTERS = (
    (
        "Invoices",
        "Of the newest `invoices.history` invoices, of those billed ahead, and of every older one that is unpaid.",
        tuple(row.family for row in INVOICE_ROWS),
    ),
    (
        "The tree of the newest invoices that bill usage",
        "Of the newest `invoices.details` of them, down to the level that `detail` names.",
        tuple(row.family for row in TREE_ROWS),
    ),
    (
        "Names",
        "Ids are labels, names are here: each id of a cost family has exactly one series, to join on.",
        tuple(row.family for row in NAME_ROWS),
    ),
    (
        "Health",
        "`dataset` is `invoices` (the list) or `invoice_details` (discounts, tax, line items, the tree).",
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
