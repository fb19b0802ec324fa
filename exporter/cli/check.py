"""`check`: whether the configuration works, found out by asking."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import click

from exporter import log
from exporter.cli import flags
from exporter.cli.survey import Survey, survey
from exporter.config import Account, Config, load
from exporter.domain.money import add_up
from exporter.errors import PollError
from exporter.northflank.http.remaining import DOCUMENTED_LIMIT

_WIDTH = 16


@click.command()
@flags.config_file
def check(*, config_file: Path | None) -> None:
    """Validate the configuration and ask Northflank with each token. Tell what was found; exit 1 on trouble."""
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
    for note in found.notes:
        click.echo(f"  {'warning'.ljust(_WIDTH)}{note}")
    fits = found.requests.an_hour <= _share(found, config)
    if not fits:
        click.echo(
            f"  {'not well'.ljust(_WIDTH)}an hour's requests are more than the share of the allowance, so that teams, "
            "projects and resources lag behind; set detail to a higher level, poll less often, or raise api.share"
        )
    click.echo("")
    return fits


def _rows(found: Survey, config: Config) -> Iterator[tuple[str, str]]:
    yield "generation", f"{found.api.generation}, amounts in {found.api.unit} units"
    yield "invoices", f"{found.invoices} in the list, {found.shown} shown, {found.unpaid} of them unpaid"
    yield "newest usage", _latest(found)
    yield "spent now", _spent(found)
    if not found.has_credits:
        yield "credits", "not stated by this generation of the API"
    yield "teams", str(found.teams)
    yield "projects", str(found.projects)
    yield "requests", f"{found.requests.first_start} for a first start, then {found.requests.an_hour} an hour"
    for task in found.requests.plan:
        if not task.is_routine:
            yield "plan", f"{task.requests:>6}  {task.dataset}: {task.reason}"
    yield "allowance", _allowance(found, config)


def _latest(found: Survey) -> str:
    invoice = found.latest
    if invoice is None:
        return "none yet: teams and projects are counted here once there is one"
    return (
        f"{invoice.id}, {invoice.period.start_date} to {invoice.period.end_date} (exclusive), "
        f"{invoice.total} {invoice.currency}"
    )


def _spent(found: Survey) -> str:
    spend = found.usage.month_to_date
    if spend is None:
        none = "nothing: there is no complete hour with usage"
        return none if found.has_hours else "only what is unbilled is stated by this generation of the API"
    totals = ((add_up(price.total for price in usage.categories.values()), usage.currency) for usage in spend.usages)
    through = datetime.fromtimestamp(spend.period.end, UTC).isoformat(timespec="minutes").replace("+00:00", "Z")
    spent = " and ".join(f"{total.normalize():f} {currency}" for total, currency in totals)
    return f"{spent} this month, until {through}"


def _share(found: Survey, config: Config) -> int:
    stated = found.rate_limit.limit
    return int(config.api.share * Decimal(DOCUMENTED_LIMIT if stated is None else stated))


def _allowance(found: Survey, config: Config) -> str:
    limit, remaining = found.rate_limit.limit, found.rate_limit.remaining
    stated = "not stated by the server" if limit is None else f"{limit:g} requests an hour"
    left = f", {remaining:g} of them left now" if remaining is not None else ""
    return f"{stated}{left}; {_share(found, config)} of them are used at most"
