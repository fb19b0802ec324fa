"""Skipped tests are said plainly at the end of a run, and are failures where CI=true."""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping

import pytest

Report = pytest.TestReport | pytest.CollectReport
GOOD = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run that was otherwise good, or had nothing to run, if anything was skipped where CI=true."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus in GOOD and _is_ci(os.environ) and reporter is not None and _skipped(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line for each reason, naming what was skipped for it."""
    skipped = _skipped(terminalreporter)
    if not skipped:
        return
    terminalreporter.write_sep("=", "skipped", yellow=True)
    for line in summary_lines(skipped):
        terminalreporter.write_line(line)
    if _is_ci(os.environ):
        terminalreporter.write_line("CI=true: a skipped test is a failure", red=True)


def summary_lines(skipped: Iterable[Report]) -> list[str]:
    """One line a reason: how many tests were skipped for it, their files, the reason."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for report in skipped:
        by_reason[_reason(report)].append(report.nodeid.partition("::")[0])
    return [f"SKIPPED {len(at)}: {', '.join(sorted(set(at)))}: {reason}" for reason, at in by_reason.items()]


def _is_ci(environ: Mapping[str, str]) -> bool:
    return environ.get("CI", "").lower() in {"true", "1"}


def _skipped(reporter: pytest.TerminalReporter) -> list[Report]:
    return reporter.stats.get("skipped", [])


def _reason(report: Report) -> str:
    place_and_reason = report.longrepr
    text = place_and_reason[2] if isinstance(place_and_reason, tuple) else str(place_and_reason)
    return text.removeprefix("Skipped: ")
