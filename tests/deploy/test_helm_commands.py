import shlex
from itertools import pairwise
from typing import Any

import yaml

from tests.deploy.shell_blocks import sections
from tests.processes import ROOT

CHART = ROOT / "helm" / "northflank-billing-exporter"
COMMANDS = [shlex.split(line) for each in sections() if each.heading == "Helm" for line in each.commands]


def test_helm_is_given_our_chart() -> None:
    """What documents install with Helm is the chart of this repository."""
    installed = [words for words in COMMANDS if words[0] == "helm" and words[1] in {"install", "upgrade"}]
    assert [] == [words for words in installed if str(CHART.relative_to(ROOT)) not in words]
    assert (CHART / "Chart.yaml").is_file()


def test_values_exist() -> None:
    """Each value that documents set is one of the chart's, or of the exporter's configuration in it."""
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    given = [value.partition("=")[0] for words in COMMANDS for flag, value in pairwise(words) if flag == "--set"]
    assert [] == [path for path in given if not is_there(values, path.split("."))]


def is_there(values: dict[str, Any], path: list[str]) -> bool:
    """Whether the chart has a value there; what is below `config` the exporter checks itself."""
    first, *rest = path
    if first not in values:
        return False
    return first == "config" or not rest or is_there(values[first], rest)
