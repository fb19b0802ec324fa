"""A Prometheus exporter that tells Northflank users what they spend."""

__version__ = "0.1.0"
