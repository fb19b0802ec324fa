"""A YAML file as plain values, or one line that says why not."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from exporter.config.place import Place


class _Loader(yaml.SafeLoader):
    """YAML's safe types, with a key that stands twice refused: the first would be dropped silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        names = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for index, name in enumerate(names):
            if any(name.value == other.value for other in names[:index]):
                problem = f"the key {name.value} stands twice"
                raise yaml.constructor.ConstructorError(problem=problem, problem_mark=name.start_mark)
        return super().construct_mapping(node, deep=deep)


def read_yaml(path: Path) -> object:
    """What the file holds: mappings, lists and scalars; None if it is empty.

    Raise ConfigError if there is no such file, or it cannot be read, is not UTF-8 or is not YAML.
    """
    at = Place(str(path))
    try:
        return _parse(path.read_bytes().decode("utf-8-sig"), at)
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
        raise at.fault(f"{_position(error)}not valid YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        raise at.fault(f"not valid YAML: unprintable character at position {error.position}") from None
    except (ValueError, RecursionError):
        raise at.fault("not valid YAML: a date or number that is none, or nested too deeply") from None


def _position(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
