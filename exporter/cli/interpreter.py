"""How the interpreter divides its time, set once for the process that serves."""

from __future__ import annotations

import gc
import sys

# Take these two away and run `make performance`: scrapes during a large poll take half as long again, the slowest ones
# twice as long. The background thread gives way after this long instead of after 5 ms.
_SWITCH_SECONDS = 0.0005
# A report is a million objects without cycles: the collector looks through all of them in vain while all else waits.
_GC_THRESHOLDS = (20_000, 20, 20)


def prefer_answers_to_throughput() -> None:
    """Let a scrape be answered soon while a poll is read and rendered."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(*_GC_THRESHOLDS)
