"""What `make performance` measured, where documents state it and limits go by it."""

import re
from configparser import ConfigParser
from typing import Any

import yaml

from scripts.performance.documents import BEGIN, END, costs, large_organisation, replaced
from scripts.performance.runs import DATASETS, Measured
from tests.processes import ROOT

MEASURED = re.compile(r"memory at most \| (\d+) MiB")
BODY = "# HELP northflank_team_info\nnorthflank_up 1\nnorthflank_team_info{a} 1\nnorthflank_team_info{b} 1\n"


def measured(**changed: Any) -> Measured:  # noqa: ANN401 - as the fields are
    """A run in which every dataset took 3 requests, and the usage was polled again."""
    polls: list[dict[str, object]] = [
        {"account": "a", "dataset": dataset, "seconds": seconds, "requests": 3, "series": 1000}
        for dataset, seconds in (*((dataset, 1.5) for dataset in DATASETS), ("usage", 0.1))
    ]
    latencies = {"while_polling": [0.001], "at_rest": [0.001, 0.003], "gzipped": [0.002]}
    return Measured(**{"polls": polls, "body": BODY, "idle_peak_kib": 1024, "peak_kib": 4096, **latencies, **changed})


def test_a_large_organisation_is_told_of_by_its_first_polls() -> None:
    """Each dataset has one row, about its first poll, and the memory is that of the whole run."""
    text = large_organisation(measured())
    assert [f"| first poll of `{dataset}` | 1.5 s, 3 requests, 1,000 series |" for dataset in DATASETS] == [
        line for line in text.splitlines() if line.startswith("| first poll")
    ]
    assert "| memory at most | 4 MiB (1 MiB before the polls) |" in text


def test_costs_stand_side_by_side() -> None:
    """Every request of a first start is counted, series without comments, and the memory that a series takes."""
    text = costs(measured(requests_an_hour=7), measured(peak_kib=10240), measured())
    assert "| memory at most | 4 MiB | 10 MiB | 4 MiB |" in text
    assert "| requests of a first start | 18 | 18 | 18 |" in text
    assert "| requests an hour, at most | 7 | 0 | 0 |" in text
    assert "| series | 3 | 3 | 3 |" in text
    assert "| teams | 2 | 2 | 2 |" in text
    assert "starts at 1 MiB, and takes some 1024.0 KiB a series" in text


def test_only_what_is_between_the_marks_is_written() -> None:
    """What people wrote around the table stays."""
    assert f"a\n{BEGIN}new\n{END}b\n" == replaced(f"a\n{BEGIN}old\n{END}b\n", "new\n")
    document = (ROOT / "docs" / "scaling.md").read_text()
    assert document.index(BEGIN) < document.index("| memory at most |") < document.index(END)


def test_limits_leave_room_for_a_large_organisation() -> None:
    """What the unit and the chart allow by default is more than an organisation with 50,000 resources takes."""
    found = MEASURED.search((ROOT / "docs" / "performance.md").read_text())
    assert found
    unit = ConfigParser(strict=False, interpolation=None)
    unit.read(ROOT / "deploy" / "systemd" / "northflank-billing-exporter.service")
    values = yaml.safe_load((ROOT / "helm" / "northflank-billing-exporter" / "values.yaml").read_text())
    assert ("1G", "512Mi") == (unit["Service"]["MemoryMax"], values["resources"]["limits"]["memory"])
    assert 2 * int(found[1]) <= 1024
    assert 1.25 * int(found[1]) <= 512
