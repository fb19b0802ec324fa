from exporter.domain.report import Generation
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import Endpoint, Request


def test_every_generation_is_read() -> None:
    """Each generation that can be found out or set by hand is read, as itself."""
    assert set(Generation) == set(WIRES)
    assert {generation: generation for generation in Generation} == {
        key: wire.generation for key, wire in WIRES.items()
    }


def test_query() -> None:
    """A request keeps its query when more is added; what is added wins."""
    request = Request(Endpoint.GET_INVOICE, "/billing/invoices/i", {"a": "1", "b": "2"}).with_query(
        {"b": "3", "c": "4"}
    )

    assert Request(Endpoint.GET_INVOICE, "/billing/invoices/i", {"a": "1", "b": "3", "c": "4"}) == request
