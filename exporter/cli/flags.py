"""Flags that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from exporter import log
from exporter.sandbox import SandboxOptions

Command = TypeVar("Command", bound=Callable[..., Any])

_SANDBOX = SandboxOptions()
_VARIANTS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--noise",
        is_flag=True,
        default=_SANDBOX.noise,
        help="Amounts carry the noise of binary sums, such as 69.22000000000001.",
    ),
    click.option(
        "--rounding",
        type=click.Choice(["exact", "row"]),
        default=_SANDBOX.rounding,
        help="Whether rows add up to the cent, or each is rounded by itself.",
    ),
    click.option(
        "--page-cap",
        type=click.IntRange(min=1),
        default=_SANDBOX.page_cap,
        help="The most rows that a page holds, whatever is asked for.",
    ),
    click.option(
        "--resource-pages",
        type=click.Choice(["within", "across"]),
        default=_SANDBOX.resource_pages,
        help="Whether 2026-10 pages resources within each resource type or across the answer.",
    ),
    click.option(
        "--silent-paging",
        "says_more",
        flag_value=False,
        default=_SANDBOX.says_more,
        show_default=False,
        help="Details of 2026-10 do not tell of pages.",
    ),
    click.option(
        "--strict-parameters",
        is_flag=True,
        default=_SANDBOX.strict_parameters,
        help="Unknown parameters are refused with 400.",
    ),
    click.option(
        "--currency",
        "currencies",
        multiple=True,
        default=_SANDBOX.currencies,
        show_default=True,
        metavar="CODE",
        help="The currency of invoices; several times for invoices that take turns.",
    ),
    click.option(
        "--odd-names",
        is_flag=True,
        default=_SANDBOX.odd_names,
        help="Names with quotes, newlines, emoji, empty ones and missing ones.",
    ),
    click.option(
        "--unlisted-types",
        is_flag=True,
        default=_SANDBOX.unlisted_types,
        help="Some resources are of a type that the type filter refuses.",
    ),
    click.option(
        "--latency",
        type=click.FloatRange(min=0),
        default=_SANDBOX.latency,
        show_default=True,
        metavar="SECONDS",
        help="How long every answer takes at least.",
    ),
    click.option(
        "--legacy-fields",
        is_flag=True,
        default=_SANDBOX.legacy_fields,
        help="2026-10 always carries the fields of 2026-06 too.",
    ),
)

_PATH = re.compile(r"/(?!-/)[A-Za-z0-9._~/-]*")


def config_file(command: Command) -> Command:
    """`--config.file`, given to the command as `config_file`, a path or None."""
    return click.option(
        "--config.file",
        "config_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The configuration, in YAML. Without it, one account is taken from the environment.",
    )(command)


def web_listen_address(default: str) -> Callable[[Command], Command]:
    """`--web.listen-address`, given to the command as `web_listen_address`."""
    return listen_address("--web.listen-address", "web_listen_address", default, "metrics are served")


def listen_address(flag: str, name: str, default: str, what: str) -> Callable[[Command], Command]:
    """A flag for an address, which the command checks when it listens there."""
    return click.option(
        flag,
        name,
        default=default,
        metavar="HOST:PORT",
        help=f"Where {what}; :PORT is all addresses, port 0 any free one.",
    )


def telemetry_path(command: Command) -> Command:
    """`--web.telemetry-path`, given to the command as `telemetry_path`, checked."""
    return click.option(
        "--web.telemetry-path",
        "telemetry_path",
        default="/metrics",
        metavar="PATH",
        callback=_checked_path,
        help="The path under which metrics are served.",
    )(command)


def logs(command: Command) -> Command:
    """`--log.level` and `--log.format`, given to the command as `log_level` and `log_format`."""
    level = click.option(
        "--log.level",
        "log_level",
        type=click.Choice(get_args(log.Level)),
        default="info",
        help="The least severe lines that are logged.",
    )
    fmt = click.option(
        "--log.format",
        "log_format",
        type=click.Choice(get_args(log.Format)),
        default="auto",
        help="How lines are logged, on standard error; auto is console on a terminal and json elsewhere.",
    )
    return level(fmt(command))


def sandbox_variants(command: Command) -> Command:
    """The flags for sandboxes that are harder to read than usual, given to the command as SandboxOptions names them."""
    for variant in reversed(_VARIANTS):
        command = variant(command)
    return command


def _checked_path(_: click.Context, __: click.Parameter, value: str) -> str:
    if not _PATH.fullmatch(value):
        raise click.BadParameter("expected a path such as /metrics, not below /-/, of letters, digits and ._~-")
    return value
