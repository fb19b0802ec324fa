"""The shell commands that documents show."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ROOT

_SECTION = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "install.md")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document: its heading, and its commands, a line each."""

    document: Path
    heading: str
    commands: tuple[str, ...]

    def __str__(self) -> str:
        """Where a reader finds it."""
        return f"{self.document.relative_to(ROOT)}-{self.heading}"


def sections() -> list[Section]:
    """All sections with commands of the documents that tell how to install it."""
    found = [section for document in DOCUMENTS for section in _sections(document)]
    return [section for section in found if section.commands]


def _sections(document: Path) -> list[Section]:
    _, *parts = _SECTION.split(document.read_text(encoding="utf-8"))
    return [Section(document, heading, _commands(text)) for heading, text in zip(parts[::2], parts[1::2], strict=True)]


def _commands(text: str) -> tuple[str, ...]:
    joined = "".join(_BLOCK.findall(text)).replace("\\\n", " ")
    return tuple(" ".join(line.split()) for line in joined.splitlines() if line.strip())
