"""The exposition text of one family, as the catalogue renders it from a report."""

from exporter.domain.report import AccountReport
from exporter.metrics.catalog import ROWS
from exporter.metrics.family import lines_of


def text_of(name: str, report: AccountReport) -> str:
    """The lines of the family of that name."""
    rows = [row for row in ROWS if row.family.name == name]
    assert rows
    return "".join(lines_of(row.family_of(report), row.samples(report)).text.decode() for row in rows)
