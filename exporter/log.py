"""Log lines: for people on a terminal, as JSON otherwise. Libraries' lines come out the same way."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["auto", "json", "console"]
Level = Literal["debug", "info", "warning", "error"]

_FIRST = ("timestamp", "level", "event")
_LIBRARY_LEVEL = logging.WARNING
"""Libraries are quieter than we are, whatever the level: httpx' lines below this hold addresses with queries."""


def configure(level: Level, fmt: Format, stream: TextIO) -> None:
    """Write our lines from `level`, and libraries' from warnings, to `stream`, a line each.

    `auto` is JSON unless the stream is a terminal. Times are UTC in ISO 8601. An exception is one field of text
    without the values of variables, since these may be secrets.
    """
    is_console = fmt == "console" or (fmt == "auto" and stream.isatty())
    render = _console(stream) if is_console else _json()
    lines = _Lines(stream)
    own_level = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_fields(), *render],
        wrapper_class=structlog.make_filtering_bound_logger(own_level),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    _configure_libraries(max(own_level, _LIBRARY_LEVEL), render, stream)


class _Lines:
    """Writes our lines, from any thread. One that cannot be written is lost: no poll ends for a full disk."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._turn = threading.Lock()

    def write(self, line: str) -> None:
        """Write a line, whatever its level: that is in it."""
        with self._turn, suppress(OSError):
            self._stream.write(f"{line}\n")
            self._stream.flush()

    debug = info = warning = error = write


def _fields() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _json() -> list[Processor]:
    return [_put_first, structlog.processors.JSONRenderer()]


def _console(stream: TextIO) -> list[Processor]:
    return [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)]


def _put_first(_: WrappedLogger, __: str, fields: EventDict) -> EventDict:
    return {name: fields[name] for name in _FIRST if name in fields} | dict(fields)


def _configure_libraries(level: int, render: list[Processor], stream: TextIO) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *_fields()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "uvicorn", "apscheduler"):
        logging.getLogger(name).setLevel(level)
