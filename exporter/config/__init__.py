"""The configuration: `load` reads file and environment and gives a checked, frozen `Config`."""

from exporter.config.keys import Amounts, Api, Detail, Generation, Invoices, Limits, Poll
from exporter.config.load import load
from exporter.config.model import Account, Config
from exporter.config.secret import Secret

__all__ = [
    "Account",
    "Amounts",
    "Api",
    "Config",
    "Detail",
    "Generation",
    "Invoices",
    "Limits",
    "Poll",
    "Secret",
    "load",
]
