"""Changes to a true answer, by paths such as `data.invoices.0.total`; `*` stands for every element.

`set` may add a field to an object that is there; every other edit needs what it changes to be there.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from exporter.sandbox.faults.errors import NoMatchError, RuleError

Place: TypeAlias = tuple[Any, Any]
"""An object or an array, and a key or an index that it has."""

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: where, what kind of change, and its value."""

    path: str
    action: str
    value: Any


def edits_of(told: object) -> tuple[Edit, ...]:
    """The edits of a JSON list; raises RuleError for one that is none."""
    if not isinstance(told, list):
        raise RuleError("edits must be a list")
    return tuple(_edit(row) for row in told)


def edited(body: bytes, edits: tuple[Edit, ...]) -> bytes:
    """The JSON text with all edits made in turn; raises NoMatchError that names a path where there is nothing."""
    document = json.loads(body)
    raw: list[str] = []
    for edit in edits:
        places = list(_places(document, edit.path.split("."), may_add=edit.action == "set"))
        # Backwards, so that deleting from an array does not move what is still to be deleted.
        changed = [_ACTIONS[edit.action](place, edit.value, raw) for place in reversed(places)]
        if not any(changed):
            raise NoMatchError(f"there is no {edit.path} to edit in the answer")
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for number, literal in enumerate(raw):
        text = text.replace(json.dumps(_mark(number), ensure_ascii=False), literal)
    return text.encode()


def _edit(told: object) -> Edit:
    actions = [name for name in _ACTIONS if isinstance(told, Mapping) and name in told]
    if not isinstance(told, Mapping) or len(actions) != 1 or set(told) != {"path", actions[0]}:
        raise RuleError(f"an edit is a path and one of {', '.join(_ACTIONS)}")
    action, path, value = actions[0], told["path"], told[actions[0]]
    if not isinstance(path, str) or not path:
        raise RuleError("a path is a text such as data.total")
    if not _FITS[action](value):
        raise RuleError(f"{action} cannot be {value!r}")
    return Edit(path, action, value)


def _places(node: Any, steps: list[str], *, may_add: bool) -> Iterator[Place]:  # noqa: ANN401 - any JSON
    for key in _keys(node, steps[0], may_add=may_add and len(steps) == 1):
        if len(steps) == 1:
            yield node, key
        else:
            yield from _places(node[key], steps[1:], may_add=may_add)


def _keys(node: object, step: str, *, may_add: bool) -> list[object]:
    if isinstance(node, dict):
        return list(node) if step == EVERY else [step] if may_add or step in node else []
    if isinstance(node, list):
        return [index for index in range(len(node)) if step in (EVERY, str(index), str(index - len(node)))]
    return []


def _set(place: Place, value: object, _: list[str]) -> bool:
    node, key = place
    node[key] = copy.deepcopy(value)
    return True


def _delete(place: Place, _: object, __: list[str]) -> bool:
    node, key = place
    del node[key]
    return True


def _splice(place: Place, value: str, raw: list[str]) -> bool:
    node, key = place
    node[key] = _mark(len(raw))
    raw.append(value)
    return True


def _append_copy(place: Place, index: int, _: list[str]) -> bool:
    rows = place[0][place[1]]
    if not isinstance(rows, list) or not -len(rows) <= index < len(rows):
        return False
    rows.append(copy.deepcopy(rows[index]))
    return True


def _mark(number: int) -> str:
    return f"\N{SECTION SIGN}raw {number}\N{SECTION SIGN}"


def _is_index(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_ACTIONS: Mapping[str, Callable[[Place, Any, list[str]], bool]] = MappingProxyType(
    {"set": _set, "delete": _delete, "raw": _splice, "append_copy_of": _append_copy}
)
_FITS: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        "set": lambda _: True,
        "delete": lambda value: value is True,
        "raw": lambda value: isinstance(value, str),
        "append_copy_of": _is_index,
    }
)
