"""A text that must not be shown."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex

_MASK = "***"


class Secret:
    """Hold a text that only `reveal()` gives.

    It prints masked in every form, is equal only to itself, and refuses to be pickled or copied.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The text itself: for the request's header, and nothing else."""
        return self.__text

    def __repr__(self) -> str:
        return f"Secret({_MASK!r})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, format_spec: str) -> str:
        return _MASK

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a Secret is not copied or written anywhere")
