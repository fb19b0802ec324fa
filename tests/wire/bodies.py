"""The JSON text of answers, as a server would send it: the values given are JSON text themselves."""

from collections.abc import Mapping
from pathlib import Path

from exporter.domain.invoice import HourDetail, Invoice, InvoiceDetail
from exporter.domain.report import Generation
from exporter.domain.usage import UsageRow
from exporter.northflank.wire.answer import Answer, Page
from exporter.northflank.wire.generations import WIRES

FIXTURES = Path(__file__).parent / "fixtures"
REQUEST = "/v1/billing/invoices?perPage=100"

ROW = {
    "id": '"835994C3-14310"',
    "period": '{"start": 1780272000, "end": 1782864000}',
    "currency": '"usd"',
    "total": "12",
}


def answer(body: str | bytes) -> Answer:
    """A body, as the answer to one request."""
    return Answer(REQUEST, body if isinstance(body, bytes) else body.encode())


def list_of(*rows: str) -> str:
    """An answer with those rows."""
    return f'{{"data": {{"invoices": [{", ".join(rows)}]}}}}'


def json_row(**fields: str | None) -> str:
    """A row of the list; a field that is None is left out."""
    return _object({**ROW, **fields})


def usage_of(*hours: str) -> str:
    """An answer of the usage list with those rows."""
    return f'{{"data": {{"usage": [{", ".join(hours)}]}}}}'


def json_hour(**fields: str | None) -> str:
    """A row of the usage list; a field that is None is left out."""
    return _object({"timestamp": "1780272000", **fields})


def _object(fields: Mapping[str, str | None]) -> str:
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items() if value is not None) + "}"


def json_detail(**fields: str) -> str:
    """A detail with those fields alone."""
    return '{"data": {' + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}}"


def read_list(generation: Generation, body: str | bytes) -> tuple[Invoice, ...]:
    """The invoices of a list, in the generation's own unit."""
    return list_page(generation, body).content


def list_page(generation: Generation, body: str | bytes) -> Page[tuple[Invoice, ...]]:
    """One page of the list, in the generation's own unit."""
    wire = WIRES[generation]
    return wire.read_invoices(answer(body), wire.unit)


def read_detail(generation: Generation, body: str | bytes, currency: str = "USD") -> InvoiceDetail:
    """A detail, in the generation's own unit, and in that currency where it states none."""
    wire = WIRES[generation]
    return wire.read_detail(answer(body), wire.unit, currency).content


def usage_page(generation: Generation, body: str | bytes, currency: str = "USD") -> Page[tuple[UsageRow, ...]]:
    """One page of the usage list, in the generation's own unit, and in that currency where it states none."""
    wire = WIRES[generation]
    assert wire.read_usage is not None
    return wire.read_usage(answer(body), wire.unit, currency)


def read_usage(generation: Generation, body: str | bytes, currency: str = "USD") -> tuple[UsageRow, ...]:
    """The rows of the usage list."""
    return usage_page(generation, body, currency).content


def hour_page(generation: Generation, body: str | bytes, currency: str = "USD") -> Page[HourDetail]:
    """One page of a billing hour's detail, read in the same way."""
    wire = WIRES[generation]
    assert wire.read_usage_detail is not None
    return wire.read_usage_detail(answer(body), wire.unit, currency)
