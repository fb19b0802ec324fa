"""Files of deploy/, changed where a test has to: addresses, places and intervals."""

from collections.abc import Mapping
from pathlib import Path

from tests.processes import ROOT

DEPLOY = ROOT / "deploy"


def rewrite(source: Path, target: Path, replaced: Mapping[str, str]) -> Path:
    """Write the file with each of these texts replaced; the test fails for one that does not stand in it."""
    text = source.read_text(encoding="utf-8")
    for old, new in replaced.items():
        assert old in text, f"{source} has no {old}"
        text = text.replace(old, new)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target
