"""PromQL that shows a figure once, however many exporters tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exporter.metrics.catalog import FAMILIES
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
_UNNARROWED = frozenset({"northflank_budget_info"})  # an empty id is a whole account


def family(name: str) -> Family:
    """The family of the catalogue that has this name; `northflank_` may be left out."""
    return _FAMILIES[name if name in _FAMILIES else f"northflank_{name}"]


def selector(name: str, equal: Mapping[str, str] = MappingProxyType({}), *, invoice: bool = False) -> str:
    """The family's series that the dashboard's variables let through; `invoice` by the chosen invoices too.

    `equal` are labels and their values.
    """
    found = family(name)
    variables = {label: variable for label, variable in _VARIABLES.items() if label in found.labels}
    if found.name in _UNNARROWED:
        variables = {"account": variables["account"]}
    if not invoice:
        variables.pop("invoice_id", None)
    matchers = [
        *(f'{label}=~"{variable}"' for label, variable in variables.items()),
        *(f'{label}="{value}"' for label, value in equal.items()),
    ]
    return found.name + (f"{{{','.join(matchers)}}}" if matchers else "")


def once(name: str, *, invoice: bool = False, offset: str = "", **equal: str) -> str:
    """Each series of a family once, by the labels that the catalogue gives it; `offset` looks back, as `7d`."""
    back = f" offset {offset}" if offset else ""
    return _once(family(name), f"{selector(name, equal, invoice=invoice)}{back}")


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


def total(by: str, expression: str) -> str:
    """The sum by these labels."""
    return f"sum by ({by}) ({expression})"


def _once(found: Family, expression: str) -> str:
    return f"max by ({', '.join(found.labels)}) ({expression})"
