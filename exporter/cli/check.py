"""`check`: whether the configuration works, found out by asking."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from exporter import log
from exporter.cli import flags
from exporter.cli.survey import Survey, survey
from exporter.config import Account, Config, load
from exporter.errors import PollError

_HOUR_SECONDS = 3600
_WIDTH = 16


@click.command()
@flags.config_file
def check(*, config_file: Path | None) -> None:
    """Validate the configuration, ask Northflank with each token, and tell what was found; exit 1 on trouble."""
    config = load(config_file, os.environ)
    log.configure("error", "console", sys.stderr)
    fine = [asyncio.run(_check(account, config)) for account in config.accounts]
    if not all(fine):
        raise SystemExit(1)


async def _check(account: Account, config: Config) -> bool:
    """Print what was found of an account; whether all of it is well."""
    click.echo(f"{account.name}  {account.base_url}")
    try:
        found = await survey(account, config, time.time())
    except PollError as error:
        click.echo(f"  {'not well'.ljust(_WIDTH)}{error}\n")
        return False
    for name, text in _rows(found, config):
        click.echo(f"  {name.ljust(_WIDTH)}{text}")
    limit = found.rate_limit.limit
    fits = limit is None or found.first_poll_requests <= limit
    if not fits:
        click.echo(
            f"  {'not well'.ljust(_WIDTH)}the first poll takes more requests than the allowance of an hour; "
            "set detail to a higher level, or invoices.details to fewer"
        )
    click.echo("")
    return fits


def _rows(found: Survey, config: Config) -> Iterator[tuple[str, str]]:
    yield "generation", f"{found.api.generation}, amounts in {found.api.unit} units"
    yield "invoices", f"{found.invoices} in the list, {found.shown} shown, {found.unpaid} of them unpaid"
    yield "newest usage", _latest(found)
    yield "teams", str(found.teams)
    yield "projects", str(found.projects)
    polls = _HOUR_SECONDS / config.poll.invoices
    yield (
        "requests",
        (
            f"{found.first_poll_requests} for the first poll, then {found.later_poll_requests} a poll, "
            f"{polls * found.later_poll_requests:g} an hour"
        ),
    )
    yield "allowance", _allowance(found)


def _latest(found: Survey) -> str:
    invoice = found.latest
    if invoice is None:
        return "none yet: teams and projects are shown once there is one"
    return (
        f"{invoice.id}, {invoice.period.start_date} to {invoice.period.end_date} (exclusive), "
        f"{invoice.total} {invoice.currency}"
    )


def _allowance(found: Survey) -> str:
    limit, remaining = found.rate_limit.limit, found.rate_limit.remaining
    if limit is None:
        return "not stated by the server"
    return f"{limit:g} requests an hour" + (f", {remaining:g} of them left now" if remaining is not None else "")
