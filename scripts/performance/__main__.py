"""`python -m scripts.performance`: measure, and write docs/performance.md and the table of docs/scaling.md."""

from __future__ import annotations

import sys

from scripts.performance.documents import costs, large_organisation, replaced
from scripts.performance.runs import LARGE, ONE, ROOT, TEN, measure

PERFORMANCE, SCALING = ROOT / "docs" / "performance.md", ROOT / "docs" / "scaling.md"

if __name__ == "__main__":
    one, ten, large = measure(ONE), measure(TEN), measure(LARGE)
    PERFORMANCE.write_text(large_organisation(large))
    SCALING.write_text(replaced(SCALING.read_text(), costs(one, ten, large)))
    sys.stdout.write(f"{PERFORMANCE.read_text()}\n{costs(one, ten, large)}")
