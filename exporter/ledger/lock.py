"""One process a folder: two would overwrite each other's figures."""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack
from pathlib import Path

from exporter.errors import StoreError

_NAME = "state.lock"


def lock(folder: Path) -> int:
    """A descriptor that holds the folder until it is closed, or the process ends in whatever way.

    Raises StoreError if another process holds it, OSError if the folder cannot be written.
    """
    path = folder / _NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with ExitStack() as giving_up:
        giving_up.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"{folder}: another process keeps its state here; give each a state.path of its own"
            raise StoreError(text) from None
        giving_up.pop_all()
    return descriptor
