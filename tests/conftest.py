"""What every test gets: no tokens or proxies around it, skips that are said, processes to start."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests.processes import EXPORTER, Process, Starter, process_starter

pytest_plugins = ["pytester", "tests.skips"]

# That a bug is noticed is enough there: looking for the smallest example of it takes minutes.
settings.register_profile("mutants", phases=[Phase.explicit, Phase.generate], deadline=None)

UNWANTED_VARIABLES = (
    "NORTHFLANK_API_TOKEN",
    "NF_API_TOKEN",
    "NORTHFLANK_API_BASE_URL",
    "NF_API_HOST",
    "NF_HOST",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Goldens change only when somebody says so."""
    parser.addoption("--update-goldens", action="store_true", help="write the goldens anew; look at the diff")


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No token, base URL, proxy or state of the person who runs the tests reaches a test or what it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        for name in UNWANTED_VARIABLES:
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[Starter]:
    """Start any command: `start_process([...])` gives a `Process`, killed when the test ends."""
    with process_starter(tmp_path / "processes") as starter:
        yield starter


@pytest.fixture
def start_exporter(start_process: Starter, tmp_path: Path) -> Callable[..., Process]:
    """Start our command: `start_exporter("serve", "--log.format", "json")` gives a `Process`.

    By default its state is kept in a folder of the test.
    """

    def start(*args: str | Path, env: dict[str, str] | None = None) -> Process:
        return start_process([*EXPORTER, *args], {"XDG_STATE_HOME": str(tmp_path / "state"), **(env or {})})

    return start
