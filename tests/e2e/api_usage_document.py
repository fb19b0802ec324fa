"""docs/api-usage.md, made of the figures."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from exporter.sandbox.options import Generation
from tests.e2e.api_usage_figures import Figures

_TEXT = """\
# API usage

<!-- Written by `make test PYTEST_ARGS="tests/e2e/test_api_usage.py --update-goldens"`; do not edit. -->

How many requests the exporter makes: counted, for an organisation of 20 teams and 200 projects with two resources
each, under the default configuration. Northflank allows 1000 an hour; of them `api.share` is used at most, 500 by
default.

{hours}

- **A first start** shows the account's own figures, the invoices and the newest hour after the first polls; the
  trailing day and the last month by project come in the hours after. It takes so many requests on top of what each of
  its hours takes anyhow.
- **A steady hour** takes fewest on the first day; from the second day on, each team and project is asked for anew once
  a day, so that corrections are caught, and the finished months too.
- **After a start within a month** its past hours are read one by one, late and within the share: 40 requests a poll at
  most, and only while less than two fifths of the share is used. They come on top of the figures above, until the month
  is known by resource.
- **A restart** asks for the invoice list and the account's current figures; the rest is known from `state.path`. After
  a stop the hours in between are asked for.

The requests of a steady hour:

{details}

## What changes it

- `detail` matters most. At `resource` and `resource_type` an hour takes one request, one a team, and for each team one
  a project or one a resource type, whichever is fewer: five types in 2026-10, seven in 2026-06. At `project` it is one
  and one a team, at `team` one, at `account` none. One that does not fit a page takes more.
- `poll.usage` asks for the account's usage and for the credit balance: two requests a poll in 2026-10, one in 2026-06.
  Shorter intervals show a new hour sooner, since Northflank's figures change hourly. `poll.invoices` takes one a poll.
- A budget takes up to two requests an hour in 2026-10, one a poll while its scope does not exist, and none in 2026-06.
- Where the share does not suffice, resources lag behind first, then projects: raise `api.share`, or set `detail` to a
  higher level.

`northflank-billing-exporter check` foretells the requests of a first start and of an hour, for the configuration and
the organisation that it finds, and says whether an hour fits the share. It foretells the most that a first start
and an hour may take, up to a third more than is counted here.
"""

_ROWS: Mapping[str, Callable[[Figures], object]] = {
    "a first start takes": lambda each: each.first_start,
    "of them in the first hour": lambda each: each.first_hour,
    "hours until all of it is shown": lambda each: each.start_hours,
    "a steady hour": lambda each: " to ".join(map(str, dict.fromkeys(each.steady))),
    "an hour in which an invoice closes": lambda each: each.closing,
    "the hour of the month's turn": lambda each: each.turn,
    "a restart": lambda each: each.restart,
    "the hour after a stop of five hours": lambda each: each.after_downtime,
}


def render(figures: Mapping[tuple[Generation, str], Figures]) -> str:
    """The document."""
    heads = [f"{generation}, `{detail}`" for generation, detail in figures]
    several = figures.values()
    hours = _table(heads, ((name, [value(each) for each in several]) for name, value in _ROWS.items()))
    details = _table(
        heads, [*_rows([each.by_dataset for each in several]), *_rows([each.by_endpoint for each in several])]
    )
    return _TEXT.format(hours=hours, details=details)


def _rows(several: list[Mapping[str, int]]) -> Iterator[tuple[str, Sequence[object]]]:
    names = dict.fromkeys(name for each in several for name in each)
    yield from ((f"`{name}`", [each.get(name, 0) for each in several]) for name in names)


def _table(heads: list[str], rows: Iterable[tuple[str, Sequence[object]]]) -> str:
    lines = [
        ["requests", *heads],
        ["---", *("---:" for _ in heads)],
        *([name, *map(str, cells)] for name, cells in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
