"""A YAML file as plain values, or one line that says why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from exporter.config.place import Place

_REMEDIES = {
    "'\\t'": "indent with spaces, not with tabs",
    "cannot start any token": "put a text that begins with it in quotes",
    "mapping values are not allowed": "indent as the lines above it, and put a text with a colon in it in quotes",
    "expected <block end>": "indent as the lines above it",
    "could not find expected ':'": "put a colon and a space after the key",
}
"""What to do about a fault, by a part of what the library says of it."""


class _Loader(yaml.SafeLoader):
    """YAML's safe types, with a key that stands twice refused: the first would be dropped silently."""

    # As it is written: once mappings are merged into others (<<), a key that overrides a merged one stands twice too.
    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:  # noqa: ANN401 - the library's types are mistaken
        node = super().compose_mapping_node(anchor)
        names = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for index, name in enumerate(names):
            if any(name.value == other.value for other in names[:index]):
                raise yaml.MarkedYAMLError(problem=f"the key {name.value} stands twice", problem_mark=name.start_mark)
        return node


def read_yaml(path: Path) -> object:
    """What the file holds: mappings, lists and scalars; None if it is empty.

    Raise ConfigError if there is no such file, or it cannot be read, is not UTF-8 or is not YAML.
    """
    at = Place(str(path))
    try:
        return _parse(path.read_bytes().decode("utf-8-sig"), at)
    except PermissionError:
        raise at.fault("cannot be read: permission denied; let the exporter's user read it") from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise at.fault(f"cannot be read: {reason}; give its path by --config.file") from None
    except UnicodeDecodeError as error:
        raise at.fault(f"not UTF-8 at byte {error.start}; save it as UTF-8") from None


def _parse(text: str, at: Place) -> object:
    try:
        # The loader has YAML's safe types only: it is a SafeLoader.
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - see above
    except yaml.MarkedYAMLError as error:
        raise at.fault(f"{_position(error)}not valid YAML: {error.problem}{_remedy(str(error.problem))}") from None
    except yaml.reader.ReaderError as error:
        raise at.fault(f"not valid YAML: unprintable character at position {error.position}") from None
    except (ValueError, RecursionError):
        raise at.fault("not valid YAML: a date or number that is none, or nested too deeply") from None


def _position(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""


def _remedy(problem: str) -> str:
    return next((f"; {remedy}" for part, remedy in _REMEDIES.items() if part in problem), "")
