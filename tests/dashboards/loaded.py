"""A real Prometheus over the history, asked as Grafana asks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.dashboards.blocks import link_blocks
from tests.dashboards.history import END, HOUR, SPARSE_HOURS
from tests.processes import Process, Starter
from tests.prometheus.server import find_program

DAY = 86_400
STEP = SPARSE_HOURS * HOUR
# Over the whole history there is a sample every twelve hours, over the last day every five minutes: an hour into that,
# rates begin.
LONG = (END - 30 * DAY, STEP)
SHORT = (END - DAY + 2 * HOUR, 900)

Row = tuple[dict[str, str], float]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A running server, and questions to it."""

    process: Process
    http: httpx.Client

    def at_the_end(self, expression: str) -> list[Row]:
        """What an instant query answers at the end of the history."""
        rows = self.raw("query", {"query": expression, "time": END})
        return [(row["metric"], float(row["value"][1])) for row in rows]

    def over_time(self, expression: str, span: tuple[int, int]) -> list[tuple[dict[str, str], list[float]]]:
        """What a range query answers from the span's start to the end of the history, with its step."""
        start, step = span
        rows = self.raw("query_range", {"query": expression, "start": start, "end": END, "step": step})
        return [(row["metric"], [float(value) for _, value in row["values"]]) for row in rows]

    def label_values(self, label: str, selector: str) -> list[str]:
        """The values of a label, as a variable of a dashboard asks for them."""
        answer = self._get(f"label/{label}/values", {"match[]": selector, "start": END - 90 * DAY, "end": END})
        return list(answer)

    def raw(self, path: str, parameters: dict[str, str | int]) -> list[dict[str, Any]]:
        """The series of an answer as they came."""
        return list(self._get(path, parameters)["result"])

    def _get(self, path: str, parameters: dict[str, str | int]) -> Any:  # noqa: ANN401 - JSON
        answer = self.http.get(f"/api/v1/{path}", params=parameters)
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.json()["data"]


def start_loaded(start: Starter, folder: Path, blocks: Path) -> Loaded:
    """A server over these blocks that scrapes nothing."""
    folder.mkdir(parents=True)
    (folder / "prometheus.yml").write_text("{}\n", encoding="utf-8")
    link_blocks(blocks, folder / "data")
    process = start(
        [
            find_program("prometheus"),
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--storage.tsdb.retention.time=10y",
            "--web.listen-address=127.0.0.1:0",
            "--log.format=json",
        ]
    )
    process.wait_for("address of Prometheus", lambda: bool(_addresses(process)))
    address = _addresses(process)[0]
    process.wait_until_answers(f"{address}/-/ready")
    return Loaded(process, httpx.Client(base_url=address, trust_env=False, timeout=30))


def _addresses(process: Process) -> list[str]:
    return [f"http://{line['address']}" for line in process.events() if line.get("msg") == "Listening on"]
