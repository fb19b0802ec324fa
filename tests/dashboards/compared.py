"""What a query answered beside what the ledger says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tests.dashboards.figures import Figure
from tests.dashboards.history import GONE
from tests.dashboards.loaded import Row
from tests.dashboards.money import RUNNING, Charged, Labels
from tests.dashboards.money_invoiced import INVOICED

Key = frozenset[tuple[str, str]]
OTHER = "_other"


@dataclass(slots=True)
class Sum:
    """What the ledger says, of how many lines, and whether the API rounds: then each line may be off by as much.

    Even one that is alone: a day is the sum of its hours, and a forecast is many days.
    """

    value: Decimal = Decimal(0)
    lines: int = 0
    is_rounded: bool = False

    def add(self, value: Decimal, *, is_rounded: bool) -> None:
        """Add a line."""
        self.value += value
        self.lines += 1
        self.is_rounded |= is_rounded

    def is_met(self, value: float, within: float) -> bool:
        """Whether a value is this one."""
        return abs(float(self.value) - value) <= within * (4 + self.lines if self.is_rounded else 1)


def differences(figure: Figure, rows: Iterable[Row], charged: Iterable[Charged]) -> list[str]:
    """Where an answer is not what the ledgers of these accounts say; what is not shown counts as nothing."""
    shown = {frozenset(labels.items()): value for labels, value in rows}
    sums = _sums(figure, charged)
    if "resource_name" in figure.by:
        sums = _folded(sums, shown)
    wanted = _dearest(sums, figure.most) if figure.most else {*sums}
    compared = wanted | {key for key in shown if key in sums or not _is_of_the_gone(key)}
    return [
        f"{dict(sorted(key))}: {shown.get(key)} instead of {sums[key].value if key in sums else None}"
        for key in sorted(compared, key=sorted)
        if not sums.get(key, Sum()).is_met(shown.get(key, 0.0), figure.within)
    ]


def exceeding(figure: Figure, rows: Iterable[Row], charged: Iterable[Charged]) -> list[str]:
    """Where an answer is more than what the ledgers say; what is folded, or not known further down, is left out."""
    sums = _sums(figure, charged)
    shown = {frozenset(labels.items()): value for labels, value in rows if OTHER not in labels.values()}
    known = {key: value for key, value in shown.items() if not _is_of_the_gone(key)}
    return [
        f"{dict(sorted(key))}: {value} instead of at most {sums[key].value if key in sums else None}"
        for key, value in known.items()
        if key not in sums or (value > sums[key].value and not sums[key].is_met(value, figure.within))
    ]


def _sums(figure: Figure, charged: Iterable[Charged]) -> dict[Key, Sum]:
    signs = {term.removeprefix("-"): -1 if term.startswith("-") else 1 for term in figure.of.split()}
    sums: dict[Key, Sum] = defaultdict(Sum)
    for account in charged:
        is_rounded = account.organisation.world.get("rounding") == "row"
        for family, labels, value in _lines(account):
            if family in signs and figure.where.items() <= labels.items():
                key = frozenset((name, labels[name]) for name in figure.by.split())
                sums[key].add(signs[family] * value, is_rounded=is_rounded)
    return sums


def _lines(account: Charged) -> Iterator[tuple[str, Labels, Decimal]]:
    for lines in (*RUNNING, *INVOICED):
        yield from ((family, {**account.key, **labels}, value) for family, labels, value in lines(account))


def _folded(sums: dict[Key, Sum], shown: dict[Key, float]) -> dict[Key, Sum]:
    """The same with the resources that are not shown added up to the one `_other` of their type, where there is one."""
    folded: dict[Key, Sum] = {}
    for key, found in sums.items():
        other = frozenset({**dict(key), "resource_name": OTHER}.items())
        into = other if key not in shown and other in shown else key
        before = folded.setdefault(into, Sum())
        before.value += found.value
        before.lines += found.lines
        before.is_rounded |= found.is_rounded
    return folded


def _dearest(sums: dict[Key, Sum], most: int) -> set[Key]:
    """What has to be shown of each currency; of what costs as much as the last of them, any."""
    dearest: set[Key] = set()
    for currency in {dict(key)["currency"] for key in sums}:
        ordered = sorted((found.value, sorted(key)) for key, found in sums.items() if ("currency", currency) in key)
        least = ordered[-most][0] if len(ordered) >= most else Decimal(-1)
        dearest |= {frozenset(key) for value, key in ordered if value > least}
    return dearest


def _is_of_the_gone(key: Key) -> bool:
    """Whether it is of the team that cannot be asked for any more: that is known as far as it was when it could."""
    return dict(key).get("team_id") in {GONE, OTHER}
