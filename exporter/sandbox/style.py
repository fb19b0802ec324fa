"""How an answer is written: amounts, names and types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.sandbox.money import Money
from exporter.sandbox.names import Spell, odd_name, plain_name
from exporter.sandbox.options import SandboxOptions
from exporter.sandbox.question import Json


@dataclass(frozen=True, slots=True)
class Style:
    """The words of a generation for resource types, the names as they are spelled, and the money."""

    money: Money
    spell: Spell
    type_names: Mapping[str, str]

    def named(self, id_: str, name: str) -> Json:
        """The id and the name of a row; no name where it is left out."""
        spelled = self.spell(id_, name)
        return {"id": id_} if spelled is None else {"id": id_, "name": spelled}

    def type_name(self, resource_type: str) -> str:
        """What the generation calls a type; one that it has no word for is called as it is."""
        return self.type_names.get(resource_type, resource_type)


def spelling(options: SandboxOptions) -> Spell:
    """How these options spell names."""
    return odd_name if options.odd_names else plain_name
