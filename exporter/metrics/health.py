"""The families that tell of the exporter itself and of the health of what it shows; `own` gives them their values."""

from __future__ import annotations

from exporter.metrics.family import Family, Type

_DATASET = ("account", "dataset")

UP = Family(
    "northflank_up",
    "1 if the last poll of the dataset succeeded, 0 if it failed, or if it was never fetched and has waited an hour.",
    _DATASET,
)
LAST_SUCCESS = Family(
    "northflank_last_success_timestamp_seconds", "When the data shown was fetched, Unix time.", _DATASET
)
API_INFO = Family(
    "northflank_api_info",
    "1; the generation of the API in use and the unit that its amounts are counted in.",
    ("account", "generation", "amounts"),
)
TOKEN_ACCEPTED = Family(
    "northflank_exporter_token_accepted",
    "0 after a 401, 1 after an answer that the API gave to an accepted token.",
    ("account",),
)
POLL_INTERVAL = Family("northflank_exporter_poll_interval_seconds", "How often a dataset is polled.", _DATASET)
PENDING_REQUESTS = Family(
    "northflank_exporter_pending_requests",
    "Requests that the plan still wants and the allowance has not let through, as far as they are known.",
    _DATASET,
)
POLLS = Family(
    "northflank_exporter_polls_total",
    "Polls by outcome: success, or the class of the error (docs/metrics.md lists them).",
    (*_DATASET, "outcome"),
    Type.COUNTER,
)
POLL_DURATION = Family("northflank_exporter_poll_duration_seconds", "How long the last poll took.", _DATASET)
API_REQUESTS = Family(
    "northflank_exporter_api_requests_total",
    "Requests to the API, retries too, by endpoint and status; error where no answer came.",
    ("account", "endpoint", "code"),
    Type.COUNTER,
)
API_REQUEST_DURATION = Family(
    "northflank_exporter_api_request_duration_seconds",
    "How long a request to the API took, body included.",
    ("endpoint",),
    Type.HISTOGRAM,
)
RATE_LIMIT = Family(
    "northflank_exporter_api_rate_limit",
    "Requests an hour that the token has, as the last answer states.",
    ("account",),
)
RATE_LIMIT_REMAINING = Family(
    "northflank_exporter_api_rate_limit_remaining", "Requests that remain, as the last answer states.", ("account",)
)
RATE_LIMIT_RESET = Family(
    "northflank_exporter_api_rate_limit_reset_timestamp_seconds",
    "When the allowance is full again, as the last answer states, Unix time.",
    ("account",),
)
SHARE = Family(
    "northflank_exporter_api_share_ratio",
    "The share of the hourly allowance that the configuration lets the exporter use at most; 1 is all of it.",
    ("account",),
)
SERIES = Family(
    "northflank_exporter_series",
    "Series exported; a name is counted once, to usage_details where that shows its id, else to invoice_details.",
    _DATASET,
)
FOLDED = Family(
    "northflank_exporter_folded_resources",
    'Resources folded into resource_id="_other" by the series limit; 0 while it is not exceeded.',
    _DATASET,
)
BUILD_INFO = Family(
    "northflank_exporter_build_info",
    "1; what is running.",
    ("version", "revision", "python_version"),
)
RELOAD_SUCCESSFUL = Family(
    "northflank_exporter_config_last_reload_successful",
    "1: the configuration was read without a fault; it is read once, at the start.",
)
RELOAD_TIME = Family(
    "northflank_exporter_config_last_reload_success_timestamp_seconds",
    "When the configuration in use was read, Unix time.",
)

HEALTH = (
    *(UP, LAST_SUCCESS, API_INFO, TOKEN_ACCEPTED, POLL_INTERVAL, PENDING_REQUESTS, POLLS, POLL_DURATION, API_REQUESTS),
    *(API_REQUEST_DURATION, RATE_LIMIT, RATE_LIMIT_REMAINING, RATE_LIMIT_RESET, SHARE, SERIES, FOLDED),
    *(BUILD_INFO, RELOAD_SUCCESSFUL, RELOAD_TIME),
)
