"""What teams hold beyond their known projects, and the account beyond its known teams."""

from __future__ import annotations

from types import MappingProxyType

from exporter.domain.price import Price
from exporter.domain.tree import OTHER_ID, Level, Path, Remainder, Row, Rows, remainders

_MOST_PLACES = 8


def with_others(rows: Rows, total: Price | None, *, addends: int) -> Rows:
    """The rows of teams and projects, with a row `_other` for whatever their sums lack of what is above them.

    What no known team holds is a project `_other` of a team `_other`.

    `total` is the account's own price, None where it is not known. Each price is a sum of so many `addends` at most,
    each of which may have been rounded by itself: what may be rounding gets no row.
    """
    whole: dict[Path, Row] = {**({(): Row(None, total)} if total else {}), **rows}
    places = _places_of(whole)
    for level in (Level.PROJECT, Level.TEAM):
        if not any(len(path) == level.depth for path in rows):
            continue
        for path, rest in remainders(whole, level).items():
            rounded = Remainder(rest.amount, (rest.row_count + 1) * addends - 1)
            if not rounded.is_rounding(places):
                whole[(*path, OTHER_ID)] = Row(None, Price(stated_total=rest.amount))
    unknown = whole.get((OTHER_ID,))
    if unknown and (OTHER_ID,) not in rows and any(len(path) == Level.PROJECT.depth for path in rows):
        # So that the sum of all projects is the account's, too.
        whole[OTHER_ID, OTHER_ID] = unknown
    return MappingProxyType({path: row for path, row in sorted(whole.items()) if path})


def _places_of(rows: Rows) -> int:
    exponents = (row.price.total.as_tuple().exponent for row in rows.values() if row.price)
    places = max((-each for each in exponents if isinstance(each, int)), default=0)
    return min(max(places, 0), _MOST_PLACES)
