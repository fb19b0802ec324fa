"""What all dashboards have in common: variables, links, time, and rows of panels."""

from __future__ import annotations

from dataclasses import dataclass

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DashboardLinkType,
    Panel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.table import Options as TableOptions

from scripts.dashboards.promql import family, selector
from scripts.dashboards.queries import DATA_SOURCE

TAG = "northflank"
_ALL = VariableOption(text="All", value="$__all", selected=True)


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice among the values of a label, in families that are narrowed alike; by default all of them."""

    name: str
    title: str
    label: str
    families: tuple[str, ...]


ACCOUNT = Variable("account", "Account", "account", ("up",))
# An account may have no invoice yet, a generation of the API no month or credits, a budget a currency of its own.
CURRENCY = Variable(
    "currency",
    "Currency",
    "currency",
    ("invoice_amount", "month_to_date_cost", "unbilled_cost", "credit_available_amount", "budget_amount"),
)
TEAM = Variable("team", "Team", "team_id", ("team_info",))
PROJECT = Variable("project", "Project", "project_id", ("project_info",))
INVOICE = Variable("invoice", "Invoice", "invoice_id", ("invoice_info",))


@dataclass(frozen=True, slots=True)
class Row:
    """A title, and the panels below it."""

    title: str
    panels: tuple[Builder[Panel], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A dashboard: `name` is its file's and ends its address, `since` is where its time starts, as `now-30d`."""

    name: str
    title: str
    description: str
    since: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]


def to_dashboard(sheet: Sheet) -> Dashboard:
    """The dashboard as Grafana knows it; its panels are numbered in their order."""
    made = (
        builders.Dashboard(sheet.title)
        .uid(f"northflank-{sheet.name}")
        .description(sheet.description)
        .tags([TAG])
        .timezone("utc")
        .time(sheet.since, "now")
        .refresh("5m")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(_to_the_others())
        .with_variable(builders.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .readonly()
    )
    for variable in sheet.variables:
        made.with_variable(_choice(variable))
    for row in sheet.rows:
        made.with_row(builders.Row(row.title))
        for panel in row.panels:
            made.with_panel(panel)
    return _completed(made.build())


def _choice(variable: Variable) -> builders.QueryVariable:
    return (
        builders.QueryVariable(variable.name)
        .label(variable.title)
        .datasource(DATA_SOURCE)
        .query(
            {
                "qryType": 1,
                "query": f"label_values({_narrowed(variable)}, {variable.label})",
                "refId": f"variable-{variable.name}",
            }
        )
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".*")
        .current(_ALL)
    )


def _narrowed(variable: Variable) -> str:
    """The series that the variables before this one let through."""
    own = f'{variable.label}=~"${variable.name}"'
    series = selector(variable.families[0]).replace(f",{own}", "").replace(f"{{{own}}}", "")
    if len(variable.families) == 1:
        return series
    names = "|".join(family(name).name for name in variable.families)
    return f'{{__name__=~"{names}",{series.partition("{")[2]}'


def _to_the_others() -> builders.DashboardLink:
    return (
        builders.DashboardLink("Northflank")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(as_dropdown=False)
        .include_vars(include_vars=True)
        .keep_time(keep_time=False)
    )


def _completed(made: Dashboard) -> Dashboard:
    """The dashboard with its panels numbered, and without what the SDK adds that newer Grafanas do not know."""
    for number, panel in enumerate(made.panels or (), start=1):
        panel.id_val = number
        if isinstance(panel, Panel) and isinstance(panel.options, TableOptions):
            panel.options.footer = None
    for variable in made.templating.list_val or ():
        variable.auto = variable.auto_count = variable.auto_min = None
    return made
