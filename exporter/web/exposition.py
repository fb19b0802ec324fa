"""What the web layer asks of those who have something to expose."""

from __future__ import annotations

from typing import Protocol

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format, the only one that is served."""


class Exposition(Protocol):
    """Bytes at hand: both are called for each scrape, on the event loop."""

    def plain(self) -> bytes:
        """The metrics in text format 0.0.4."""
        ...

    def gzipped(self) -> bytes:
        """The same as one gzip member."""
        ...
