"""The configuration as the rest of the program gets it: complete, checked, frozen."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

from exporter.config.keys import Amounts, Generation, Settings, StateKeys
from exporter.config.secret import Secret
from exporter.domain.budget import Declared


class Account(Struct, frozen=True, kw_only=True):
    """The credentials of one billing customer. Exactly one of `token_file` and `token` is set.

    `base_url` has neither `/v1` nor a slash at its end. `token_file` held a token at the start.
    """

    name: str
    token_file: Path | None = None
    token: Secret | None = None
    base_url: str
    team_id: str | None = None
    api: Generation = "auto"
    amounts: Amounts = "auto"
    declared: Declared = Declared()


class Config(Settings, frozen=True, kw_only=True):
    """Everything that can be configured, with at least one account. Durations are seconds.

    `state` is the folder of what survives a restart; `none` where nothing is to be kept, and None where no folder is
    stated and the environment names none. `retention` is how long past hours are kept there.
    """

    accounts: tuple[Account, ...]
    state: Path | Literal["none"] | None = None
    retention: float = StateKeys().retention
