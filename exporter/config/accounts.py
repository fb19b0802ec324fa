"""From the accounts that the file states to complete ones, with the environment where the file is silent."""

from __future__ import annotations

from collections.abc import Mapping

from exporter.config import base_url
from exporter.config.environment import TOKEN_NAMES, find_base_url, find_token
from exporter.config.keys import AccountKeys
from exporter.config.model import Account
from exporter.config.place import Place
from exporter.config.secret import Secret
from exporter.config.token import check_file
from exporter.config.unique import find_repeated


def complete(stated: tuple[AccountKeys, ...], environ: Mapping[str, str], at: Place) -> tuple[Account, ...]:
    """One account for each that is stated. Raise ConfigError for the first that is not usable."""
    _check_names(stated, at)
    shared = _shared_token(stated, environ, at)
    accounts = tuple(_complete(account, shared, environ, at.item(index)) for index, account in enumerate(stated))
    _check_bills(accounts, at)
    return accounts


def default(environ: Mapping[str, str], *, otherwise: str) -> Account:
    """The account named `default` from the environment alone.

    Raise ConfigError if it has no token, with what to do `otherwise`.
    """
    token = find_token(environ)
    if token is None:
        place = Place(TOKEN_NAMES[0])
        raise place.fault(f"not set; set it to an API token that may read billing, or {otherwise}")
    return Account(name="default", token=token, base_url=find_base_url(environ))


def _complete(account: AccountKeys, shared: Secret | None, environ: Mapping[str, str], at: Place) -> Account:
    stated_url = account.base_url
    return Account(
        name=account.name,
        token_file=None if account.token_file is None else check_file(account.token_file, at.key("token_file")),
        token=shared if account.token_file is None else None,
        base_url=find_base_url(environ) if stated_url is None else base_url.parse(stated_url, at.key("base_url")),
        team_id=account.team_id,
        api=account.api,
        amounts=account.amounts,
    )


def _check_names(stated: tuple[AccountKeys, ...], at: Place) -> None:
    repeated = find_repeated(each.name for each in stated)
    if repeated:
        index, first = repeated
        raise at.item(index).key("name").fault(f"{at.item(first).keys} has this name too; give each its own")


def _check_bills(accounts: tuple[Account, ...], at: Place) -> None:
    """Raise ConfigError for an account that asks what another one asks: sums over accounts would count it twice."""
    repeated = find_repeated((each.token_file or each.name, each.base_url, each.team_id) for each in accounts)
    if repeated:
        index, first = repeated
        raise at.item(index).fault(
            f"{at.item(first).keys} asks for the same bill (token_file, base_url and team_id); leave one of them out"
        )


def _shared_token(stated: tuple[AccountKeys, ...], environ: Mapping[str, str], at: Place) -> Secret | None:
    """The environment's token if an account needs it. It is one customer's: it cannot serve two accounts."""
    needy = [at.item(index).key("token_file") for index, each in enumerate(stated) if each.token_file is None]
    if not needy:
        return None
    token = find_token(environ)
    if token is None:
        raise needy[0].fault(f"missing; set it, or set {TOKEN_NAMES[0]} in the environment")
    if len(needy) > 1:
        raise needy[1].fault(f"missing; {TOKEN_NAMES[0]} serves one account only, and {needy[0].keys} is missing too")
    return token
