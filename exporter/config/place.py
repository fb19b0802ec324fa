"""Where in the configuration something stands, so that a fault names it."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Place:
    """A key of a file: `config.yaml: accounts[0].name`."""

    file: str
    keys: str = ""

    def key(self, name: str) -> Place:
        """The place of a key of the mapping that stands here."""
        return Place(self.file, f"{self.keys}.{name}" if self.keys else name)

    def item(self, index: int) -> Place:
        """The place of an item, counted from 0, of the list that stands here."""
        return Place(self.file, f"{self.keys}[{index}]")

    def fault(self, text: str) -> ConfigError:
        """The error to raise: one line with file, key and what to do."""
        line = ": ".join(part for part in (self.file, self.keys, text) if part)
        return ConfigError("".join(character if character.isprintable() else "?" for character in line))
