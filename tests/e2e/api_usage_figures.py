"""The figures of docs/api-usage.md: what is counted has to be these."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from exporter.sandbox.options import Generation
from tests.e2e.api_usage import ApiUsage


@dataclass(frozen=True, slots=True)
class Figures:
    """The requests of one generation at one `detail`.

    `first_start` is what it takes beyond the hours that follow; it is spread over `start_hours`, from `first_hour` on.
    `steady` are the fewest and the most of any hour in which no invoice closes; `by_dataset` and `by_endpoint` are of
    one with the fewest. `closing` and `turn` are the hours in which an invoice closes, and a month turns.
    """

    first_start: int
    start_hours: int
    first_hour: int
    steady: tuple[int, int]
    closing: int
    turn: int
    restart: int
    after_downtime: int
    by_dataset: Mapping[str, int]
    by_endpoint: Mapping[str, int]


def figures_of(counted: ApiUsage) -> Figures:
    """The figures of what was counted."""
    least = min(counted.steady, key=lambda each: each.total)
    return Figures(
        first_start=sum(each.total for each in counted.start) - (len(counted.start) - 1) * least.total,
        start_hours=len(counted.start),
        first_hour=counted.start[0].total,
        steady=(least.total, max(each.total for each in counted.steady)),
        closing=counted.closing.total,
        turn=counted.turn.total,
        restart=counted.restart.total,
        after_downtime=counted.after_downtime.total,
        by_dataset=least.by_dataset,
        by_endpoint={**least.by_endpoint, "get_usage": least.by_endpoint["get_usage"] - least.backfilled},
    )


FIGURES: Mapping[tuple[Generation, str], Figures] = MappingProxyType(
    {
        ("2026-10", "resource"): Figures(
            first_start=1099,
            start_hours=9,
            first_hour=449,
            steady=(136, 136),
            closing=219,
            turn=219,
            restart=3,
            after_downtime=265,
            by_dataset={"invoices": 2, "usage": 7, "credits": 6, "usage_details": 121},
            by_endpoint={"list_invoices": 2, "list_usage": 7, "get_credit_balance": 6, "get_usage": 121},
        ),
        ("2026-10", "project"): Figures(
            first_start=940,
            start_hours=5,
            first_hour=299,
            steady=(36, 54),
            closing=67,
            turn=68,
            restart=13,
            after_downtime=152,
            by_dataset={"invoices": 2, "usage": 7, "credits": 6, "usage_details": 21},
            by_endpoint={"list_invoices": 2, "list_usage": 7, "get_credit_balance": 6, "get_usage": 21},
        ),
        ("2026-06", "resource"): Figures(
            first_start=676,
            start_hours=9,
            first_hour=351,
            steady=(169, 169),
            closing=252,
            turn=252,
            restart=2,
            after_downtime=257,
            by_dataset={"invoices": 2, "usage": 6, "usage_details": 161},
            by_endpoint={"list_invoices": 2, "list_usage": 6, "get_usage": 161},
        ),
        ("2026-06", "project"): Figures(
            first_start=511,
            start_hours=3,
            first_hour=240,
            steady=(29, 36),
            closing=50,
            turn=51,
            restart=2,
            after_downtime=134,
            by_dataset={"invoices": 2, "usage": 6, "usage_details": 21},
            by_endpoint={"list_invoices": 2, "list_usage": 6, "get_usage": 21},
        ),
    }
)
