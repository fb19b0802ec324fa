"""The rows of the dataset `credits`."""

from __future__ import annotations

from exporter.domain.report import Dataset
from exporter.metrics import credit_samples
from exporter.metrics.family import Family
from exporter.metrics.labels import CURRENCY
from exporter.metrics.row import Row

_CREDITS = (Dataset.CREDITS,)

CREDIT_ROWS = (
    Row(
        Family(
            "northflank_credit_available_amount",
            "Credits that can be spent now, from all sources, the API's total, in major units of the currency; cached.",
            CURRENCY,
        ),
        _CREDITS,
        credit_samples.amount(lambda balance: balance.available),
    ),
    Row(
        Family(
            "northflank_credit_pending_amount",
            "Credits that are granted and not yet available, in major units of the currency; cached.",
            CURRENCY,
        ),
        _CREDITS,
        credit_samples.amount(lambda balance: balance.pending),
    ),
    Row(
        Family(
            "northflank_credit_source_amount",
            "Credits by origin, in major units of the currency; a negative customer balance is owed and is not in the "
            "available total: never add the two families; cached.",
            (*CURRENCY, "source", "state"),
        ),
        _CREDITS,
        credit_samples.by_source,
    ),
    Row(
        Family(
            "northflank_credit_last_synced_timestamp_seconds",
            "When Northflank last brought the credit balance up to date, Unix time; cached.",
            ("account",),
        ),
        _CREDITS,
        credit_samples.last_synced,
    ),
)
