"""Dashboards as pictures: Prometheus' answers, drawn by Grafana's components in a browser without a window."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.dashboards.loaded import Loaded
from tests.dashboards.shown import asked, dashboard
from tests.dashboards.tools import COMPONENTS, DRAWING, find_browser, run, workshop

# As in drawing/app.tsx.
WIDTH = 24 * 64 + 24
UNIT = 38
AROUND = 64
LOADERS = (".svg=dataurl", ".woff2=dataurl", ".woff=dataurl", ".ttf=dataurl", ".png=dataurl")
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="app.css"><div id="root"></div>
<script>window.process = {env: {}}; Object.assign(window, %s)</script><script src="app.js"></script>
"""
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--virtual-time-budget=15000",
    "--enable-logging=stderr",
)


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of a dashboard to be drawn: from which to which, of which account, over which time as start and step."""

    name: str
    rows: tuple[int, int]
    account: str
    span: tuple[int, int]
    end: int

    @property
    def file(self) -> str:
        """The file's name, without what it ends with; the first part of a dashboard is called as that."""
        return self.name if self.rows[0] == 0 else f"{self.name}-{self.rows[0]}"

    def shown(self) -> dict[str, Any]:
        """The dashboard with these rows alone, as far up as they go."""
        whole = dashboard(self.name)
        starts = [panel["gridPos"]["y"] for panel in whole["panels"] if panel["type"] == "row"]
        first, after = starts[self.rows[0]], [*starts, 1_000_000][self.rows[1]]
        inside = [panel for panel in whole["panels"] if first <= panel["gridPos"]["y"] < after]
        moved = [{**panel, "gridPos": {**panel["gridPos"], "y": panel["gridPos"]["y"] - first}} for panel in inside]
        return {**whole, "panels": moved}

    def panels(self) -> list[dict[str, Any]]:
        """The panels of these rows."""
        return [panel for panel in self.shown()["panels"] if panel["type"] != "row"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, the text that it shows, and what the browser complained of."""

    png: Path
    page: str
    complaints: list[str]


def bundle() -> Path:
    """A folder with the program that draws, made of Grafana's components."""
    folder = workshop("drawing")
    for source in DRAWING.glob("*.ts*"):
        shutil.copy(source, folder)
    options = [
        "--bundle",
        "--outfile=app.js",
        "--jsx=automatic",
        '--define:process.env.NODE_ENV="production"',
        "--alias:react-custom-scrollbars-2=./scrollbars.ts",
    ]
    made = run(["esbuild", "app.tsx", *options, *(f"--loader:{loader}" for loader in LOADERS)], folder)
    assert made.returncode == 0, made.stderr
    icons = COMPONENTS / "node_modules" / "@grafana" / "ui" / "dist" / "public" / "img" / "icons"
    shutil.copytree(icons, folder / "public" / "build" / "img" / "icons")
    return folder


def draw(picture: Picture, loaded: Loaded, bundled: Path) -> Drawn:
    """The dashboard as Grafana's components show it."""
    given = {
        "dashboard": picture.shown(),
        "answers": {panel["id"]: _answers(panel, picture, loaded) for panel in picture.panels()},
        "range": {"from": picture.span[0] * 1000, "to": picture.end * 1000},
        "chosen": [["Account", picture.account if picture.account != ".*" else "All"]],
    }
    page = bundled / f"{picture.file}.html"
    page.write_text(PAGE % json.dumps(given).replace("</", "<\\/"), encoding="utf-8")
    png = bundled / f"{picture.file}.png"
    height = AROUND + UNIT * max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in picture.panels())
    browser: list[str | Path] = [
        find_browser(),
        *QUIET,
        f"--user-data-dir={bundled / 'profile'}",
        f"--window-size={WIDTH},{height}",
    ]
    with _served(bundled) as address:
        url = f"{address}/{page.name}"
        shown = run([*browser, f"--screenshot={png}", "--dump-dom", url], bundled)
    assert png.exists(), shown.stderr
    complaints = [line for line in shown.stderr.splitlines() if "Uncaught" in line or "CONSOLE:" in line]
    return Drawn(png, shown.stdout.partition("<script>")[0], complaints)


class _Files(SimpleHTTPRequestHandler):
    """Serves the files of a folder, and does not say so."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library calls it
        """Nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _answers(panel: dict[str, Any], picture: Picture, loaded: Loaded) -> dict[str, list[dict[str, Any]]]:
    return {target["refId"]: _answer(target, picture, loaded) for target in panel["targets"]}


def _answer(target: dict[str, Any], picture: Picture, loaded: Loaded) -> list[dict[str, Any]]:
    expression = asked(target["expr"], account=picture.account)
    if target.get("instant"):
        return loaded.raw("query", {"query": expression, "time": picture.end})
    start, step = picture.span
    return loaded.raw("query_range", {"query": expression, "start": start, "end": picture.end, "step": step})
