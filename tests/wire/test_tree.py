import pytest

from exporter.domain.report import Generation
from exporter.errors import DuplicateSeriesError
from tests.builders import row
from tests.wire.bodies import REQUEST, json_detail, read_detail

C = Generation.C


@pytest.mark.parametrize(
    ("teams", "rows"),
    [
        pytest.param(
            '{"id": "acme"}, {"id": "beta"}, {"id": "acme"}', "teams[0] and teams[2] are both acme", id="teams"
        ),
        pytest.param(
            '{"id": "beta"}, {"id": "acme", "projects": [{"id": "api"}, {"id": "api"}]}',
            "teams[1].projects[0] and teams[1].projects[1] are both acme/api",
            id="projects",
        ),
        pytest.param(
            '{"id": "acme", "projects": [{"id": "api", "resourceTypes": '
            '[{"resourceType": "job"}, {"resourceType": "job"}]}]}',
            "teams[0].projects[0].resourceTypes[0] and teams[0].projects[0].resourceTypes[1] are both acme/api/job",
            id="resource_types",
        ),
        pytest.param(
            '{"id": "acme", "projects": [{"id": "api", "resourceTypes": '
            '[{"resourceType": "job", "resources": [{"id": "x"}, {"id": "x"}]}]}]}',
            "teams[0].projects[0].resourceTypes[0].resources[0] and "
            "teams[0].projects[0].resourceTypes[0].resources[1] are both acme/api/job/x",
            id="resources",
        ),
    ],
)
def test_duplicates(teams: str, rows: str) -> None:
    """Two rows of one path are refused with both places: one of them would be lost or counted twice."""
    with pytest.raises(DuplicateSeriesError) as caught:
        read_detail(C, json_detail(paas=f'{{"teams": [{teams}]}}'))

    assert f"{REQUEST}: {rows}: one of them would be lost or counted twice" == str(caught.value)


def test_duplicates_of_2024() -> None:
    """The tree of 2024 is checked in the same way."""
    teams = '{"id": "acme", "usage": {"projects": [{"id": "api"}, {"id": "api"}]}}'

    with pytest.raises(DuplicateSeriesError, match=r"teams\[0\]\.projects\[0\] and teams\[0\]\.projects\[1\]"):
        read_detail(Generation.A, json_detail(paasUsage=f'{{"teams": [{teams}]}}'))


def test_ids_that_are_shared() -> None:
    """Projects of different teams share ids, and so do resources of different types: they are different rows."""
    teams = (
        '{"id": "acme", "projects": [{"id": "api", "resourceTypes": ['
        '{"resourceType": "job", "resources": [{"id": "x", "name": "Job"}]}, '
        '{"resourceType": "service", "resources": [{"id": "x", "name": "Service"}]}]}]}, '
        '{"id": "beta", "projects": [{"id": "api", "price": {"total": 1}}]}'
    )
    expected = {
        ("acme",): row(),
        ("acme", "api"): row(),
        ("acme", "api", "job"): row(),
        ("acme", "api", "job", "x"): row(name="Job"),
        ("acme", "api", "service"): row(),
        ("acme", "api", "service", "x"): row(name="Service"),
        ("beta",): row(),
        ("beta", "api"): row("1"),
    }

    assert expected == read_detail(C, json_detail(paas=f'{{"teams": [{teams}]}}')).rows


def test_the_account_is_not_a_row_where_it_has_no_price() -> None:
    """Without a price of its own the account has no row, so that nothing is measured against it."""
    assert {("acme",): row("1")} == read_detail(
        C, json_detail(paas='{"teams": [{"id": "acme", "price": {"total": 1}}]}')
    ).rows
