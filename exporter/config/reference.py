"""The document about the configuration, made from the definitions of its keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import inspect

from exporter.config import duration, label_names
from exporter.config.declared_keys import BudgetKeys, ProjectKeys
from exporter.config.environment import BASE_URL_NAMES, TOKEN_NAMES
from exporter.config.expected import bare, description, expected
from exporter.config.keys import AccountKeys, FileKeys

_DOCUMENT = """\
# Configuration

<!-- Generated from exporter/config/keys.py by `make docs`. Do not edit it here. -->

One account needs no file: set `{token}` to an API token that may read billing, and start
`northflank-billing-exporter serve`. Everything else has a default.

A file is named by `--config.file`. It is YAML in UTF-8; [example-config.yaml](example-config.yaml) is a complete
one. It is read once, at the start. An unknown key, a key that stands twice, a value of the wrong kind or out of
bounds, and a token file that is not there or holds no token are refused: the exporter ends with exit code 2 and
one line that names the file, the key and what to do:

    northflank-billing-exporter: config.yaml: accounts[0].tokn_file: unknown key; did you mean token_file?

`northflank-billing-exporter check --config.file config.yaml` tries a file, and asks Northflank with it.

## For all accounts

{shared}

A duration is written as in Prometheus: whole numbers with a unit each, the largest unit first, such as `30s`,
`10m`, `1h30m`, `1d` or `500ms`. A number without a unit is refused. A ratio or an amount is a number without quotes,
such as `0.8` or `5000`, and is taken exactly.

## For each account

Every item of `accounts` takes these keys.

{account}

## For each budget

Every item of `budgets` takes these keys. What counts is usage at Northflank's prices, before tax, discounts and
credits, without subscriptions: an invoice may come to more or less. With a team, a project or a resource type in
the scope it is PaaS alone, without BYOC, egress IPs and load balancers.

{budget}

## For each project with labels

Every item of `labels` takes these keys. Northflank's billing knows no tags: what is stated here stands on
`northflank_project_info`, to share costs out by owner or cost centre.

{project}

A label of a budget or a project must not be lost on its way to an alert. So the names are taken that the exporter gives
itself; those of scrape targets ({targets}), which the rules take off, so that
a restart is no new alert; and those that alerts have already. A taken name is refused, with the reason.

## Environment

A variable counts where the file says nothing, for each account by itself. The first one that is set and not empty
is taken; the names are those of Northflank's own SDK.

| variable | meaning |
| --- | --- |
| {token_names} | The API token of the one account that has no `token_file`. With two such accounts it is refused. |
| {base_url_names} | The address of the API for accounts without `base_url`. A `/v1` at its end is cut. |

The token is never logged, shown or written anywhere. A token file is read again when it changes, so a token can be
replaced without a restart; one in the environment cannot.
"""


def render() -> str:
    """`docs/configuration.md`, the whole text."""
    return _DOCUMENT.format(
        token=TOKEN_NAMES[0],
        shared=_table(FileKeys),
        account=_table(AccountKeys),
        budget=_table(BudgetKeys),
        project=_table(ProjectKeys),
        targets=_listed(label_names.OF_TARGETS),
        token_names=_either(TOKEN_NAMES),
        base_url_names=_either(BASE_URL_NAMES),
    )


def _table(struct: type[msgspec.Struct]) -> str:
    lines = ["| key | takes | default | meaning |", "| --- | --- | --- | --- |", *_rows(struct, "")]
    return "\n".join(lines)


def _rows(struct: type[msgspec.Struct], prefix: str) -> Iterator[str]:
    for field in msgspec.structs.fields(struct):
        kind = bare(field.type)
        if isinstance(kind, inspect.StructType):
            yield from _rows(kind.cls, f"{prefix}{field.encode_name}.")
        else:
            cells = (f"`{prefix}{field.encode_name}`", expected(field.type), _default(field), description(field.type))
            yield f"| {' | '.join(cells)} |"


def _default(field: msgspec.structs.FieldInfo) -> str:
    match field.default:
        case msgspec.NODEFAULT:
            return "has to be set"
        case None | ():
            return "see there"
        case float(seconds):
            return f"`{duration.render(seconds)}`"
        case Mapping() as mapping:
            return f"`{{{', '.join(f'{name}: {each}' for name, each in mapping.items())}}}`" if mapping else "see there"
        case value:
            return f"`{value}`"


def _either(names: tuple[str, ...]) -> str:
    return ", else ".join(f"`{name}`" for name in names)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
