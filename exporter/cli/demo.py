"""`demo`: the sandbox and the exporter in one process, to look at without an account."""

from __future__ import annotations

import asyncio
import socket
import sys

import click
import structlog

from exporter import log
from exporter.cli import flags
from exporter.cli.run import run_exporter, stop_on_signals
from exporter.config import Account, Config, Poll, Secret
from exporter.metrics.queries import QUERIES
from exporter.sandbox import SandboxOptions, build_app
from exporter.web.listen import listen, url
from exporter.web.server import serve

TELEMETRY_PATH = "/metrics"
_POLL_SECONDS = 60.0

_TEXT = """\
The demo is up. Its organisation is invented, and so are the figures.

  Metrics      {exporter}{path}
  Sandbox API  {sandbox}/v1/billing/invoices   (token: {token})

Point a Prometheus at the metrics (honor_labels: true) and try:

{queries}Ctrl-C ends it.
"""


@click.command()
@flags.web_listen_address("127.0.0.1:10115")
@flags.listen_address("--sandbox.listen-address", "sandbox_listen_address", "127.0.0.1:10116", "the API is served")
@flags.logs
def demo(*, web_listen_address: str, sandbox_listen_address: str, log_level: log.Level, log_format: log.Format) -> None:
    """Serve metrics of an invented organisation: nothing is needed, nothing leaves this machine."""
    log.configure(log_level, log_format, sys.stderr)
    with (
        listen(web_listen_address, flag="--web.listen-address") as web_listening,
        listen(sandbox_listen_address, flag="--sandbox.listen-address") as sandbox_listening,
    ):
        asyncio.run(_serve(web_listening, sandbox_listening))


async def _serve(web_listening: socket.socket, sandbox_listening: socket.socket) -> None:
    stop = stop_on_signals()
    options = SandboxOptions()
    logger = structlog.get_logger()
    exporter_url, sandbox_url = url(web_listening), url(sandbox_listening)

    def announce() -> None:
        logger.info("web.listening", address=exporter_url)
        click.echo(_text(exporter_url, sandbox_url, options.token), nl=False)

    async with asyncio.TaskGroup() as servers:
        servers.create_task(
            serve(
                build_app(options),
                sandbox_listening,
                stop=stop,
                on_listening=lambda: logger.info("sandbox.listening", address=sandbox_url),
            )
        )
        await run_exporter(
            _config(sandbox_url, options.token),
            web_listening,
            telemetry_path=TELEMETRY_PATH,
            stop=stop,
            on_listening=announce,
        )


def _config(sandbox_url: str, token: str) -> Config:
    account = Account(name="demo", token=Secret(token), base_url=sandbox_url)
    return Config(accounts=(account,), poll=Poll(invoices=_POLL_SECONDS))


def _text(exporter_url: str, sandbox_url: str, token: str) -> str:
    queries = "".join(f"  {what}\n    {query}\n\n" for what, query in QUERIES.items())
    return _TEXT.format(exporter=exporter_url, path=TELEMETRY_PATH, sandbox=sandbox_url, token=token, queries=queries)
