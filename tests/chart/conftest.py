from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chart.cluster import Cluster, find_server, start_cluster
from tests.chart.helm import HELMS, VALUES, Helm, Manifest, find_tool
from tests.processes import process_starter


@pytest.fixture(scope="session", params=HELMS)
def helm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """Each of the two Helms that the chart is for."""
    return Helm(find_tool(f"bin/{request.param}"), tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session", params=VALUES, ids=lambda path: path.name.removesuffix("-values.yaml"))
def values(request: pytest.FixtureRequest) -> Path:
    """Each file of values in the chart's ci/."""
    path: Path = request.param
    return path


@pytest.fixture(scope="session")
def defaults(helm: Helm) -> list[Manifest]:
    """What the chart renders where no value is set."""
    return helm.render()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Kubernetes API server with its controllers, which knows the custom resources; nothing runs its pods."""
    server, kubectl, python = find_server(), find_tool("bin/kubectl"), find_tool("venv/bin/python")
    directory = tmp_path_factory.mktemp("cluster")
    with process_starter(directory / "processes") as start:
        yield start_cluster(start, directory, server, kubectl, python)
