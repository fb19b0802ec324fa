"""Things that are made when they are first asked for and then kept, as many as there is room for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar, overload

Thing = TypeVar("Thing")
Row = TypeVar("Row")


class Shelf(Generic[Thing]):
    """Room for so many things; the one that was not asked for the longest makes place. Threads may share it."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()
        self._turn = threading.Lock()

    def __len__(self) -> int:
        return len(self._things)

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What is kept under the key, made now if nothing is."""
        with self._turn:
            if key not in self._things:
                self._things[key] = make()
            self._things.move_to_end(key)
            if len(self._things) > self._room:
                self._things.popitem(last=False)
            return self._things[key]


class LazyRows(Sequence[Row]):
    """Rows of which only the number is known until one is looked at."""

    def __init__(self, length: int, look: Callable[[], Sequence[Row]]) -> None:
        self._length = length
        self._look = look

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        return iter(self._look())

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice) and not range(self._length)[index]:
            return ()
        return self._look()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))
