"""PromQL that shows a figure once, however many exporters tell of it.

Of two exporters of an account the one that fetched last is believed, as in the recording rules: another, whose polls
fail, goes on showing what was true once.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exporter.metrics.catalog import BY_FAMILY, FAMILIES
from exporter.metrics.family import Family, Type

# The dashboards' variables, by the label that each narrows.
_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "account": "$account",
        "currency": "$currency",
        "team_id": "$team",
        "project_id": "$project",
        "invoice_id": "$invoice",
    }
)
_FAMILIES = {family.name: family for family in FAMILIES}
# Of the families that are fetched; names come from several datasets.
_DATASETS = {found.name: rows[0].dataset for found, rows in BY_FAMILY if len(rows) == 1}
_UNNARROWED = frozenset({"northflank_budget_info"})  # an empty id is a whole account


def family(name: str) -> Family:
    """The family of the catalogue that has this name; `northflank_` may be left out."""
    return _FAMILIES[name if name in _FAMILIES else f"northflank_{name}"]


def selector(
    name: str, equal: Mapping[str, str] = MappingProxyType({}), *, invoice: bool = False, whole: bool = False
) -> str:
    """The family's series that the dashboard's variables let through; `invoice` by the chosen invoices too.

    `whole` is of whole accounts, whatever team or project is chosen. `equal` are labels and their values.
    """
    found = family(name)
    narrowing = {"account", "currency"} if whole else {"account", "currency", "team_id", "project_id"}
    if found.name in _UNNARROWED:
        narrowing = {"account"}
    if invoice:
        narrowing.add("invoice_id")
    matchers = [
        *(f'{label}=~"{_VARIABLES[label]}"' for label in _VARIABLES if label in narrowing & {*found.labels}),
        *(f'{label}="{value}"' for label, value in equal.items()),
    ]
    return found.name + (f"{{{','.join(matchers)}}}" if matchers else "")


def once(name: str, *, invoice: bool = False, whole: bool = False, offset: str = "", **equal: str) -> str:
    """Each series of a family once, by the labels that the catalogue gives it; `offset` looks back, as `7d`."""
    back = f" offset {offset}" if offset else ""
    found = family(name)
    return _once(found, f"{selector(name, equal, invoice=invoice, whole=whole)}{back}{_unless_behind(found, back)}")


def of_any(name: str, *, invoice: bool = False) -> str:
    """The highest that any exporter tells, also one that has been overtaken."""
    return _once(family(name), selector(name, invoice=invoice))


def worst(name: str) -> str:
    """The lowest of a family that tells of a process: the one in trouble is seen among others."""
    found = family(name)
    return f"min by ({', '.join(found.labels)}) ({selector(name)})"


def once_over(function: str, name: str, over: str, **equal: str) -> str:
    """The same of a function over a time, such as `increase`."""
    return _once(family(name), f"{function}({selector(name, equal)}[{over}])")


def buckets(name: str, over: str) -> str:
    """The rates of a histogram's buckets, each once."""
    found = family(name)
    if found.type is not Type.HISTOGRAM:
        raise ValueError(f"{found.name} is no histogram")
    by = ", ".join((*found.labels, "le"))
    return f"max by ({by}) (rate({found.name}_bucket[{over}]))"


def one_of(by: str, expression: str) -> str:
    """One series for each set of these labels: the highest.

    What is told in labels, such as a name, two exporters tell differently until both have polled.
    """
    return f"topk by ({by}) (1, {expression})"


def dearest(count: int, costs: str) -> str:
    """The highest of each currency, in their order: amounts of two currencies cannot be compared."""
    return f"sort_desc(topk by (currency) ({count}, {costs}))"


def total(by: str, expression: str) -> str:
    """The sum by these labels."""
    return f"sum by ({by}) ({expression})"


def _unless_behind(found: Family, back: str) -> str:
    """What leaves out the exporters that have been overtaken by another of the same account."""
    if found.name not in _DATASETS:
        return ""
    fetched = f"{selector('last_success_timestamp_seconds', {'dataset': _DATASETS[found.name]})}{back}"
    return f" unless on (account, job, instance) ({fetched} < on (account) group_left () max by (account) ({fetched}))"


def _once(found: Family, expression: str) -> str:
    return f"max by ({', '.join(found.labels)}) ({expression})"
