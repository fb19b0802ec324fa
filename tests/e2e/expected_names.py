"""The `_info` families: every id of a cost family has exactly one, with the name that the ledger has."""

from collections.abc import Iterator, Mapping

from tests.e2e.dialect import Dialect, Ledger
from tests.e2e.expected import NAMES, Series, rows
from tests.e2e.expected_budgets import with_project_labels
from tests.e2e.expected_running import Running

IDS: Mapping[str, tuple[str, ...]] = {
    "team": ("team_id",),
    "project": ("team_id", "project_id"),
    "resource": ("team_id", "project_id", "resource_type", "resource_id"),
    "cluster": ("cluster_id",),
}
FAMILIES = tuple(f"northflank_{name}" for name in NAMES)

Id = tuple[str, ...]


def expected_names(running: Running, shown: Series, account: str) -> Series:
    """The `_info` series that belong to what is shown; projects with the labels of the configuration."""
    names = _names(running)
    series: Series = {}
    for name, labels in shown:
        if not name.endswith("_cost"):
            continue
        told = dict(labels)
        for kind, ids in IDS.items():
            if told.keys() >= set(ids):
                key = tuple(told[each] for each in ids)
                label = {f"{kind}_name": names.get((kind, *key)) or key[-1]}
                info = {"account": account, **dict(zip(ids, key, strict=True)), **label}
                series[f"northflank_{kind}_info", frozenset(info.items())] = 1.0
    return with_project_labels(series, running.declared)


def names_shown(shown: Series) -> Series:
    """The `_info` series of ids."""
    return {key: value for key, value in shown.items() if key[0] in FAMILIES}


def _ledgers(running: Running) -> Iterator[Ledger]:
    yield from running.world.ledger["invoices"]
    yield from running.pages.values()


def _names(running: Running) -> dict[Id, str]:
    names: dict[Id, str] = {}
    for ledger in _ledgers(running):
        for level, labels, row in rows(running.world, ledger):
            if level in IDS and _has_name(running.dialect, level):
                names[level, *labels.values()] = row["name"]
        for cluster in ledger["clusters"]:
            names["cluster", cluster["id"]] = cluster["name"]
    return names


def _has_name(dialect: Dialect, level: str) -> bool:
    return level != "project" or dialect.has_project_names
