"""The exposition text of one family, as the catalogue renders it from a report."""

from exporter.domain.report import AccountReport
from exporter.metrics.catalog import ROWS
from exporter.metrics.family import lines_of


def text_of(name: str, report: AccountReport) -> str:
    """The lines of the family of that name."""
    (row,) = (row for row in ROWS if row.family.name == name)
    return lines_of(row.family, row.samples(report)).text.decode()
