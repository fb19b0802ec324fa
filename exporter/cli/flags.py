"""Flags that several commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from exporter import log

Command = TypeVar("Command", bound=Callable[..., Any])

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


def _checked_path(_: click.Context, __: click.Parameter, value: str) -> str:
    if not _PATH.fullmatch(value):
        raise click.BadParameter("expected a path such as /metrics, not below /-/, of letters, digits and ._~-")
    return value
