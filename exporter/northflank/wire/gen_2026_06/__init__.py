"""Generation 2026-06 (the API sheet's B; the document "Get invoice" of 2026). Amounts in minor units."""

from __future__ import annotations

from types import MappingProxyType
from urllib.parse import quote

from exporter.domain.invoice import Invoice, Status
from exporter.domain.money import Unit
from exporter.domain.report import Generation
from exporter.domain.tree import BELOW_ACCOUNT
from exporter.northflank.wire.gen_2026_06.invoices import read_detail, read_invoices
from exporter.northflank.wire.gen_2026_06.usage import read_usage, read_usage_detail
from exporter.northflank.wire.wire import Endpoint, Request, Wire

_LIST_QUERY = MappingProxyType({"per_page": "100"})


def detail_request(invoice: Invoice) -> Request:
    """What asks for the detail of an invoice: without page sizes, which early June does not have."""
    return Request(Endpoint.GET_INVOICE, f"/billing/invoices/{quote(invoice.id, safe='')}")


def usage_detail_request(timestamp: float) -> Request:
    """What asks for the detail of a billing hour, by its beginning in Unix seconds; without page sizes too."""
    return Request(Endpoint.GET_USAGE, f"/billing/usage/{int(timestamp)}")


WIRE = Wire(
    generation=Generation.B,
    unit=Unit.MINOR,
    list_query=_LIST_QUERY,
    list_page="page",
    detail=detail_request,
    asks_by_id=True,
    drills_down=True,
    resource_types=(
        *("job", "service", "addon", "volume"),
        *("opentofu-job", "llm-model-deployment", "external-addon"),
    ),
    statuses=(Status.PAID, Status.OPEN),
    page_parameters=MappingProxyType(dict.fromkeys(BELOW_ACCOUNT, "page")),
    page_size=None,
    pages_when_told=True,
    read_invoices=read_invoices,
    read_detail=read_detail,
    usage_query=_LIST_QUERY,
    read_usage=read_usage,
    usage_detail=usage_detail_request,
    read_usage_detail=read_usage_detail,
)
