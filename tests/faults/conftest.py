"""Goldens: what is shown, as a file that a person reads."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare an exposition with the golden of that name; `--update-goldens` writes it instead."""

    def compare(name: str, exposition: str) -> None:
        path = GOLDEN / f"{name}.metrics"
        if request.config.getoption("--update-goldens"):
            path.write_bytes(exposition.encode())
        assert path.exists(), f"no golden {path.name}: look at what is shown, then run pytest --update-goldens"
        # A name may hold a carriage return, which reading text would turn into a line's end.
        assert path.read_bytes().decode() == exposition

    return compare
