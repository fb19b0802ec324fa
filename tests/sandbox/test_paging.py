import pytest

from exporter.sandbox.paging import PageParameters, list_page
from exporter.sandbox.question import Question
from exporter.sandbox.refusals import InvalidRefusal

PAGES = PageParameters(size="per_page", page="page")
ROWS = range(230)


def _asked(**query: str) -> Question:
    return Question({}, query)


@pytest.mark.parametrize("size", ["1", "7", "50", "100"])
def test_cursors_lead_through_everything_once(size: str) -> None:
    """Following the cursors to the end gives every row once and in order."""
    seen: list[int] = []
    query = {"per_page": size, "cursor": ""}
    while True:
        page = list_page(ROWS, Question({}, query), PAGES)
        seen += page.rows
        assert len(page.rows) == page.pagination["count"]
        if not page.pagination["hasNextPage"]:
            break
        query["cursor"] = str(page.pagination["cursor"])
    assert list(ROWS) == seen
    assert "cursor" not in page.pagination


def test_page_numbers() -> None:
    """Where a generation has page numbers, they count from 1."""
    assert list(range(50, 100)) == list(list_page(ROWS, _asked(page="2"), PAGES).rows)


def test_page_numbers_are_not_known_everywhere() -> None:
    """Where a generation has none, a page number changes nothing."""
    assert list(range(50)) == list(list_page(ROWS, _asked(page="2"), PageParameters(size="perPage")).rows)


def test_beyond_the_end() -> None:
    """A page beyond the end is empty and the last."""
    page = list_page(ROWS, _asked(page="9", per_page="100"), PAGES)
    assert ([], {"hasNextPage": False, "count": 0}) == (list(page.rows), page.pagination)


def test_exactly_full_last_page_is_the_last() -> None:
    """A last page that is full does not promise another."""
    page = list_page(range(100), _asked(per_page="100"), PAGES)
    assert {"hasNextPage": False, "count": 100} == page.pagination


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param({"per_page": "101"}, "per_page must be a whole number from 1 to 100", id="too large"),
        pytest.param({"per_page": "0"}, "per_page must be a whole number from 1 to 100", id="zero"),
        pytest.param({"per_page": "ten"}, "per_page must be a whole number from 1 to 100", id="a word"),
        pytest.param({"page": "-1"}, "page must be a whole number from 1", id="negative page"),
        pytest.param({"cursor": "!"}, "cursor is none that a list has given", id="no base64"),
        pytest.param({"cursor": "MTI="}, "cursor is none that a list has given", id="another's cursor"),
        pytest.param({"cursor": "YWZ0ZXI6LTE="}, "cursor is none that a list has given", id="negative cursor"),
        pytest.param({"cursor": "_w=="}, "cursor is none that a list has given", id="no text"),
    ],
)
def test_impossible_values(query: dict[str, str], message: str) -> None:
    """A size, number or cursor that cannot be is refused, not mended."""
    with pytest.raises(InvalidRefusal, match=f"^{message}$"):
        list_page(ROWS, _asked(**query), PAGES)
