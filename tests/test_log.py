import errno
import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import structlog

from exporter import log
from exporter.config import Secret

TOKEN = "nf-4f1c2a9e"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a test configures does not outlive it."""
    root = logging.getLogger()
    names = ["httpx", "httpcore", "uvicorn", "apscheduler"]
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, str]]:
    """The JSON lines that were written."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def without_time(line: dict[str, str]) -> dict[str, str]:
    """A line without the one field that differs each time."""
    return {name: value for name, value in line.items() if name != "timestamp"}


class Full(io.StringIO):
    """A stream that holds one line, as a disk that is full."""

    def write(self, text: str) -> int:
        """Write the text, if there is none yet."""
        if self.getvalue():
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def fail() -> None:
    """Raise where a local variable holds a token."""
    token = TOKEN
    raise ValueError(f"{len(token)} characters")


def test_json() -> None:
    """A line is one JSON object with time, level and event first, then the fields."""
    stream = io.StringIO()
    log.configure("info", "json", stream)

    structlog.get_logger().info("poll.done", dataset="invoices", pages=2)

    [line] = lines(stream)
    assert ["timestamp", "level", "event", "dataset", "pages"] == list(line)
    assert {"level": "info", "event": "poll.done", "dataset": "invoices", "pages": 2} == without_time(line)


def test_time_is_utc() -> None:
    """Times are in ISO 8601 with the offset of UTC."""
    stream = io.StringIO()
    log.configure("info", "json", stream)

    structlog.get_logger().info("poll.done")

    assert timedelta(0) == datetime.fromisoformat(lines(stream)[0]["timestamp"]).utcoffset()


@pytest.mark.parametrize(
    ("fmt", "stream", "is_json"),
    [
        pytest.param("auto", io.StringIO(), True, id="auto_in_a_file"),
        pytest.param("auto", Terminal(), False, id="auto_on_a_terminal"),
        pytest.param("json", Terminal(), True, id="json_on_a_terminal"),
        pytest.param("console", io.StringIO(), False, id="console_in_a_file"),
    ],
)
def test_format(fmt: log.Format, stream: io.StringIO, *, is_json: bool) -> None:
    """People at a terminal get lines to read, programs get JSON, and a flag decides otherwise."""
    log.configure("info", fmt, stream)

    structlog.get_logger().info("poll.done", pages=2)

    assert is_json is stream.getvalue().startswith("{")
    assert "poll.done" in stream.getvalue()


def test_console_in_a_file_has_no_colours() -> None:
    """Lines for people that go to a file hold no escape sequences."""
    stream = io.StringIO()
    log.configure("info", "console", stream)

    structlog.get_logger().warning("poll.failed", pages=2)

    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param("debug", ["debug", "info", "warning", "error"], id="debug"),
        pytest.param("info", ["info", "warning", "error"], id="info"),
        pytest.param("warning", ["warning", "error"], id="warning"),
        pytest.param("error", ["error"], id="error"),
    ],
)
def test_level(level: log.Level, expected: list[str]) -> None:
    """Lines below the chosen level are not written."""
    stream = io.StringIO()
    log.configure(level, "json", stream)
    logger = structlog.get_logger()

    for name in ("debug", "info", "warning", "error"):
        getattr(logger, name)("poll.done")

    assert expected == [line["level"] for line in lines(stream)]


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "uvicorn.error", "apscheduler.scheduler", "other"])
def test_libraries_write_warnings_only(name: str) -> None:
    """Libraries' lines come out like ours, from warnings on, even where ours come out from debug on."""
    stream = io.StringIO()
    log.configure("debug", "json", stream)
    logger = logging.getLogger(name)

    logger.info("GET https://api.northflank.com/?cursor=secret")
    logger.warning("%s is late", "job")

    expected = [{"level": "warning", "event": "job is late", "logger": name}]
    assert expected == [without_time(line) for line in lines(stream)]


def test_libraries_obey_a_higher_level() -> None:
    """With level error, libraries' warnings are not written either."""
    stream = io.StringIO()
    log.configure("error", "json", stream)

    logging.getLogger("uvicorn.error").warning("late")

    assert [] == lines(stream)


def test_exception_is_one_field() -> None:
    """An exception is one field of a line, with what failed where."""
    stream = io.StringIO()
    log.configure("info", "json", stream)

    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("poll.failed")

    [line] = lines(stream)
    assert ("error", "poll.failed") == (line["level"], line["event"])
    assert "ValueError: 11 characters" == line["exception"].splitlines()[-1]


@pytest.mark.parametrize("fmt", ["json", "console"])
@pytest.mark.parametrize("stream_class", [io.StringIO, Terminal])
@pytest.mark.parametrize("logger", [structlog.get_logger(), logging.getLogger("uvicorn.error")])
def test_no_secret_is_logged(fmt: log.Format, stream_class: type[io.StringIO], logger: logging.Logger) -> None:
    """Neither the variables of what failed nor a secret given as a field get into a line."""
    stream = stream_class()
    log.configure("debug", fmt, stream)

    try:
        fail()
    except ValueError:
        logger.exception("poll.failed")
    structlog.get_logger().info("account.used", token=Secret(TOKEN))

    assert (False, True) == (TOKEN in stream.getvalue(), "11 characters" in stream.getvalue())


@pytest.mark.parametrize("fmt", ["json", "console"])
def test_line_that_cannot_be_written_is_lost(fmt: log.Format) -> None:
    """A full disk, or a reader that is gone, ends no poll: a line that cannot be written is left out."""
    stream = Full()
    log.configure("debug", fmt, stream)
    logger = structlog.get_logger()

    for name in ("info", "debug", "info", "warning", "error"):
        getattr(logger, name)("poll.done")
    try:
        fail()
    except ValueError:
        logger.exception("poll.failed")

    assert 1 == stream.getvalue().count("poll")
