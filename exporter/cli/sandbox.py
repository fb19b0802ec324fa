"""`sandbox`: a Northflank billing API of our own."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, get_args

import click
import structlog

from exporter import log
from exporter.cli import flags
from exporter.cli.run import stop_on_signals
from exporter.sandbox import FOR_GOOD, Forgotten, SandboxOptions, build_app
from exporter.sandbox.clock import accelerated
from exporter.sandbox.options import ForgottenAnswer
from exporter.web.listen import listen, url
from exporter.web.server import serve

_DEFAULTS = SandboxOptions()
_COUNT = click.IntRange(min=0)
_SECONDS_AN_HOUR = 3_600
_ANSWERS: dict[str, ForgottenAnswer] = {each: each for each in get_args(ForgottenAnswer)}
_FORGOTTEN = {"team": "team_id", "project": "project_id", "type": "resource_type"}

Value = TypeVar("Value")


def _amount(_: click.Context, __: click.Parameter, value: object) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise click.BadParameter("expected an amount such as 500 or 12.50") from None
    if not amount.is_finite() or amount < 0:
        raise click.BadParameter("expected an amount such as 500 or 12.50")
    return amount


def _instant(text: str) -> int:
    """An instant in UTC such as 2026-11-14T06:00, in Unix seconds."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp())


def _pause(text: str) -> tuple[int, int]:
    start, _, end = text.partition("/")
    times = (_instant(start), _instant(end) if end else FOR_GOOD)
    if times[0] >= times[1]:
        raise ValueError("a pause ends after it begins")
    return times


def _currency_change(text: str) -> tuple[int, str]:
    instant, _, currency = text.partition("=")
    if not currency.isalpha() or _instant(instant) % _SECONDS_AN_HOUR:
        raise ValueError("the currency is a code, the instant a full hour")
    return _instant(instant), currency.lower()


def _forgotten(text: str) -> Forgotten:
    instant, *more = text.split(",")
    given = {name: value for name, _, value in (each.partition("=") for each in more)}
    answer = given.pop("answer", "empty")
    named = {_FORGOTTEN[name]: value for name, value in given.items()}
    return Forgotten(_instant(instant), **named, answer=_ANSWERS[answer])


def _customer(text: str) -> tuple[str, int]:
    token, _, seed = text.rpartition("=")
    if not token:
        raise ValueError("a customer has a token")
    return token, int(seed)


def _each(read: Callable[[str], Value], example: str) -> Callable[[object, object, Sequence[str]], tuple[Value, ...]]:
    """A callback that reads each of the values of a flag; one that cannot be read is refused with an example."""

    def callback(_: object, __: object, values: Sequence[str]) -> tuple[Value, ...]:
        try:
            return tuple(map(read, values))
        except (KeyError, ValueError):
            raise click.BadParameter(f"expected a value such as {example}") from None

    return callback


def _change(context: object, parameter: object, value: str | None) -> tuple[int, str] | None:
    return _each(_currency_change, "2026-11-14T06:00=EUR")(context, parameter, [value])[0] if value else None


def _customers(context: object, parameter: object, values: Sequence[str]) -> dict[str, int]:
    return dict(_each(_customer, "another-token=2")(context, parameter, values))


@click.command()
@flags.listen_address("--listen-address", "listen_address", "127.0.0.1:10116", "the API is served")
@click.option(
    "--generation",
    type=click.Choice(["2024", "2026-06", "2026-10"]),
    default=_DEFAULTS.generation,
    help="Which generation of the API it speaks.",
)
@click.option("--seed", type=int, default=_DEFAULTS.seed, help="Another seed, another world.")
@click.option("--token", default=_DEFAULTS.token, help="The token that it accepts.")
@click.option("--teams", type=_COUNT, default=_DEFAULTS.teams, help="How many teams there are.")
@click.option("--projects", type=_COUNT, default=_DEFAULTS.projects, help="How many projects a team has, about.")
@click.option("--resources", type=_COUNT, default=_DEFAULTS.resources, help="How many resources a project has, about.")
@click.option("--invoices", type=_COUNT, default=_DEFAULTS.invoices, help="How many invoices there are.")
@click.option(
    "--detail-paging/--no-detail-paging",
    default=_DEFAULTS.detail_paging,
    help="Whether 2026-06 pages an invoice's teams, projects and resources.",
)
@click.option(
    "--rate-limit",
    type=click.IntRange(min=1),
    default=_DEFAULTS.rate_limit,
    help="How many requests an hour a token may make.",
)
@click.option(
    "--hide-running-hour",
    "running_hour",
    flag_value=False,
    default=_DEFAULTS.running_hour,
    show_default=False,
    help="Usage is told of only when its hour is over.",
)
@click.option(
    "--late-hours",
    type=_COUNT,
    default=_DEFAULTS.late_hours,
    help="How many hours after its end an hour of usage appears; any but 0 hides the running one too.",
)
@click.option(
    "--corrections",
    is_flag=True,
    default=_DEFAULTS.corrections,
    help="Some hours get another price some hours later.",
)
@click.option(
    "--threshold",
    type=str,
    default=_DEFAULTS.threshold,
    metavar="AMOUNT",
    callback=_amount,
    show_default=True,
    help="The unbilled usage at which an invoice closes, in the currency's major unit; 0 for none.",
)
@click.option(
    "--payments-fail",
    is_flag=True,
    default=_DEFAULTS.payments_fail,
    help="The newest usage invoice cannot be paid.",
)
@click.option(
    "--idle-nights", is_flag=True, default=_DEFAULTS.idle_nights, help="Nothing runs from 20:00 to 06:00 UTC."
)
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    default=_DEFAULTS.pauses,
    metavar="START/END",
    callback=_each(_pause, "2026-11-10T00:00/2026-11-17T00:00"),
    help="A time in UTC in which nothing runs; without END for good; several times for several.",
)
@click.option(
    "--currency-change",
    default=_DEFAULTS.currency_change,
    metavar="HOUR=CODE",
    callback=_change,
    help="The full hour in UTC from which on usage is in another currency, and which.",
)
@click.option(
    "--forget",
    "forgets",
    multiple=True,
    default=_DEFAULTS.forgets,
    metavar="INSTANT,NAME=VALUE,...",
    callback=_each(_forgotten, "2026-11-14T06:00,team=web,project=api,answer=404"),
    help="From an instant in UTC on the API does not know a team, project or type; several times for several.",
)
@click.option(
    "--other-customer",
    "other_customers",
    multiple=True,
    default=_DEFAULTS.other_customers,
    metavar="TOKEN=SEED",
    callback=_customers,
    help="Another token, which belongs to a customer of that seed; several times for several.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="FACTOR",
    help="How many seconds of the sandbox's time pass in a second.",
)
@flags.sandbox_variants
@flags.logs
def sandbox(
    *,
    listen_address: str,
    log_level: log.Level,
    log_format: log.Format,
    speed: float,
    **options: Any,  # noqa: ANN401 - click gives the rest by name, and SandboxOptions says what it takes
) -> None:
    """Serve a billing API with an invented organisation. For trying and testing without an account."""
    log.configure(log_level, log_format, sys.stderr)
    with listen(listen_address, flag="--listen-address") as listening:
        now = accelerated(time.time(), speed, time.monotonic)
        asyncio.run(_serve(SandboxOptions(now=now, **options), listening))


async def _serve(options: SandboxOptions, listening: socket.socket) -> None:
    address = url(listening)
    await serve(
        build_app(options),
        listening,
        stop=stop_on_signals(),
        on_listening=lambda: structlog.get_logger().info("sandbox.listening", address=address),
    )
