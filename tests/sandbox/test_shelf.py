import pytest

from exporter.sandbox.shelf import LazyRows, Shelf


class _Maker:
    """Makes things, and remembers which."""

    def __init__(self, room: int) -> None:
        self.shelf: Shelf[str] = Shelf(room)
        self.made: list[str] = []

    def get(self, key: str) -> str:
        return self.shelf.get(key, lambda: self._make(key))

    def _make(self, key: str) -> str:
        self.made.append(key)
        return key.upper()


def test_things_are_made_once() -> None:
    """What is kept is not made again."""
    maker = _Maker(2)
    assert ["A", "A", "B"] == [maker.get(key) for key in ("a", "a", "b")]
    assert ["a", "b"] == maker.made


def test_room_is_bounded() -> None:
    """The thing that was not asked for the longest makes place for a new one."""
    maker = _Maker(2)
    for key in ("a", "b", "a", "c", "a", "b"):
        maker.get(key)
    assert ["a", "b", "c", "b"] == maker.made


def test_rows_are_not_made_for_nothing() -> None:
    """Their number and an empty part of them are known without looking."""
    rows: LazyRows[int] = LazyRows(3, lambda: pytest.fail("looked at"))
    assert (3, ()) == (len(rows), rows[3:6])


def test_rows_are_a_sequence() -> None:
    """Looked at, they are as any other rows."""
    rows = LazyRows(3, lambda: (1, 2, 3))
    assert (1, (2, 3), [1, 2, 3]) == (rows[0], rows[1:], list(rows))
    assert rows == (1, 2, 3)
    assert hash((1, 2, 3)) == hash(rows)
    assert rows != LazyRows(1, lambda: (1,))
