"""What each fault may be told in a rule's `with`, and what it does if it is not told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from exporter.sandbox.faults.errors import RuleError
from exporter.sandbox.question import Json

NUMBER = (int, float)


@dataclass(frozen=True, slots=True)
class Argument:
    """The types that an argument may have, and its default; without one it must be told."""

    types: tuple[type, ...]
    default: object = None

    def fits(self, value: object) -> bool:
        """Whether the value is of one of the types; true and false are no numbers."""
        return isinstance(value, self.types) and (not isinstance(value, bool) or bool in self.types)


# Every fault that there is. Seconds are seconds, bytes are bytes of the body.
ARGUMENTS: Mapping[str, Mapping[str, Argument]] = MappingProxyType(
    {
        "status": {
            "status": Argument((int,)),
            "headers": Argument((dict,), {}),
            "html": Argument((bool,), default=False),
            "message": Argument((str,), "the sandbox was told to answer so"),
        },
        "hang": {"seconds": Argument(NUMBER, 30)},
        "drip": {"seconds_between": Argument(NUMBER, 0.2)},
        "cut": {},
        "truncated_json": {},
        "other_shape": {"body": Argument((str,), "[1,2,3]")},
        "redirect": {"location": Argument((str,)), "status": Argument((int,), 302)},
        "huge_body": {"bytes": Argument((int,), 200_000_000), "content_length": Argument((bool,), default=False)},
        "latency": {"seconds": Argument(NUMBER, 0.5)},
        "edit": {"edits": Argument((list,))},
        "repeat_page": {},
        "loop_cursor": {},
        "vanish": {"team": Argument((str,))},
    }
)


def arguments_of(fault: str, told: Mapping[str, Any]) -> Json:
    """The fault's arguments, defaults included; raises RuleError for what it does not know or what is missing."""
    known = ARGUMENTS[fault]
    for name in told:
        if name not in known:
            raise RuleError(f"{fault} takes no {name}")
    return {name: _value(fault, name, argument, told) for name, argument in known.items()}


def _value(fault: str, name: str, argument: Argument, told: Mapping[str, Any]) -> object:
    if name not in told and argument.default is None:
        raise RuleError(f"{fault} needs {name}")
    value = told.get(name, argument.default)
    if not argument.fits(value):
        raise RuleError(f"{fault}: {name} cannot be {value!r}")
    return value
