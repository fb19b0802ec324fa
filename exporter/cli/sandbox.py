"""`sandbox`: a Northflank billing API of our own."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from decimal import Decimal, InvalidOperation
from typing import Any

import click
import structlog

from exporter import log
from exporter.cli import flags
from exporter.cli.run import stop_on_signals
from exporter.sandbox import SandboxOptions, build_app
from exporter.sandbox.clock import accelerated
from exporter.web.listen import listen, url
from exporter.web.server import serve

_DEFAULTS = SandboxOptions()
_COUNT = click.IntRange(min=0)


def _amount(_: click.Context, __: click.Parameter, value: object) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise click.BadParameter("expected an amount such as 500 or 12.50") from None
    if not amount.is_finite() or amount < 0:
        raise click.BadParameter("expected an amount such as 500 or 12.50")
    return amount


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
