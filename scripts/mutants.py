"""Break the code on purpose, one bug at a time, and see that a test fails for each."""  # noqa: INP001 - a program of its own, in no package

from __future__ import annotations

import argparse
import os
import shlex
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


DRILL, PAGING, LISTS, SOURCE = (
    f"exporter/northflank/requests/{name}.py" for name in ("drill_down", "paging", "lists", "source")
)
CLIENT = "exporter/northflank/http/client.py"
WIRE = "exporter/northflank/wire"
NORTHFLANK = "tests/northflank"
RECORD, ASSEMBLY, DETAILS = (
    "exporter/ledger/record.py",
    "exporter/planning/assembly.py",
    "exporter/planning/details.py",
)
LEDGER = "tests/ledger -m 'not process'"
RECORDED = "tests/ledger -k record"
PLANNED, VIEWED, OF_DOMAIN = "tests/planning", "tests/views", "tests/domain tests/views"

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
        "if not self.parts or abs(other) > OTHER_FLOOR:",
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
        DRILL,
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
        LISTS,
        "        if page.has_more is False or (page.has_more is None and not page.cursor):",
        "        if True:",
        NORTHFLANK,
    ),
    Mutant(
        "a cursor that loops is followed",
        LISTS,
        "    if cursor in cursors:",
        "    if False:",
        NORTHFLANK,
    ),
    Mutant(
        "the same invoice twice is shown once",
        LISTS,
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
        SOURCE,
        "    if detail.id is not None and detail.id != asked.id:",
        "    if False:",
        NORTHFLANK,
    ),
    Mutant(
        "a server that moves on to decimals is read as cents",
        SOURCE,
        "    return may_move and not shows and spoken is not Generation.A",
        "    return False",
        NORTHFLANK,
    ),
    Mutant(
        "a redirect takes the token elsewhere",
        "exporter/northflank/http/connections.py",
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
        "a budget that cannot be watched is said at each poll",
        "exporter/poller.py",
        "            if note not in self._said.get((dataset, event), ()):",
        "            if True:",
        "tests/test_poller_budgets.py",
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
    Mutant(
        "a bill that has changed keeps its old tree",
        RECORD,
        "    return replace(before, status=now.status) == now",
        "    return True",
        RECORDED,
    ),
    Mutant(
        "two invoices of one period change their ids",
        RECORD,
        "    for is_same in (_is_equal, _is_of_one_period):",
        "    for is_same in (_is_of_one_period,):",
        RECORDED,
    ),
    Mutant(
        "the hour that is still running counts",
        RECORD,
        "        if row.timestamp + HOUR_SECONDS > asked_at:\n",
        "        if False:\n",
        RECORDED,
    ),
    Mutant(
        "what the API forgets is no longer spent",
        RECORD,
        "known, stated):\n        return TotalFact(stated, stated, asked_at)\n    if before",
        "known, stated) or True:\n        return TotalFact(stated, stated, asked_at)\n    if before",
        RECORDED,
    ),
    Mutant(
        "a correction cannot lower a total",
        RECORD,
        "                if each.seen_at > since:\n",
        "                if False:\n",
        RECORDED,
    ),
    Mutant(
        "an hour loses its value when its row disappears",
        RECORD,
        "hours = {**future, **_changed(facts.hours, rows)}",
        "hours = {**dict.fromkeys(facts.hours), **future, **rows}",
        RECORDED,
    ),
    Mutant(
        "an outage of ours makes hours zero",
        "exporter/domain/hours.py",
        "hour_before(self.read_at - self.late_after_seconds))\n\n",
        "hour_before(self.read_at))\n\n",
        OF_DOMAIN,
    ),
    Mutant(
        "dollars and euros are added up",
        "exporter/domain/usage.py",
        "by_currency.setdefault(usage.currency, []).append(usage)",
        'by_currency.setdefault("", []).append(usage)',
        OF_DOMAIN,
    ),
    Mutant(
        "a total is asked for across a change of currency",
        "exporter/domain/hours.py",
        "if parts and parts[-1].currency == usage.currency:",
        "if parts:",
        OF_DOMAIN,
    ),
    Mutant(
        "a corrected hour leaves totals as they were",
        "exporter/domain/totals.py",
        "if known is None or known.asked_at < self._corrected_at(question.period):",
        "if known is None:",
        OF_DOMAIN,
    ),
    Mutant(
        "unbilled spend begins within an hour that was billed",
        "exporter/views/usage.py",
        "min(hour_after(billed), through)",
        "min(billed, through)",
        VIEWED,
    ),
    Mutant(
        "a budget of a scope that was never seen shows zero",
        "exporter/views/budgets.py",
        "return None if self._is_seen(budget.scope) else _unknown(budget)",
        "return None",
        VIEWED,
    ),
    Mutant(
        "a month by project is shown before each project is known",
        "exporter/views/details.py",
        "        if found.unknown or any(True for _ in unasked):\n",
        "        if False:\n",
        VIEWED,
    ),
    Mutant(
        "an hour and an invoice are counted twice",
        "exporter/domain/resource_month.py",
        "        if not is_counted and not any(",
        "        if not any(",
        OF_DOMAIN,
    ),
    Mutant(
        "resources do not add up to their project",
        "exporter/views/details.py",
        "        if abs(rest) > OTHER_FLOOR:\n",
        "        if False:\n",
        VIEWED,
    ),
    Mutant(
        "a trailing day lacks hours of which no tree is known",
        "exporter/views/details.py",
        "        if any(start not in known for start, _ in self.hours.within(day.period)):\n            return None\n",
        "        known = {start: each for start, each in known.items()}\n",
        VIEWED,
    ),
    Mutant(
        "hours are counted twice once they are folded",
        "exporter/domain/project_month.py",
        "            bases[path] = Base(before, price, base.fetched_at)\n",
        "            bases[path] = Base(base.through, price, base.fetched_at)\n",
        OF_DOMAIN,
    ),
    Mutant(
        "a gap of hours counts as nothing spent",
        "exporter/domain/project_month.py",
        "    return replace(month, bases=MappingProxyType({**counted, **month.bases}), whole_through=None)",
        "    return month",
        OF_DOMAIN,
    ),
    Mutant(
        "a deleted project leaves the hour that is fetched again",
        ASSEMBLY,
        "        return dict(sorted({**rows, **gone}.items()))",
        "        return rows",
        PLANNED,
    ),
    Mutant(
        "a tree that is a day old is completed first",
        DETAILS,
        "max(newest - _LONGEST_GATHERING_SECONDS, shown.start if shown else 0.0)",
        "shown.start if shown else 0.0",
        PLANNED,
    ),
    Mutant(
        "requests for old invoices come before the newest",
        "exporter/planning/invoices.py",
        'Urgency.LATER, "tax, discount and line items of each invoice"',
        'Urgency.ACCOUNT, "tax, discount and line items of each invoice"',
        PLANNED,
    ),
    Mutant(
        "a failed poll counts as a success",
        "exporter/poller.py",
        "        self._own.on_failure(self._report.account, dataset)\n        return error\n",
        "        return None\n",
        "tests/test_poller.py",
    ),
    Mutant(
        "what is postponed counts as whole",
        "exporter/poller.py",
        "            if needed.error is None:\n                self._on_success(dataset, now)",
        "            if True:\n                self._on_success(dataset, now)",
        "tests/test_poller_postponed.py",
    ),
    Mutant(
        "two customers' bills are mixed",
        "exporter/ledger/ledger.py",
        "if known not in {None, customer}:",
        "if False:",
        LEDGER,
    ),
    Mutant(
        "an answer of another generation is recorded",
        "exporter/ledger/ledger.py",
        "                return False\n",
        "                pass\n",
        LEDGER,
    ),
    Mutant(
        "what a failing disk refused is not written later",
        "exporter/ledger/ledger.py",
        "            self._unwritten[kind] = {**by_key, **self._unwritten.get(kind, {})}",
        "            pass",
        LEDGER,
    ),
    Mutant(
        "a state file that was removed is not noticed",
        "exporter/ledger/state_file.py",
        "self._inode() != self._opened_inode",
        "False",
        LEDGER,
    ),
    Mutant(
        "requests of before a restart are not counted",
        "exporter/app.py",
        "        self.allowance.open(await self.ledger.load_requests(), limit)\n",
        "",
        "tests/test_app_restart.py",
    ),
    Mutant(
        "requests are not kept",
        "exporter/app.py",
        "        self.allowance.keep = self.ledger.save_requests\n",
        "",
        "tests/test_app_restart.py",
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
            [*PYTEST, *shlex.split(tests)],
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
