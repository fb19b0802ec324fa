from dataclasses import dataclass

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.domain.money import Unit
from exporter.domain.report import Api, Dataset, Generation
from exporter.metrics.own import KNOWN_CODES, Build, OwnMetrics

HALF_HOUR = 1800.0


@dataclass(frozen=True)
class RateLimit:
    """What headers say of the allowance."""

    limit: float | None = None
    remaining: float | None = None
    reset: float | None = None


@pytest.fixture
def own() -> OwnMetrics:
    """The instruments of a process with one account."""
    own = OwnMetrics(
        Build("1.2.3", "abc", "3.11.7"),
        endpoints=("list_invoices", "get_invoice"),
        outcomes=("success", "decode"),
        config_read_at=1780272000.0,
    )
    own.add_account("acme", {Dataset.INVOICES: HALF_HOUR, Dataset.INVOICE_DETAILS: HALF_HOUR}, share=0.5)
    return own


def lines_of(own: OwnMetrics, name: str) -> list[str]:
    """The lines of one family's samples."""
    return [line for line in own.render().decode().splitlines() if line.partition("{")[0].partition(" ")[0] == name]


def test_at_the_start(own: OwnMetrics) -> None:
    """What is known at the start is shown: build, configuration, intervals, share."""
    assert ['northflank_exporter_build_info{python_version="3.11.7",revision="abc",version="1.2.3"} 1.0'] == lines_of(
        own, "northflank_exporter_build_info"
    )
    assert ["northflank_exporter_config_last_reload_successful 1.0"] == lines_of(
        own, "northflank_exporter_config_last_reload_successful"
    )
    assert ["northflank_exporter_config_last_reload_success_timestamp_seconds 1.780272e+09"] == lines_of(
        own, "northflank_exporter_config_last_reload_success_timestamp_seconds"
    )
    assert [
        'northflank_exporter_poll_interval_seconds{account="acme",dataset="invoices"} 1800.0',
        'northflank_exporter_poll_interval_seconds{account="acme",dataset="invoice_details"} 1800.0',
    ] == lines_of(own, "northflank_exporter_poll_interval_seconds")
    assert ['northflank_exporter_api_share_ratio{account="acme"} 0.5'] == lines_of(
        own, "northflank_exporter_api_share_ratio"
    )


def test_counters_exist_from_zero(own: OwnMetrics) -> None:
    """Every known label value of a counter is 0 at the start, so that the first event is an increase."""
    polls = [
        f'northflank_exporter_polls_total{{account="acme",dataset="{dataset}",outcome="{outcome}"}} 0.0'
        for dataset in ("invoices", "invoice_details")
        for outcome in ("success", "decode")
    ]
    requests = [
        f'northflank_exporter_api_requests_total{{account="acme",code="{code}",endpoint="{endpoint}"}} 0.0'
        for endpoint in ("list_invoices", "get_invoice")
        for code in KNOWN_CODES
    ]

    assert polls == lines_of(own, "northflank_exporter_polls_total")
    assert requests == lines_of(own, "northflank_exporter_api_requests_total")
    assert {"200", "401", "429", "500", "error"} <= set(KNOWN_CODES)
    assert [
        'northflank_exporter_api_request_duration_seconds_count{endpoint="list_invoices"} 0.0',
        'northflank_exporter_api_request_duration_seconds_count{endpoint="get_invoice"} 0.0',
    ] == lines_of(own, "northflank_exporter_api_request_duration_seconds_count")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("northflank_up", id="up"),
        pytest.param("northflank_last_success_timestamp_seconds", id="last_success"),
        pytest.param("northflank_api_info", id="api_info"),
        pytest.param("northflank_exporter_token_accepted", id="token_accepted"),
        pytest.param("northflank_exporter_api_rate_limit", id="rate_limit"),
        pytest.param("northflank_exporter_api_rate_limit_remaining", id="rate_limit_remaining"),
        pytest.param("northflank_exporter_api_rate_limit_reset_timestamp_seconds", id="rate_limit_reset"),
        pytest.param("northflank_exporter_poll_duration_seconds", id="poll_duration"),
        pytest.param("northflank_exporter_series", id="series"),
    ],
)
def test_what_is_not_known_yet_is_absent(own: OwnMetrics, name: str) -> None:
    """Before the first answer and the first poll, nothing is said of them."""
    assert [] == lines_of(own, name)


def test_no_created_series(own: OwnMetrics) -> None:
    """No counter or histogram brings a second series of when it was made."""
    own.on_answer("acme", "list_invoices", "200", 0.1)

    assert "_created" not in own.render().decode()


def test_success(own: OwnMetrics) -> None:
    """A success says that the dataset is up, how old it is and how large."""
    own.on_success("acme", Dataset.INVOICES, fetched_at=1780272000.5)
    own.on_shown("acme", {Dataset.INVOICES: 42})

    assert ['northflank_up{account="acme",dataset="invoices"} 1.0'] == lines_of(own, "northflank_up")
    assert ['northflank_last_success_timestamp_seconds{account="acme",dataset="invoices"} 1.7802720005e+09'] == (
        lines_of(own, "northflank_last_success_timestamp_seconds")
    )
    assert ['northflank_exporter_series{account="acme",dataset="invoices"} 42.0'] == lines_of(
        own, "northflank_exporter_series"
    )


def test_folded_resources(own: OwnMetrics) -> None:
    """What the series limit folds is 0 from the start where there are resources, then as many as are folded."""
    name = "northflank_exporter_folded_resources"
    assert [f'{name}{{account="acme",dataset="invoice_details"}} 0.0'] == lines_of(own, name)
    own.on_folded("acme", {Dataset.INVOICE_DETAILS: 7, Dataset.USAGE_DETAILS: 3})
    own.on_success("acme", Dataset.INVOICE_DETAILS, fetched_at=1000.0)

    assert [
        f'{name}{{account="acme",dataset="invoice_details"}} 7.0',
        f'{name}{{account="acme",dataset="usage_details"}} 3.0',
    ] == lines_of(own, name)


def test_restored(own: OwnMetrics) -> None:
    """Whether a dataset is up is not known of what is shown from before a restart."""
    own.on_restored("acme", Dataset.USAGE, fetched_at=1000.0)
    assert 1 == len(lines_of(own, "northflank_last_success_timestamp_seconds"))
    assert [] == lines_of(own, "northflank_up")


def test_failure(own: OwnMetrics) -> None:
    """A failure says that the dataset is down; its age and size stay those of what is shown."""
    own.on_success("acme", Dataset.INVOICES, fetched_at=1000.0)
    own.on_shown("acme", {Dataset.INVOICES: 42})
    own.on_failure("acme", Dataset.INVOICES)

    assert ['northflank_up{account="acme",dataset="invoices"} 0.0'] == lines_of(own, "northflank_up")
    assert ['northflank_last_success_timestamp_seconds{account="acme",dataset="invoices"} 1000.0'] == lines_of(
        own, "northflank_last_success_timestamp_seconds"
    )
    assert ['northflank_exporter_series{account="acme",dataset="invoices"} 42.0'] == lines_of(
        own, "northflank_exporter_series"
    )


def test_polls(own: OwnMetrics) -> None:
    """Polls are counted by outcome, also by one that was not known before; the duration is the last one's."""
    for outcome, seconds in (("success", 1.0), ("success", 2.0), ("decode", 3.0), ("unheard_of", 4.0)):
        own.on_poll("acme", Dataset.INVOICES, outcome=outcome, seconds=seconds)

    counted = [line.partition("outcome=")[2] for line in lines_of(own, "northflank_exporter_polls_total")]
    assert ['"success"} 2.0', '"decode"} 1.0', '"success"} 0.0', '"decode"} 0.0', '"unheard_of"} 1.0'] == counted
    assert ['northflank_exporter_poll_duration_seconds{account="acme",dataset="invoices"} 4.0'] == lines_of(
        own, "northflank_exporter_poll_duration_seconds"
    )


def test_api_info_is_replaced(own: OwnMetrics) -> None:
    """When a server moves on to another generation the one before vanishes; other accounts keep theirs."""
    own.on_api("acme", Api(Generation.B, Unit.MINOR))
    own.on_api("beta", Api(Generation.A, Unit.MINOR))
    own.on_api("acme", Api(Generation.C, Unit.MAJOR))
    own.on_api("acme", Api(Generation.C, Unit.MAJOR))

    assert {
        'northflank_api_info{account="acme",amounts="major",generation="2026-10"} 1.0',
        'northflank_api_info{account="beta",amounts="minor",generation="2024"} 1.0',
    } == set(lines_of(own, "northflank_api_info"))
    assert 2 == len(lines_of(own, "northflank_api_info"))


def test_pending_requests(own: OwnMetrics) -> None:
    """What the plan still wants is absent before a poll, 0 once all is there, and gone with its dataset."""
    name = "northflank_exporter_pending_requests"
    assert [] == lines_of(own, name)

    for requests, value in ((7, "7.0"), (0, "0.0")):
        own.on_pending("acme", Dataset.INVOICES, requests=requests)
        assert [f'{name}{{account="acme",dataset="invoices"}} {value}'] == lines_of(own, name)

    own.on_gone("acme", Dataset.INVOICES)
    assert [] == lines_of(own, name)


ACCEPTED = "accepted"


@pytest.mark.parametrize(
    ("events", "accepted"),
    [
        pytest.param(["200", ACCEPTED], ["1.0"], id="answered"),
        pytest.param(["401"], ["0.0"], id="refused"),
        pytest.param(["401", "200", ACCEPTED], ["1.0"], id="accepted_again"),
        pytest.param(["401", "error"], ["0.0"], id="no_answer_after_a_refusal"),
        pytest.param(["401", "502"], ["0.0"], id="fault_of_a_gateway_after_a_refusal"),
        pytest.param(["401", "200"], ["0.0"], id="page_that_is_not_the_api_after_a_refusal"),
        pytest.param([ACCEPTED, "502"], ["1.0"], id="fault_of_a_gateway_after_an_answer"),
        pytest.param(["error"], [], id="no_answer_at_all"),
        pytest.param(["500"], [], id="no_answer_of_the_api"),
    ],
)
def test_token_accepted(own: OwnMetrics, events: list[str], accepted: list[str]) -> None:
    """A 401 refuses the token, an answer of the API itself accepts it, and nothing else changes that."""
    observer = own.observer("acme")
    for event in events:
        if event == ACCEPTED:
            observer.on_accepted()
        else:
            observer.on_answer("list_invoices", event, 0.1)

    expected = [f'northflank_exporter_token_accepted{{account="acme"}} {value}' for value in accepted]
    assert expected == lines_of(own, "northflank_exporter_token_accepted")


def test_requests(own: OwnMetrics) -> None:
    """Each request is counted by account, endpoint and code, and timed by endpoint."""
    own.observer("acme").on_answer("get_invoice", "418", 0.3)

    name = "northflank_exporter_api_requests_total"
    assert f'{name}{{account="acme",code="418",endpoint="get_invoice"}} 1.0' == lines_of(own, name)[-1]
    assert 'northflank_exporter_api_request_duration_seconds_sum{endpoint="get_invoice"} 0.3' in lines_of(
        own, "northflank_exporter_api_request_duration_seconds_sum"
    )
    assert (
        'northflank_exporter_api_request_duration_seconds_bucket{endpoint="get_invoice",le="0.25"} 0.0'
    ) in own.render().decode()
    assert (
        'northflank_exporter_api_request_duration_seconds_bucket{endpoint="get_invoice",le="0.5"} 1.0'
    ) in own.render().decode()


def test_rate_limit_is_kept_when_headers_are_missing(own: OwnMetrics) -> None:
    """An answer without some of the headers leaves what an earlier one said; a stated zero is shown."""
    own.observer("acme").on_rate_limit(RateLimit(limit=1000, remaining=1, reset=1780272000))
    own.observer("acme").on_rate_limit(RateLimit(remaining=0))
    own.observer("acme").on_rate_limit(RateLimit())

    assert ['northflank_exporter_api_rate_limit{account="acme"} 1000.0'] == lines_of(
        own, "northflank_exporter_api_rate_limit"
    )
    assert ['northflank_exporter_api_rate_limit_remaining{account="acme"} 0.0'] == lines_of(
        own, "northflank_exporter_api_rate_limit_remaining"
    )
    assert ['northflank_exporter_api_rate_limit_reset_timestamp_seconds{account="acme"} 1.780272e+09'] == lines_of(
        own, "northflank_exporter_api_rate_limit_reset_timestamp_seconds"
    )


def test_the_process_itself(own: OwnMetrics) -> None:
    """The client library's metrics of process and Python are there, and all of it parses."""
    names = {family.name for family in text_string_to_metric_families(own.render().decode())}

    assert {"python_info", "process_resident_memory_bytes", "process_cpu_seconds", "process_open_fds"} <= names


def test_two_processes_in_one() -> None:
    """Two exporters in one interpreter share nothing."""
    first, second = (OwnMetrics(Build("1", "", "3"), endpoints=(), outcomes=(), config_read_at=0.0) for _ in range(2))
    first.on_failure("acme", Dataset.INVOICES)

    assert [] == lines_of(second, "northflank_up")
