"""What a configuration file may say: each key with its type, bounds, default and meaning.

The one place where a key is defined: the reader checks by it, `docs/configuration.md` is rendered from it.
A float is a number of seconds, which the file writes as a duration; a Decimal is a number, with its bounds under
`least` and `most` in `Meta.extra`. That also has under `form` what a pattern asks for in words, under `why` what one
who gave a wrong value has to know beyond the bounds, and under `taken` the texts that are refused for all that, each
with the reason.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

from exporter.config.declared_keys import AMOUNT, BudgetKeys, Id, ProjectKeys
from exporter.domain.calendar import DAY_SECONDS

Generation = Literal["auto", "2024", "2026-06", "2026-10"]
Amounts = Literal["auto", "minor", "major"]
Detail = Literal["account", "team", "project", "resource_type", "resource"]
_Folder = Annotated[str, Meta(min_length=1, pattern=r"^[^\0]*\Z")]


class Invoices(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which invoices are shown."""

    history: Annotated[
        int,
        Meta(
            ge=1,
            le=1000,
            description="How many of the newest invoices are exported. Older ones that are still open, or "
            "whose payment failed, are exported besides.",
        ),
    ] = 12
    details: Annotated[
        int,
        Meta(
            ge=0,
            le=1000,
            description="How many of the newest invoices that bill usage are exported with the costs of "
            "teams, projects and resources. At most `invoices.history`.",
        ),
    ] = 1


class Poll(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How often Northflank is asked; scrapes are answered from memory. Durations are seconds here."""

    invoices: Annotated[
        float,
        Meta(
            ge=60,
            le=86_400,
            description="How often the invoices are asked for.",
            extra={"why": "Northflank allows 1000 requests an hour"},
        ),
    ] = 1800.0
    usage: Annotated[
        float,
        Meta(
            ge=60,
            le=3600,
            description="How often the account's running usage is asked for, and with it the credit balance and what "
            "was spent of budgets.",
            extra={"why": "Northflank's figures of usage change hourly"},
        ),
    ] = 600.0
    late_after: Annotated[
        float,
        Meta(
            ge=3600,
            le=86_400,
            description="How long after its end an hour of usage may still be missing from the API's list, where no "
            "later hour is listed either. After that it counts as zero; a row that comes later still corrects it.",
            extra={"why": "usage is listed by the hour"},
        ),
    ] = 10_800.0


class Api(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How Northflank is asked."""

    timeout: Annotated[
        float,
        Meta(
            ge=1,
            le=300,
            description="How long one request may take, from connecting to the last byte of the answer.",
        ),
    ] = 30.0
    concurrency: Annotated[
        int, Meta(ge=1, le=32, description="How many requests of one account may run at the same time.")
    ] = 4
    max_retries: Annotated[
        int,
        Meta(
            ge=0,
            le=10,
            description="How often a request is repeated that failed for a reason which may pass: no "
            "connection, no answer in time, 408, 429 and 5xx.",
        ),
    ] = 4
    share: Annotated[
        Decimal,
        Meta(
            description="Which share of the hourly limit, as the headers of the API's answers state it, is used at "
            "most: 0.5 is half of it. The limit is the token's: the rest is left to whoever else uses it. Each account "
            "uses its own share: where several have one token, divide it by their number.",
            extra={"least": "0.01", "most": "1"},
        ),
    ] = Decimal("0.5")


class Limits(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much is exported."""

    series: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000_000,
            description="How many series the resources of one metric family may have, in each account. Beyond it the "
            'cheapest resources of each project and type are folded into one, `resource_id="_other"`, so that sums '
            "stay. 0 is no limit.",
        ),
    ] = 50_000


class StateKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is kept over a restart, as the file states it; None is what the file leaves out."""

    path: Annotated[
        _Folder | None,
        Meta(
            description="A folder of the exporter's own, made if it is not there, in which the last good figures are "
            "kept over a restart; `none` keeps nothing. A relative path starts at the folder of the configuration "
            "file; `~` and variables are refused. Left out: `northflank-billing-exporter` in `$XDG_STATE_HOME`, else "
            "in `~/.local/state`.",
            extra={"form": "the path of a folder, or none"},
        ),
    ] = None
    retention: Annotated[
        float,
        Meta(
            ge=62 * DAY_SECONDS,
            le=3650 * DAY_SECONDS,
            description="How long the usage of past hours is kept.",
            extra={"why": "two whole months have to be there"},
        ),
    ] = 395 * DAY_SECONDS


class AccountKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One account as the file states it; None is what the file leaves out."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_.-]+\Z",
            description="What the account is called in the label `account`. No two accounts share a name.",
            extra={"form": "letters, digits, _, . and -", "why": "it becomes the label account"},
        ),
    ]
    token_file: Annotated[
        str | None,
        Meta(
            description="A file that holds the API token and nothing else. A relative path starts at the "
            "folder of the configuration file. Left out: `NORTHFLANK_API_TOKEN` from the environment, which "
            "serves one account only.",
            extra={"form": "the path of a file"},
        ),
    ] = None
    base_url: Annotated[
        str | None,
        Meta(
            description="The address of the API, without `/v1`. Left out: `NORTHFLANK_API_BASE_URL` from the "
            "environment, else `https://api.northflank.com`.",
            extra={"form": "an http or https address"},
        ),
    ] = None
    team_id: Annotated[
        Id | None,
        Meta(
            description="Ask by the paths of this team, `/v1/teams/{teamId}/…`. Left out: by the paths without a team.",
            extra={"form": "the id of a team as it stands in Northflank's addresses"},
        ),
    ] = None
    api: Annotated[
        Generation,
        Meta(description="The generation of the API that the server speaks; `auto` finds out from its answers."),
    ] = "auto"
    amounts: Annotated[
        Amounts,
        Meta(
            description="The unit of the amounts in the API's answers: `minor` is cents, `major` is dollars; "
            "`auto` is what the generation says."
        ),
    ] = "auto"
    billing_threshold: Annotated[
        Decimal | None,
        Meta(
            description="The account's billing threshold at Northflank, in its currency (500 is 500 dollars, not "
            "cents): an invoice is made when unbilled usage reaches it. The API does not tell it. Left out: unknown.",
            extra=dict(AMOUNT),
        ),
    ] = None


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What holds for all accounts alike."""

    invoices: Invoices = Invoices()
    detail: Annotated[
        Detail,
        Meta(
            description="The deepest level at which costs are exported. Nothing is asked for that is not "
            "shown, so a higher level also takes fewer requests."
        ),
    ] = "resource"
    poll: Poll = Poll()
    api: Api = Api()
    limits: Limits = Limits()


class FileKeys(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A configuration file, checked key by key."""

    state: StateKeys = StateKeys()
    accounts: Annotated[
        tuple[AccountKeys, ...],
        Meta(
            description="The credentials to ask with, one entry each, no two for the same bill. Left out or empty: one "
            "account named `default` from the environment."
        ),
    ] = ()
    labels: Annotated[
        tuple[ProjectKeys, ...],
        Meta(description="Labels for `northflank_project_info`, one entry a project. Left out or empty: none."),
    ] = ()
    budgets: Annotated[
        tuple[BudgetKeys, ...],
        Meta(description="What may be spent, one entry a budget. Left out or empty: none."),
    ] = ()
