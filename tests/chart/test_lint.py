from pathlib import Path

import pytest
import yaml

from exporter import __version__
from tests.chart.helm import CHART, Helm

pytestmark = pytest.mark.process


def test_lint_has_nothing_to_say(helm: Helm, values: Path) -> None:
    """Helm's own linter finds nothing to warn of, whichever of our values are set."""
    linted = helm.run("lint", "--strict", CHART, "--values", values)
    said = [line for line in linted.stdout.splitlines() if line.startswith("[")]
    assert (0, ["[INFO] Chart.yaml: icon is recommended"]) == (linted.code, said), linted.stderr


def test_renders_objects_of_different_names(helm: Helm, values: Path) -> None:
    """Every file of values renders, to objects of different names, none of which has a key twice."""
    manifests = helm.render("--values", values)
    names = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in manifests]
    assert len(set(names)) == len(names) >= 4


def test_package_renders_as_the_folder_does(helm: Helm, tmp_path: Path) -> None:
    """`helm package` makes an archive from which everything renders as from the folder."""
    assert 0 == helm.run("package", CHART, "--destination", tmp_path).code
    (archive,) = tmp_path.glob("*.tgz")
    values = CHART / "ci" / "servicemonitor-values.yaml"
    rendered = [helm.run("template", "spend", chart, "--values", values).stdout for chart in (CHART, archive)]
    assert rendered[0] == rendered[1]


def test_versions_are_those_of_the_exporter() -> None:
    """The chart installs the exporter of the same version."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (__version__, __version__) == (chart["version"], chart["appVersion"])
