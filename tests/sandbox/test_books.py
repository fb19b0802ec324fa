import pytest

from exporter.sandbox.bill import NO_PAAS, added
from exporter.sandbox.books import Books
from exporter.sandbox.pricing import Consumption
from exporter.sandbox.span import Span
from exporter.sandbox.tree import Project, Tree
from tests.sandbox.reaching import NOW, options

LAST_HOUR = Span(int(NOW) - 3_600, int(NOW), int(NOW))
TYPES = {"job", "service", "harness", "addon", "volume"}


def _usages(books: Books) -> list[Consumption]:
    return [invoice.usage for invoice in books.invoices if invoice.usage]


def _projects(tree: Tree) -> list[Project]:
    return [project for team in tree.teams for project in team.projects]


def test_same_seed_and_day_give_the_same_books() -> None:
    """Two sandboxes of one seed and UTC day begin with the same invoices and have the same hours."""
    morning, evening = Books(options()), Books(options(now=lambda: NOW + 20 * 3_600))
    assert morning.invoices == evening.invoices
    assert morning.consumption(LAST_HOUR) == evening.consumption(LAST_HOUR)


def test_another_seed_gives_other_books() -> None:
    """Another seed is another customer with other prices."""
    one, two = Books(options()), Books(options(seed=2))
    assert one.organisation.number != two.organisation.number
    assert _usages(one)[0].paas.bill != _usages(two)[0].paas.bill


def test_every_level_adds_up() -> None:
    """Resources make their type, types their project, projects their team, teams the PaaS price: part by part."""
    for usage in [*_usages(Books(options())), Books(options()).consumption(LAST_HOUR)]:
        assert usage.paas.bill == added((team.bill for team in usage.paas.teams), NO_PAAS)
        for team in usage.paas.teams:
            assert team.bill == added((project.bill for project in team.projects), NO_PAAS)
        for project in _projects(usage.paas):
            assert project.bill == added((row.bill for row in project.resource_types), NO_PAAS)
            for row in project.resource_types:
                assert row.bill == added((resource.bill for resource in row.resources), NO_PAAS)


def test_every_invoice_adds_up() -> None:
    """Line items make the subtotal, less the discount plus tax the total; usage lines are the categories."""
    for invoice in Books(options()).invoices:
        assert invoice.sub_total == sum(line.total for line in invoice.line_items)
        assert invoice.total == invoice.sub_total - invoice.discount + invoice.tax
        if invoice.frame.kind == "usage" and invoice.usage:
            assert invoice.sub_total == invoice.usage.total


def test_default_world_is_believable() -> None:
    """By default there is one of everything that a consumer must cope with."""
    books = Books(options())
    newest = _usages(books)[0]
    rows = _projects(newest.paas)
    resources = [resource for project in rows for row in project.resource_types for resource in row.resources]
    assert ["Platform", "Payments", "Data Science", "Web"] == [team.name for team in newest.paas.teams]
    assert TYPES == {row.name for project in rows for row in project.resource_types}
    assert len(rows) > len({project.id for project in rows})
    assert all(team.projects[0].id == "api" for team in newest.paas.teams)
    assert any(project.bill.total > sum(project.bill.grains[1:]) for project in rows)
    assert any(resource.bill == NO_PAAS for resource in resources)
    assert newest.paas.bill.grains[-1] > 0
    assert 2 == len(newest.clusters)
    assert {0} < {invoice.discount for invoice in books.invoices}


@pytest.mark.parametrize(
    ("teams", "about", "resources"),
    [
        pytest.param(2, 3, 6, id="small"),
        pytest.param(12, 30, 20, id="many projects"),
    ],
)
def test_sizes(teams: int, about: int, resources: int) -> None:
    """The newest invoice is about of the size asked for, and every project can be told by team and id."""
    tree = _usages(Books(options(teams=teams, projects=about, resources=resources)))[0].paas
    ids = [(team.id, project.id) for team in tree.teams for project in team.projects]
    counts = [sum(len(row.resources) for row in project.resource_types) for project in _projects(tree)]
    assert teams == len(tree.teams)
    assert abs(about - len(ids) / teams) <= 1
    assert len(ids) == len(set(ids))
    assert all(abs(resources - count) <= 1 for count in counts)


def test_resources_can_be_told_apart() -> None:
    """Within a project a type has each resource id once, though two types may share one."""
    for project in _projects(_usages(Books(options(projects=1, resources=60)))[0].paas):
        ids = [(row.name, resource.id) for row in project.resource_types for resource in row.resources]
        assert len(ids) == len(set(ids))
        assert len(ids) > len({resource for _, resource in ids})


def test_older_invoices_are_of_a_smaller_organisation() -> None:
    """Of a large organisation the older invoices have fewer rows, with names that the newest has too."""
    books = Books(options(teams=25, projects=9, resources=20))
    newest, oldest = _usages(books)[0].paas, _usages(books)[-1].paas
    assert (25, 20) == (len(newest.teams), len(oldest.teams))
    assert {project.id for project in _projects(oldest)} < {project.id for project in _projects(newest)}
    assert 6 == max(len(team.projects) for team in oldest.teams)


def test_preview_grows_with_the_days() -> None:
    """The preview tells what has accrued since the month began, to the second."""
    early, late = Books(options()), Books(options(now=lambda: NOW + 1))
    assert late.preview.sub_total > early.preview.sub_total > 0


def test_nothing_wanted_is_an_empty_account() -> None:
    """An account without teams and invoices is one too."""
    books = Books(options(teams=0, invoices=0))
    assert () == books.invoices
    assert books.preview.usage
    assert NO_PAAS == books.preview.usage.paas.bill
    assert () == Books(options(projects=0)).organisation.teams[0].projects


def test_resources_are_made_when_they_are_looked_at() -> None:
    """A list makes no resource, and a look at one project makes that project's alone."""
    books = Books(options(teams=3, projects=10, resources=40))
    tree = _usages(books)[0].paas
    assert 0 == len(books._pricer.kept)
    row = tree.teams[1].projects[2].resource_types[0]
    assert row.bill == added((resource.bill for resource in row.resources), NO_PAAS)
    assert 1 == len(books._pricer.kept)


def test_currencies_are_of_each_invoice() -> None:
    """An invoice keeps its currency however it is asked for."""
    books = Books(options(currencies=("usd", "eur")))
    assert ["usd", "eur"] == [books.invoice_of(frame).money.currency for frame in books.frames[:2]]
    second = books.invoice(books.frames[1].id)
    assert second is not None
    assert "eur" == second.money.currency
