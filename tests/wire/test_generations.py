from exporter.domain.report import Generation
from exporter.northflank.wire.generations import WIRES
from exporter.northflank.wire.wire import Endpoint, Request


def test_every_generation_is_read() -> None:
    """Each generation that can be found out or set by hand is read, as itself."""
    assert set(Generation) == set(WIRES)
    assert {generation: generation for generation in Generation} == {
        key: wire.generation for key, wire in WIRES.items()
    }


def test_what_a_generation_has() -> None:
    """2024 has a preview and no usage, 2026-06 has usage, 2026-10 has usage with filters and the credit balance."""
    has_usage = [
        [part is not None for part in (wire.usage_query, wire.read_usage, wire.usage_detail, wire.read_usage_detail)]
        for wire in WIRES.values()
    ]

    assert [[False] * 4, [True] * 4, [True] * 4] == has_usage
    assert [(False, False, True), (False, False, False), (True, True, False)] == [
        (wire.filters_usage, wire.read_credit_balance is not None, wire.preview is not None) for wire in WIRES.values()
    ]


def test_query() -> None:
    """A request keeps its query when more is added; what is added wins."""
    request = Request(Endpoint.GET_INVOICE, "/billing/invoices/i", {"a": "1", "b": "2"}).with_query(
        {"b": "3", "c": "4"}
    )

    assert Request(Endpoint.GET_INVOICE, "/billing/invoices/i", {"a": "1", "b": "3", "c": "4"}) == request
