"""Tokens: from a file or the environment, checked before anything is asked with them."""

from __future__ import annotations

from pathlib import Path

from exporter.config.place import Place
from exporter.config.secret import Secret

# Not every reader of env files takes them off.
_QUOTES = ("'", '"')


def check_file(name: str, at: Place) -> Path:
    """The path of a token file, which holds a token now. `name` is what the configuration file says.

    It is read again whenever it changes, so its content is not kept. Raise ConfigError, never with the
    content, and with the path only if it is absolute: a relative one may be a token gone astray.
    """
    path = Path(at.file).parent / name
    place = str(path) if Path(name).is_absolute() else f"a file in the folder {path.parent.absolute()}"
    try:
        content = path.read_bytes()
    except PermissionError:
        raise at.fault(f"cannot be read: permission denied; let the exporter's user read it: {place}") from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise at.fault(f"cannot be read: {reason}; expected {place} that holds the API token") from None
    except ValueError:
        raise at.fault("not a path; expected the path of a file that holds the API token") from None
    check_text(content.decode("latin-1"), at)
    return path


def check_text(text: str, at: Place) -> Secret:
    """The token in a text, without the space around it. Raise ConfigError, never with the text."""
    token = text.strip()
    if not token:
        raise at.fault("holds no token; put the API token there")
    if token[0] == token[-1] and token[0] in _QUOTES:
        raise at.fault("has quotes around the token; take them off")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise at.fault("holds something else than one token: expected printable ASCII without spaces")
    return Secret(token)
