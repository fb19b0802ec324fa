"""`demo`: the sandbox and the exporter in one process, to look at without an account."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from decimal import Decimal

import click
import structlog

from exporter import log
from exporter.app import App, build
from exporter.cli import flags
from exporter.cli.run import run_exporter, stop_on_signals
from exporter.config import Account, Config, Secret
from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import HOUR_SECONDS, PeriodKind
from exporter.metrics.queries import QUERIES
from exporter.sandbox import SandboxOptions, build_app
from exporter.sandbox.clock import accelerated
from exporter.scheduler import Scheduler
from exporter.web.listen import listen, url
from exporter.web.server import serve

TELEMETRY_PATH = "/metrics"
# An hour takes five seconds, a day two minutes.
_SPEED = 720.0
# The organisation spends some 46 dollars a day: an invoice closes about once a day, and the day's budget is used up.
_THRESHOLD = Decimal(50)
_THRESHOLDS = {"warning": Decimal("0.8"), "critical": Decimal(1)}
_DECLARED = Declared(
    budgets=(
        Budget("a-day", Decimal(42), "USD", period=PeriodKind.DAY, thresholds=_THRESHOLDS, labels={"owner": "finance"}),
        Budget("platform", Decimal(150), "USD", scope=Scope(team_id="platform"), thresholds=_THRESHOLDS),
    ),
    billing_threshold=_THRESHOLD,
    project_labels={("platform", "api"): {"cost_centre": "1001"}, ("platform", "staging"): {"cost_centre": "1002"}},
)

_TEXT = """\
The demo is up. Its organisation is invented, and so are the figures.
An hour of its time takes {hour}: within minutes the day's budget is used up and an invoice closes.

  Metrics      {exporter}{path}
  Sandbox API  {sandbox}/v1/billing/invoices   (token: {token})

Point a Prometheus at the metrics (honor_labels: true) and try:

{queries}Ctrl-C ends it.
"""


@click.command()
@flags.web_listen_address("127.0.0.1:10115")
@flags.listen_address("--sandbox.listen-address", "sandbox_listen_address", "127.0.0.1:10116", "the API is served")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=_SPEED,
    show_default=True,
    metavar="FACTOR",
    help="How many seconds of the demo's time pass in a second; 1 for the time of day.",
)
@flags.logs
def demo(
    *,
    web_listen_address: str,
    sandbox_listen_address: str,
    speed: float,
    log_level: log.Level,
    log_format: log.Format,
) -> None:
    """Serve metrics of an invented organisation. Nothing is needed, nothing leaves this machine."""
    log.configure(log_level, log_format, sys.stderr)
    with (
        listen(web_listen_address, flag="--web.listen-address") as web_listening,
        listen(sandbox_listen_address, flag="--sandbox.listen-address") as sandbox_listening,
    ):
        asyncio.run(_serve(web_listening, sandbox_listening, speed))


async def _serve(web_listening: socket.socket, sandbox_listening: socket.socket, speed: float) -> None:
    stop = stop_on_signals()
    clock = accelerated(time.time(), speed, time.monotonic)
    options = SandboxOptions(now=clock, threshold=_THRESHOLD)
    logger = structlog.get_logger()
    exporter_url, sandbox_url = url(web_listening), url(sandbox_listening)

    def announce() -> None:
        logger.info("web.listening", address=exporter_url)
        click.echo(_text(exporter_url, sandbox_url, options.token, speed), nl=False)

    # The sandbox ends last: a poll that it broke off would be logged as a failure.
    over = asyncio.Event()
    async with asyncio.TaskGroup() as servers:
        servers.create_task(
            serve(
                build_app(options),
                sandbox_listening,
                stop=over,
                on_listening=lambda: logger.info("sandbox.listening", address=sandbox_url),
            )
        )
        await run_exporter(
            _exporter(_config(sandbox_url, options.token), clock, speed),
            web_listening,
            telemetry_path=TELEMETRY_PATH,
            stop=stop,
            on_listening=announce,
        )
        over.set()


def _exporter(config: Config, clock: Callable[[], float], speed: float) -> App:
    """The exporter in the demo's time: its intervals, its allowance and its pauses go by as fast."""
    return build(
        config,
        clock=clock,
        monotonic=lambda: time.monotonic() * speed,
        sleep=lambda seconds: asyncio.sleep(seconds / speed),
        schedule=Scheduler(speed=speed),
    )


def _config(sandbox_url: str, token: str) -> Config:
    account = Account(name="demo", token=Secret(token), base_url=sandbox_url, declared=_DECLARED)
    return Config(accounts=(account,))


def _text(exporter_url: str, sandbox_url: str, token: str, speed: float) -> str:
    queries = "".join(f"  {what}\n    {query}\n\n" for what, query in QUERIES.items())
    return _TEXT.format(
        exporter=exporter_url,
        path=TELEMETRY_PATH,
        sandbox=sandbox_url,
        token=token,
        hour=f"{HOUR_SECONDS / speed:.3g} seconds",
        queries=queries,
    )
