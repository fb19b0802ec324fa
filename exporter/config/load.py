"""The configuration from file and environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from exporter.config import accounts, state
from exporter.config.declared import declare
from exporter.config.keys import FileKeys, Invoices, Settings
from exporter.config.model import Account, Config
from exporter.config.place import Place
from exporter.config.reader import read
from exporter.config.yaml_file import read_yaml


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The whole configuration, checked. `path` is the file to read, if there is one.

    Raise ConfigError, whose text is one line that names the file, the key and what to do.
    """
    if path is None:
        account = accounts.default(environ, otherwise="name a configuration file by --config.file")
        return Config(accounts=(account,), state=state.default(environ))
    at = Place(str(path))
    stated = read(FileKeys, read_yaml(path), at)
    _check_details(stated.invoices, at.key("invoices").key("details"))
    shared = {name: getattr(stated, name) for name in Settings.__struct_fields__}
    return Config(
        accounts=_accounts(stated, environ, at),
        state=state.complete(stated.state.path, environ, at.key("state").key("path")),
        retention=stated.state.retention,
        **shared,
    )


def _accounts(stated: FileKeys, environ: Mapping[str, str], at: Place) -> tuple[Account, ...]:
    complete = _credentials(stated, environ, at)
    declared = declare(stated, [each.name for each in complete], at)
    return tuple(replace(account, declared=each) for account, each in zip(complete, declared, strict=True))


def _credentials(stated: FileKeys, environ: Mapping[str, str], at: Place) -> tuple[Account, ...]:
    if not stated.accounts:
        return (accounts.default(environ, otherwise=f"state accounts in {at.file}"),)
    return accounts.complete(stated.accounts, environ, at.key("accounts"))


def _check_details(invoices: Invoices, at: Place) -> None:
    most, got = invoices.history, invoices.details
    if got > most:
        raise at.fault(f"expected a whole number from 0 to invoices.history ({most}), got {got}")
