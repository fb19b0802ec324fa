"""Generation 2026-10 (the API sheet's C): what the service speaks today. Decimal amounts of the currency."""

from __future__ import annotations

from types import MappingProxyType
from urllib.parse import quote

from exporter.domain.invoice import Invoice, Status
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.domain.tree import Level
from exporter.northflank.wire.gen_2026_10.credit_balance import read_credit_balance
from exporter.northflank.wire.gen_2026_10.invoices import read_detail, read_invoices
from exporter.northflank.wire.gen_2026_10.usage import read_usage, read_usage_detail
from exporter.northflank.wire.wire import Endpoint, Request, Wire

_OWN_FIELDS_ONLY = {"removeLegacyFields": "true"}
_PAGE_SIZE = 100
_LIST_QUERY = MappingProxyType({"perPage": str(_PAGE_SIZE), **_OWN_FIELDS_ONLY})
_LEVEL_SIZES = dict.fromkeys(("teamsPerPage", "projectsPerPage", "resourcesPerPage"), str(_PAGE_SIZE))
_DETAIL_QUERY = MappingProxyType({**_OWN_FIELDS_ONLY, **_LEVEL_SIZES})


def detail_request(invoice: Invoice) -> Request:
    """What asks for the detail of an invoice."""
    return Request(Endpoint.GET_INVOICE, f"/billing/invoices/{quote(invoice.id, safe='')}", _DETAIL_QUERY)


def usage_detail_request(timestamp: float) -> Request:
    """What asks for the detail of a billing hour, by its beginning in Unix seconds."""
    return Request(Endpoint.GET_USAGE, f"/billing/usage/{int(timestamp)}", _DETAIL_QUERY)


WIRE = Wire(
    generation=Generation.C,
    unit=Unit.MAJOR,
    list_query=_LIST_QUERY,
    list_page=None,
    detail=detail_request,
    asks_by_id=True,
    drills_down=True,
    resource_types=("job", "service", "harness", "addon", "volume"),
    statuses=tuple(Status),
    page_parameters=MappingProxyType(
        {
            Level.TEAM: "teamsPage",
            Level.PROJECT: "projectsPage",
            # Types have no pages of their own: one of which no resource is on a page may be missing from it.
            **dict.fromkeys((Level.RESOURCE_TYPE, Level.RESOURCE), "resourcesPage"),
        }
    ),
    page_size=_PAGE_SIZE,
    pages_when_told=False,
    read_invoices=read_invoices,
    read_detail=read_detail,
    usage_query=_LIST_QUERY,
    filters_usage=True,
    read_usage=read_usage,
    usage_detail=usage_detail_request,
    read_usage_detail=read_usage_detail,
    read_credit_balance=read_credit_balance,
)
