"""Break the code on purpose, one bug at a time, and see that a test fails for each."""  # noqa: INP001 - a program of its own, in no package

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
# A failing test is what is looked for: the first is enough, and none may need another process or a download.
PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore",
    "--hypothesis-profile=mutants",
)
LONGEST_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Mutant:
    """A deliberate bug: what it does to users, the text that becomes another, and the tests that have to notice."""

    name: str
    path: str
    right: str
    wrong: str
    tests: str


DRILL, PAGING, LIST = (f"exporter/northflank/{name}.py" for name in ("drill_down", "paging", "invoice_list"))
CLIENT, SOURCE, FINALIZED = (f"exporter/northflank/{name}.py" for name in ("client", "source", "finalized"))
WIRE = "exporter/northflank/wire"
# What is about invoices and requests; the others have tests of their own.
NORTHFLANK = "tests/northflank --ignore=tests/northflank/usage --ignore=tests/northflank/allowance"
USAGE, USAGE_TESTS = "exporter/northflank/usage", "tests/northflank/usage"

MUTANTS = (
    Mutant(
        "cents are shown as dollars",
        "exporter/domain/money.py",
        "    return amount.scaleb(-minor_digits(currency), EXACT)",
        "    return amount",
        "tests/domain tests/wire",
    ),
    Mutant(
        "yen are divided by a hundred",
        "exporter/domain/money.py",
        "_MINOR_DIGITS.get(currency, 2)",
        "2",
        "tests/domain",
    ),
    Mutant(
        "sums are rounded",
        "exporter/domain/money.py",
        "total = EXACT.add(total, amount)",
        "total = round(total + amount, 2)",
        "tests/domain",
    ),
    Mutant(
        "what the parts do not name is dropped",
        "exporter/domain/price.py",
        "if not self.parts or abs(other) > _OTHER_FLOOR:",
        "if not self.parts:",
        "tests/domain",
    ),
    Mutant(
        "too much below is called rounding",
        "exporter/domain/tree.py",
        "return abs(self.amount) <=",
        "return self.amount <=",
        f"tests/domain {NORTHFLANK}",
    ),
    Mutant(
        "a subscription billed ahead is the latest invoice",
        "exporter/domain/selection.py",
        "if each.period.end <= now and each.may_bill_usage",
        "if each.may_bill_usage",
        "tests/domain",
    ),
    Mutant(
        "a subscription is the latest invoice",
        "exporter/domain/selection.py",
        "if each.period.end <= now and each.may_bill_usage",
        "if each.period.end <= now",
        "tests/domain",
    ),
    Mutant(
        "an older unpaid invoice is not shown",
        "exporter/domain/selection.py",
        "if each.period.end > now or each.is_unpaid}",
        "if each.period.end > now}",
        "tests/domain",
    ),
    Mutant(
        "an invoice is unpaid since the last poll",
        "exporter/domain/unpaid.py",
        "before.get(invoice.id, now)",
        "now",
        "tests/domain",
    ),
    Mutant(
        "a discount is added",
        "exporter/domain/discount.py",
        "else stated.copy_negate()",
        "else stated",
        "tests/domain",
    ),
    Mutant(
        "a filtered price is shown above its level",
        DRILL,
        "            self.rows.setdefault(path, row)",
        "            self.rows[path] = row",
        NORTHFLANK,
    ),
    Mutant(
        "rows above the asked one are taken from filtered answers",
        DRILL,
        "if path[: len(under)] == under and len(path)",
        "if len(path)",
        NORTHFLANK,
    ),
    Mutant(
        "a resource type outside the filter is lost",
        DRILL,
        "return {project for project, rest in sums.items() if rest.is_rounding(self.places)}",
        "return set(sums)",
        NORTHFLANK,
    ),
    Mutant(
        "one request a project, however many there are",
        "exporter/northflank/plan.py",
        "return projects <= len(wire.resource_types)",
        "return True",
        NORTHFLANK,
    ),
    Mutant(
        "a vanished team is forgotten",
        DRILL,
        "            self.vanished.add(path)\n",
        "",
        NORTHFLANK,
    ),
    Mutant(
        "only the first page of a drill-down is read",
        PAGING,
        "            if said_more is False or not is_new or not self._holds(dimension):",
        "            if True:",
        NORTHFLANK,
    ),
    Mutant(
        "a full page that nearly adds up is taken for the last",
        PAGING,
        "and not self._is_full(level)",
        "",
        NORTHFLANK,
    ),
    Mutant(
        "a promised page that brings nothing is accepted",
        PAGING,
        "    if more_was_said:\n",
        "    if False:\n",
        NORTHFLANK,
    ),
    Mutant(
        "pages that contradict each other are mixed",
        PAGING,
        "        if self._rows.setdefault(path, row) != row:",
        "        if self._rows.setdefault(path, row) is None:",
        NORTHFLANK,
    ),
    Mutant(
        "only the first page of the list is read",
        LIST,
        "        if page.has_more is False or (page.has_more is None and not page.cursor):",
        "        if True:",
        NORTHFLANK,
    ),
    Mutant(
        "a cursor that loops is followed",
        LIST,
        "    if cursor in cursors:",
        "    if False:",
        "tests/northflank/test_invoice_list.py",
    ),
    Mutant(
        "the same invoice twice is shown once",
        LIST,
        "        if key in here:",
        "        if False:",
        NORTHFLANK,
    ),
    Mutant(
        "projects of different teams are merged by their id",
        f"{WIRE}/tree.py",
        "        path = (*parent, node.id)",
        '        path = ("merged", node.id) if len(parent) == 1 else (*parent, node.id)',
        f"tests/wire {NORTHFLANK}",
    ),
    Mutant(
        "the same row twice is shown once",
        f"{WIRE}/tree.py",
        "        if path in rows:",
        "        if False:",
        "tests/wire",
    ),
    Mutant(
        "an answer of another generation is read as this one",
        f"{WIRE}/probe.py",
        "    if mark not in allowed:",
        "    if False:",
        "tests/wire",
    ),
    Mutant(
        "units that contradict each other are believed",
        f"{WIRE}/probe.py",
        "    if not readings:",
        "    if False:",
        "tests/wire",
    ),
    Mutant(
        "a text is read as a number",
        f"{WIRE}/values.py",
        "if isinstance(value, bool) or not isinstance(value, int | Decimal):",
        "if isinstance(value, bool):",
        "tests/wire",
    ),
    Mutant(
        "decimal amounts are taken for cents",
        f"{WIRE}/gen_2026_10/__init__.py",
        "    unit=Unit.MAJOR,",
        "    unit=Unit.MINOR,",
        f"tests/wire {NORTHFLANK}",
    ),
    Mutant(
        "legacy fields are asked for",
        f"{WIRE}/gen_2026_10/__init__.py",
        '_OWN_FIELDS_ONLY = {"removeLegacyFields": "true"}',
        "_OWN_FIELDS_ONLY: dict[str, str] = {}",
        f"tests/wire {NORTHFLANK}",
    ),
    Mutant(
        "an answer for another invoice is taken",
        "exporter/northflank/invoice_answers.py",
        "    if detail.id is not None and detail.id != asked.id:",
        "    if False:",
        NORTHFLANK,
    ),
    Mutant(
        "a bill that has changed keeps its old tree",
        FINALIZED,
        "    return replace(before, status=now.status) == now",
        "    return True",
        NORTHFLANK,
    ),
    Mutant(
        "a server that moves on to decimals is read as cents",
        SOURCE,
        "    return may_move and not tells and spoken is not Generation.A",
        "    return False",
        NORTHFLANK,
    ),
    Mutant(
        "each start asks as often as the documented limit allows",
        SOURCE,
        "        self._client.resume(resumed.memory)\n",
        "",
        "tests/northflank/test_resume.py",
    ),
    Mutant(
        "a redirect takes the token elsewhere",
        "exporter/northflank/connections.py",
        "            follow_redirects=False,",
        "            follow_redirects=True,",
        NORTHFLANK,
    ),
    Mutant(
        "a refused token is tried again and again",
        CLIENT,
        "    return isinstance(error, TransientError) and",
        "    return not isinstance(error, TransientError) or",
        NORTHFLANK,
    ),
    Mutant(
        "the time that a 429 asks for is not given",
        CLIENT,
        "    return float(_BACKOFF(state)) + (asked or 0.0)",
        "    return float(_BACKOFF(state))",
        NORTHFLANK,
    ),
    Mutant(
        "an answer of any size is read",
        CLIENT,
        "            if len(body) > MAX_BODY_BYTES:",
        "            if False:",
        NORTHFLANK,
    ),
    Mutant(
        "the server's message repeats the token",
        f"{WIRE}/answer.py",
        ".replace(secret, MASK)",
        "",
        f"tests/wire {NORTHFLANK}",
    ),
    Mutant(
        "a failed poll counts as a success",
        "exporter/poller.py",
        "            return error\n",
        "            return None\n",
        "tests/test_poller.py",
    ),
    Mutant(
        "what has changed is not shown",
        "exporter/datasets.py",
        "if before is not None and result.section == before else result",
        "if before is not None else result",
        "tests/test_poller.py",
    ),
    Mutant(
        "a page of hours that is missing goes unnoticed",
        f"{USAGE}/usage_list.py",
        "if said_more and not fresh:",
        "if False:",
        f"{USAGE_TESTS}/test_usage_list.py",
    ),
    Mutant(
        "dollars and euros are added up",
        f"{USAGE}/usage_list.py",
        "if len(currencies) > 1:",
        "if False:",
        f"{USAGE_TESTS}/test_usage_list.py",
    ),
    Mutant(
        "the hour that is still running counts",
        f"{USAGE}/spends.py",
        "row.timestamp + HOUR_SECONDS <= now",
        "row.timestamp <= now",
        f"{USAGE_TESTS}/test_spends.py",
    ),
    Mutant(
        "a corrected hour leaves sums as they were",
        f"{USAGE}/asked_spends.py",
        "            self._known = {}\n",
        "            pass\n",
        f"{USAGE_TESTS}/test_asked_spends.py",
    ),
    Mutant(
        "a month is half told after a long stop",
        f"{USAGE}/hourly_spends.py",
        "return min(month_of(now).start, unknown)",
        "return min(month_of(now).start, recent)",
        f"{USAGE_TESTS}/test_hourly_spends.py",
    ),
    Mutant(
        "unbilled spend begins within an hour that was billed",
        f"{USAGE}/running.py",
        "hour_after(bill.ended)",
        "hour_before(bill.ended)",
        f"{USAGE_TESTS}/test_unbilled.py",
    ),
    Mutant(
        "a list and a detail that differ are asked for with every poll",
        f"{USAGE}/project_hours.py",
        "and self._doubted.get(start) != listed:",
        ":",
        f"{USAGE_TESTS}/test_project_hours.py",
    ),
    Mutant(
        "a budget of a team that does not exist shows nothing spent",
        f"{USAGE}/budget_spends.py",
        "ZERO if _is_known(scope, known) else None",
        "ZERO",
        f"{USAGE_TESTS}/test_budget_spends.py",
    ),
    Mutant(
        "a tree that is a day old is completed first",
        f"{USAGE}/hour_trees.py",
        "< _LONGEST_GATHERING_SECONDS",
        "< 1e9",
        f"{USAGE_TESTS}/test_hour_trees.py",
    ),
    Mutant(
        "a project that is used no more is forgotten after a stop",
        f"{USAGE}/project_months.py",
        "replace(self._folded(hours, gap), whole_through=None)",
        "Accumulated(self.accumulated.start)",
        f"{USAGE_TESTS}/test_project_months.py",
    ),
    Mutant(
        "a large team's month is not told for days",
        f"{USAGE}/project_months.py",
        "len(missing) > RECENT_HOURS or ",
        "",
        f"{USAGE_TESTS}/test_project_months.py",
    ),
    Mutant(
        "last month's spend by project is shown as this month's",
        f"{USAGE}/running_details.py",
        "month or _if_of(before.month_to_date, moment.month)",
        "month or before.month_to_date",
        f"{USAGE_TESTS}/test_running_details.py",
    ),
    Mutant(
        "hours are counted twice once they are folded away",
        "exporter/domain/accumulated.py",
        "bases[path] = Base(before, price, base.fetched_at) if price else base",
        "bases[path] = Base(base.through, price, base.fetched_at) if price else base",
        "tests/domain/test_accumulated.py",
    ),
    Mutant(
        "of two polls that end at once, one is lost",
        "exporter/poller.py",
        "        async with self._replacing:",
        "        if True:",
        "tests/test_poller_usage.py",
    ),
    Mutant(
        "usage is asked for before it is known since when it is unbilled",
        "exporter/poller.py",
        "        await self._invoices_tried.wait()\n",
        "",
        "tests/test_poller_usage.py",
    ),
    Mutant(
        "what was gathered in part counts as a success",
        "exporter/poller.py",
        "        if result.postponed:\n            return result.postponed\n",
        "",
        "tests/test_poller_postponed.py",
    ),
    Mutant(
        "what is postponed counts as down",
        "exporter/poller.py",
        "            if not isinstance(error, PostponedError):",
        "            if True:",
        "tests/test_poller_postponed.py",
    ),
    Mutant(
        "a tree that was never whole is kept with an age",
        "exporter/poller.py",
        "for each in Dataset if each not in self._fetched)",
        "for each in Dataset if False)",
        "tests/test_poller_restart_usage.py",
    ),
    Mutant(
        "what was answered of a poll that failed is asked for again",
        "exporter/poller.py",
        "        await self._store.save(self._kept())\n",
        "        if error is None:\n            await self._store.save(self._kept())\n",
        "tests/test_poller_restart_usage.py",
    ),
    Mutant(
        "a budget that cannot be watched is said at each poll",
        "exporter/poller.py",
        "            if note not in self._said.get((dataset, event), ()):",
        "            if True:",
        "tests/test_poller_budgets.py",
    ),
    Mutant(
        "what was spent of other budgets is shown after a restart",
        "exporter/store/kept.py",
        "tuple(each for each in budgets if _counted(each) in before)",
        "budgets",
        "tests/test_poller_restart_usage.py",
    ),
    Mutant(
        "figures of a clock that was ahead never grow old",
        "exporter/poller.py",
        "replace(of, at=min(of.at, now))",
        "of",
        "tests/test_poller.py",
    ),
    Mutant(
        "hours that are let go stay in the file",
        "exporter/store/tables.py",
        "    for name in (known or {}).keys() - kept.memory.keys():",
        "    for name in ():",
        "tests/store/test_tables_memory.py",
    ),
    Mutant(
        "every hour is written at every poll",
        "exporter/store/tables.py",
        "        if known is None or known.get(name) is not part:",
        "        if True:",
        "tests/store/test_tables_memory.py",
    ),
    Mutant(
        "requests of before a restart are not counted",
        "exporter/app.py",
        "        self.allowance.resume(await self.requests.load_requests())\n",
        "",
        "tests/test_app_restart.py",
    ),
    Mutant(
        "requests are not kept",
        "exporter/app.py",
        "        self.allowance.keep = self.requests.save_requests\n",
        "",
        "tests/test_app_restart.py",
    ),
    Mutant(
        "hours of a budget are let go before its period is over",
        "exporter/parts.py",
        "max(config.retention, longest * DAY_SECONDS)",
        "config.retention",
        "tests/test_app.py",
    ),
    Mutant(
        "figures of another level are shown after a restart",
        "exporter/store/kept.py",
        "if getattr(self, name) != getattr(other, name))",
        "if False)",
        "tests/store/test_kept.py tests/store/test_store.py",
    ),
    Mutant(
        "two samples of one series are shown",
        "exporter/metrics/family.py",
        "if seen.setdefault(sample.labels, sample) is not sample:",
        "if False:",
        "tests/metrics",
    ),
    Mutant(
        "the oldest name wins",
        "exporter/metrics/name_samples.py",
        "names[path] = names.get(path) or name",
        "names[path] = name or names.get(path)",
        "tests/metrics",
    ),
    Mutant(
        "a void invoice is called paid",
        "exporter/metrics/invoice_samples.py",
        "int(status == Status.PAID)",
        "int(status != Status.OPEN)",
        "tests/metrics",
    ),
    Mutant(
        "20 percent tax are a ratio of 20",
        "exporter/metrics/invoice_samples.py",
        "detail.tax_percent.scaleb(-2, EXACT)",
        "detail.tax_percent",
        "tests/metrics",
    ),
    Mutant(
        "a changed section is not rendered again",
        "exporter/metrics/snapshot.py",
        "all(a is b for a, b in zip(before.sections, sections, strict=True))",
        "True",
        "tests/metrics",
    ),
    Mutant(
        "each gzipped scrape spoils the next",
        "exporter/metrics/snapshot.py",
        "self.compressor.copy() if self.compressor",
        "self.compressor if self.compressor",
        "tests/metrics",
    ),
)


def main(arguments: list[str]) -> int:
    """Try the mutants whose names hold a word, all without one; exit code 1 if one survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="?", default="", help="only the mutants with this in their name")
    word = parser.parse_args(arguments).word
    chosen = [mutant for mutant in MUTANTS if word in mutant.name]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _copy(tree)
        _refuse_broken_tests(chosen, tree)
        survivors = [mutant for mutant in chosen if not _is_noticed(mutant, tree)]
    sys.stdout.write(f"{len(chosen) - len(survivors)} of {len(chosen)} bugs made a test fail\n")
    return 1 if survivors or not chosen else 0


def _copy(tree: Path) -> None:
    for part in ("exporter", "tests", "docs", "scripts"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "README.md", "Makefile"):
        shutil.copy(ROOT / part, tree / part)


def _refuse_broken_tests(mutants: list[Mutant], tree: Path) -> None:
    # A test that fails without any bug would notice every one.
    for tests in sorted({mutant.tests for mutant in mutants}):
        if _status_of(tests, tree) != 0:
            raise SystemExit(f"{tests}: fails without any bug")


def _is_noticed(mutant: Mutant, tree: Path) -> bool:
    path = tree / mutant.path
    text = path.read_text()
    if text.count(mutant.right) != 1:
        raise SystemExit(f"{mutant.name}: {mutant.path} has this {text.count(mutant.right)} times: {mutant.right!r}")
    path.write_text(text.replace(mutant.right, mutant.wrong))
    started = time.monotonic()
    try:
        status = _status_of(mutant.tests, tree)
    finally:
        path.write_text(text)
    # 1: tests failed. Anything else (nothing collected, a broken import) proves nothing.
    said = "noticed" if status == 1 else f"SURVIVED (pytest ended with {status})"
    sys.stdout.write(f"{said:9} {time.monotonic() - started:5.1f} s  {mutant.name}\n")
    sys.stdout.flush()
    return status == 1


def _status_of(tests: str, tree: Path) -> int:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("CI", None)
    try:
        done = subprocess.run(  # noqa: S603 - our own tests
            [*PYTEST, *tests.split()],
            cwd=tree,
            env=environment,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1  # a loop that never ends is noticed
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
