"""What the documents tell of the runs."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence

from scripts.performance.runs import DATASETS, PROJECTS, RESOURCES, TEAMS, Measured

BEGIN = "<!-- Written by `make performance`; do not edit this part. -->\n"
END = "<!-- End of what is written. -->\n"


def _latency(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return (
        f"{statistics.median(ordered) * 1000:.1f} ms median, {p99 * 1000:.1f} ms p99, "
        f"{ordered[-1] * 1000:.1f} ms longest of {len(ordered)}"
    )


def _exposition(measured: Measured) -> str:
    return f"{len(measured.body) / 1e6:.1f} MB, {measured.gzipped_bytes / 1e6:.2f} MB gzipped"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:]))


def large_organisation(measured: Measured) -> str:
    """The document about the large organisation."""
    first = {str(each["dataset"]): each for each in reversed(measured.polls)}
    rows = (
        ("what", "measured"),
        *(
            (
                f"first poll of `{dataset}`",
                f"{each['seconds']} s, {each['requests']} requests, {each['series']:,} series",
            )
            for dataset, each in ((name, first[name]) for name in DATASETS)
        ),
        ("exposition", _exposition(measured)),
        (
            "memory at most",
            f"{measured.peak_kib / 1024:.0f} MiB ({measured.idle_peak_kib / 1024:.0f} MiB before the polls)",
        ),
        ("a gzipped scrape while it polls", _latency(measured.while_polling)),
        ("a scrape at rest", _latency(measured.at_rest)),
        ("a gzipped scrape at rest", _latency(measured.gzipped)),
    )
    return (
        "# Performance\n\n<!-- Written by `make performance`; do not edit. -->\n\n"
        f"The exporter and the sandbox as processes of one machine ({os.cpu_count()} cores, Python "
        f"{platform.python_version()}), {TEAMS} teams, {TEAMS * PROJECTS:,} projects, about "
        f"{TEAMS * PROJECTS * RESOURCES:,} resources,\n"
        "the default configuration, with its series limit. The sandbox allows as many requests as are wanted, and\n"
        "computes on the same cores, so times are upper bounds; compare them within one run.\n\n"
        f"{_table(rows)}\n"
        "The requests are those of the plan: one for each invoice shown, then for each team one for its projects and\n"
        "one for each resource type; for `usage_details` two months and a day's hours by project.\n"
        "Under Northflank's limit of 1000 an hour they are spread over some hours. Prometheus asks for gzip.\n"
    )


def costs(one: Measured, ten: Measured, large: Measured) -> str:
    """What an exporter costs, side by side, for the document about many accounts."""
    runs = (one, ten, large)
    rows = (
        ("", "one account", "ten accounts", f"one of {TEAMS * PROJECTS * RESOURCES:,} resources"),
        ("teams", *(f"{each.count('northflank_team_info'):,}" for each in runs)),
        ("projects", *(f"{each.count('northflank_project_info'):,}" for each in runs)),
        ("resources shown", *(f"{each.count('northflank_resource_info'):,}" for each in runs)),
        ("series", *(f"{each.series:,}" for each in runs)),
        ("memory at most", *(f"{each.peak_kib / 1024:.0f} MiB" for each in runs)),
        ("requests of a first start", *(f"{each.requests:,}" for each in runs)),
        ("requests an hour, at most", *(f"{each.requests_an_hour:,}" for each in runs)),
        ("a scrape", *(_exposition(each) for each in runs)),
    )
    a_series = (large.peak_kib - large.idle_peak_kib) / large.series
    return (
        f"\n{_table(rows)}\nAn exporter starts at {one.idle_peak_kib / 1024:.0f} MiB, and takes some "
        f"{a_series:.1f} KiB a series on top (Python {platform.python_version()}).\n\n"
    )


def replaced(document: str, part: str) -> str:
    """The document with this in the place of what stands between the two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{part}{END}{after}"
