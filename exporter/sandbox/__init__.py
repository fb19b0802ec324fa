"""A Northflank billing API of our own: deterministic from a seed and a clock, and in need of no account.

It is written from the API's documents alone and imports nothing of the exporter, so that the two check each other.
"""

from exporter.sandbox.app import build_app
from exporter.sandbox.options import FOR_GOOD, Forgotten, SandboxOptions

__all__ = ["FOR_GOOD", "Forgotten", "SandboxOptions", "build_app"]
