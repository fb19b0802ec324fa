"""Who is called: a server that keeps the messages that Alertmanager sends to its receivers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FIGURES = ("Spent", "Budget", "Amount", "Share", "Forecast", "Days left")


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads, and at which receiver."""

    receiver: str
    title: str
    text: str

    @property
    def is_resolved(self) -> bool:
        """Whether it says that all is well again."""
        return self.title.startswith("[RESOLVED]")

    @property
    def firing(self) -> str:
        """What it says of alerts that fire; those that are over are a line each."""
        return "\n".join(line for line in self.text.splitlines() if not line.startswith("Resolved: "))

    def figures(self, summary: str) -> dict[str, str]:
        """The figures of the alert whose summary begins so, with their currency: of "Spent: 12.30 USD", by "Spent"."""
        alert = next(each for each in self.firing.split("\n\n") if each.startswith(summary))
        pairs = (line.partition(": ") for line in alert.splitlines())
        return {name: figure for name, _, figure in pairs if name in FIGURES}


@dataclass(frozen=True, slots=True)
class Webhook:
    """A running server; `messages` in the order in which they came."""

    address: str
    messages: list[Message] = field(default_factory=list)

    def write_receivers(self, directory: Path) -> Path:
        """Fill in the files that a user fills in, with addresses of this server."""
        directory.mkdir()
        for name in ("critical", "warning", "others", "platform-team"):
            (directory / f"{name}.url").write_text(f"{self.address}/{name}")
        return directory


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A server on loopback, on a port that the system chose."""
    messages: list[Message] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            receiver = self.path.strip("/")
            messages.extend(Message(receiver, each["title"], each["text"]) for each in body["attachments"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Nothing: the test says what is wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Webhook(f"http://127.0.0.1:{server.server_port}", messages)
        finally:
            server.shutdown()
