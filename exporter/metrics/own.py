"""The exporter's own instruments: what it asked, how that went, how old the figures are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from exporter.domain.report import Api, Dataset
from exporter.metrics import health
from exporter.metrics.family import Family

Instrument = TypeVar("Instrument", Counter, Gauge)

# The codes that are exported from 0 at the start; any other status appears when it is seen.
KNOWN_CODES = ("200", "400", "401", "403", "404", "408", "429", "500", "502", "503", "504", "error")
_UNAUTHORIZED = "401"
# The datasets that have resources, which the series limit may fold.
_WITH_RESOURCES = (Dataset.INVOICE_DETAILS, Dataset.USAGE_DETAILS)
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class RateLimit(Protocol):
    """What the headers of an answer say of the allowance; None where they do not."""

    @property
    def limit(self) -> float | None:
        """Requests an hour."""

    @property
    def remaining(self) -> float | None:
        """Requests that are left."""

    @property
    def reset(self) -> float | None:
        """When it is full again, Unix seconds."""


@dataclass(frozen=True, slots=True)
class Build:
    """What is running."""

    version: str
    revision: str
    python_version: str


class OwnMetrics:
    """All instruments, on a registry of their own; one for the process."""

    def __init__(
        self, build: Build, *, endpoints: Iterable[str], outcomes: Iterable[str], config_read_at: float
    ) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # the library has no types for it
        self._registry = CollectorRegistry()
        self._endpoints = tuple(endpoints)
        self._outcomes = tuple(outcomes)
        self._up = self._make(Gauge, health.UP)
        self._last_success = self._make(Gauge, health.LAST_SUCCESS)
        self._api_info = self._make(Gauge, health.API_INFO)
        self._token_accepted = self._make(Gauge, health.TOKEN_ACCEPTED)
        self._poll_interval = self._make(Gauge, health.POLL_INTERVAL)
        self._pending = self._make(Gauge, health.PENDING_REQUESTS)
        self._polls = self._make(Counter, health.POLLS)
        self._poll_duration = self._make(Gauge, health.POLL_DURATION)
        self._requests = self._make(Counter, health.API_REQUESTS)
        duration = health.API_REQUEST_DURATION
        self._request_duration = Histogram(
            duration.name, duration.help, duration.labels, registry=self._registry, buckets=_BUCKETS
        )
        self._rate_limit = self._make(Gauge, health.RATE_LIMIT)
        self._rate_limit_remaining = self._make(Gauge, health.RATE_LIMIT_REMAINING)
        self._rate_limit_reset = self._make(Gauge, health.RATE_LIMIT_RESET)
        self._share = self._make(Gauge, health.SHARE)
        self._series = self._make(Gauge, health.SERIES)
        self._folded = self._make(Gauge, health.FOLDED)
        self._make(Gauge, health.BUILD_INFO).labels(build.version, build.revision, build.python_version).set(1)
        self._make(Gauge, health.RELOAD_SUCCESSFUL).set(1)
        self._make(Gauge, health.RELOAD_TIME).set(config_read_at)
        PlatformCollector(registry=self._registry)
        ProcessCollector(registry=self._registry)

    def render(self) -> bytes:
        """The instruments as they are now, in the text format 0.0.4."""
        return bytes(generate_latest(self._registry))

    def add_account(self, account: str, intervals: Mapping[Dataset, float], share: float) -> None:
        """Export the account's counters from 0 and what the configuration says of it (intervals in seconds)."""
        self._share.labels(account).set(share)
        for endpoint in self._endpoints:
            self._request_duration.labels(endpoint)
            for code in KNOWN_CODES:
                self._requests.labels(account, endpoint, code)
        for dataset, seconds in intervals.items():
            self._poll_interval.labels(account, dataset).set(seconds)
            for outcome in self._outcomes:
                self._polls.labels(account, dataset, outcome)
        self.on_folded(account, {dataset: 0 for dataset in _WITH_RESOURCES if dataset in intervals})

    def on_success(self, account: str, dataset: Dataset, *, fetched_at: float) -> None:
        """A dataset was replaced: `fetched_at` in Unix seconds."""
        self._up.labels(account, dataset).set(1)
        self.on_restored(account, dataset, fetched_at=fetched_at)

    def on_restored(self, account: str, dataset: Dataset, *, fetched_at: float) -> None:
        """A dataset is shown as it was before a restart: neither up nor down, and as old as it is."""
        self._last_success.labels(account, dataset).set(fetched_at)

    def on_gone(self, account: str, dataset: Dataset) -> None:
        """A dataset is no longer shown, since the server does not tell it any more: it has no age and no health."""
        for gauge in (self._up, self._last_success, self._series, self._pending):
            with suppress(KeyError):
                gauge.remove(account, dataset)

    def on_shown(self, account: str, series: Mapping[Dataset, int]) -> None:
        """How many series each dataset shows now: one poll may change those of another dataset too."""
        for dataset, count in series.items():
            self._series.labels(account, dataset).set(count)

    def on_folded(self, account: str, resources: Mapping[Dataset, int]) -> None:
        """How many resources of each dataset the series limit folds in what is shown now."""
        for dataset, count in resources.items():
            self._folded.labels(account, dataset).set(count)

    def on_failure(self, account: str, dataset: Dataset) -> None:
        """A poll failed; what was shown before stays, and so does its age."""
        self._up.labels(account, dataset).set(0)

    def on_pending(self, account: str, dataset: Dataset, *, requests: int) -> None:
        """How many requests the plan still wants for a dataset."""
        self._pending.labels(account, dataset).set(requests)

    def on_poll(self, account: str, dataset: Dataset, *, outcome: str, seconds: float) -> None:
        """A poll ended, well or not."""
        self._polls.labels(account, dataset, outcome).inc()
        self._poll_duration.labels(account, dataset).set(seconds)

    def on_api(self, account: str, api: Api) -> None:
        """The generation and unit in use; the ones before it are no longer shown."""
        for labels in [each for each in self._api_labels() if each[0] == account]:
            self._api_info.remove(*labels)
        self._api_info.labels(account, api.generation, api.unit).set(1)

    def observer(self, account: str) -> AccountObserver:
        """What the account's client tells of its requests to."""
        return AccountObserver(self, account)

    def on_answer(self, account: str, endpoint: str, code: str, seconds: float) -> None:
        """A request ended: `code` is the status, or `error`."""
        self._requests.labels(account, endpoint, code).inc()
        self._request_duration.labels(endpoint).observe(seconds)
        if code == _UNAUTHORIZED:
            self._token_accepted.labels(account).set(0)

    def on_accepted(self, account: str) -> None:
        """The API itself answered, and accepted the token."""
        self._token_accepted.labels(account).set(1)

    def on_rate_limit(self, account: str, rate_limit: RateLimit) -> None:
        """The allowance as the last answer states it; what it leaves out stays as it was."""
        for gauge, value in (
            (self._rate_limit, rate_limit.limit),
            (self._rate_limit_remaining, rate_limit.remaining),
            (self._rate_limit_reset, rate_limit.reset),
        ):
            if value is not None:
                gauge.labels(account).set(value)

    def _api_labels(self) -> list[tuple[str, ...]]:
        family = next(iter(self._api_info.collect()))
        return [tuple(sample.labels[name] for name in health.API_INFO.labels) for sample in family.samples]

    def _make(self, kind: type[Instrument], family: Family) -> Instrument:
        return kind(family.name, family.help, family.labels, registry=self._registry)


class AccountObserver:
    """The instruments of one account's client."""

    def __init__(self, own: OwnMetrics, account: str) -> None:
        self._own = own
        self._account = account

    def on_answer(self, endpoint: str, code: str, seconds: float) -> None:
        """One request ended."""
        self._own.on_answer(self._account, endpoint, code, seconds)

    def on_accepted(self) -> None:
        """The API itself answered, and accepted the token."""
        self._own.on_accepted(self._account)

    def on_rate_limit(self, rate_limit: RateLimit) -> None:
        """The allowance, as the newest answer states it."""
        self._own.on_rate_limit(self._account, rate_limit)
