"""`serve`: the daemon."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import click
import structlog

from exporter import log
from exporter.app import build
from exporter.cli import flags
from exporter.cli.run import run_exporter, stop_on_signals
from exporter.config import Config, load
from exporter.web.listen import listen, url

_HOMELESS = (
    "nothing is kept over a restart, as neither XDG_STATE_HOME nor HOME names a folder; set state.path in the "
    "configuration to one, or to none"
)


@click.command()
@flags.config_file
@flags.web_listen_address("0.0.0.0:10115")
@flags.telemetry_path
@flags.logs
def serve(
    *,
    config_file: Path | None,
    web_listen_address: str,
    telemetry_path: str,
    log_level: log.Level,
    log_format: log.Format,
) -> None:
    """Ask Northflank on a timer and serve the figures as metrics. SIGTERM and SIGINT end it."""
    config = load(config_file, os.environ)
    log.configure(log_level, log_format, sys.stderr)
    if config.state is None:
        structlog.get_logger().warning("store.none", error=_HOMELESS)
    with listen(web_listen_address, flag="--web.listen-address") as listening:
        asyncio.run(_serve(config, listening, telemetry_path))


async def _serve(config: Config, listening: socket.socket, telemetry_path: str) -> None:
    address = url(listening)
    await run_exporter(
        build(config),
        listening,
        telemetry_path=telemetry_path,
        stop=stop_on_signals(),
        on_listening=lambda: structlog.get_logger().info("web.listening", address=address),
    )
