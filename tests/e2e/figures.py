"""What has to be shown, and what may be shown."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.e2e.expected import Line


@dataclass(frozen=True, slots=True)
class Figures:
    """Lines that have to be there, and groups of lines that may be there.

    Of a group either all lines are shown whose value is not 0, or none of them; one whose value is 0 may always lack.
    """

    required: list[Line] = field(default_factory=list)
    allowed: list[list[Line]] = field(default_factory=list)

    def must(self, lines: Iterable[Line]) -> None:
        """Require these lines."""
        self.required.extend(lines)

    def may(self, lines: Iterable[Line]) -> None:
        """Allow these lines as a group."""
        self.allowed.append(list(lines))

    def add(self, lines: Iterable[Line], *, required: bool) -> None:
        """Require the lines, or allow them as a group."""
        (self.must if required else self.may)(lines)
