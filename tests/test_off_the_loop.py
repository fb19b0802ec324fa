"""What takes long in a large organisation runs in a thread, so that scrapes are answered meanwhile."""

import sys
import threading
from types import FrameType

import pytest

from tests.faults.pair import pair

pytestmark = pytest.mark.process

HEAVY = (
    "/exporter/northflank/wire/tree.py",  # decoding
    "/exporter/northflank/requests/drill_down.py",  # sorting
    "/exporter/planning/assembly.py",
    "/exporter/views/details.py",
    "/exporter/views/invoices.py",
    "/exporter/domain/folding.py",
    "/exporter/metrics/family.py",  # rendering
)


async def test_heavy_work_leaves_the_event_loop() -> None:
    """Trees are decoded, sorted, assembled, viewed, folded and rendered in threads, never on the event loop's."""
    seen: set[tuple[str, bool]] = set()
    loop = threading.current_thread()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            path = frame.f_code.co_filename
            seen.update((heavy, threading.current_thread() is loop) for heavy in HEAVY if path.endswith(heavy))

    async with pair(teams=2, projects=2, resources=3, invoices=3, rate_limit=1_000_000) as asked:
        threading.setprofile(note)
        sys.setprofile(note)
        try:
            await asked.poll()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
    assert {(heavy, False) for heavy in HEAVY} == seen
