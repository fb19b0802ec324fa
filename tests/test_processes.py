import signal
import sys

import pytest

from tests.processes import Starter

pytestmark = pytest.mark.process

ANSWERING = """
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

server = HTTPServer(("127.0.0.1", 0), Handler)
print("a line that is no JSON", file=sys.stderr)
address = f"http://127.0.0.1:{server.server_port}"
print(json.dumps({"event": "web.listening", "address": address}), file=sys.stderr, flush=True)
print("hello", flush=True)
server.serve_forever()
"""


def test_address_is_read_from_the_log(start_process: Starter) -> None:
    """A started command tells its address in its log, answers there, and ends by the signal it is sent."""
    process = start_process([sys.executable, "-c", ANSWERING])
    process.wait_until_answers(process.address("web.listening") + "/")
    process.wait_for("greeting", lambda: process.stdout() == "hello\n")
    assert -signal.SIGTERM == process.stop()


def test_early_end_is_told_with_its_error(start_process: Starter) -> None:
    """Waiting for a command that has ended fails the test with what the command said last."""
    process = start_process([sys.executable, "-c", "raise SystemExit('no such key')"])
    with pytest.raises(pytest.fail.Exception, match=r"ended with 1 before log line .*\nno such key"):
        process.address("web.listening")


def test_waiting_is_bounded(start_process: Starter) -> None:
    """Waiting for what never comes fails the test."""
    process = start_process([sys.executable, "-c", "import signal; signal.pause()"])
    with pytest.raises(pytest.fail.Exception, match=r"no log line web.listening within 0\.1 s"):
        process.address("web.listening", seconds=0.1)


def test_environment_is_that_of_the_test_with_more(start_process: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command sees the environment of the test, and what it is given besides."""
    monkeypatch.setenv("OF_THE_TEST", "1")
    code = "from os import environ as e; print(e['OF_THE_TEST'], e['OWN'], e.get('NORTHFLANK_API_TOKEN'))"
    process = start_process([sys.executable, "-c", code], env={"OWN": "2"})
    assert 0 == process.wait()
    assert "1 2 None\n" == process.stdout()
