from structlog.testing import capture_logs

from exporter.domain.report import Dataset
from exporter.errors import DecodeError
from tests.builders import usage_invoice
from tests.polling import Billing, Polled

UP = "northflank_up"
BOTH = ("invoices", "invoice_details")


def billing() -> Billing:
    """A source with one usage invoice."""
    return Billing(invoices=(usage_invoice(),))


async def test_log_of_a_success() -> None:
    """A poll is one line a dataset: its outcome, how long it took, what it asked and what is shown."""
    polled = Polled()
    with capture_logs() as logs:
        await polled.poller(billing()).poll_invoices()

    assert ["invoices", "invoice_details"] == [line["dataset"] for line in logs]
    assert {("poll.finished", "info", "success", "acme")} == {
        (line["event"], line["log_level"], line["outcome"], line["account"]) for line in logs
    }
    assert [1, 1] == [line["requests"] for line in logs]
    assert [polled.health("northflank_exporter_series", dataset) for dataset in BOTH] == [
        line["series"] for line in logs
    ]
    assert polled.publisher.body_bytes == logs[-1]["bytes"] > 0
    assert all(line["seconds"] >= 0 for line in logs)


async def test_log_of_a_failure() -> None:
    """A failure is one line with its text, and no traceback where the fault is foreseen."""
    polled, source = Polled(), billing()
    source.faults[Dataset.INVOICES] = DecodeError("GET /v1: not an answer")
    with capture_logs() as logs:
        await polled.poller(source).poll_invoices()

    (line,) = logs
    assert ("poll.failed", "error", "decode") == (line["event"], line["log_level"], line["outcome"])
    assert ("GET /v1: not an answer", False) == (line["error"], "exc_info" in line)


async def test_log_of_a_fault_of_ours() -> None:
    """A fault that nobody foresaw is one line with its traceback, and the polls go on."""
    polled, source = Polled(), billing()
    poller = polled.poller(source)
    source.faults[Dataset.INVOICES] = bug = ZeroDivisionError("bug")
    with capture_logs() as logs:
        await poller.poll_invoices()

    (line,) = logs
    assert ("poll.failed", "internal", bug) == (line["event"], line["outcome"], line["exc_info"])
    assert "a fault of the exporter; please report it" == line["error"]
    source.faults.clear()
    await poller.poll_invoices()
    assert 1 == polled.health(UP, "invoices")
