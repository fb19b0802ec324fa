"""`sandbox`: a Northflank billing API of our own."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import Any

import click
import structlog

from exporter import log
from exporter.cli import flags
from exporter.cli.run import stop_on_signals
from exporter.sandbox import SandboxOptions, build_app
from exporter.web.listen import listen, url
from exporter.web.server import serve

_DEFAULTS = SandboxOptions()
_COUNT = click.IntRange(min=0)


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
@flags.sandbox_variants
@flags.logs
def sandbox(
    *,
    listen_address: str,
    log_level: log.Level,
    log_format: log.Format,
    **options: Any,  # noqa: ANN401 - click gives the rest by name, and SandboxOptions says what it takes
) -> None:
    """Serve a billing API with an invented organisation: for trying and testing without an account."""
    log.configure(log_level, log_format, sys.stderr)
    with listen(listen_address, flag="--listen-address") as listening:
        asyncio.run(_serve(SandboxOptions(**options), listening))


async def _serve(options: SandboxOptions, listening: socket.socket) -> None:
    address = url(listening)
    await serve(
        build_app(options),
        listening,
        stop=stop_on_signals(),
        on_listening=lambda: structlog.get_logger().info("sandbox.listening", address=address),
    )
