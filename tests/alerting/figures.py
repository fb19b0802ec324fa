"""What messages should say, worked out from the ledger of the sandbox that was billed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations_with_replacement, product
from typing import Any

import httpx

from exporter.domain.calendar import month_of

HOUR_SECONDS = 3600
DAY_SECONDS = 86400
UNPAID_DAYS = 7


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a sandbox charged that this client asks. Instants are Unix seconds, amounts major units."""

    sandbox: httpx.Client

    def by_hour(self, start: int, end: int) -> dict[int, Decimal]:
        """What the account spent in each hour of a time, by the hour's beginning."""
        hours = range(start, end, HOUR_SECONDS)
        pages = {hour: f"/usage?depth=account&start={hour}&end={hour + HOUR_SECONDS}" for hour in hours}
        return {hour: Decimal(self._ask(page)["total"]) for hour, page in pages.items()}

    def credit_balance(self) -> dict[str, Any]:
        """The credits as they are now."""
        return self._ask("/credits")

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        """One invoice, without its tree."""
        (found,) = self._ask(f"?depth=account&invoice={invoice_id}")["invoices"]
        return dict(found)

    def _ask(self, path: str) -> dict[str, Any]:
        return dict(self.sandbox.get(f"/-/ledger{path}").raise_for_status().json())


def of_budget(amount: Decimal, start: int, costs: Mapping[int, Decimal], *, news: int = 0) -> Iterator[dict[str, str]]:
    """What may be told, from hour to hour, of the account's budget for the day that begins at `start`.

    `costs` are by hour, from the day before on. A forecast is put together from three figures that Prometheus reads one
    after the other: so many hours of `news` may come between.
    """
    end = start + DAY_SECONDS
    hours = range(start, end, HOUR_SECONDS)
    for hour in hours:
        spent = _sum(costs, start, hour)
        known = range(hour, min(hour + news * HOUR_SECONDS, hours[-1]) + HOUR_SECONDS, HOUR_SECONDS)
        for newest, through in combinations_with_replacement(known, 2):
            burn = _sum(costs, newest - DAY_SECONDS, newest)
            yield {
                "Spent": f"{cents(spent)} USD",
                "Budget": f"{cents(amount)} USD",
                "Share": f"{spent / amount * 100:.4g}%",
                "Forecast": f"{cents(spent + burn / DAY_SECONDS * (end - through))} USD",
            }


def of_credits(balance: Mapping[str, Any], costs: Mapping[int, Decimal]) -> Iterator[tuple[str, str, str]]:
    """What may be told of credits up to now: how long they last, what is left, and what a day costs.

    `costs` are by hour, of two days up to the balance. While there are credits: what is spent beyond takes none.
    """
    newest = int(balance["synced"])
    instants = range(newest - DAY_SECONDS, newest + HOUR_SECONDS, HOUR_SECONDS)
    for instant, through in product(instants, instants):
        has_turned = instant < month_of(newest).start
        granted = Decimal(balance["grants_pending"]) if has_turned else Decimal(0)
        left = Decimal(balance["available"]) - granted + _sum(costs, instant, newest)
        burn = _sum(costs, through - DAY_SECONDS, through)
        yield duration(left / burn * DAY_SECONDS), cents(left), cents(burn)


def time_to_pay(invoice: Mapping[str, Any], now: float) -> str:
    """What may be told of an invoice that was unpaid at the first start: it is so since its period's end."""
    days = UNPAID_DAYS - (now - invoice["end"]) / DAY_SECONDS
    return f"{days:.1f} days until services are paused" if days > 0 else "services may be paused at any time"


def cents(amount: Decimal | str) -> str:
    """An amount as messages show it."""
    return str(Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def duration(seconds: Decimal) -> str:
    """A duration of a minute at least, as messages show it: `2d 23h 45m 36s`."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    parts = [(days, "d"), (hour, "h"), (minute, "m"), (second, "s")]
    first = next(index for index, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count}{unit}" for count, unit in parts[first:])


def _sum(costs: Mapping[int, Decimal], start: int, end: int) -> Decimal:
    return sum((costs[hour] for hour in range(start, end, HOUR_SECONDS)), Decimal(0))
