import json
from typing import Any

import pytest

from exporter.sandbox.faults.edits import edited, edits_of
from exporter.sandbox.faults.errors import NoMatchError, RuleError

DOCUMENT = {"data": {"rows": [{"id": "a", "total": 1.5}, {"id": "b", "total": 2}], "café": None}}


def _edited(*edits: dict[str, Any]) -> str:
    return edited(json.dumps(DOCUMENT).encode(), edits_of(list(edits))).decode()


@pytest.mark.parametrize(
    ("expected", "edit"),
    [
        pytest.param(
            '[{"id":"a","total":"x"},{"id":"b","total":2}]', {"path": "data.rows.0.total", "set": "x"}, id="set"
        ),
        pytest.param(
            '[{"id":"a","total":0},{"id":"b","total":0}]', {"path": "data.rows.*.total", "set": 0}, id="set every"
        ),
        pytest.param(
            '[{"id":"a","total":1.5},{"id":"b","total":2,"new":[1]}]', {"path": "data.rows.1.new", "set": [1]}, id="add"
        ),
        pytest.param(
            '[{"id":"a","total":1.5},{"id":"b"}]', {"path": "data.rows.-1.total", "delete": True}, id="delete the last"
        ),
        pytest.param("[]", {"path": "data.rows.*", "delete": True}, id="delete every"),
        pytest.param(
            '[{"id":"a","total":NaN},{"id":"b","total":2}]', {"path": "data.rows.0.total", "raw": "NaN"}, id="raw"
        ),
        pytest.param(
            '[{"id":"a","total":1e400},{"id":"b","total":1e400}]',
            {"path": "data.rows.*.total", "raw": "1e400"},
            id="raw every",
        ),
        pytest.param(
            '[{"id":"a","total":1.5},{"id":"b","total":2},{"id":"a","total":1.5}]',
            {"path": "data.rows", "append_copy_of": 0},
            id="row twice",
        ),
    ],
)
def test_edits(expected: str, edit: dict[str, Any]) -> None:
    """An edit changes what its path names, and nothing else of the text."""
    assert f'{{"data":{{"rows":{expected},"café":null}}}}' == _edited(edit)


def test_edits_in_turn() -> None:
    """Later edits see what the earlier ones made."""
    edits = ({"path": "data.new", "set": {"deep": 1}}, {"path": "data.new.deep", "raw": "Infinity"})
    assert _edited(*edits).endswith('"new":{"deep":Infinity}}}')


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param({"path": "data.nothing.total", "set": 1}, id="no parent"),
        pytest.param({"path": "data.rows.7", "set": 1}, id="no such row"),
        pytest.param({"path": "data.rows.0.total.deep", "set": 1}, id="below a number"),
        pytest.param({"path": "data.rows.*.gone", "delete": True}, id="nothing to delete"),
        pytest.param({"path": "data.gone", "raw": "NaN"}, id="nothing to splice into"),
        pytest.param({"path": "data.rows", "append_copy_of": 2}, id="no such row to copy"),
        pytest.param({"path": "data.café", "append_copy_of": 0}, id="no array"),
    ],
)
def test_edits_of_nothing(edit: dict[str, Any]) -> None:
    """An edit that would change nothing is an error that names its path."""
    with pytest.raises(NoMatchError, match=edit["path"].replace("*", "[*]")):
        _edited(edit)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({}, id="no list"),
        pytest.param([1], id="no object"),
        pytest.param([{"path": "a"}], id="no action"),
        pytest.param([{"path": "a", "set": 1, "delete": True}], id="two actions"),
        pytest.param([{"path": "", "set": 1}], id="no path"),
        pytest.param([{"path": "a", "raw": 1}], id="raw is no text"),
        pytest.param([{"path": "a", "delete": False}], id="do not delete"),
        pytest.param([{"path": "a", "append_copy_of": "0"}], id="no index"),
    ],
)
def test_edits_that_are_none(edits: object) -> None:
    """An edit with a mistake is refused."""
    with pytest.raises(RuleError):
        edits_of(edits)
