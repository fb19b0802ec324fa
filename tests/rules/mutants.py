"""Rules with a deliberate bug each, of which the cases have to notice."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.rules.ruleset import Rule, read_rules


@dataclass(frozen=True, slots=True)
class Mutant:
    """One rule as it should not be; `name` tells the bug, which shows with so many exporters of an account."""

    name: str
    rule: Rule
    replaced: Rule
    exporters: int = 1


# By rule (and severity, where two share a name): what stands in its PromQL, and what might stand there by mistake.
WRONG: dict[str, dict[str, tuple[str, ...]]] = {
    "NorthflankBudgetCrossed": {
        ">= on": ("> on", "<= on"),
        "(northflank_budget_threshold_ratio)": (
            "(northflank_budget_threshold_ratio * 1.01)",
            "(northflank_budget_threshold_ratio * 0.99)",
        ),
        "instance, job, pod, ": ("",),
        "account, budget, severity": ("account, budget",),
    },
    "NorthflankBudgetForecastExceeded": {
        "> max by": (">= max by", "< max by"),
        "instance, job, pod, ": ("",),
    },
    "NorthflankProjectSpendAnomaly": {
        "> 1.5": ("> 1.4", "> 1.6", "< 1.5"),
        "> 10\n": ("> 9\n", "> 11\n", "< 10\n"),
        "> 1000": ("> 999", "> 1001"),
        '{project_id!="_other"}': ("",),
        '{currency!~"BIF|CLP|DJF|GNF|ISK|JPY|': ('{currency!~"BIF|CLP|DJF|GNF|ISK|',),
        "topk by (account, team_id, project_id) (\n  1,\n  account": (
            "topk by (account, team_id, project_id) (\n  2,\n  account",
        ),
        "instance, job, pod, ": ("",),
    },
    "NorthflankCreditsRunOut": {"< 3": ("<= 3", "< 2", "> 3")},
    "NorthflankMonthJumped": {
        "> 1.5": (">= 1.5", "> 1.6"),
        "> 50\n": (">= 50\n", "> 52\n"),
        "> 5000": (">= 5000", "> 5001"),
        ', currency!~"BIF|CLP|DJF|GNF|ISK|JPY|': (', currency!~"BIF|CLP|DJF|GNF|ISK|',),
        "< 7": ("<= 7", "< 6"),
    },
    "NorthflankUsageMissing": {
        ">= 6": ("> 6", ">= 5"),
        "offset 1h))": ("offset 10m))",),
        "offset 25h": ("offset 1w", "offset 1d"),
        "> max by": (">= max by",),
        "time() - 3600": ("time() - 36000", "time() - 900"),
        "[1d:1h]": ("[12h:1h]", "[2d:1h]", "[1d:30m]"),
        "and on (account, listed)": ("and on (account)",),
    },
    "NorthflankInvoiceUnpaid-warning": {"< 6": ("<= 6", "< 5", "> 6")},
    "NorthflankInvoiceUnpaid-critical": {"< 3": ("<= 3", "< 2", "> 3")},
    "account_invoice:northflank_invoice_unpaid_since_timestamp_seconds:days_left": {"7 -": ("8 -",)},
    "NorthflankPaymentFailed": {"== 1": ("== 0", ">= 0"), "payment_failed": ("open",)},
    "NorthflankInvoiceUnattributed": {"> 0.01": (">= 0.01", "> 0.011", "< 0.01"), "abs": ("",)},
    "NorthflankUsageUnattributed": {"> 0.01": ("> 0.009", "> 0.012", "< 0.01"), "abs": ("",)},
    "NorthflankDataStale-warning": {
        "> 3": (">= 3", "> 2", "> 4", "< 3"),
        "== 0": ("== 1",),
        "!~": ("=~",),
    },
    "NorthflankDataStale-critical": {
        "> clamp_min": (">= clamp_min",),
        "6 * 3600": ("5 * 3600", "7 * 3600"),
        "3 *": ("0 *",),
        "[1d]": ("[5m]",),
        "== 0": ("== 1",),
    },
    "NorthflankDetailsStale": {
        "> clamp_min": (">= clamp_min", "< clamp_min"),
        "6 * 3600": ("5 * 3600", "7 * 3600"),
        "3 *": ("2 *", "4 *"),
        "=~": ("!~",),
    },
    "NorthflankExporterDown-warning": {"unless": ("and",), "[1w]": ("[5m]",)},
    "NorthflankExporterDown-critical": {"unless\n": ("and\n",), "unless on": ("and on",), "[1w]": ("[5m]",)},
    "NorthflankTokenRefused": {"== 0": ("== 1", ">= 0")},
    "NorthflankTokenAllowanceLow": {
        "< 0.2": ("<= 0.2", "< 0.19", "< 0.22", "> 0.2"),
        "<= time()": ("> time()",),
        "min by": ("max by",),
    },
    "NorthflankShareUsedUp": {"> 0.9": ("> 0.85", "> 0.95", "< 0.9"), "[1h]": ("[2h]",)},
    "NorthflankReloadFailed": {"== 0": ("== 1",), "by (job, instance) ": ("",)},
    "NorthflankResourcesFolded": {"> 0": (">= 0", "> 1")},
}
# Which `max by` of a rule tells only whether something is there, or is zero: to add two exporters up changes nothing.
SAME_WHEN_ADDED = {
    "account_currency:northflank_credit_available_amount:runway_seconds": (1,),
    "account_invoice:northflank_invoice_unpaid_since_timestamp_seconds:days_left": (2,),
    "NorthflankUsageMissing": (1,),
    "NorthflankDataStale-warning": (3, 4),
    "NorthflankDataStale-critical": (3, 4),
    "NorthflankDetailsStale": (3, 4),
    "NorthflankExporterDown-warning": (1, 2),
    "NorthflankExporterDown-critical": (1, 2, 3),
    "NorthflankTokenRefused": (1,),
    "NorthflankReloadFailed": (1,),
}
# That leaves out the exporters of an account that another has overtaken.
_OVERTAKEN = re.compile(r"\bunless on \(account, job, instance\) account_dataset_instance:\S+")
_LONGER = {"5m": "6m", "10m": "11m", "15m": "16m", "30m": "31m", "1h": "75m", "2h": "121m", "3h": "181m", "6h": "361m"}


def key_of(rule: Rule) -> str:
    """What an alert is called here: with its severity where two share a name."""
    twice = sum(each.name == rule.name for each in read_rules()) > 1
    return f"{rule.name}-{rule.severity}" if twice else rule.name


def mutants_of(rule: Rule) -> Iterator[Mutant]:
    """All that is broken of a rule, one by one."""
    for number, filtered in enumerate(_OVERTAKEN.finditer(rule.expr), 1):
        believed = rule.expr[: filtered.start()] + rule.expr[filtered.end() :]
        yield Mutant(f"filter {number} is left out", rule, rule.having(expr=believed))
    for right, wrongs in WRONG.get(key_of(rule), {}).items():
        assert right in rule.expr, f"{right} is no longer in {rule.name}"
        for wrong in wrongs:
            yield _with_expr(rule, f"{right} is {wrong or 'left out'}", rule.expr.replace(right, wrong))
    if rule.is_alert:
        yield from _with_other_times(rule)
    parts = rule.expr.split("max by")
    for number in sorted({*range(1, len(parts))} - {*SAME_WHEN_ADDED.get(key_of(rule), ())}):
        added = f"{'max by'.join(parts[:number])}sum by{'max by'.join(parts[number:])}"
        yield Mutant(f"max {number} is sum", rule, rule.having(expr=added), exporters=2)


def _with_other_times(rule: Rule) -> Iterator[Mutant]:
    waits = rule.fields.get("for")
    if waits:
        longer = _LONGER[str(waits)]
        yield Mutant(f"for is {longer}", rule, rule.having(**{"for": longer}))
        yield Mutant("for is left out", rule, rule.having(**{"for": None}))
    yield Mutant("keep_firing_for is left out", rule, rule.having(keep_firing_for=None))
    yield Mutant("keep_firing_for is 2h", rule, rule.having(keep_firing_for="2h"))


def _with_expr(rule: Rule, name: str, expr: str) -> Mutant:
    return Mutant(" ".join(name.split()), rule, rule.having(expr=expr))
