"""All commands under one name."""

from __future__ import annotations

import platform
import sys
from typing import IO, Any

import click

from exporter import __version__
from exporter.cli.check import check
from exporter.cli.demo import demo
from exporter.cli.metrics import metrics
from exporter.cli.sandbox import sandbox
from exporter.cli.serve import serve
from exporter.errors import ConfigError

NAME = "northflank-billing-exporter"


class _Refusal(click.ClickException):
    """A ConfigError, as one line on standard error and exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"{NAME}: {self.format_message()}", file=file or sys.stderr)


class _Group(click.Group):
    """Turns ConfigError into what the person at the keyboard sees, whichever command raises it."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise _Refusal(str(error)) from None


@click.group(
    cls=_Group,
    commands=[serve, check, demo, sandbox, metrics],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": True},
)
@click.version_option(
    __version__,
    "--version",
    prog_name=NAME,
    message=f"%(prog)s, version %(version)s (Python {platform.python_version()})",
)
def group() -> None:
    """Export to Prometheus what Northflank bills."""
