import pytest

from exporter.errors import OUTCOMES
from exporter.metrics.catalog import FAMILIES
from exporter.metrics.family import Family
from exporter.metrics.queries import QUERIES
from exporter.metrics.reference import render_markdown, render_table

every_family = pytest.mark.parametrize("family", [pytest.param(each, id=each.name) for each in FAMILIES])


@every_family
def test_a_family_in_the_document(family: Family) -> None:
    """Each family has one row of the document, with its type, its labels and its meaning."""
    labels = ", ".join(f"`{label}`" for label in family.labels)
    expected = f"| `{family.name}` | {family.type.value} | {labels} | {family.help} |"

    assert 1 == render_markdown().splitlines().count(expected)


@every_family
def test_a_family_in_the_table(family: Family) -> None:
    """Each family has one line of the table that a terminal shows."""
    (line,) = (line for line in render_table().splitlines() if line.startswith(f"{family.name} "))
    name, kind, *rest = line.split("  ", maxsplit=1)[0], line.split()[1], line

    assert (family.name, family.type.value) == (name, kind)
    assert rest[0].endswith(f"  {family.help}")
    assert f"  {', '.join(family.labels)}  " in rest[0] or not family.labels


def test_the_table_is_aligned() -> None:
    """The columns of the table begin below each other."""
    head, *lines = render_table().splitlines()
    columns = [head.index(title) for title in ("TYPE", "LABELS", "MEANING")]

    assert len(FAMILIES) == len(lines)
    assert all("  " == line[column - 2 : column] for line in lines for column in columns)


def test_tables_of_the_document() -> None:
    """Each line of a table has the same four columns, and each chapter has a table but that of the queries."""
    lines = [line for line in render_markdown().splitlines() if line.startswith("|")]

    assert {5} == {line.count("|") for line in lines}
    assert 8 == lines.count("| --- | --- | --- | --- |") == render_markdown().count("\n## ") - 1


def test_queries() -> None:
    """The document shows each query as one that can be copied."""
    assert [] == [query for query in QUERIES.values() if f"\n    {query}\n" not in render_markdown()]


def test_outcomes() -> None:
    """The document lists every value of the label `outcome`."""
    for outcome in ("success", *OUTCOMES):
        assert f"`{outcome}`" in render_markdown().rpartition("The values of `outcome`: ")[2]
